"""The hash of each definition as it is now, kept until something that it is made of changes, and which have changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import transforms
from transforms.audiences.redefined import DefinitionHashes, hashed, redefined
from transforms.durable import replace_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Definitions

#: What models are generated from, and where they lie; models that an analyst has taken over are not generated.
_COMPILED_FOLDERS = ("audiences", "journeys", "attributes", "models")
_PROGRAM = Path(next(iter(transforms.__path__)))


def definition_hashes(settings: Settings, definitions: Definitions) -> DefinitionHashes:
    """The hashes of the definitions that lie in the project folder.

    Hashing 500 audiences takes 3 s, so what was found is kept in the data folder.
    """
    kept = settings.data / "dbt" / "definition_hashes.json"
    digest = compiled_from(settings.project)
    if kept.exists():
        read = json.loads(kept.read_bytes())
        if read["digest"] == digest:
            return DefinitionHashes(**read["hashes"])
    hashes = hashed(definitions)
    kept.parent.mkdir(parents=True, exist_ok=True)
    replace_bytes(kept, json.dumps({"digest": digest, "hashes": asdict(hashes)}).encode())
    return hashes


def redefined_since(
    settings: Settings, definitions: Definitions, generation: Generation | None, as_of: datetime | None
) -> dict[str, tuple[str, ...]]:
    """Of each audience that was calculated at a stored as_of, the definitions that have changed since."""
    if generation is None or as_of is None:
        return {}
    return redefined(definitions, definition_hashes(settings, definitions), generation.calculated(as_of))


def compiled_from(project: Path) -> str:
    """A digest of all that decides what is generated, and of what was: definitions, models, this program, its generator."""
    digest = hashlib.sha256(version("sqlglot").encode())
    for path in _read_by_the_compiler(project):
        digest.update(f"{path}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _read_by_the_compiler(project: Path) -> Iterator[Path]:
    yield project / "milepost.yml"
    for folder in (*(project / name for name in _COMPILED_FOLDERS), _PROGRAM):
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
