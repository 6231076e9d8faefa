"""A criterion names a dbt model that there is not.

A model of your own is a file below models/, called NAME.sql or NAME.py, and has a column `mpid`. Without it the run
would fail in dbt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_models
from transforms.definitions.dbt_models import AUDIENCE_PREFIX
from transforms.definitions.rules.rule import Finding, Rule, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        for named in named_models(audience.criteria) if audience.criteria else ():
            if named.name not in whole.models and not named.name.startswith(AUDIENCE_PREFIX):
                yield unknown("model", named.name, named.place, sorted(whole.models))


_SCORES = "select mpid, score from {{ source('science', 'scores') }}\n"

KNOWN_MODELS = Rule(
    code="DEF-123",
    severity="error",
    teaching=__doc__,
    fix="name a model that lies below models/",
    check=_check,
    example={
        "audiences/leaving.yml": "audience: leaving\ncriteria: {model: churn_score}\n",
        "models/churn_scores.sql": _SCORES,
    },
    fixed={
        "audiences/leaving.yml": "audience: leaving\ncriteria: {model: churn_scores}\n",
        "models/churn_scores.sql": _SCORES,
    },
)
