"""The properties file of a folder of generated models: description, contract, meta."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from transforms.compiler.attributes import attribute_model
from transforms.compiler.comments import comment_text
from transforms.criteria.events.aggregates import LARGEST, SMALLEST, TOTAL_PART, TOTAL_WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.compiler.dialects.dialect import Dialect
    from transforms.criteria.events.rollups import Rollup
    from transforms.definitions.records import Audience, CalculatedAttribute


def properties_text(audiences: Iterable[Audience], dialect: Dialect) -> str:
    """The YAML text that describes the models of `audiences`, in their order.

    dbt renders descriptions as Jinja, so names have nothing in them that it would read.
    """
    return _text(_model(audience, dialect) for audience in audiences)


def attribute_properties_text(attributes: Iterable[CalculatedAttribute], dialect: Dialect) -> str:
    """The same for the models of calculated attributes."""
    return _text(_attribute_model(attribute, dialect) for attribute in attributes)


def rollup_properties_text(rollups: dict[str, Rollup], dialect: Dialect) -> str:
    """The same for rollups of events by day, by name."""
    return _text(_rollup_model(name, rollup, dialect) for name, rollup in rollups.items())


def _text(models: Iterable[dict[str, Any]]) -> str:
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    writer.dump({"version": 2, "models": list(models)}, stream)
    return stream.getvalue()


def _model(audience: Audience, dialect: Dialect) -> dict[str, Any]:
    kind = "audience" if audience.journey is None else f"milestone of journey {audience.journey}"
    columns = [{"name": "mpid", "data_type": dialect.integer_type, "description": "The member; each once."}]
    if audience.ab_test is not None:
        columns.append(
            {
                "name": "variant",
                "data_type": dialect.text_type,
                "description": "The member's arm of the A/B test.",
            }
        )
    return {
        "name": f"mst_{audience.id}",
        "description": f"{comment_text(audience.name)}: members of the {kind}, one row a member.",
        "config": {"contract": {"enforced": True}, "meta": {"milepost": {"audience": audience.id}}},
        "columns": columns,
    }


def _attribute_model(attribute: CalculatedAttribute, dialect: Dialect) -> dict[str, Any]:
    is_of_everyone = attribute.calculation.function.is_zero_of_nothing
    whose = "each user with a profile" if is_of_everyone else "each user who has a value"
    columns = (
        ("mpid", dialect.integer_type, "The user; each once."),
        ("value", dialect.text_type, "The value as text; null for a list."),
        ("elements", dialect.text_list_type, "The elements of a list, else null."),
        (
            "total",
            dialect.text_type,
            "The number that the value is, as a text that sorts as numbers do, or null.",
        ),
    )
    return {
        "name": attribute_model(attribute.id),
        "description": f"{comment_text(attribute.name)}: a calculated attribute, one row for {whose}.",
        "config": {"contract": {"enforced": True}, "meta": {"milepost": {"attribute": attribute.id}}},
        "columns": [{"name": name, "data_type": kind, "description": about} for name, kind, about in columns],
    }


def _rollup_model(name: str, rollup: Rollup, dialect: Dialect) -> dict[str, Any]:
    columns = [
        ("mpid", dialect.integer_type, "The user."),
        ("recorded_mpid", dialect.integer_type, "The user as the record has it, before logins are resolved."),
        ("day", "date", "The day of the events, UTC; it was over when this was counted."),
        ("login_identity", dialect.text_type, "The login of records that bear no mpid, else null."),
        ("events", dialect.integer_type, "How many events, or lines of events, there are."),
    ]
    if rollup.field is not None:
        columns += [
            (TOTAL_WHOLE, "hugeint", "The sum of the values without their places."),
            (TOTAL_PART, "decimal(38, 9)", "The sum of the places of the values."),
            (SMALLEST, "decimal(38, 9)", "The least value."),
            (LARGEST, "decimal(38, 9)", "The greatest value."),
        ]
    return {
        "name": name,
        "description": f"{comment_text(rollup.lines[0])}.",
        "columns": [
            {"name": column, "data_type": kind, "description": about} for column, kind, about in columns
        ],
    }
