"""A criterion names a list that there is not.

A list is a file of lists/, called NAME.csv. Nobody would be in one that is not there, and an exclusion of it would
spare nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_lists
from transforms.definitions.list_files import list_path
from transforms.definitions.rules.rule import Finding, Rule, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        for named in named_lists(audience.criteria) if audience.criteria else ():
            if named.name in whole.lists:
                continue
            if whole.lists:
                yield unknown("list", named.name, named.place, whole.lists)
            else:
                yield Finding(
                    f"unknown list `{named.name}`", named.place, hint=f"put it at {list_path(named.name)}"
                )


_LIST = "email\nana@example.com\n"

KNOWN_LISTS = Rule(
    code="DEF-121",
    severity="error",
    teaching=__doc__,
    fix="put the list into lists/, or name one of those",
    check=_check,
    example={
        "audiences/vips.yml": "audience: vips\ncriteria: {list: vip_custommers}\n",
        "lists/vip_customers.csv": _LIST,
    },
    fixed={
        "audiences/vips.yml": "audience: vips\ncriteria: {list: vip_customers}\n",
        "lists/vip_customers.csv": _LIST,
    },
)
