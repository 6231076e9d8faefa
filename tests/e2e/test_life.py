"""What a team does to audiences over some days, through the command line, with the members that the oracle gives."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.shop import Shop
from tests.support.oracle.audiences import Oracle, figures
from tests.support.oracle.records import Listed
from tests.support.pipeline import SCAFFOLD, add_scaffold
from tests.support.project_files import document, write_landing, write_project
from tests.support.worlds import make_scene
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.support.oracle.audiences import Members

pytestmark = pytest.mark.slow

SCENE = make_scene(3)
#: Without models of analysts and earlier memberships, of which nothing here reads any.
WORLD = replace(SCENE.world, models={}, lists={}, stored={})
DAY = timedelta(days=1)
#: As_ofs of a backfill are midnights.
SECOND = SCENE.as_of.replace(hour=0, minute=0, second=0, microsecond=0)
FIRST, THIRD = SECOND - DAY, SECOND + DAY
BOUGHT = {"ecommerce": {"action": "purchase", "within": "20 days"}}
CARTS = {"milestone": "carts", "criteria": {"ecommerce": {"action": "add_to_cart"}}}
ACTIVE = {"milestone": "active", "criteria": {"last_active": {"within": "15 days"}}}
TEST = {"name": "t", "variants": {"letter": 40, "card": 33.33}}
MAILABLE = {"audience": "mailable", "criteria": {"identity": {"type": "email", "exists": True}}}
VIEWERS = {
    "audience": "viewers",
    "criteria": {"ecommerce": {"action": "view_detail", "count": {"gte": 2}, "within": "9 days"}},
}
AUDIENCES: list[dict[str, Any]] = [
    {"audience": "buyers", "criteria": BOUGHT, "ab_test": TEST},
    MAILABLE,
    {"audience": "tested", "criteria": {"audience": {"in": "mailable"}}, "ab_test": TEST},
    VIEWERS,
    {"audience": "idle_carts", "criteria": {"audience": {"in": "path__carts"}}},
]


def path(*splits: dict[str, Any]) -> dict[str, Any]:
    """A journey whose second step has these splits and what remains."""
    seen = {"milestone": "seen", "criteria": {"last_seen": {"within": "60 days"}}}
    return {
        "journey": "path",
        "milestones": [{**seen, "next": [*splits, {"milestone": "rest", "remaining": True}]}],
    }


CONNECTIONS: list[dict[str, Any]] = [
    {
        "connection": "letter",
        "audience": "buyers",
        "variant": "letter",
        "output": "files",
        "status": "active",
    },
    {"connection": "carts", "audience": "path__carts", "output": "files", "status": "active"},
]


def write_connections(project: Path, *connections: dict[str, Any]) -> None:
    (project / "connections").mkdir(exist_ok=True)
    text = document({"outputs": {"files": {"partner": "meta_csv"}}, "connections": [*connections]})
    (project / "connections" / "files.yml").write_text(text, encoding="utf-8")


def write_definition(project: Path, definition: dict[str, Any]) -> None:
    kind = "audience" if "audience" in definition else "journey"
    file = project / f"{kind}s" / f"{definition[kind]}.yml"
    file.write_text(document(definition) + "\n", encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com")
    subprocess.run(("git", "-C", str(folder), *named, *arguments), check=True, capture_output=True)


def members_by_oracle(
    as_of: datetime,
    audiences: list[dict[str, Any]],
    journey: dict[str, Any],
    lists: dict[str, Listed] | None = None,
) -> dict[str, Members]:
    return Oracle(replace(WORLD, lists=lists or {}), audiences, [journey], as_of).all_members()


BEFORE = {as_of: members_by_oracle(as_of, AUDIENCES, path(CARTS, ACTIVE)) for as_of in (FIRST, SECOND)}


def answered(shop: Shop, *arguments: str, status: int = 0) -> Any:
    done = shop.milepost(*arguments, "--json")
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def members(shop: Shop, audience: str, *options: str) -> list[int]:
    return [int(mpid) for mpid in answered(shop, "members", audience, *options)["members"]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A committed project, of which two days were calculated in one command."""
    folder = tmp_path_factory.mktemp("life")
    found = Shop(folder / "project", folder / "data")
    write_project(found.project, WORLD, AUDIENCES, [path(CARTS, ACTIVE)])
    write_connections(found.project, *CONNECTIONS)
    add_scaffold(found.project)
    shutil.copytree(SCAFFOLD / "tests", found.project / "tests")
    write_landing(found.data, WORLD)
    git(found.project, "init")
    git(found.project, "add", "--all")
    git(found.project, "commit", "--message", "a project")
    days = [f"{as_of - DAY:%Y-%m-%d}" for as_of in (FIRST, SECOND)]
    done = found.milepost("backfill", *days, "--all")
    assert done.returncode == 0, done.stderr
    return found


