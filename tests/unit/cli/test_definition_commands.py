"""`milepost validate` and `milepost init`, as a shell sees them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from exports.ledger.ledger import Ledger
from exports.ledger.records import ReceivedAudience, RecordedFault
from orchestration.cli.main import main
from tests.support.command import answer
from tests.support.project_folder import MILEPOST, audience, write_project
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.load import check_definitions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_DATA_DIR", str(tmp_path / "data"))


def _run(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def test_validate_counts_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {"audiences/a.yml": audience("a")})
    assert _run("--project-dir", tmp_path, "validate") == 0
    assert capsys.readouterr().out == (
        "1 audience, 0 journeys with 0 milestones, 0 connections: 0 errors, 0 warnings\n"
    )


def test_validate_prints_every_problem_and_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path, {"audiences/a.yml": audience("a", tgas="[x]"), "audiences/b.yml": audience("B")})
    assert _run("validate", "--project-dir", tmp_path) == 2
    out = capsys.readouterr().out
    assert "audiences/a.yml:3: error DOC-001: unknown key `tgas`" in out
    assert "audiences/b.yml:1: error DOC-005" in out
    assert out.endswith("2 errors, 0 warnings\n")


def test_validate_answers_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {"audiences/a.yml": audience("a", tgas="[x]")})
    assert _run("validate", "--json", "--project-dir", tmp_path) == 2
    answer = json.loads(capsys.readouterr().out)
    assert (answer["valid"], answer["errors"], answer["warnings"]) == (False, 1, 0)
    (problem,) = answer["problems"]
    assert (problem["code"], problem["file"], problem["line"]) == ("DOC-001", "audiences/a.yml", 3)
    assert "tags" in problem["allowed"]


def test_validate_warns_of_names_that_were_never_ingested(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"audiences/a.yml": audience("a", criteria="{event: {name: Paly}}", workspaces="[shop]")}
    project = write_project(tmp_path / "project", files)
    assert _run("validate", "--project-dir", project) == 0
    assert capsys.readouterr().out.endswith(": 0 errors, 0 warnings\n")
    landed = tmp_path / "data/landing/shop/ios/a.json"
    landed.parent.mkdir(parents=True)
    data = {"event_name": "Play", "custom_event_type": "other", "timestamp_unixtime_ms": 1_514_808_000_000}
    body = {"mpid": 1, "environment": "production", "events": [{"event_type": "custom_event", "data": data}]}
    landed.write_text(json.dumps(body))
    assert _run("ingest", "--project-dir", project) == 0
    capsys.readouterr()
    assert _run("validate", "--project-dir", project) == 0
    out = capsys.readouterr().out
    assert "warning DEF-097: the event `Paly` was never seen" in out
    assert "did you mean `Play`?" in out
    assert out.endswith(": 0 errors, 1 warning\n")


def test_validate_of_no_project_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("validate", "--project-dir", tmp_path / "nothing") == 2
    assert "milepost init" in capsys.readouterr().out


@pytest.mark.parametrize("exists", [False, True])
def test_init_makes_a_project_without_a_problem(
    exists: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    if exists:
        folder.mkdir()
    assert _run("init", folder) == 0
    assert capsys.readouterr().out == f"{folder}\n"
    checked = check_definitions(folder)
    assert checked.problems == ()
    assert checked.definitions is not None
    assert {audience.id for audience in checked.definitions.audiences} == {
        "buyers",
        "welcome__newcomers",
        "welcome__has_email",
        "welcome__everyone_else",
    }
    assert (folder / "dbt_project.yml").is_file()
    assert (folder / "schemas" / "audience.schema.json").is_file()


def test_init_takes_nothing_of_the_project_that_the_scaffold_is_from(tmp_path: Path) -> None:
    _run("init", tmp_path / "new")
    found = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*.yml")}
    definitions = {name for name in found if name.split("/")[0] in ("audiences", "journeys", "connections")}
    assert definitions == {"audiences/buyers.yml", "journeys/welcome.yml", "connections/local.yml"}
    assert not any("generated/" in name for name in found)


def test_init_leaves_a_folder_that_is_not_empty_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert _run("init", tmp_path) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def write_connected(
    folder: Path,
    more: str = "",
    connection: str = "meta_lapsed",
    partner: str = "meta_csv",
    mode: str = "full",
) -> None:
    """A project whose one audience is connected to a partner."""
    files = {
        "audiences/lapsed.yml": f"audience: lapsed\ncriteria: {{last_seen: {{within: 30 days}}}}\n{more}",
        "connections/partner.yml": f"outputs:\n  partner: {{partner: {partner}}}\nconnections:\n"
        f"  - {{connection: {connection}, audience: lapsed, output: partner, status: active, mode: {mode}}}\n",
    }
    write_project(folder / "project", files, MILEPOST)


def test_validate_refuses_an_edit_of_a_test_that_was_delivered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_connected(tmp_path, "ab_test: {name: t, variants: {push: 50}}\n")
    publish(open_store(tmp_path / "data" / "published"), publication(members={"lapsed": {1: "push"}}))
    assert answer(tmp_path, capsys, "validate").status == 0

    Ledger(tmp_path / "data" / "ledger" / "connections").record(
        "meta_lapsed", ReceivedAudience("lapsed", as_of=AS_OF)
    )
    refused = answer(tmp_path, capsys, "validate")
    assert refused.status == 2
    assert "audiences/lapsed.yml:1: error EXP-003" in refused.out


def test_a_delivery_that_is_faulted_is_seen_wherever_one_looks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_connected(tmp_path)
    publish(open_store(tmp_path / "data" / "published"), publication(members={"lapsed": {1}}))
    fault = RecordedFault("permission", "no writing here", "then `milepost resume`", AS_OF)
    Ledger(tmp_path / "data" / "ledger" / "connections").record(
        "meta_lapsed", ReceivedAudience("lapsed", as_of=AS_OF, fault=fault)
    )
    [listed] = answer(tmp_path, capsys, "list", "--json").json["audiences"]
    assert listed["state"] == "faulted"
    shown = answer(tmp_path, capsys, "show", "lapsed").out
    assert "state: faulted" in shown
    assert "active, delivered as of 2018-01-01T00:00:00Z" in shown
    for told in (shown, answer(tmp_path, capsys, "watch").out):
        assert "is not sent by `meta_lapsed` (permission): no writing here; then `milepost resume`" in told


def test_an_unknown_connection_and_a_list_that_can_not_be_emptied_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_connected(tmp_path)
    unknown = answer(tmp_path, capsys, "export", "meta_laped", "--dry-run")
    assert unknown.status == 2
    assert "did you mean `meta_lapsed`?" in unknown.err
    emptied = answer(tmp_path, capsys, "resync", "meta_lapsed", "--empty-first")
    assert emptied.status == 2
    assert "EXP-013" in emptied.err


def test_a_dry_run_says_what_would_be_sent_with_masked_rows_and_sends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_connected(tmp_path, connection="lines", partner="json_lines", mode="delta")
    publish(
        open_store(tmp_path / "data" / "published"),
        publication(
            members={"lapsed": {1, 2, 3, 4}},
            identities={(mpid, "email", f"user{mpid}@example.com") for mpid in (1, 2, 4)},
            privacy=({"mpid": 4, "statement": "opted_out"},),
        ),
    )
    [told] = answer(tmp_path, capsys, "export", "lines", "--dry-run", "--json").json
    assert (told["members"], told["users"], told["rows"], told["removed"]) == (3, 2, 2, 0)
    assert (told["dropped"], told["withheld"]) == ({"without_identity": 1}, {"opted_out": 1})
    assert [row["email"][0] for row in told["first_rows"]] == ["u", "u"]
    assert "example" not in json.dumps(told)
    assert not [path for path in (tmp_path / "data").rglob("*user*") if "published" not in path.parts]
    assert not (tmp_path / "data" / "exports").exists()
    assert "nothing was sent" in answer(tmp_path, capsys, "export", "lines", "--dry-run").err
