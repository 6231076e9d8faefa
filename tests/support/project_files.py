"""Writes a generated project and its landing files as a user and a sender would."""

from __future__ import annotations

import gzip
import json
import os
from collections import defaultdict
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.support.mmdb import write_mmdb
from tests.support.world_files import list_text, model_text
from tests.support.world_memberships import write_memberships
from tests.support.world_places import NETWORKS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.oracle.records import Landed, World


def document(value: Any) -> str:
    """A definition as JSON, which is YAML: text quoted, numbers as they are written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{document(str(key))}: {document(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(document(item) for item in value) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


def write_project(
    folder: Path,
    world: World,
    audiences: list[dict[str, Any]],
    journeys: list[dict[str, Any]],
    attributes: list[dict[str, Any]] | None = None,
) -> None:
    """milepost.yml, audiences/*.yml, journeys/*.yml, attributes/*.yml, lists/*.csv and the analysts' models."""
    files = {"milepost.yml": world.settings}
    files |= {f"audiences/{audience['audience']}.yml": audience for audience in audiences}
    files |= {f"journeys/{journey['journey']}.yml": journey for journey in journeys}
    files |= {f"attributes/{attribute['attribute']}.yml": attribute for attribute in attributes or ()}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(content) + "\n", encoding="utf-8")
    texts = {
        f"lists/{name}.csv": list_text(listed, place)
        for place, (name, listed) in enumerate(world.lists.items())
    }
    texts |= {f"models/scores/{name}.sql": model_text(table) for name, table in world.models.items()}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def write_landing(data: Path, world: World) -> None:
    """One batch a line below `landing/<workspace>/<input>/`, each file with its time of arrival.

    The files of `web` are gzipped. With `ip_geolocation` its file is written, too; so is what earlier runs stored.
    """
    write_memberships(data, world)
    if "ip_geolocation" in world.settings:
        write_mmdb(data / world.settings["ip_geolocation"], NETWORKS)
    files: dict[Path, list[Landed]] = defaultdict(list)
    for landed in world.landing:
        suffix = ".gz" if landed.input == "web" else ""
        files[data / "landing" / landed.workspace / landed.input / (landed.path + suffix)].append(landed)
    for path, records in files.items():
        assert [record.line for record in records] == list(range(1, len(records) + 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        content = "".join(json.dumps(record.batch, ensure_ascii=False) + "\n" for record in records).encode()
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
        arrived_at = records[0].arrived_at.replace(tzinfo=UTC).timestamp()
        os.utime(path, (arrived_at, arrived_at))
