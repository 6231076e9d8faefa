"""`milepost import-audience`, as a shell sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from orchestration.cli.main import main
from tests.support.project_folder import audience, write_project
from transforms.definitions.load import check_definitions

if TYPE_CHECKING:
    from pathlib import Path

FREE = {"operator": "equals", "left": {"model": "user", "path": "plan"}, "right": "free"}
UNKNOWN = {"operator": "equals", "left": {"model": "order", "path": "plan"}, "right": "free"}


def run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["import-audience", *(str(argument) for argument in arguments)])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project", {"audiences/there.yml": audience("there")})


def definition(folder: Path, stem: str, expression: dict[str, Any], **root: Any) -> Path:
    path = folder / f"{stem}.json"
    path.write_text(json.dumps({"schema_version": "1.0.0", "audience": expression, **root}), encoding="utf-8")
    return path


def test_it_writes_a_valid_audience_at_its_place(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = definition(tmp_path, "998", FREE, name="Free plan")
    assert run(file, "--project-dir", project) == 0
    assert capsys.readouterr().out == "audiences/free_plan.yml\n"
    checked = check_definitions(project)
    assert checked.definitions is not None
    assert {found.id for found in checked.definitions.audiences} == {"there", "free_plan"}


def test_what_is_not_translated_is_listed_and_the_status_is_1(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = {"operator": "and", "expressions": [FREE, UNKNOWN]}
    assert run(definition(tmp_path, "both", both), "--project-dir", project) == 1
    assert "both.json: not translated: $.audience.expressions[1].left: what the model `order`" in (
        capsys.readouterr().err
    )
    assert "status: draft" in (project / "audiences/both.yml").read_text(encoding="utf-8")


def test_nothing_is_written_where_nothing_could_be_translated(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(definition(tmp_path, "none", UNKNOWN), "--project-dir", project) == 1
    assert "nothing of the criteria could be translated" in capsys.readouterr().err
    assert not (project / "audiences/none.yml").exists()


def test_a_map_says_what_models_are(project: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "map.yml"
    mapping.write_text("models: {order: {is: event, name: Order}}\ninputs: [shop/web]\n", encoding="utf-8")
    file = definition(tmp_path, "order", UNKNOWN)
    assert run(file, "--map", mapping, "--project-dir", project) == 0
    text = (project / "audiences/order.yml").read_text(encoding="utf-8")
    assert "inputs: [shop/web]\ncriteria:\n  event: {name: Order, where: {plan: free}}\n" in text


def test_print_writes_nothing(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [definition(tmp_path, name, FREE) for name in ("a", "b")]
    assert run(*files, "--print", "--project-dir", project) == 0
    out = capsys.readouterr().out
    assert [part.splitlines()[1] for part in out.split("---\n")] == ["audience: a", "audience: b"]
    assert sorted(path.name for path in (project / "audiences").iterdir()) == ["there.yml"]


def test_json_gives_the_yaml_and_what_is_not_translated(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = {"operator": "or", "expressions": [FREE, UNKNOWN]}
    assert run(definition(tmp_path, "both", both), "--json", "--project-dir", project) == 1
    (found,) = json.loads(capsys.readouterr().out)["audiences"]
    assert (found["id"], found["file"]) == ("both", "audiences/both.yml")
    assert found["yaml"] == (project / "audiences/both.yml").read_text(encoding="utf-8")
    assert [finding["path"] for finding in found["not_translated"]] == ["$.audience.expressions[1].left"]


def test_an_audience_that_is_there_stays_unless_forced(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = project / "audiences/there.yml"
    before = there.read_text(encoding="utf-8")
    files = [definition(tmp_path, "there", FREE), definition(tmp_path, "new", FREE)]
    assert run(*files, "--project-dir", project) == 2
    assert "`audiences/there.yml` is there" in capsys.readouterr().err
    assert there.read_text(encoding="utf-8") == before
    assert not (project / "audiences/new.yml").exists()
    assert run(*files, "--force", "--project-dir", project) == 0
    assert "exact: free" in there.read_text(encoding="utf-8")


def test_an_id_of_another_file_is_not_taken(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, {"audiences/other.yml": audience("free")})
    assert run(definition(tmp_path, "free", FREE), "--force", "--project-dir", project) == 2
    assert "the audience `free` is in `audiences/other.yml`" in capsys.readouterr().err
    assert run(definition(tmp_path, "free", FREE), "--as", "free_plan", "--project-dir", project) == 0


def test_files_that_cannot_be_read_are_wrong_use(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    latin = tmp_path / "latin.json"
    latin.write_bytes(b'{"audience": "\xe4"}')
    assert run(tmp_path / "nowhere.json", "--project-dir", project) == 2
    assert run(latin, "--project-dir", project) == 2
    assert run(definition(tmp_path, "a", FREE), "--project-dir", tmp_path / "nothing") == 2
    err = capsys.readouterr().err
    assert "the file can't be read" in err
    assert "not UTF-8: byte 15" in err
    assert "there is no project folder `nothing`" in err
