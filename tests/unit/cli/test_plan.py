"""`milepost plan`: the working tree of a git repository against what was committed, over a small lake."""

from __future__ import annotations

import subprocess
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from orchestration import planning
from tests.support.command import Answer, answer
from tests.support.lake import make_event, make_statement, write_lake
from tests.support.project_folder import MILEPOST, write_project
from tests.support.run_models import small_run_models

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = {
    "audiences/players.yml": """\
        audience: players
        criteria: {event: {name: Play}}
        ab_test: {name: first, variants: {push: 50}}
        """,
    "audiences/stoppers.yml": """\
        audience: stoppers
        criteria: {all: [{audience: {in: players}}, {event: {name: Stop}}]}
        """,
    "audiences/listed.yml": """\
        audience: listed
        criteria: {list: vips}
        """,
    "lists/vips.csv": "mpid\n1\n2\n",
    "journeys/calls.yml": """\
        journey: calls
        milestones:
          - milestone: seen
            criteria: {last_seen: {within: 30 days}}
            next:
              - {milestone: played, criteria: {event: {name: Play}}}
              - {milestone: stopped, criteria: {event: {name: Stop}}}
              - {milestone: rest, remaining: true}
        """,
    "connections/own.yml": """\
        outputs: {meta: {partner: meta_csv, deliver: {to: local}, region: US}}
        connections:
          - {connection: pushes, audience: players, variant: push, output: meta, status: active, mode: full}
          - {connection: stops, audience: calls__stopped, output: meta, status: active, mode: full}
        """,
}
USERS = 60
PLAYED = set(range(0, USERS, 2))
STOPPED = set(range(0, USERS, 3))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_project(tmp_path / "project", FILES, MILEPOST)
    at = datetime(2018, 1, 20)
    named = [*((mpid, "Play") for mpid in PLAYED), *((mpid, "Stop") for mpid in STOPPED)]
    events = [
        make_event(mpid=mpid, event_at=at, event_name=name, event_id=f"{mpid} {name}") for mpid, name in named
    ]
    statements = [
        make_statement(mpid=mpid, said_at=at, statement="attribute", name="plan", value="free")
        for mpid in range(USERS)
    ]
    write_lake(tmp_path / "data" / "lake", events, statements)
    monkeypatch.setattr(planning, "project_models", lambda *_: small_run_models())
    git(tmp_path, "init")
    commit(tmp_path)
    return tmp_path


