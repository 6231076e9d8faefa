"""`milepost new`, `clone`, `delete` and `freeze`: definitions are written and taken away, or left as they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from exports.ledger.ledger import Ledger
from exports.ledger.records import ReceivedAudience, ReceivedList
from tests.support.command import Answer, answer
from tests.support.lake import write_lake
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.load import load_definitions
from transforms.ingest.lists import take_in_lists

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = {
    "audiences/players.yml": """\
        # Who plays.
        audience: players
        name: Players
        tags: [Games]
        external_name: Gamers
        formerly: gamers
        criteria: {event: {name: Play}}
        """,
    "audiences/regulars.yml": """\
        audience: regulars
        tags: [Games, Old]
        criteria: {audience: {in: players}}
        """,
    "journeys/calls.yml": """\
        journey: calls
        milestones:
          - milestone: seen
            criteria: {last_seen: {within: 30 days}}
            next:
              - {milestone: played, criteria: {event: {name: Play}}}
              - milestone: rest
                criteria: {none: [{audience: {in: calls__played}}]}
          - milestone: gone
            remaining: true
        """,
    "connections/own.yml": """\
        outputs: {meta: {partner: meta_csv, deliver: {to: local}, region: US}}
        connections:
          - {connection: plays, audience: calls__rest, output: meta, status: active, mode: full}
          - {connection: tagged, tag: Old, output: meta, status: inactive, mode: full}
        """,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_project(tmp_path / "project", FILES, MILEPOST)
    return tmp_path


@pytest.fixture
def milepost(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    return lambda *arguments: answer(folder, capsys, *arguments)


def ids(folder: Path) -> list[str]:
    return [audience.id for audience in load_definitions(folder / "project").audiences]


def files(folder: Path) -> dict[str, str]:
    project = folder / "project"
    return {
        path.relative_to(project).as_posix(): path.read_text(encoding="utf-8")
        for path in project.rglob("*")
        if path.is_file()
    }


def test_a_new_audience_is_valid_as_it_is(folder, milepost) -> None:
    assert milepost("new", "audience", "buyers").out == "wrote audiences/buyers.yml\n"
    assert "buyers" in ids(folder)


def test_a_new_audience_with_criteria(folder, milepost) -> None:
    milepost("new", "audience", "buyers", "--criteria", "{ecommerce: {action: purchase}}")
    assert "criteria: {ecommerce: {action: purchase}}\n" in files(folder)["audiences/buyers.yml"]


def test_a_journey_from_nothing(folder, milepost) -> None:
    milepost("new", "journey", "trial")
    milepost("new", "milestone", "trial", "started")
    milepost("new", "milestone", "trial", "paid", "--under", "started")
    milepost("new", "milestone", "trial", "unpaid", "--under", "started", "--remaining")
    milepost("new", "milestone", "trial", "engaged", "--under", "started", "--before", "paid")
    journey = load_definitions(folder / "project").journey("trial")
    assert journey.milestones == ("trial__started", "trial__engaged", "trial__paid", "trial__unpaid")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("new", "audience", "players"), "EDT-006"),
        (("new", "audience", "Players"), "EDT-004"),
        (("new", "audience", "a__b"), "EDT-004"),
        (("new", "audience", "buyers", "--criteria", "{event: {nam: Play}}"), "CRT-002"),
        (("new", "audience", "buyers", "--criteria", "{event: {name: Play}"), "YML-001"),
        (("new", "audience", "buyers", "--criteria", "{event: {name: Play}}\nstatus: draft"), "EDT-005"),
        (("new", "journey", "calls"), "EDT-006"),
        (("new", "milestone", "callz", "new"), "did you mean `calls`?"),
        (("new", "milestone", "calls", "new", "--under", "sen"), "did you mean `seen`?"),
        (("new", "milestone", "calls", "played", "--under", "seen"), "DEF-"),
        (("new", "milestone", "calls", "others", "--remaining"), "DEF-"),
        (("clone", "players", "regulars"), "EDT-006"),
        (("clone", "calls__seen", "copy"), "EDT-007"),
        (("delete",), "DEL-006"),
        (("delete", "players"), "DEL-003"),
        (("delete", "calls__played"), "DEL-003"),
        (("delete", "calls__rest"), "DEL-004"),
        (("delete", "calls"), "DEL-005"),
        (("delete", "calls__gone", "playerz"), "did you mean `players`?"),
    ],
)
def test_what_is_refused_changes_no_file(folder, milepost, arguments, code) -> None:
    before = files(folder)
    given = milepost(*arguments)
    assert given.status in (1, 2)
    assert code in given.err
    assert files(folder) == before


def test_everything_in_the_way_is_said_at_once(milepost) -> None:
    given = milepost("delete", "calls__seen", "players")
    assert given.err.count("DEL-001") == 2
    assert given.err.count("DEL-002") == 1
    assert given.err.count("DEL-003") == 1


def test_together_nothing_is_in_the_way(folder, milepost) -> None:
    (folder / "project" / "connections" / "own.yml").unlink()
    given = milepost("delete", "calls__rest", "calls__played", "calls__seen", "calls__gone", "calls")
    assert given.status == 0
    assert "journeys/calls.yml" not in files(folder)
    assert ids(folder) == ["players", "regulars"]


def test_milestones_go_one_by_one_from_the_end(folder, milepost) -> None:
    (folder / "project" / "connections" / "own.yml").unlink()
    for milestone in ("rest", "played", "gone", "seen"):
        assert milepost("delete", f"calls__{milestone}").status == 0
    assert milepost("delete", "calls").status == 0


def test_a_connection_that_sends_nothing_else_goes_along(folder: Path, milepost) -> None:
    assert "`--connections` deletes the connection, too" in milepost("delete", "calls__rest").err
    assert milepost("delete", "calls__rest", "--connections").status == 0
    text = files(folder)["connections/own.yml"]
    assert "plays" not in text
    assert "tagged" in text
    assert milepost("delete", "regulars", "--connections").status == 0


def test_the_last_connection_leaves_an_empty_list(folder: Path, milepost) -> None:
    path = folder / "project" / "connections" / "own.yml"
    text = path.read_text()
    path.write_text("".join(line for line in text.splitlines(keepends=True) if "tagged" not in line))
    assert milepost("delete", "calls__rest", "--connections").status == 0
    assert path.read_text().splitlines()[-1] == "connections: []"


def test_a_connection_that_sends_others_too_is_in_the_way(folder: Path, milepost) -> None:
    path = folder / "project" / "connections" / "own.yml"
    path.write_text(path.read_text().replace("audience: calls__rest", "audiences: [calls__rest, players]"))
    answered = milepost("delete", "calls__rest", "--connections")
    assert answered.status == 2
    assert "take it out of `audiences` first" in answered.err


def test_partners_are_told_first_and_the_ledger_is_closed(folder: Path, milepost) -> None:
    path = folder / "project" / "connections" / "own.yml"
    path.write_text(path.read_text().replace("meta_csv", "json_lines"))
    ledger = Ledger(folder / "data" / "ledger" / "connections")
    publish(open_store(folder / "data" / "published"), publication(members={"calls__rest": {1}}))
    received = ReceivedList("", "made", has_rows=True, parts=(), next_part=1)
    ledger.record("plays", ReceivedAudience("calls__rest", None, datetime(2018, 1, 1), (received,)))
    ledger.record("plays", ReceivedAudience("players", None, datetime(2018, 1, 1), (received,)))
    answered = milepost("delete", "calls__rest", "--connections")
    assert answered.status == 0
    assert "plays, calls__rest: what JSON Lines in cloud storage has received stays there" in answered.err
    assert [one.audience_id for one in ledger.read("plays").audiences] == ["players"]


def test_where_a_partner_refuses_nothing_is_deleted(folder: Path, milepost, monkeypatch) -> None:
    monkeypatch.setenv("MILEPOST_DELIVER", "1")
    path = folder / "project" / "connections" / "own.yml"
    deliver = "{to: http, credentials: NOT_SET}"
    path.write_text(path.read_text().replace("meta_csv", "meta").replace("{to: local}", deliver))
    ledger = Ledger(folder / "data" / "ledger" / "connections")
    publish(open_store(folder / "data" / "published"), publication(members={"calls__rest": {1}}))
    received = ReceivedList("", "made", has_rows=True, parts=(), next_part=1, list_id="7")
    ledger.record("plays", ReceivedAudience("calls__rest", None, datetime(2018, 1, 1), (received,)))
    before = files(folder)
    answered = milepost("delete", "calls__rest", "--connections")
    assert answered.status == 1
    assert "EXP-019" in answered.err
    assert "NOT_SET_ACCOUNT_ID" in answered.err
    assert files(folder) == before
    assert len(ledger.read("plays").audiences) == 1


def test_all_of_a_tag_go_together(folder, milepost) -> None:
    assert milepost("delete", "--tag", "Games", "--tag", "Old").out == "deleted regulars\n"
    assert milepost("delete", "--tag", "Games").out == "deleted players\n"
    assert ids(folder) == ["calls__seen", "calls__played", "calls__rest", "calls__gone"]


def test_a_clone_has_the_tags_and_neither_the_partners_name_nor_the_history(folder, milepost) -> None:
    assert milepost("clone", "players", "copy").status == 0
    copy = load_definitions(folder / "project").audience("copy")
    assert (copy.name, copy.tags, copy.external_name, copy.formerly) == (
        "Players",
        ("Games",),
        "Players",
        None,
    )
    assert files(folder)["audiences/copy.yml"].startswith("# Who plays.\n")


def test_what_only_looks_like_a_key_of_the_audience_is_copied(folder, milepost) -> None:
    written = {
        "audiences/looked.yml": """\
            audience: "looked"
            external_name: >-
              A name
              of two lines
            criteria:
              event:
                name: Play
                where:
                  external_name: {exact: x}
                  formerly: {exact: y}
            """,
    }
    write_project(folder / "project", written, None)
    assert milepost("clone", "looked", "copy").err == ""
    copy, looked = files(folder)["audiences/copy.yml"], files(folder)["audiences/looked.yml"]
    assert copy == 'audience: "copy"\n' + looked[looked.index("criteria:") :]


def test_what_shares_its_line_is_not_edited(folder, milepost) -> None:
    flow = {"audiences/flow.yml": "{audience: flow, formerly: x, criteria: {event: {name: Play}}}\n"}
    write_project(folder / "project", flow, None)
    before = files(folder)
    given = milepost("clone", "flow", "copy")
    assert (given.status, files(folder)) == (2, before)
    assert "audiences/flow.yml:1: error EDT-008" in given.err


def test_all_of_a_tag_are_cloned_together(folder, milepost) -> None:
    journey = FILES["journeys/calls.yml"].replace("milestones:", "tags: [Games]\n        milestones:")
    other = {
        "journeys/calls.yml": journey,
        "journeys/other.yml": "journey: other\nmilestones: [{milestone: m, tags: [Games], criteria: {event: {name: A}}}]\n",
    }
    write_project(folder / "project", other, None)
    given = milepost("clone", "--tag", "Games", "--suffix", "_2027")
    assert given.out.splitlines() == [
        "wrote audiences/players_2027.yml",
        "wrote audiences/regulars_2027.yml",
        "wrote journeys/calls_2027.yml",
    ]
    assert "`other__m` is not cloned" in given.err
    definitions = load_definitions(folder / "project")
    assert definitions.audience("regulars_2027").tags == ("Games", "Old")
    assert definitions.journey("calls_2027").milestones[0] == "calls_2027__seen"
    assert "{audience: {in: players}}" in files(folder)["audiences/regulars_2027.yml"]
    before = files(folder)
    assert "EDT-006" in milepost("clone", "--tag", "Games", "--tag", "Old", "--suffix", "_2027").err
    assert files(folder) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("clone", "players"),
        ("clone", "players", "copy", "--tag", "Games"),
        ("clone", "--tag", "Games"),
        ("clone", "--tag", "None", "--suffix", "_b"),
        ("clone", "--tag", "Games", "--suffix", "__b"),
    ],
)
def test_a_clone_that_is_not_clear_is_wrong_use(folder, milepost, arguments) -> None:
    before = files(folder)
    assert milepost(*arguments).status == 2
    assert files(folder) == before


def test_milestones_of_a_cloned_journey_name_each_other(folder, milepost) -> None:
    assert milepost("clone", "calls", "copy").status == 0
    assert "{audience: {in: copy__played}}" in files(folder)["journeys/copy.yml"]
    assert load_definitions(folder / "project").journey("copy").milestones[0] == "copy__seen"


def test_a_frozen_audience_is_a_list_of_its_members(folder, milepost) -> None:
    lowest, highest = -(2**63), 2**63 - 1
    store = open_store(folder / "data" / "published")
    publish(store, publication(datetime(2018, 1, 1), {"players": {5, lowest, highest}}))
    given = milepost("freeze", "players", "--as", "january")
    assert given.out == "wrote lists/january.csv: 3 users as of 2018-01-01T00:00:00Z\n"
    assert files(folder)["lists/january.csv"] == (
        "# The members of players as of 2018-01-01T00:00:00Z.\n"
        f"# Definition hash.\nmpid\n{lowest}\n5\n{highest}\n"
    )
    milepost("new", "audience", "them", "--criteria", "{list: january}")
    write_lake(folder / "data" / "lake", [], [])
    (taken,) = take_in_lists(folder / "project", folder / "data" / "lake", ["january"])
    assert taken.rows == 3
    assert milepost("freeze", "players", "--as", "january").status == 2


def test_one_variant_is_frozen(folder, milepost) -> None:
    store = open_store(folder / "data" / "published")
    publish(store, publication(datetime(2018, 1, 1), {"players": {1: "push", 2: "Control"}}))
    assert milepost("freeze", "players", "--as", "pushed", "--variant", "push").status == 0
    assert files(folder)["lists/pushed.csv"].endswith("mpid\n1\n")
    assert milepost("freeze", "players", "--as", "other", "--variant", "mail").status == 1
