"""Writes, prunes and checks the generated models; hands one over to the analyst. Touches no one else's file."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from transforms.compiler.banner import is_generated
from transforms.compiler.models import (
    CUSTOM,
    GENERATED,
    GENERATED_FOLDERS,
    ModelFile,
    compile_models,
    custom_path,
    model_body,
)
from transforms.errors import Place, Problem, UserError, failure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from transforms.definitions.records import Definitions


@dataclass(frozen=True)
class Changes:
    """What was done, as paths below the project folder, sorted."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """One file that is not as the definitions say, with a unified diff from what is there to what should be."""

    path: str
    kind: Literal["missing", "changed", "left_over"]
    diff: str


def ejected_audiences(project_folder: Path) -> frozenset[str]:
    """The ids whose model an analyst has taken over: those with a file in the folder of custom models."""
    files = (project_folder / CUSTOM).glob("mst_*.sql")
    return frozenset(file.name.removeprefix("mst_").removesuffix(".sql") for file in files)


def compile_project(project_folder: Path, definitions: Definitions) -> tuple[ModelFile, ...]:
    """All files that should be generated in a project folder, without the models that were taken over."""
    return compile_models(definitions, ejected_audiences(project_folder))


def write_models(project_folder: Path, files: Iterable[ModelFile]) -> Changes:
    """Make the generated folder hold exactly `files`; one that is as it should be is not touched.

    Raises UserError, before anything is written, for each file there that has no banner of ours, and for each
    that a link would take out of the project folder.
    """
    wanted = {file.path: file.text for file in files}
    present = _present(project_folder)
    _refuse_foreign(present)
    _refuse_links(project_folder, {*wanted, *present})
    written = tuple(sorted(path for path, text in wanted.items() if present.get(path) != text))
    removed = tuple(sorted(set(present) - set(wanted)))
    for path in written:
        _write(project_folder / path, wanted[path])
    for path in removed:
        _remove(project_folder, path)
    return Changes(written, removed, tuple(sorted(set(wanted) - set(written))))


def check_models(project_folder: Path, files: Iterable[ModelFile]) -> tuple[Difference, ...]:
    """Every file that `write_models` would write or remove, sorted by path; nothing is touched."""
    wanted = {file.path: file.text for file in files}
    present = _present(project_folder)
    return tuple(
        _difference(path, present.get(path), wanted.get(path))
        for path in sorted({*wanted, *present})
        if present.get(path) != wanted.get(path)
    )


def eject_model(project_folder: Path, definitions: Definitions, audience_id: str) -> str:
    """Hand the model of an audience over: its SQL, without the banner, becomes a custom model.

    The generated folder is brought up to date without it. Gives the new path below the project folder. Raises
    UserError (status 1) where there is no such audience or the model was handed over before.
    """
    if audience_id not in {audience.id for audience in definitions.audiences}:
        known = tuple(sorted(audience.id for audience in definitions.audiences))
        raise failure("CMP-003", f"there is no audience `{audience_id}`", allowed=known)
    path = custom_path(audience_id)
    if (project_folder / path).exists():
        raise failure("CMP-004", f"`{audience_id}` is the analyst's already: {path}")
    _refuse_foreign(_present(project_folder))
    _refuse_links(project_folder, (path,))
    _write(project_folder / path, model_body(definitions.audience(audience_id), definitions.project))
    write_models(project_folder, compile_project(project_folder, definitions))
    return path


def _present(project_folder: Path) -> dict[str, str]:
    return {
        file.relative_to(project_folder).as_posix(): _read(file)
        for root in GENERATED_FOLDERS
        for file in sorted((project_folder / root).rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    }


def _read(file: Path) -> str:
    return file.read_bytes().decode(errors="replace")


def _refuse_foreign(present: dict[str, str]) -> None:
    problems = [
        Problem(
            "CMP-002",
            "this file is in the folder of generated models and was not generated",
            Place(path),
            hint=f"move it to {CUSTOM}"
            if path.startswith(GENERATED)
            else "move it to another folder of models/",
        )
        for path, text in present.items()
        if not is_generated(text)
    ]
    if problems:
        raise UserError(*problems)


def _refuse_links(project_folder: Path, paths: Iterable[str]) -> None:
    root = project_folder.resolve()
    problems = [
        Problem(
            "CMP-005",
            "a link in the project leads out of it: nothing is written there",
            Place(path),
            hint="put a folder in the place of the link",
        )
        for path in sorted(paths)
        if not (project_folder / path).resolve().is_relative_to(root)
    ]
    if problems:
        raise UserError(*problems)


def _difference(path: str, there: str | None, wanted: str | None) -> Difference:
    kind: Literal["missing", "changed", "left_over"] = "changed"
    if there is None:
        kind = "missing"
    elif wanted is None:
        kind = "left_over"
    lines = difflib.unified_diff(
        (there or "").splitlines(keepends=True),
        (wanted or "").splitlines(keepends=True),
        fromfile="/dev/null" if there is None else f"there/{path}",
        tofile="/dev/null" if wanted is None else f"compiled/{path}",
    )
    return Difference(path, kind, "".join(lines))


def _write(target: Path, text: str) -> None:
    """The whole file or the old one, whatever happens in between."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _remove(project_folder: Path, path: str) -> None:
    (project_folder / path).unlink()
    folder = (project_folder / path).parent
    roots = [project_folder / root for root in GENERATED_FOLDERS]
    if folder not in roots and not any(folder.iterdir()):
        folder.rmdir()