@pytest.fixture
def plan(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    def run(*arguments: str) -> Answer:
        return answer(folder, capsys, "plan", *arguments, "--as-of", "2018-01-31")

    return run


def git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com")
    command = ("git", "-C", str(folder / "project"), *named, *arguments)
    subprocess.run(command, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--message", "a change")


def edit(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / "project" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def swap_splits(folder: Path) -> None:
    path = "journeys/calls.yml"
    edit(folder, path, "played, criteria: {event: {name: Play}}", "A")
    edit(folder, path, "stopped, criteria: {event: {name: Stop}}", "played, criteria: {event: {name: Play}}")
    edit(folder, path, "milestone: A", "milestone: stopped, criteria: {event: {name: Stop}}")


def by_id(given: Answer) -> dict[str, Any]:
    return {one["id"]: one for one in given.json["audiences"]}


def test_nothing_changed(plan, golden) -> None:
    given = plan()
    assert (given.status, given.err) == (0, "")
    golden("plan/nothing.txt", given.out)


def test_a_swap_of_splits_moves_who_is_in_both(folder, plan) -> None:
    swap_splits(folder)
    given = plan("--json")
    assert given.status == 3
    both = len(PLAYED & STOPPED)
    found = by_id(given)
    assert set(found) == {"calls__played", "calls__stopped"}
    sizes = [found["calls__played"][key] for key in ("before", "after", "adds", "drops")]
    assert sizes == [len(PLAYED), len(PLAYED - STOPPED), 0, both]
    sizes = [found["calls__stopped"][key] for key in ("before", "after", "adds", "drops")]
    assert sizes == [len(STOPPED - PLAYED), len(STOPPED), both, 0]
    moved = {"source": "calls__played", "target": "calls__stopped", "members": both}
    assert given.json["moves"] == [moved]


def test_who_moves(folder, plan) -> None:
    swap_splits(folder)
    both = sorted(PLAYED & STOPPED)
    assert plan("--who", "calls__played").out.splitlines() == [f"- {mpid}" for mpid in both]
    assert plan("--who", "calls__stopped").out.splitlines() == [f"+ {mpid}" for mpid in both]
    assert plan("--who", "calls__rest").status == 0
    unknown = plan("--who", "calls__playd")
    assert unknown.status == 1
    assert "did you mean `calls__played`?" in unknown.err


def test_a_connection_sends_what_its_audience_becomes(folder, plan) -> None:
    swap_splits(folder)
    (sent,) = plan("--json").json["connections"]
    assert (sent["id"], sent["kind"], sent["after"], sent["adds"]) == (
        "stops",
        "sends",
        len(STOPPED),
        len(PLAYED & STOPPED),
    )


def test_the_plan_as_text_and_as_a_comment(folder, plan, golden) -> None:
    swap_splits(folder)
    edit(folder, "audiences/players.yml", "event: {name: Play}", "event: {name: Stop}")
    golden("plan/changes.txt", plan().out)
    golden("plan/changes.md", plan("--markdown").out)


def test_who_reads_a_changed_audience_follows_it(folder, plan) -> None:
    edit(folder, "audiences/players.yml", "{event: {name: Play}}", "{event: {name: Never}}")
    found = by_id(plan("--json"))
    assert found["players"]["kind"] == "changed"
    assert (found["stoppers"]["kind"], found["stoppers"]["before"], found["stoppers"]["after"]) == (
        "follows",
        len(PLAYED & STOPPED),
        0,
    )


def test_who_reads_it_is_not_named_where_nobody_moves(folder, plan) -> None:
    edit(folder, "audiences/players.yml", "{event: {name: Play}}", "{event: {name: Play, within: 20 days}}")
    found = by_id(plan("--json"))
    assert set(found) == {"players"}
    assert (found["players"]["adds"], found["players"]["drops"]) == (0, 0)


def test_new_removed_and_renamed(folder, plan) -> None:
    write_project(
        folder / "project",
        {"audiences/new.yml": "audience: new\ncriteria: {event: {name: Stop}}\n"},
        None,
    )
    (folder / "project" / "audiences" / "listed.yml").unlink()
    edit(folder, "journeys/calls.yml", "milestone: seen\n", "milestone: seen\n    name: Seen lately\n")
    found = by_id(plan("--json"))
    assert (found["new"]["kind"], found["new"]["before"], found["new"]["after"]) == (
        "new",
        None,
        len(STOPPED),
    )
    assert (found["listed"]["kind"], found["listed"]["after"], found["listed"]["drops"]) == (
        "removed",
        None,
        2,
    )
    assert found["calls__seen"]["described"] == ["name", "external_name"]


def test_another_split_of_a_test_reassigns(folder, plan) -> None:
    edit(folder, "audiences/players.yml", "push: 50", "push: 100")
    given = plan("--json")
    (sent,) = given.json["connections"]
    reassigned = by_id(given)["players"]["reassigned"]
    assert 0 < reassigned < len(PLAYED)
    assert (sent["after"], sent["adds"]) == (len(PLAYED), reassigned)


def test_an_edited_list_is_a_change_of_who_reads_it(folder, plan) -> None:
    edit(folder, "lists/vips.csv", "2\n", "2\n3\n4\n")
    listed = by_id(plan("--json"))["listed"]
    assert (listed["kind"], listed["before"], listed["after"]) == ("changed", 2, 4)
    # The lake's own lists are a run's to change.
    assert not (folder / "data" / "lake" / "lists" / "list_name=vips").exists()


def test_a_connection_that_is_switched_off(folder, plan) -> None:
    edit(
        folder,
        "connections/own.yml",
        "calls__stopped, output: meta, status: ",
        "calls__stopped, output: meta, status: in",
    )
    given = plan("--json")
    assert given.status == 3
    assert [(one["id"], one["kind"]) for one in given.json["connections"]] == [("stops", "stops")]
    assert (given.json["active_before"], given.json["active_after"]) == (2, 1)


def test_two_revisions_without_the_working_tree(folder, plan) -> None:
    swap_splits(folder)
    commit(folder)
    (folder / "project" / "audiences" / "listed.yml").unlink()
    assert set(by_id(plan("--against", "HEAD~1..HEAD", "--json"))) == {"calls__played", "calls__stopped"}
    assert set(by_id(plan("--against", "HEAD~1", "--json"))) == {"calls__played", "calls__stopped", "listed"}


def test_a_model_that_an_analyst_changed_can_only_be_told_by_a_run(folder, plan) -> None:
    write_project(folder / "project", {"models/milestones/custom/mst_players.sql": "select 1 as mpid"}, None)
    players = by_id(plan("--json"))["players"]
    assert players["after"] is None
    assert "only a run can tell" in players["problem"]


def test_definitions_that_are_invalid_are_told_as_everywhere(folder, plan) -> None:
    (folder / "project" / "audiences" / "players.yml").unlink()
    given = plan()
    assert (given.status, given.out) == (2, "")
    assert "audiences/stoppers.yml:2" in given.err


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD..nowhere"])
def test_a_revision_that_git_does_not_know(plan, revision) -> None:
    given = plan("--against", revision)
    assert given.status == 1
    assert "no-such-revision" in given.err


def test_without_a_repository_there_is_nothing_to_compare_with(folder, plan) -> None:
    (folder / "project" / ".git").rename(folder / "elsewhere")
    given = plan()
    assert given.status == 1
    assert "no-repository" in given.err
