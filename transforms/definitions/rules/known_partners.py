"""An output names a partner that there is not.

The partner decides which identities are sent, how they are hashed and what the file looks like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.definitions.rules.rule import Finding, Rule, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for output in whole.outputs:
        if output.partner and output.partner not in whole.partners:
            yield unknown("partner", output.partner, output.place, whole.partners)


KNOWN_PARTNERS = Rule(
    code="DEF-045",
    severity="error",
    teaching=__doc__,
    fix="name one of the partners that are allowed",
    check=_check,
    example={"connections/meta.yml": "outputs: {meta: {partner: meta_cvs}}\n"},
    fixed={"connections/meta.yml": "outputs: {meta: {partner: meta_csv}}\n"},
)
