"""Writing, checking and handing over the generated folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.compiler.builders import audience, definitions, milestone
from transforms.compiler.emit import (
    check_models,
    compile_project,
    eject_model,
    ejected_audiences,
    write_models,
)
from transforms.compiler.models import compile_models
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

AUDIENCES = "models/milestones/generated/audiences"


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_second_write_touches_nothing(tmp_path: Path):
    files = compile_models(definitions(audience("a")))
    assert write_models(tmp_path, files).written == tuple(file.path for file in files)
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in files_of(tmp_path)}
    changes = write_models(tmp_path, files)
    assert (changes.written, changes.removed, changes.unchanged) == (
        (),
        (),
        tuple(file.path for file in files),
    )
    assert before == {path: (tmp_path / path).stat().st_mtime_ns for path in files_of(tmp_path)}
    assert files_of(tmp_path) == {file.path: file.text for file in files}


def test_what_is_gone_from_the_definitions_is_removed_with_its_folder(tmp_path: Path):
    write_models(tmp_path, compile_models(definitions(audience("a"), milestone("start", "event: {name: a}"))))
    changes = write_models(tmp_path, compile_models(definitions(audience("a"))))
    assert changes.removed[:2] == (
        "models/milestones/generated/trial/_trial__generated.yml",
        "models/milestones/generated/trial/mst_trial__start.sql",
    )
    assert [path[:35] for path in changes.removed[2:]] == ["models/rollups/generated/days_of_a_"]
    assert not (tmp_path / "models/milestones/generated/trial").exists()


@pytest.mark.parametrize("path", [f"{AUDIENCES}/mst_a.sql", f"{AUDIENCES}/mine.sql"])
def test_a_file_of_someone_else_is_neither_overwritten_nor_removed(tmp_path: Path, path: str):
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("select 1 as mpid\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        write_models(tmp_path, compile_models(definitions(audience("a"))))
    assert [(each.code, each.place.file) for each in caught.value.problems if each.place] == [
        ("CMP-002", path)
    ]
    assert files_of(tmp_path) == {path: "select 1 as mpid\n"}


def test_a_check_says_what_a_write_would_do_and_touches_nothing(tmp_path: Path):
    write_models(tmp_path, compile_models(definitions(audience("a"), audience("b"))))
    changed = tmp_path / AUDIENCES / "mst_a.sql"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Play", "Pause"), encoding="utf-8")
    before = files_of(tmp_path)
    differences = check_models(tmp_path, compile_models(definitions(audience("a"), audience("c"))))
    assert [(each.path.removeprefix(f"{AUDIENCES}/"), each.kind) for each in differences] == [
        ("_audiences__generated.yml", "changed"),
        ("mst_a.sql", "changed"),
        ("mst_b.sql", "left_over"),
        ("mst_c.sql", "missing"),
    ]
    assert "-        and event_name = 'Pause'\n+        and event_name = 'Play'\n" in differences[1].diff
    assert files_of(tmp_path) == before


def test_nothing_differs_after_a_write(tmp_path: Path):
    files = compile_models(definitions(audience("a")))
    write_models(tmp_path, files)
    assert check_models(tmp_path, files) == ()


def test_an_ejected_model_is_the_analysts_from_then_on(tmp_path: Path):
    remaining = audience("b", None, parent="a", is_remaining=True)
    whole = definitions(audience("a"), remaining)
    write_models(tmp_path, compile_project(tmp_path, whole))
    path = eject_model(tmp_path, whole, "a")
    assert path == "models/milestones/custom/mst_a.sql"
    text = (tmp_path / path).read_text(encoding="utf-8")
    assert text.startswith("{{ config(materialized='members') }}\n\nwith\n")
    # Nobody makes rollups for it: it reads the events themselves.
    assert "stg_lake__events" in text
    assert "days_of_" not in text
    assert ejected_audiences(tmp_path) == {"a"}
    assert sorted(files_of(tmp_path)) == [
        path,
        f"{AUDIENCES}/_audiences__generated.yml",
        f"{AUDIENCES}/mst_b.sql",
    ]
    (tmp_path / path).write_text("select 1 as mpid\n", encoding="utf-8")
    write_models(tmp_path, compile_project(tmp_path, whole))
    assert check_models(tmp_path, compile_project(tmp_path, whole)) == ()
    assert (tmp_path / path).read_text(encoding="utf-8") == "select 1 as mpid\n"


def test_eject_refuses_what_is_not_there_or_was_handed_over_before(tmp_path: Path):
    whole = definitions(audience("a"))
    with pytest.raises(UserError) as caught:
        eject_model(tmp_path, whole, "x")
    assert (caught.value.problems[0].code, caught.value.exit_status) == ("CMP-003", 1)
    eject_model(tmp_path, whole, "a")
    with pytest.raises(UserError) as caught:
        eject_model(tmp_path, whole, "a")
    assert (caught.value.problems[0].code, caught.value.exit_status) == ("CMP-004", 1)
