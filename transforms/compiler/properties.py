"""The properties file of a folder of generated models: description, contract, meta."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from transforms.compiler.comments import comment_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.compiler.dialects.dialect import Dialect
    from transforms.definitions.records import Audience


def properties_text(audiences: Iterable[Audience], dialect: Dialect) -> str:
    """The YAML text that describes the models of `audiences`, in their order.

    dbt renders descriptions as Jinja, so names have nothing in them that it would read.
    """
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    writer.dump({"version": 2, "models": [_model(audience, dialect) for audience in audiences]}, stream)
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
