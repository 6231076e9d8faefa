"""A size says when it is one of a definition that has changed since, in `show`, `list` and `estimate`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from orchestration import definition_hashes
from tests.support.command import Answer, answer
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.audiences.redefined import calculated_by
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = {
    "audiences/players.yml": "audience: players\ncriteria: {event: {name: Play}}\n",
    "audiences/fans.yml": "audience: fans\ncriteria: {audience: {in: players}}\n",
    "audiences/friends.yml": "audience: friends\ncriteria: {audience: {in: fans}}\n",
    "audiences/spenders.yml": "audience: spenders\ncriteria: {calculated: {attribute: spent, gte: 50}}\n",
    "audiences/listed.yml": "audience: listed\ncriteria: {list: vips}\n",
    "lists/vips.csv": "mpid\n1\n",
    "attributes/spent.yml": """\
        attribute: spent
        function: sum
        of: {ecommerce: {action: purchase}}
        value: total_amount
        """,
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
}
AUDIENCES = ("players", "fans", "friends", "spenders", "listed")
MILESTONES = ("calls__seen", "calls__played", "calls__stopped", "calls__rest")
FIRST, SECOND = datetime(2018, 1, 1), datetime(2018, 1, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Everything is calculated by the definitions as they are."""
    write_project(tmp_path / "project", FILES, MILEPOST)
    publish_by_definitions(tmp_path, FIRST, *AUDIENCES, *MILESTONES)
    return tmp_path


def publish_by_definitions(folder: Path, as_of: datetime, *names: str) -> None:
    definitions = load_definitions(folder / "project")
    calculated = tuple(calculated_by(definitions, definitions.audience(name)) for name in sorted(names))
    made = publication(as_of, {name: {1, 2} for name in names})
    publish(open_store(folder / "data" / "published"), replace(made, calculated=calculated))


@pytest.fixture
def milepost(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    return lambda *arguments: answer(folder, capsys, *arguments)


def edit(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / "project" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def changed(milepost: Callable[..., Answer]) -> dict[str, list[str]]:
    """By audience what `list` says changed, where it says anything; `show` says the same."""
    listed = {row["id"]: row["redefined"] for row in milepost("list", "--json").json["audiences"]}
    for audience, found in listed.items():
        assert milepost("show", audience, "--json").json["redefined"] == found
    return {audience: found for audience, found in listed.items() if found}


def test_nothing_is_said_of_what_is_as_it_was(milepost) -> None:
    assert changed(milepost) == {}
    assert "changed since" not in milepost("list").out + milepost("show", "players").out


def test_names_tags_and_lists_are_no_change_of_who_is_in(milepost, folder) -> None:
    edit(folder, "audiences/players.yml", "criteria", "name: People who play\ntags: [Q4]\ncriteria")
    edit(folder, "lists/vips.csv", "1\n", "1\n2\n")
    assert changed(milepost) == {}


def test_a_changed_audience_and_all_that_read_it(milepost, folder) -> None:
    edit(folder, "audiences/players.yml", "name: Play", "name: Play, count: {gte: 2}")
    assert changed(milepost) == {"players": ["players"], "fans": ["players"], "friends": ["players"]}
    assert "days old, definition changed since\n" in milepost("show", "players").out
    assert "days old, definition of players changed since\n" in milepost("show", "friends").out
    lines = {line.split()[0]: line for line in milepost("list").out.splitlines()}
    assert "–  definition changed since " in lines["players"], "beside its figures"
    assert "–  definition of players changed since " in lines["fans"]
    assert "changed" not in lines["listed"]


def test_a_changed_milestone_and_what_is_to_its_right_and_below(milepost, folder) -> None:
    edit(
        folder,
        "journeys/calls.yml",
        "played, criteria: {event: {name: Play}}",
        "played, criteria: {event: {name: Go}}",
    )
    played = ["calls__played"]
    assert changed(milepost) == {"calls__played": played, "calls__stopped": played, "calls__rest": played}
    edit(folder, "journeys/calls.yml", "within: 30 days", "within: 20 days")
    assert changed(milepost)["calls__rest"] == ["calls__seen", "calls__played"]


def test_a_changed_attribute_changes_whoever_compares_it(milepost, folder) -> None:
    edit(folder, "attributes/spent.yml", "function: sum", "function: max")
    assert changed(milepost) == {"spenders": ["spent"]}
    edit(folder, "audiences/spenders.yml", "gte: 50", "gte: 60")
    assert changed(milepost) == {"spenders": ["spenders", "spent"]}


def test_an_edit_that_is_taken_back_is_none(milepost, folder) -> None:
    edit(folder, "audiences/players.yml", "name: Play", "name: Stop")
    assert "players" in changed(milepost)
    edit(folder, "audiences/players.yml", "name: Stop", "name: Play")
    assert changed(milepost) == {}


def test_a_run_by_the_new_definition_ends_it(milepost, folder) -> None:
    edit(folder, "audiences/players.yml", "name: Play", "name: Stop")
    publish_by_definitions(folder, SECOND, *AUDIENCES)
    assert changed(milepost) == {}


def test_the_last_size_of_what_is_not_calculated_any_more_says_it_too(milepost, folder) -> None:
    publish_by_definitions(folder, SECOND, "players")
    edit(folder, "audiences/fans.yml", "in: players", "not_in: players")
    assert "when it had 2 members, definition changed since: `milepost" in milepost("show", "fans").out
    assert milepost("show", "fans", "--json").json["last_calculated"]["redefined"] == ["fans"]
    assert ", definition of fans changed since: `milepost" in milepost("show", "friends").out


def test_a_renamed_audience_is_compared_with_what_it_was(milepost, folder) -> None:
    edit(folder, "audiences/listed.yml", "audience: listed", "audience: chosen\nformerly: listed")
    assert milepost("show", "chosen", "--json").json["redefined"] == []
    edit(folder, "audiences/listed.yml", "{list: vips}", "{none: [{list: vips}]}")
    assert milepost("show", "chosen", "--json").json["redefined"] == ["chosen"]


def test_what_was_never_calculated_has_no_definition_to_compare(milepost, folder) -> None:
    new = {"audiences/new.yml": "audience: new\ncriteria: {audience: {in: players}}\n"}
    write_project(folder / "project", new, None)
    assert milepost("show", "new", "--json").json["redefined"] is None


def test_hashes_are_kept_until_a_definition_changes(milepost, folder, monkeypatch) -> None:
    edit(folder, "audiences/players.yml", "name: Play", "name: Stop")
    before = changed(milepost)
    monkeypatch.setattr(definition_hashes, "hashed", None)
    assert changed(milepost) == before
