"""The models of events by day that audiences and calculated attributes share: one for each choice of events."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from transforms.compiler.assemble import scope_of
from transforms.compiler.attributes import attribute_scope
from transforms.compiler.comments import commented
from transforms.compiler.layout import model_text
from transforms.criteria.logic import leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from transforms.compiler.dialects.dialect import Dialect
    from transforms.criteria.events.rollups import Rollup
    from transforms.definitions.records import Audience, CalculatedAttribute, Definitions, Project

#: The materialization joins the logins, of which dbt knows by this line alone.
_CONFIG = "{{ config(materialized='event_days') }}\n-- depends_on: {{ ref('int_login_identities') }}\n\n"


def rollups(
    definitions: Definitions,
    audience_ids: Collection[str] | None = None,
    attribute_ids: Collection[str] | None = None,
) -> dict[str, Rollup]:
    """The rollups that audiences and attributes read, all of them or those with the ids, by name and sorted by it."""
    project = definitions.project
    found = chain(
        *(
            _of_audience(audience, project)
            for audience in definitions.audiences
            if audience_ids is None or audience.id in audience_ids
        ),
        *(
            _of_attribute(attribute, project)
            for attribute in definitions.attributes
            if attribute_ids is None or attribute.id in attribute_ids
        ),
    )
    by_name: dict[str, Rollup] = {}
    for rollup in found:
        by_name.setdefault(rollup.name, rollup)
    return dict(sorted(by_name.items()))


def rollup_body(rollup: Rollup, dialect: Dialect) -> str:
    """The text of a rollup's model without the banner."""
    return _CONFIG + model_text(commented(rollup.query(), rollup.lines), dialect)


def _of_audience(audience: Audience, project: Project) -> Iterator[Rollup]:
    scope = scope_of(audience, project, has_rollups=True)
    for leaf in leaves(audience.criteria) if audience.criteria is not None else ():
        yield from leaf.rollups(scope)


def _of_attribute(attribute: CalculatedAttribute, project: Project) -> Iterator[Rollup]:
    yield from attribute.calculation.rollups(attribute_scope(attribute, project, has_rollups=True))
