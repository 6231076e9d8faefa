"""The JSON Schemas of the definition files, for editors and for whoever writes YAML by program (spec §3).

Text written without quotes that looks like a number or a boolean (`name: 2017`) is valid, as it is to
Milepost. What spans several files (ids, inputs, tags) is checked by `milepost validate` alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from transforms.definitions.attributes import attribute_schema
from transforms.definitions.audiences import audience_schema
from transforms.definitions.connections import connections_schema
from transforms.definitions.journeys import journey_schema
from transforms.definitions.project import project_schema

if TYPE_CHECKING:
    from collections.abc import Callable

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

#: File name below schemas/ → title and schema.
_SCHEMAS: tuple[tuple[str, str, Callable[[], dict[str, Any]]], ...] = (
    ("milepost.schema.json", "Milepost: milepost.yml", project_schema),
    ("audience.schema.json", "Milepost: audiences/*.yml", audience_schema),
    ("journey.schema.json", "Milepost: journeys/*.yml", journey_schema),
    ("attribute.schema.json", "Milepost: attributes/*.yml", attribute_schema),
    ("connections.schema.json", "Milepost: connections/*.yml", connections_schema),
)


def schemas() -> dict[str, dict[str, Any]]:
    """Every published schema by file name."""
    return {name: {"$schema": _DRAFT, "title": title, **schema()} for name, title, schema in _SCHEMAS}


def schema_texts() -> dict[str, str]:
    """The files as they are published: the same text every time."""
    return {
        name: json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, schema in schemas().items()
    }
