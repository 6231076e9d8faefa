from __future__ import annotations

import shutil
from datetime import datetime, timedelta

import duckdb
import pytest

from tests.support.dbt_project import PROJECT, Folders, run_dbt, write_empty_store
from tests.support.growing_lake import FIRST_DAY, GrowingLake, World
from tests.support.lake import make_statement

pytestmark = pytest.mark.slow

DAYS = 6


@pytest.fixture(scope="module")
def workshop(tmp_path_factory) -> Folders:
    """One folder, since dbt parses the whole project again where the path of a warehouse is another."""
    folders = Folders(tmp_path_factory.mktemp("continued"))
    write_empty_store(folders.published)
    return folders


@pytest.fixture
def folders(workshop) -> Folders:
    workshop.warehouse.unlink(missing_ok=True)
    for part in workshop.lake.rglob("*.parquet"):
        part.unlink()
    return workshop


def build(folders: Folders, as_of: datetime, *selected: str, **settings: str) -> None:
    what = ("--select", *selected) if selected else ("--selector", "staging_and_profiles")
    run = run_dbt("run", *what, folders=folders, as_of=as_of, **settings)
    assert run.warnings == ()


def tables(folders: Folders) -> dict[str, list[tuple]]:
    """Every table and view of staging and profiles with all its rows, sorted."""
    with duckdb.connect(str(folders.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        names = connection.execute(
            "select table_name from information_schema.tables where not contains(table_name, '__moved')"
        ).fetchall()
        return {
            name: sorted(connection.execute(f'select * from "{name}"').fetchall(), key=repr)
            for (name,) in names
        }


def mark(folders: Folders) -> None:
    """Put a user into a table whom only a table that is made anew loses."""
    with duckdb.connect(str(folders.warehouse)) as connection:
        connection.execute("insert into int_user_apps values ('marked', 99, '1', '1', '2018-01-01')")


def is_marked(folders: Folders) -> bool:
    return any(row[0] == "marked" for row in tables(folders)["int_user_apps"])


def made_anew(folders: Folders, as_of: datetime, **settings: str) -> dict[str, list[tuple]]:
    folders.warehouse.unlink()
    build(folders, as_of, **settings)
    return tables(folders)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_tables_brought_forward_are_those_made_anew(folders, seed):
    world = World(seed, DAYS)
    lake = GrowingLake(folders.lake)
    lake.take_in(*world.arrivals(FIRST_DAY, FIRST_DAY + timedelta(days=2), 150))
    as_of = FIRST_DAY + timedelta(days=1, hours=9)
    build(folders, as_of)
    for hours in (15, 24, 0, 30):
        lake.take_in(*world.arrivals(as_of, as_of + timedelta(days=1), 40))
        as_of += timedelta(hours=hours)
        build(folders, as_of)
    found = tables(folders)
    expected = made_anew(folders, as_of)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, name


@pytest.fixture
def built(folders) -> Folders:
    """A warehouse at the end of the second day, with a mark."""
    world = World(3, DAYS)
    GrowingLake(folders.lake).take_in(*world.arrivals(FIRST_DAY, FIRST_DAY + timedelta(days=4), 60))
    build(folders, FIRST_DAY + timedelta(days=2))
    mark(folders)
    return folders


def test_a_later_run_continues_the_tables(built):
    build(built, FIRST_DAY + timedelta(days=3))
    assert is_marked(built)


def test_tables_are_made_anew_where_the_run_before_was_of_a_later_instant_or_another_setting(built):
    build(built, FIRST_DAY + timedelta(days=1))
    assert not is_marked(built)
    mark(built)
    build(built, FIRST_DAY + timedelta(days=2), MILEPOST_LOGIN_TYPES="customer_id,email")
    assert not is_marked(built)
    mark(built)
    development = {"MILEPOST_LOGIN_TYPES": "customer_id,email", "MILEPOST_EVALUATE_DEVELOPMENT": "true"}
    build(built, FIRST_DAY + timedelta(days=3), **development)
    found = tables(built)
    assert found == made_anew(built, FIRST_DAY + timedelta(days=3), **development)


def test_tables_are_made_anew_where_a_day_of_the_lake_is_gone(built):
    next(built.lake.glob("users/day=2018-01-02/*.parquet")).unlink()
    build(built, FIRST_DAY + timedelta(days=3))
    found = tables(built)
    assert found == made_anew(built, FIRST_DAY + timedelta(days=3))


def test_tables_are_made_anew_where_nothing_tells_what_they_were_made_of(built):
    with duckdb.connect(str(built.warehouse)) as connection:
        connection.execute("comment on table int_user_apps is null")
    build(built, FIRST_DAY + timedelta(days=3))
    assert not is_marked(built)


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.soak)])
def test_a_run_that_ended_between_two_tables_leaves_nothing_behind(folders, seed):
    world = World(seed, DAYS)
    lake = GrowingLake(folders.lake)
    lake.take_in(*world.arrivals(FIRST_DAY, FIRST_DAY + timedelta(days=2), 100))
    build(folders, FIRST_DAY + timedelta(days=2))
    for day in (3, 4):
        lake.take_in(*world.arrivals(FIRST_DAY, FIRST_DAY + timedelta(days=day), 40))
        build(folders, FIRST_DAY + timedelta(days=day), "+int_newest_identities")
    build(folders, FIRST_DAY + timedelta(days=5))
    found = tables(folders)
    assert found == made_anew(folders, FIRST_DAY + timedelta(days=5))


def test_tables_are_made_anew_under_a_hook(built, tmp_path, monkeypatch):
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    hooks = project / "macros" / "hooks" / "filters.sql"
    text = hooks.read_text(encoding="utf-8")
    hooks.write_text(text.replace("user_filter() %}true", "user_filter() %}mpid <> 99"), encoding="utf-8")
    monkeypatch.setattr("tests.support.dbt_project.PROJECT", project)
    for day in (3, 4):
        build(built, FIRST_DAY + timedelta(days=day))
        assert not is_marked(built)
        mark(built)


def test_a_device_is_joined_to_an_advertising_id_that_its_record_gave_before_the_last_run(folders):
    given = {"statement": "identity", "name": "ios_advertising_id", "value": "x", "said_at": FIRST_DAY}
    told = {"statement": "device", "value": "d", "fields": [("limit_ad_tracking", "true")]}
    device = make_statement(**told, said_at=FIRST_DAY + timedelta(days=1))
    GrowingLake(folders.lake).take_in([], [make_statement(**given), device])
    build(folders, FIRST_DAY + timedelta(days=1))
    assert tables(folders)["int_user_advertising_ids"] == []
    build(folders, FIRST_DAY + timedelta(days=2))
    found = tables(folders)["int_user_advertising_ids"]
    assert found == [("shop", 1, "ios_advertising_id", "x", "true", None)]
