"""Definitions to the text of dbt models. Pure: same definitions, same bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from transforms.compiler.assemble import audience_query
from transforms.compiler.attributes import attribute_model, attribute_query
from transforms.compiler.banner import banner
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.layout import model_text
from transforms.compiler.properties import (
    attribute_properties_text,
    properties_text,
    rollup_properties_text,
)
from transforms.compiler.rollups import rollup_body, rollups
from transforms.errors import Problem, UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.compiler.dialects.dialect import Dialect
    from transforms.criteria.events.rollups import Rollup
    from transforms.definitions.records import Audience, CalculatedAttribute, Definitions, Project
    from transforms.errors import Place

#: Below the project folder. Everything in it is the compiler's.
GENERATED = "models/milestones/generated"
#: The same for calculated attributes.
GENERATED_ATTRIBUTES = "models/attributes/generated"
#: The same for rollups of events by day.
GENERATED_ROLLUPS = "models/rollups/generated"
#: The folders that belong to the compiler.
GENERATED_FOLDERS = (GENERATED, GENERATED_ATTRIBUTES, GENERATED_ROLLUPS)
#: Where a model lies that an analyst has taken over.
CUSTOM = "models/milestones/custom"
_NO_JOURNEY = "audiences"
_CONFIG = "{{ config(materialized='members') }}\n\n"


@dataclass(frozen=True)
class ModelFile:
    """One generated file: its path below the project folder, its text, and whose members it gives, if any's."""

    path: str
    text: str
    audience_id: str | None


def compile_models(
    definitions: Definitions, ejected: frozenset[str] = frozenset(), dialect: Dialect = DUCKDB
) -> tuple[ModelFile, ...]:
    """A model for each calculated attribute, for each audience and milestone but the `ejected` ids, for each rollup
    of events by day that these read, and a properties file for each folder.

    Sorted by path. Raises UserError for every id whose model name the target can't hold (spec §3).
    """
    names = [(f"mst_{audience.id}", audience.place) for audience in definitions.audiences]
    names += [(attribute_model(attribute.id), attribute.place) for attribute in definitions.attributes]
    _check_names(names, dialect)
    kept = sorted(
        (audience for audience in definitions.audiences if audience.id not in ejected),
        key=lambda audience: (_folder(audience), audience.id),
    )
    files = [_model_file(audience, definitions.project, dialect) for audience in kept]
    files.extend(_rollup_files(rollups(definitions, [audience.id for audience in kept]), dialect))
    for folder, audiences in groupby(kept, key=_folder):
        files.append(_properties_file(folder, tuple(audiences), dialect))
    files.extend(_attribute_files(definitions, dialect))
    return tuple(sorted(files, key=lambda file: file.path))


def model_body(
    audience: Audience, project: Project, dialect: Dialect = DUCKDB, *, has_rollups: bool = False
) -> str:
    """The text of an audience's model without the banner. Without rollups it reads events alone, and is complete in
    itself: what an analyst gets who takes it over.
    """
    return _CONFIG + model_text(audience_query(audience, project, has_rollups=has_rollups), dialect)


def definition_hash(audience: Audience, project: Project) -> str:
    """SHA-256 of the audience's model that is complete in itself: changes with the definition's meaning."""
    return hashlib.sha256(model_body(audience, project).encode()).hexdigest()


def attribute_hash(attribute: CalculatedAttribute, project: Project) -> str:
    """The same of a calculated attribute."""
    return hashlib.sha256(model_text(attribute_query(attribute, project), DUCKDB).encode()).hexdigest()


def model_path(audience: Audience) -> str:
    """Where the model of an audience is generated, below the project folder."""
    return f"{GENERATED}/{_folder(audience)}/mst_{audience.id}.sql"


def custom_path(audience_id: str) -> str:
    """Where the model of an audience lies once an analyst has taken it over."""
    return f"{CUSTOM}/mst_{audience_id}.sql"


def _folder(audience: Audience) -> str:
    return audience.journey or _NO_JOURNEY


def _model_file(audience: Audience, project: Project, dialect: Dialect) -> ModelFile:
    body = model_body(audience, project, dialect, has_rollups=True)
    change = (
        "To change it, change the definition and run `milepost compile`;",
        f"to write the SQL yourself, run `milepost eject {audience.id}`.",
    )
    return ModelFile(
        model_path(audience), banner("--", audience.place.file, change, body) + body, audience.id
    )


def _properties_file(folder: str, audiences: tuple[Audience, ...], dialect: Dialect) -> ModelFile:
    body = properties_text(audiences, dialect)
    sources = sorted({audience.place.file for audience in audiences})
    source = sources[0] if len(sources) == 1 else f"{folder}/*.yml"
    text = (
        banner("#", source, ("To change it, change the definitions and run `milepost compile`.",), body)
        + body
    )
    return ModelFile(f"{GENERATED}/{folder}/_{folder}__generated.yml", text, None)


def _attribute_files(definitions: Definitions, dialect: Dialect) -> list[ModelFile]:
    attributes = sorted(definitions.attributes, key=lambda attribute: attribute.id)
    if not attributes:
        return []
    change = ("To change it, change the definition and run `milepost compile`.",)
    files = []
    for attribute in attributes:
        query = attribute_query(attribute, definitions.project, has_rollups=True)
        body = _CONFIG + model_text(query, dialect)
        text = banner("--", attribute.place.file, change, body) + body
        path = f"{GENERATED_ATTRIBUTES}/{attribute_model(attribute.id)}.sql"
        files.append(ModelFile(path, text, None))
    body = attribute_properties_text(attributes, dialect)
    text = banner("#", "attributes/*.yml", change, body) + body
    return [*files, ModelFile(f"{GENERATED_ATTRIBUTES}/_attributes__generated.yml", text, None)]


def _rollup_files(found: dict[str, Rollup], dialect: Dialect) -> list[ModelFile]:
    if not found:
        return []
    source = "the definitions that look at these events"
    change = ("To change it, change the definitions and run `milepost compile`.",)
    files = []
    for name, rollup in found.items():
        body = rollup_body(rollup, dialect)
        files.append(
            ModelFile(f"{GENERATED_ROLLUPS}/{name}.sql", banner("--", source, change, body) + body, None)
        )
    body = rollup_properties_text(found, dialect)
    text = banner("#", source, change, body) + body
    return [*files, ModelFile(f"{GENERATED_ROLLUPS}/_rollups__generated.yml", text, None)]


def _check_names(names: Iterable[tuple[str, Place]], dialect: Dialect) -> None:
    limit = dialect.identifier_limit
    if limit is None:
        return
    problems = [
        Problem(
            "CMP-001",
            f"the model `{name}` has a name of {len(name)} characters; {dialect.name} takes {limit}",
            place,
            hint="choose a shorter id",
        )
        for name, place in names
        if len(name) > limit
    ]
    if problems:
        raise UserError(*problems)
