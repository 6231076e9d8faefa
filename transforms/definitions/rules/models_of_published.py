"""A criterion names a dbt model that reads what a run publishes.

Published tables are made of audiences. Such a model would read what an earlier run left, and an audience is never
made of a stale result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_models
from transforms.definitions.dbt_models import AUDIENCE_PREFIX
from transforms.definitions.rules.rule import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.definitions.rules.whole import Whole

#: The dbt source that a run publishes.
_PUBLISHED = "published"


def _check(whole: Whole) -> Iterator[Finding]:
    for audience in whole.audiences:
        for named in named_models(audience.criteria) if audience.criteria else ():
            reader = None if named.name.startswith(AUDIENCE_PREFIX) else _reader(named.name, whole)
            if reader is not None:
                through = "" if reader == named.name else f" through `{reader}`"
                yield Finding(f"the model `{named.name}` reads what a run publishes{through}", named.place)


def _reader(name: str, whole: Whole) -> str | None:
    """The model, of `name` and all that it reads, that reads the published tables."""
    seen: set[str] = set()
    pending = [name]
    while pending:
        model = whole.models.get(pending.pop())
        if model is None or model.name in seen:
            continue
        if _PUBLISHED in model.sources:
            return model.name
        seen.add(model.name)
        pending.extend(model.refs)
    return None


_LOYAL = "audience: loyal\ncriteria: {model: long_members}\n"

MODELS_OF_PUBLISHED = Rule(
    code="DEF-124",
    severity="error",
    teaching=__doc__,
    fix="that is made of audiences: name an audience, or read what it is made of",
    check=_check,
    example={
        "audiences/loyal.yml": _LOYAL,
        "models/long_members.sql": "select mpid from {{ source('published', 'fct_audience_membership') }}\n",
    },
    fixed={
        "audiences/loyal.yml": _LOYAL,
        "models/long_members.sql": "select mpid from {{ ref('dim_profiles') }}\n",
    },
)
