"""`formerly` names an audience that there still is.

It hands history, ledger, partner lists and A/B assignment of an earlier id over to the new one. Two living
audiences would share them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        earlier = audience.formerly
        if earlier is not None and earlier in whole.by_id:
            yield Finding(
                f"`{audience.id}` was formerly `{earlier}`, and there is an audience `{earlier}`",
                audience.place,
            )


_NEW = "audience: buyers\nformerly: customers\ncriteria: {ecommerce: {action: purchase}}\n"

FORMERLY_UNUSED = Rule(
    code="DEF-075",
    severity="error",
    teaching=__doc__,
    fix="only an id that is no longer used can be taken over",
    check=_check,
    example={
        "audiences/buyers.yml": _NEW,
        "audiences/customers.yml": "audience: customers\ncriteria: {ecommerce: {action: purchase}}\n",
    },
    fixed={"audiences/buyers.yml": _NEW},
)
