"""Runs calculate what is needed and nothing else, with the members that the oracle gives (spec §6)."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from orchestration.instance import prepare_instance
from orchestration.settings import Settings
from tests.e2e.shop import Shop
from tests.support.oracle.activation import needed
from tests.support.oracle.audiences import Oracle
from tests.support.pipeline import SCAFFOLD, add_scaffold
from tests.support.project_files import document, write_landing, write_project
from tests.support.worlds import make_scene
from transforms.instants import iso

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.oracle.audiences import Members

pytestmark = pytest.mark.slow

SCENE = make_scene(3)
#: Without models of analysts and earlier memberships, of which nothing here reads any.
WORLD = replace(SCENE.world, models={}, lists={}, stored={})
BOUGHT = {"ecommerce": {"action": "purchase", "within": "20 days"}}
AUDIENCES: list[dict[str, Any]] = [
    {"audience": "buyers", "criteria": BOUGHT},
    {"audience": "mailable", "criteria": {"identity": {"type": "email", "exists": True}}},
    {
        "audience": "quiet",
        "criteria": {"all": [{"audience": {"in": "mailable"}}], "exclude": [{"audience": {"in": "buyers"}}]},
        "ab_test": {"name": "t", "variants": {"letter": 50}},
    },
    {"audience": "viewers", "criteria": {"ecommerce": {"action": "view_detail", "count": {"gte": 2}}}},
    {"audience": "spenders", "criteria": {"calculated": {"attribute": "purchases", "gte": 2}}},
    {"audience": "plan", "status": "draft", "criteria": {"audience": {"not_in": "viewers"}}},
]
JOURNEYS: list[dict[str, Any]] = [
    {
        "journey": "path",
        "milestones": [
            {"milestone": "bought", "criteria": BOUGHT},
            {
                "milestone": "others",
                "remaining": True,
                "next": [
                    {"milestone": "carts", "criteria": {"ecommerce": {"action": "add_to_cart"}}},
                    {"milestone": "active", "criteria": {"last_active": {"within": "9 days"}}},
                    {"milestone": "late", "criteria": {"last_seen": {"within": "15 days"}}},
                    {"milestone": "rest", "remaining": True},
                ],
            },
        ],
    }
]
ATTRIBUTES: list[dict[str, Any]] = [
    {"attribute": "purchases", "function": "count", "of": {"ecommerce": {"action": "purchase"}}}
]
OUTPUTS = {"files": {"partner": "meta_csv"}}
#: A variant makes its audience active; an inactive connection nothing.
CONNECTIONS: list[dict[str, Any]] = [
    {"connection": "letter", "audience": "quiet", "variant": "letter", "output": "files", "status": "active"},
    {"connection": "actives", "audience": "path__active", "output": "files", "status": "active"},
    {"connection": "spending", "audience": "spenders", "output": "files", "status": "inactive"},
]
ACTIVE = {"quiet", "path__active"}
NEEDED = {
    *("quiet", "mailable", "buyers"),
    *("path__bought", "path__others", "path__carts", "path__active"),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Shop:
    """A project with what landed, before any run."""
    folder = tmp_path_factory.mktemp("activation")
    found = Shop(folder / "project", folder / "data")
    write_project(found.project, WORLD, AUDIENCES, JOURNEYS, ATTRIBUTES)
    (found.project / "connections").mkdir()
    text = document({"outputs": OUTPUTS, "connections": CONNECTIONS})
    (found.project / "connections" / "files.yml").write_text(text, encoding="utf-8")
    add_scaffold(found.project)
    shutil.copytree(SCAFFOLD / "tests", found.project / "tests")
    # It looks at an audience that a run calculates and at one that none does.
    (found.project / "tests" / "viewers_are_not_quiet.sql").write_text(
        "select mpid from {{ ref('mst_viewers') }} inner join {{ ref('mst_quiet') }} using (mpid) where false\n",
        encoding="utf-8",
    )
    write_landing(found.data, WORLD)
    return found


@pytest.fixture(scope="module")
def expected() -> dict[str, Members]:
    return Oracle(WORLD, AUDIENCES, JOURNEYS, SCENE.as_of, ATTRIBUTES).all_members()


@pytest.fixture(scope="module")
def needed_alone(shop) -> Shop:
    """`milepost run`."""
    done = shop.milepost("run", "--as-of", iso(SCENE.as_of))
    assert done.returncode == 0, done.stderr
    assert "7 of 12 audiences calculated" in done.stderr
    assert "2 of 100 audiences active, 98 available" in done.stderr
    return shop


def published(shop: Shop) -> dict[str, Members]:
    """Everything that is published of the run's instant, by audience; those with nobody too."""
    current = shop.data / "published" / "current"
    with duckdb.connect() as connection:
        daily = connection.execute(
            "select audience_id, size from read_parquet(?) where as_of = ?",
            [str(current / "audience_daily.parquet"), SCENE.as_of],
        ).fetchall()
        rows = connection.execute(
            "select audience_id, mpid, variant from read_parquet(?, hive_partitioning = false) where as_of = ?",
            [str(current / "memberships" / "*" / "members.parquet"), SCENE.as_of],
        ).fetchall()
    found: dict[str, Members] = {audience: {} for audience, _ in daily}
    for audience, mpid, variant in rows:
        found[audience][mpid] = variant
    return found


