"""Lists and dbt models that criteria name must be there, and a model must not need what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.criteria.language import named_lists, named_models
from transforms.definitions.dbt_models import AUDIENCE_PREFIX
from transforms.definitions.list_files import list_path

if TYPE_CHECKING:
    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report

#: The dbt source that a run publishes.
_PUBLISHED = "published"


def list_references(whole: Whole, report: Report) -> None:
    """DEF-121 an unknown list: nobody would be in it, and an exclusion would spare nobody."""
    for audience in whole.audiences:
        for named in named_lists(audience.criteria) if audience.criteria else ():
            if named.name in whole.lists:
                continue
            if whole.lists:
                report.unknown("DEF-121", "list", named.name, named.place, whole.lists)
            else:
                report.add(
                    "DEF-121",
                    f"unknown list `{named.name}`",
                    named.place,
                    hint=f"put it at {list_path(named.name)}",
                )


def model_references(whole: Whole, report: Report) -> None:
    """DEF-122 a model of an audience, DEF-123 an unknown model, DEF-124 one that reads what a run publishes.

    What is published is made of audiences: dbt would read what an earlier run left (spec §4.4: never a stale
    result).
    """
    for audience in whole.audiences:
        for named in named_models(audience.criteria) if audience.criteria else ():
            if named.name.startswith(AUDIENCE_PREFIX):
                report.add(
                    "DEF-122",
                    f"`{named.name}` is the model of an audience",
                    named.place,
                    hint=f"write `audience: {{in: {named.name.removeprefix(AUDIENCE_PREFIX)}}}`",
                )
            elif named.name not in whole.models:
                report.unknown("DEF-123", "model", named.name, named.place, sorted(whole.models))
            elif (reader := _reads_published(named.name, whole)) is not None:
                through = "" if reader == named.name else f" through `{reader}`"
                report.add(
                    "DEF-124",
                    f"the model `{named.name}` reads what a run publishes{through}",
                    named.place,
                    hint="that is made of audiences: name an audience, or read what it is made of",
                )


def _reads_published(name: str, whole: Whole) -> str | None:
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
