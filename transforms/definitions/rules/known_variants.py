"""A criterion names a variant that the other audience does not have.

Variants are the arms of the other audience's A/B test, with Control. Of a variant that is not there nobody is a
member, and an exclusion of it would spare nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import referenced_audiences
from transforms.definitions.records import CONTROL
from transforms.definitions.rules.rule import Finding, Rule, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        for reference in referenced_audiences(audience.criteria) if audience.criteria else ():
            other = whole.by_id.get(reference.audience)
            if other is None or reference.variant is None or reference.variant in other.variants:
                continue
            name = reference.variant[:80]
            if other.variants:
                yield unknown(f"variant of `{other.id}`", name, reference.place, other.variants)
            else:
                yield Finding(
                    f"`{other.id}` has no A/B test, so no variant `{name}`",
                    reference.place,
                    hint=f"leave `variant` out; {CONTROL} is there with a test alone",
                )


_TESTED = (
    "audience: buyers\n"
    "criteria: {ecommerce: {action: purchase}}\n"
    "ab_test: {name: spring, variants: {push: 40, email: 40}}\n"
)

KNOWN_VARIANTS = Rule(
    code="DEF-063",
    severity="error",
    teaching=__doc__,
    fix="name a variant of that audience's `ab_test`",
    check=_check,
    example={
        "audiences/buyers.yml": _TESTED,
        "audiences/mailed.yml": "audience: mailed\ncriteria: {audience: {in: buyers, variant: mail}}\n",
    },
    fixed={
        "audiences/buyers.yml": _TESTED,
        "audiences/mailed.yml": "audience: mailed\ncriteria: {audience: {in: buyers, variant: email}}\n",
    },
)