def states(shop: Shop) -> dict[str, tuple[str, bool]]:
    """By audience its state and whether it has a size."""
    rows = json.loads(shop.milepost("list", "--json").stdout)["audiences"]
    return {row["id"]: (row["state"], row["size"] is not None) for row in rows}


def test_a_run_calculates_what_is_needed_and_the_members_are_right(needed_alone, expected) -> None:
    assert needed(AUDIENCES, JOURNEYS, ACTIVE) == NEEDED
    assert published(needed_alone) == {audience: expected[audience] for audience in NEEDED}
    assert len({len(expected[audience]) for audience in NEEDED}) > 3


def test_nothing_is_made_of_what_is_not_needed(needed_alone) -> None:
    with duckdb.connect(
        str(needed_alone.data / "warehouse" / "milepost.duckdb"), read_only=True
    ) as connection:
        tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert {name for name in tables if name.startswith("mst_")} == {f"mst_{one}" for one in NEEDED}
    assert not any(name.startswith("int_calculated_") for name in tables)
    made = materialized(needed_alone)
    assert {name for name in made if name.startswith("mst_")} == {f"mst_{one}" for one in NEEDED}
    # Of the events that `viewers` looks at no day was counted.
    generated = {path.stem for path in needed_alone.project.glob("models/rollups/generated/*.sql")}
    counted = {name for name in made if name.startswith("days_of_")}
    assert counted == {name for name in generated if "view" not in name} != generated


def materialized(shop: Shop) -> set[str]:
    """The last part of the keys of all assets that Dagster saw made."""
    import dagster as dg

    before = dict(os.environ)
    try:
        prepare_instance(Settings(shop.project, shop.data))
        with dg.DagsterInstance.get() as instance:
            keys = instance.get_asset_keys()
            return {key.path[-1] for key in keys if instance.get_latest_materialization_event(key)}
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_what_is_not_calculated_is_estimated_and_names_run_all(needed_alone) -> None:
    calculated = dict.fromkeys(NEEDED - ACTIVE, ("calculated", True))
    others = ("viewers", "spenders", "path__late", "path__rest")
    assert states(needed_alone) == {
        **dict.fromkeys(ACTIVE, ("active", True)),
        **calculated,
        **dict.fromkeys(others, ("estimated", False)),
        "plan": ("draft", False),
    }
    for command in ("members", "download"):
        refused = needed_alone.milepost(command, "viewers")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "milepost run --all" in refused.stderr


def test_run_all_calculates_everything(needed_alone, expected, tmp_path: Path) -> None:
    shop = needed_alone.copy(tmp_path)
    done = shop.milepost("run", "--all", "--as-of", iso(SCENE.as_of))
    assert done.returncode == 0, done.stderr
    assert "all 12 audiences calculated" in done.stderr
    assert published(shop) == expected
    members = shop.milepost("members", "viewers").stdout.split()
    assert [int(mpid) for mpid in members] == sorted(expected["viewers"])
    found = states(shop)
    assert (found["viewers"], found["plan"]) == (("calculated", True), ("draft", True))