def test_two_days_have_the_members_and_figures_of_the_oracle(shop: Shop) -> None:
    for audience, expected in BEFORE[SECOND].items():
        assert members(shop, audience) == sorted(expected)
        assert members(shop, audience, "--as-of", iso(FIRST)) == sorted(BEFORE[FIRST][audience])
        shown = answered(shop, "show", audience)
        size, adds, drops, volatility = figures(expected, BEFORE[FIRST][audience])
        assert (shown["size"], shown["adds"], shown["drops"]) == (size, adds, drops)
        assert shown["volatility"] == pytest.approx(volatility)
        assert shown["redefined"] == []
    for variant in ("letter", "card", "Control"):
        chosen = sorted(mpid for mpid, given in BEFORE[SECOND]["buyers"].items() if given == variant)
        assert members(shop, "buyers", "--variant", variant) == chosen


def test_plan_of_a_swap_is_what_the_next_run_gives(shop: Shop, tmp_path: Path) -> None:
    edited = shop.copy(tmp_path)
    journey = path(ACTIVE, CARTS)
    write_definition(edited.project, journey)
    before, after = BEFORE[SECOND], members_by_oracle(SECOND, AUDIENCES, journey)
    moved = before["path__carts"].keys() & after["path__active"].keys()
    assert moved, "somebody is in both"

    plan = answered(edited, "plan", "--as-of", iso(SECOND), status=3)

    found = {one["id"]: one for one in plan["audiences"]}
    assert set(found) == {"path__carts", "path__active", "idle_carts"}
    for audience, one in found.items():
        was, now = before[audience].keys(), after[audience].keys()
        sizes = (one["before"], one["after"], one["adds"], one["drops"])
        assert sizes == (len(was), len(now), len(now - was), len(was - now))
        who = edited.milepost("plan", "--as-of", iso(SECOND), "--who", audience).stdout.splitlines()
        assert {int(line[2:]) for line in who if line.startswith("+")} == now - was
        assert {int(line[2:]) for line in who if line.startswith("-")} == was - now
    assert plan["moves"] == [{"source": "path__carts", "target": "path__active", "members": len(moved)}]
    assert [(one["id"], one["after"]) for one in plan["connections"]] == [
        ("carts", len(after["path__carts"]))
    ]
    assert answered(edited, "show", "idle_carts")["redefined"] == ["path__carts", "path__active"]

    edited.run(iso(SECOND))

    for audience, expected in after.items():
        assert members(edited, audience) == sorted(expected)
    assert answered(edited, "show", "idle_carts")["redefined"] == []
    git(edited.project, "add", "--all")
    git(edited.project, "commit", "--message", "splits change places")
    assert answered(edited, "plan", "--as-of", iso(SECOND))["audiences"] == []


def test_a_new_audience_gets_a_past_and_the_others_keep_theirs(shop: Shop, tmp_path: Path) -> None:
    edited = shop.copy(tmp_path)
    new = {"audience": "new", "criteria": {"all": [BOUGHT, {"audience": {"not_in": "viewers"}}]}}
    write_definition(edited.project, new)
    days = [f"{as_of - DAY:%Y-%m-%d}" for as_of in (FIRST, SECOND)]

    done = edited.milepost("backfill", *days, "--audience", "new")

    assert done.returncode == 0, done.stderr
    expected = [members_by_oracle(as_of, [*AUDIENCES, new], path(CARTS, ACTIVE)) for as_of in (FIRST, SECOND)]
    for as_of, found in zip((FIRST, SECOND), expected, strict=True):
        for audience in found:
            assert members(edited, audience, "--as-of", iso(as_of)) == sorted(found[audience])
    stored = answered(edited, "history", "new")["stored"]
    size, adds, drops, _ = figures(expected[1]["new"], expected[0]["new"])
    assert [(row["as_of"], row["size"], row["adds"], row["drops"]) for row in stored] == [
        (iso(FIRST), len(expected[0]["new"]), None, None),
        (iso(SECOND), size, adds, drops),
    ]


#: A day later: `buyers` has another name and definition, `tested` no test, `viewers` no definition, and a list is frozen.
CUSTOMERS = {
    "audience": "customers",
    "formerly": "buyers",
    "criteria": {"ecommerce": {"action": "purchase", "within": "60 days"}},
    "ab_test": TEST,
}
LATER: list[dict[str, Any]] = [
    CUSTOMERS,
    MAILABLE,
    {"audience": "tested", "criteria": {"audience": {"in": "mailable"}}},
    {"audience": "idle_carts", "criteria": {"audience": {"in": "path__carts"}}},
    {"audience": "mailed", "criteria": {"list": "buyers_then"}},
]


