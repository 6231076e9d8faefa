"""The dbt models and seeds that analysts write, as far as their files say: names, and what they read.

dbt alone knows its project. This looks at file names and at plain calls of `ref` and `source`, which is enough
to say early, and in words, what dbt would say late.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.documents.nodes import Mapping, Scalar, Sequence
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What the name of every audience's model begins with.
AUDIENCE_PREFIX = "mst_"
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
#: `ref('model')`, `ref('package', 'model')`, `dbt.ref("model")`.
_REF = re.compile(r"\bref\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?['\"]([^'\"]+)['\"]")
_SOURCE = re.compile(r"\bsource\(\s*['\"]([^'\"]+)['\"]")


@dataclass(frozen=True)
class DbtModel:
    """One model or seed: its file below the project folder, the models and the sources that it names."""

    name: str
    file: str
    refs: tuple[str, ...]
    sources: tuple[str, ...]


def read_dbt_models(folder: Path) -> dict[str, DbtModel]:
    """Every model and seed of a project folder by name, but for those of audiences."""
    found: dict[str, DbtModel] = {}
    for path in _files(folder):
        if path.stem.startswith((AUDIENCE_PREFIX, ".")):
            continue
        text = "" if path.suffix == ".csv" else _text(path)
        file = path.relative_to(folder).as_posix()
        model = DbtModel(path.stem, file, tuple(_REF.findall(text)), tuple(_SOURCE.findall(text)))
        found.setdefault(path.stem, model)
    return found


def _files(folder: Path) -> Iterator[Path]:
    settings = _settings(folder)
    for key, default, suffixes in (
        ("model-paths", "models", (".sql", ".py")),
        ("seed-paths", "seeds", (".csv",)),
    ):
        for part in _texts(settings, key) or (default,):
            for path in sorted((folder / part).rglob("*")):
                if path.suffix in suffixes and path.is_file():
                    yield path


def _settings(folder: Path) -> Mapping | None:
    """dbt_project.yml; where it can't be read, dbt itself says why."""
    try:
        text = (folder / "dbt_project.yml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    tree = read_yaml(text, "dbt_project.yml", Report())
    return tree if isinstance(tree, Mapping) else None


def _texts(settings: Mapping | None, key: str) -> tuple[str, ...]:
    written = None if settings is None else settings.get(key)
    if not isinstance(written, Sequence):
        return ()
    return tuple(item.text for item in written.items if isinstance(item, Scalar))


def _text(path: Path) -> str:
    try:
        return _COMMENT.sub("", path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
