"""What a definition is called here, and the documents that say it: the schema itself has neither name nor id."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from transforms.importing.json_documents import Number

_LONGEST_ID = 63


@dataclass(frozen=True)
class Listed:
    """An audience as the service's lists of audiences have it, or as it stands beside a definition."""

    id: str | None = None
    name: str | None = None
    external_name: str | None = None
    tags: tuple[str, ...] = ()


def id_of_name(name: str) -> str:
    """The id that a name makes by the rule of spec §3: lower case, accents off, other ASCII as one `_`, a letter first.

    A name without a letter or digit of ASCII gives `audience`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    lettered = words if words[:1].isalpha() else f"audience_{words}".strip("_")
    return lettered[:_LONGEST_ID].strip("_")


def listed_of(value: dict[str, Any]) -> Listed:
    """What an object says of an audience beside its definition; what is not text is passed over."""
    tags = value.get("tags")
    return Listed(
        id=_id(value.get("id")),
        name=_text(value.get("name")),
        external_name=_text(value.get("external_name")),
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
    )


def read_list(document: Any) -> tuple[Listed, ...] | None:
    """The audiences of a list (`GET /v1/audiences`: an array, or an object with it as `data`), or None for no list."""
    items = document.get("data") if isinstance(document, dict) and "audience" not in document else document
    if not isinstance(items, list):
        return None
    return tuple(listed_of(item) for item in items if isinstance(item, dict))


def _id(value: Any) -> str | None:
    return value.text if isinstance(value, Number) else _text(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