@pytest.fixture(scope="module")
def later(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The day after, with edited definitions."""
    edited = shop.copy(tmp_path_factory.mktemp("later"))
    assert edited.milepost("freeze", "buyers", "--as", "buyers_then").returncode == 0
    for name in ("buyers", "viewers"):
        (edited.project / "audiences" / f"{name}.yml").unlink()
    for definition in LATER:
        write_definition(edited.project, definition)
    write_connections(edited.project, {**CONNECTIONS[0], "audience": "customers"}, CONNECTIONS[1])
    edited.run(iso(THIRD))
    return edited


@pytest.fixture(scope="module")
def expected_later() -> dict[str, Members]:
    frozen = Listed("mpid", tuple(str(mpid) for mpid in BEFORE[SECOND]["buyers"]))
    return members_by_oracle(THIRD, LATER, path(CARTS, ACTIVE), {"buyers_then": frozen})


def test_edited_definitions_have_the_members_of_the_oracle(later: Shop, expected_later) -> None:
    for audience, expected in expected_later.items():
        assert members(later, audience) == sorted(expected)


def test_a_renamed_audience_keeps_its_history_and_everybody_their_variant(
    later: Shop, expected_later
) -> None:
    now, before = expected_later["customers"], BEFORE[SECOND]["buyers"]
    stayed = now.keys() & before.keys()
    assert stayed
    assert now.keys() - stayed
    for variant in ("letter", "card", "Control"):
        found = set(members(later, "customers", "--variant", variant))
        assert found == {mpid for mpid, given in now.items() if given == variant}
        assert found & stayed == {mpid for mpid in stayed if before[mpid] == variant}
    (told,) = later.data.glob("exports/letter/*.manifest.json")
    assert "Customers - letter" in told.read_text(encoding="utf-8")
    stored = answered(later, "history", "customers")["stored"]
    assert [(row["size"], row["is_redefined"]) for row in stored] == [
        (len(BEFORE[FIRST]["buyers"]), False),
        (len(before), False),
        (len(now), True),
    ]
    size, adds, drops, _ = figures(now, before)
    assert (stored[-1]["size"], stored[-1]["adds"], stored[-1]["drops"]) == (size, adds, drops)
    assert members(later, "customers", "--as-of", iso(SECOND)) == sorted(before)


def test_who_leaves_a_test_and_comes_back_has_the_variant_again(later: Shop, tmp_path: Path) -> None:
    given = {variant: set(members(later, "customers", "--variant", variant)) for variant in TEST["variants"]}
    edited = later.copy(tmp_path)
    nobody = {**CUSTOMERS, "criteria": {"event": {"name": "That nobody sent"}}}
    for definition, as_of in ((nobody, THIRD + DAY), (CUSTOMERS, THIRD + 2 * DAY)):
        write_definition(edited.project, definition)
        done = edited.milepost("run", "--as-of", iso(as_of))
        assert done.returncode == 0, done.stderr
    assert members(edited, "customers", "--as-of", iso(THIRD + DAY)) == []
    back = Oracle(WORLD, [CUSTOMERS], [], THIRD + 2 * DAY).members("customers")
    for variant, before in given.items():
        found = set(members(edited, "customers", "--variant", variant))
        assert found & before == before & back.keys() != set()
        assert found == {mpid for mpid, one in back.items() if one == variant}


def test_a_test_that_was_removed_leaves_members_without_variants(later: Shop, expected_later) -> None:
    shown = answered(later, "show", "tested")
    assert (shown["size"], shown["variants"]) == (len(expected_later["tested"]), [])
    refused = later.milepost("members", "tested", "--variant", "letter")
    assert refused.returncode == 1
    assert "runs no A/B test" in refused.stderr


def test_a_frozen_list_holds_who_was_in_whatever_became_of_the_audience(later: Shop) -> None:
    assert members(later, "mailed") == sorted(BEFORE[SECOND]["buyers"])


def test_what_is_no_longer_defined_stays_stored_and_is_listed_as_orphaned(later: Shop) -> None:
    listed = {row["id"]: (row["state"], row["size"]) for row in answered(later, "list")["audiences"]}
    assert listed["viewers"] == ("orphaned", None)
    assert "buyers" not in listed, "it is customers now"
    for command in ("show", "members", "history"):
        refused = later.milepost(command, "viewers")
        assert refused.returncode == 1
        assert f"--as-of {iso(SECOND)}" in refused.stderr
    assert len(answered(later, "history", "viewers", "--as-of", iso(SECOND))["stored"]) == 2
    assert "it is `customers` now" in later.milepost("show", "buyers").stderr
    assert members(later, "viewers", "--as-of", iso(SECOND)) == sorted(BEFORE[SECOND]["viewers"])
