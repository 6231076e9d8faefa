"""`milepost test` over a small lake and what was published of two days of an A/B test."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command import Answer, answer
from tests.support.lake import make_event, write_lake
from tests.support.project_folder import MILEPOST, write_project
from tests.support.publications import publication
from tests.support.run_models import small_run_models
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.records import AbTest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST, SECOND, THIRD = (datetime(2018, 1, day) for day in (1, 2, 3))
TEST = AbTest("winback", (("push", 4000), ("email", 4000)))
EARLIER = AbTest("winback", (("push", 5000), ("email", 5000)))
FILES = {
    "audiences/lapsed.yml": """\
        audience: lapsed
        inputs: [shop/ios]
        lookback: 1 day
        criteria: {last_seen: {within: 30 days}}
        ab_test: {name: winback, variants: {push: 40, email: 40}}
        """,
    "audiences/plain.yml": "audience: plain\ncriteria: {last_seen: {within: 30 days}}\n",
}
#: 1 entered on the first day of this test and left, 2 stayed, 3 and 4 came a day later; 5 was in an earlier test alone.
PUSHED, STAYED, LATER, CONTROL, EARLY = 1, 2, 3, 4, 5
BUYING = "ecommerce: {action: purchase}"


def bought(mpid: int, at: datetime, **columns: Any) -> dict[str, Any]:
    named = {"event_type": "commerce_event", "event_name": "purchase", "event_id": f"{mpid}-{at}"}
    return make_event(mpid=mpid, event_at=at, **named, **columns)


EVENTS = [
    # Before the assignment, at its very instant, and a microsecond before.
    bought(PUSHED, FIRST + timedelta(hours=1)),
    bought(STAYED, SECOND, input="shop/web"),
    bought(LATER, THIRD - timedelta(microseconds=1)),
    bought(CONTROL, THIRD + timedelta(hours=1)),
    bought(EARLY, THIRD + timedelta(hours=1)),
    bought(PUSHED, SECOND + timedelta(hours=5), attributes={"big": "yes"}),
    # Whoever logs in during a session ends it as another user.
    make_event(
        mpid=PUSHED,
        event_at=SECOND + timedelta(hours=1),
        event_type="session_start",
        event_name=None,
        session_id="s",
        event_id="begin",
    ),
    make_event(
        mpid=99,
        event_at=SECOND + timedelta(hours=2),
        event_type="session_end",
        event_name=None,
        session_id="s",
        session_duration_ms=3_600_000,
        event_id="end",
    ),
]
FOURTH = datetime(2018, 1, 4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_project(tmp_path / "project", FILES, MILEPOST)
    write_lake(tmp_path / "data" / "lake", EVENTS)
    return tmp_path


def publish_members(
    folder: Path, as_of: datetime, members: dict[int, str | None], test: AbTest = TEST
) -> None:
    made = publication(as_of, {"lapsed": members, "plain": {PUSHED}}, models=small_run_models(), test=test)
    publish(open_store(folder / "data" / "published"), made)


@pytest.fixture
def published(folder: Path) -> Path:
    publish_members(folder, FIRST, {PUSHED: "email", EARLY: "push"}, EARLIER)
    publish_members(folder, SECOND, {PUSHED: "push", STAYED: "email"})
    publish_members(folder, THIRD, {STAYED: "email", LATER: "email", CONTROL: "Control"})
    publish_members(folder, FOURTH, {STAYED: "email", LATER: "email", CONTROL: "Control"})
    return folder


@pytest.fixture
def read(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    def run(*arguments: str) -> Answer:
        return answer(folder, capsys, "test", *arguments)

    return run


def arms(found: Answer, *keys: str) -> dict[str, tuple[Any, ...]]:
    assert found.status == 0, found.err
    return {one["variant"]: tuple(one[key] for key in keys) for one in found.json["variants"]}


@pytest.mark.usefixtures("published")
def test_whoever_was_assigned_counts_whether_they_left_or_not(read) -> None:
    found = read("lapsed", "--json")
    assert arms(found, "share", "assigned", "members") == {
        "push": (40, 1, 0),
        "email": (40, 2, 2),
        "Control": (20, 1, 1),
    }
    assert (found.json["test"], found.json["as_ofs"]) == (
        "winback",
        ["2018-01-02T00:00:00Z", "2018-01-03T00:00:00Z", "2018-01-04T00:00:00Z"],
    )
    assert found.json["sample_ratio"]["assigned"] == {"p_value": None, "is_mismatch": False, "strays": []}
    assert found.json["outcome"] is None


@pytest.mark.usefixtures("published")
def test_an_outcome_counts_from_the_instant_of_the_assignment_in_every_input(read) -> None:
    found = read("lapsed", "--outcome", BUYING, "--json")
    assert arms(found, "successes", "assigned") == {"push": (1, 1), "email": (1, 2), "Control": (1, 1)}
    email = found.json["variants"][1]
    assert email["rate"] == 0.5
    assert email["difference"]["value"] == -0.5
    assert email["difference"]["low"] < -0.5 < email["difference"]["high"]
    assert found.json["variants"][2]["difference"] is None
    assert arms(read("lapsed", "--outcome", BUYING, "--as-of", "2018-01-03", "--json"), "successes") == {
        "push": (1,),
        "email": (1,),
        "Control": (0,),
    }


@pytest.mark.usefixtures("published")
def test_an_outcome_may_be_that_nothing_happened(read) -> None:
    nothing = "ecommerce: {action: purchase, count: {eq: 0}}"
    found = arms(read("lapsed", "--outcome", nothing, "--json"), "successes")
    assert found == {"push": (0,), "email": (1,), "Control": (0,)}
    none = "none: [{ecommerce: {action: purchase}}]"
    assert arms(read("lapsed", "--outcome", none, "--json"), "successes") == found


@pytest.mark.usefixtures("published")
def test_a_window_of_the_outcome_counts_back_from_the_as_of(read) -> None:
    within = "ecommerce: {action: purchase, within: 1 day}"
    assert arms(read("lapsed", "--outcome", within, "--json"), "successes") == {
        "push": (0,),
        "email": (0,),
        "Control": (1,),
    }


@pytest.mark.usefixtures("published")
def test_a_session_lasts_until_its_end_whoever_that_is(read) -> None:
    long = "session: {length: {gt: 30 minutes}}"
    assert arms(read("lapsed", "--outcome", long, "--json"), "successes") == {
        "push": (1,),
        "email": (0,),
        "Control": (0,),
    }


@pytest.mark.usefixtures("published")
def test_an_outcome_can_be_in_a_file(read, folder) -> None:
    path = folder / "bought big.yml"
    path.write_text("ecommerce:\n  action: purchase\n  where: {big: 'yes'}\n", encoding="utf-8")
    assert arms(read("lapsed", "--outcome", str(path), "--json"), "successes") == {
        "push": (1,),
        "email": (0,),
        "Control": (0,),
    }
    path.write_text("ecommerce:\n  action: buy\n", encoding="utf-8")
    assert "bought big.yml:2" in read("lapsed", "--outcome", str(path)).err
    path.write_bytes(b"\xff")
    assert read("lapsed", "--outcome", str(path)).status == 2


@pytest.mark.usefixtures("published")
def test_people_see_a_table_with_intervals(read, golden) -> None:
    golden("read_out/purchase.txt", read("lapsed", "--outcome", BUYING).out)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("user: {attribute: plan, exact: paid}", "DEF-140"),
        ("any: [{ecommerce: {action: purchase}}, {audience: {in: plain}}]", "DEF-140"),
        ("event: {name: Play, input: shop/fax}", "DEF-0"),
        ("event: {nam: Play}", "CRT-"),
        ("[1, 2]", "CRT-001"),
        ("", "YML-002"),
        ("missing.yml", "CLI-006"),
    ],
)
def test_an_outcome_that_can_not_be_counted_is_wrong_use(read, outcome: str, code: str) -> None:
    found = read("lapsed", "--outcome", outcome)
    assert (found.status, found.out) == (2, "")
    assert code in found.err


@pytest.mark.usefixtures("published")
def test_what_runs_no_test_has_none(read) -> None:
    found = read("plain")
    assert (found.status, found.out) == (1, "")
    assert "no A/B test" in found.err
    assert "`lapsed`" in read("lapse").err


def test_an_empty_test_is_read_without_rates(folder, read) -> None:
    publish_members(folder, SECOND, {})
    found = read("lapsed", "--outcome", BUYING)
    assert found.status == 0
    assert "0 of 0" in found.out
    assert read("lapsed", "--outcome", BUYING, "--json").json["variants"][0]["rate"] is None


def test_a_split_that_came_out_otherwise_is_told(folder, read) -> None:
    variants = ["push"] * 60 + ["email"] * 20 + ["Control"] * 20
    publish_members(folder, SECOND, dict(enumerate(variants)))
    assert "⚠ not as written" in read("lapsed").out
    assert read("lapsed", "--json").json["sample_ratio"]["members"]["is_mismatch"]


def test_nobody_in_either_arm_is_no_comparison(folder, read) -> None:
    publish_members(folder, FOURTH, {10: "push", 11: "Control"})
    found = read("lapsed", "--outcome", BUYING, "--json").json["variants"]
    assert (found[0]["rate"], found[0]["difference"]["p_value"]) == (0, None)
