"""A criterion names the dbt model of an audience.

Audiences are named with `audience`, which knows their variants and sees cycles. The names of their models are the
compiler's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_models
from transforms.definitions.dbt_models import AUDIENCE_PREFIX
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        for named in named_models(audience.criteria) if audience.criteria else ():
            if named.name.startswith(AUDIENCE_PREFIX):
                yield Finding(
                    f"`{named.name}` is the model of an audience",
                    named.place,
                    hint=f"write `audience: {{in: {named.name.removeprefix(AUDIENCE_PREFIX)}}}`",
                )


_BUYERS = "audience: buyers\ncriteria: {ecommerce: {action: purchase}}\n"

MODELS_OF_AUDIENCES = Rule(
    code="DEF-122",
    severity="error",
    teaching=__doc__,
    fix="name the audience with `audience: {in: ID}`",
    check=_check,
    example={
        "audiences/buyers.yml": _BUYERS,
        "audiences/again.yml": "audience: again\ncriteria: {model: mst_buyers}\n",
    },
    fixed={
        "audiences/buyers.yml": _BUYERS,
        "audiences/again.yml": "audience: again\ncriteria: {audience: {in: buyers}}\n",
    },
)
