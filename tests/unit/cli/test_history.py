"""`milepost history` over days of which some are missing, a changed definition and a renamed audience."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.command import Answer, answer
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST = datetime(2018, 1, 1)
FILES = {
    "audiences/buyers.yml": "audience: buyers\nformerly: shoppers\ncriteria: {ecommerce: {action: purchase}}\n",
    "audiences/idle.yml": "audience: idle\ncriteria: {user: {attribute: plan, exact: free}}\n",
}
#: Day of January (the as_of is its 00:00) → id, members and hash of the definition. Nothing is stored for 4 and 5.
STORED: dict[int, tuple[str, set[int], str]] = {
    1: ("shoppers", {1, 2, 3}, "a"),
    2: ("shoppers", {1, -7}, "a"),
    3: ("buyers", {1, 2}, "a"),
    6: ("buyers", {1, 2, -7}, "b"),
    7: ("buyers", {1, 2, -7, 9}, "b"),
}


def as_of(day: int) -> datetime:
    return FIRST + timedelta(days=day - 1)


def text(day: int) -> str:
    return f"2018-01-{day:02}T00:00:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_project(tmp_path / "project", FILES, MILEPOST)
    return tmp_path


@pytest.fixture
def published(folder: Path) -> Path:
    for day, (audience, members, definition) in STORED.items():
        publish_day(folder, day, {audience: members}, definition)
    return folder


def publish_day(folder: Path, day: int, members: dict[str, set[int]], definition: str = "a") -> None:
    made = publication(as_of(day), members, formerly={"buyers": "shoppers"})
    calculated = tuple(replace(one, definition_hash=definition) for one in made.calculated)
    publish(open_store(folder / "data" / "published"), replace(made, calculated=calculated))


@pytest.fixture
def history(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    def run(*arguments: str) -> Answer:
        return answer(folder, capsys, "history", *arguments)

    return run


@pytest.mark.usefixtures("published")
def test_people_see_sizes_gaps_and_changes(history) -> None:
    found = history("buyers")
    assert (found.status, found.err) == (0, "")
    assert [" ".join(line.split()) for line in found.out.splitlines()] == [
        f"buyers, as of {text(7)}",
        "▄▁▁··▄█ 2 to 4",
        "as of size adds drops volatility",
        f"{text(1)} 3 – – –",
        f"{text(2)} 2 1 2 150.0%",
        f"{text(3)} 2 1 1 100.0%",
        "… – – – – 2 days not stored",
        f"{text(6)} 3 – – – definition changed",
        f"{text(7)} 4 1 0 25.0%",
        "4 members, 5 ever were",
        f"first entry: {text(1)} to {text(7)}, half of them by {text(1)}",
        f"last entry: {text(1)} to {text(7)}, half of them by {text(3)}",
        "stored days in it: 1 to 5, median 3",
        "2 had left and came back",
    ]


@pytest.mark.usefixtures("published")
def test_programs_see_the_same(history) -> None:
    found = history("buyers", "--json").json
    assert [(one["as_of"], one["size"], one["adds"], one["drops"]) for one in found["stored"]] == [
        (text(1), 3, None, None),
        (text(2), 2, 1, 2),
        (text(3), 2, 1, 1),
        (text(6), 3, None, None),
        (text(7), 4, 1, 0),
    ]
    assert [one["is_redefined"] for one in found["stored"]] == [False, False, False, True, False]
    assert [one["days_missing_before"] for one in found["stored"]] == [0, 0, 0, 2, 0]
    assert found["members"] == {
        "count": 4,
        "ever": 5,
        "came_back": 2,
        "first_entry": {"least": text(1), "median": text(1), "most": text(7)},
        "last_entry": {"least": text(1), "median": text(3), "most": text(7)},
        "stored_days": {"least": 1, "median": 3, "most": 5},
    }


@pytest.mark.usefixtures("published")
def test_days_bound_the_table_and_not_the_time_of_members(history) -> None:
    found = history("buyers", "--days", "1", "--json").json
    assert [one["as_of"] for one in found["stored"]] == [text(7)]
    assert found["members"]["first_entry"]["least"] == text(1)
    assert history("buyers", "--days", "0").status == 2


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("audience", ["buyers", "shoppers"])
def test_an_earlier_as_of_sees_what_was_stored_to_it(history, audience: str) -> None:
    found = history(audience, "--as-of", "2018-01-02", "--json").json
    assert [one["size"] for one in found["stored"]] == [3, 2]
    assert (found["members"]["count"], found["members"]["ever"]) == (2, 4)


@pytest.mark.usefixtures("published")
def test_one_member_and_when_they_were_in(history) -> None:
    assert history("buyers", "--member", "-7", "--json").json == {
        "audience": "buyers",
        "mpid": "-7",
        "as_of": text(7),
        "is_member": True,
        "first_entry": text(2),
        "last_entry": text(6),
        "stored_days": 3,
        "stays": [{"first": text(2), "last": text(2)}, {"first": text(6), "last": text(7)}],
    }
    assert history("buyers", "--member", "3").out.splitlines()[0] == (
        f"✗ user 3 is not in buyers, as of {text(7)}"
    )
    assert history("buyers", "--member", "3").out.splitlines()[-1] == f"  in from {text(1)} to {text(1)}"
    assert "was never in" in history("buyers", "--member", "4").out


def test_an_empty_audience_has_a_history(folder, history) -> None:
    publish_day(folder, 1, {"buyers": set()})
    found = history("buyers")
    assert found.out.splitlines()[1:2] == ["▄  0 to 0"]
    assert found.out.splitlines()[-1] == "nobody is in it now, 0 ever were"
    assert history("buyers", "--json").json["members"]["first_entry"] is None


def test_what_is_not_stored_has_none(folder, history) -> None:
    assert history("buyers").status == 1
    publish_day(folder, 1, {"buyers": {1}})
    assert "milepost run --all" in history("idle").err
    assert "`buyers`" in history("buyer").err


def test_a_long_history_is_a_line_of_a_terminals_width(folder, history) -> None:
    for day in (1, 400):
        publish_day(folder, day, {"buyers": set(range(day))})
    line = history("buyers", "--days", "400").out.splitlines()[1]
    assert line == f"▁{'·' * 78}█  1 to 400, a block is 5 days"
