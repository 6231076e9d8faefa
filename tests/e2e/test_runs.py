"""Runs of a small shop, as a user starts them: twice, backwards, over a range, side by side, and killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from typing import TYPE_CHECKING

import dagster as dg
import duckdb
import pytest

from orchestration.instance import prepare_instance
from orchestration.settings import Settings
from tests.e2e.shop import FIRST, OUTPUTS, SECOND, Shop, write_shop
from tests.support.chat import open_chat

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow

#: What Dagster plots of an audience.
_NUMBERS = ("size", "adds", "drops", "volatility")
#: What does not depend on the order in which as_ofs were run.
_ANY_ORDER = ("lake", "quarantine", "ledger/files", "published/current")


@pytest.fixture(scope="module")
def landed(tmp_path_factory) -> Shop:
    """Nothing but landing files."""
    return write_shop(tmp_path_factory.mktemp("landed"))


@pytest.fixture(scope="module")
def first_day(landed, tmp_path_factory) -> Shop:
    """The first day was run."""
    shop = landed.copy(tmp_path_factory.mktemp("first_day"))
    shop.run(FIRST)
    return shop


@pytest.fixture(scope="module")
def both_days(first_day, tmp_path_factory) -> Shop:
    """Both days were run, the earlier one first."""
    shop = first_day.copy(tmp_path_factory.mktemp("both_days"))
    shop.run(SECOND)
    return shop


def rows(shop: Shop, table: str) -> list[tuple[object, ...]]:
    path = str(shop.data / "published" / "current" / table)
    with duckdb.connect() as connection:
        return connection.execute("select * from read_parquet(?) order by all", [path]).fetchall()


def test_a_run_makes_audiences_of_different_sizes(both_days) -> None:
    sizes = {row[1]: row[2] for row in rows(both_days, "audience_daily.parquet")}
    assert sizes["nobody"] == 0
    assert all(size > 0 for audience, size in sizes.items() if audience != "nobody"), sizes
    assert any(row[3] for row in rows(both_days, "audience_daily.parquet"))


def test_dagster_has_the_figures_of_each_day_with_its_audience(both_days) -> None:
    assert plotted(both_days) == published_figures(both_days)


def published_figures(shop: Shop) -> dict[tuple[str, str], dict[str, object]]:
    """By audience and partition, what readers of the published figures are told."""
    columns = "audience_id, as_of - interval 1 day, size, adds, drops, volatility"
    path = str(shop.data / "published" / "current" / "audience_daily.parquet")
    with duckdb.connect() as connection:
        found = connection.execute(f"select {columns} from read_parquet(?)", [path]).fetchall()
    return {
        (audience, f"{day:%Y-%m-%d}"): _known(dict(zip(_NUMBERS, numbers, strict=True)))
        for audience, day, *numbers in found
    }


def plotted(shop: Shop) -> dict[tuple[str, str], dict[str, object]]:
    """By audience and partition, the numbers of the newest materialization."""
    prepare_instance(Settings(shop.project, shop.data))
    found: dict[tuple[str, str], dict[str, object]] = {}
    with dg.DagsterInstance.from_config(str(shop.data / "dagster")) as instance:
        for key in instance.all_asset_keys():
            audience = key.path[-1].removeprefix("mst_")
            if audience == key.path[-1]:
                continue
            for record in instance.fetch_materializations(key, limit=100).records:
                event = record.asset_materialization
                assert event is not None
                assert event.partition is not None
                numbers = {name: event.metadata[name].value for name in _NUMBERS if name in event.metadata}
                found.setdefault((audience, event.partition), numbers)
    return found


def _known(numbers: dict[str, object]) -> dict[str, object]:
    return {name: number for name, number in numbers.items() if number is not None}


def members(shop: Shop, audience: str, as_of: str = SECOND) -> set[int]:
    """Who is in an audience, by default at the second as_of."""
    path = str(shop.data / "published" / "current" / "memberships" / "*" / "members.parquet")
    query = (
        "select mpid from read_parquet(?, hive_partitioning = false) "
        f"where audience_id = ? and as_of = timestamp '{as_of}'"
    )
    with duckdb.connect() as connection:
        return {mpid for (mpid,) in connection.execute(query, [path, audience]).fetchall()}


def warehouse(shop: Shop, query: str) -> set[int]:
    """The mpids that a query over the warehouse gives."""
    path = str(shop.data / "warehouse" / "milepost.duckdb")
    with duckdb.connect(path, read_only=True) as connection:
        return {mpid for (mpid,) in connection.execute(query).fetchall()}


def test_lists_and_models_of_analysts_make_audiences(both_days) -> None:
    friends = "'user.1@example.com', 'user.2@example.com', 'user.3@example.com', 'user.4@example.com'"
    listed = (
        "select mpid from int_user_identities "
        f"where identity_type = 'email' and identity_value in ({friends})"
    )
    assert members(both_days, "friends") == warehouse(both_days, listed) != set()
    twice = (
        "select mpid from stg_lake__events where event_name = 'purchase' group by mpid having count(*) >= 2"
    )
    assert members(both_days, "loyal") == warehouse(both_days, twice) != set()


def test_a_spoilt_list_fails_the_run_and_shows_no_value_and_the_team_is_told(both_days, tmp_path) -> None:
    shop = both_days.copy(tmp_path)
    with (shop.project / "milepost.yml").open("a", encoding="utf-8") as file:
        file.write("notify: [{webhook: TEAM_CHAT_URL}]\nwatch: {volatility: off}\n")
    path = shop.project / "lists" / "staff.csv"
    path.write_text("mpid\n" + "1\n" * 200_000 + "secret\n", encoding="utf-8")
    published = shop.tree("published/current")

    with open_chat() as chat:
        variables = {"TEAM_CHAT_URL": chat.address, "MILEPOST_DELIVER": "1"}
        done = shop.milepost("run", "--all", "--as-of", SECOND, **variables)

    assert done.returncode == 1
    assert "lists/staff.csv:200002" in done.stderr
    assert "notify, webhook TEAM_CHAT_URL: 1 notice sent" in done.stderr
    assert "secret" not in done.stderr
    (message,) = chat.posted
    ((notice,)) = message["notices"]
    assert notice["subject"] == "failed_run"
    assert "lists/staff.csv:200002" in notice["text"]
    assert "secret" not in notice["text"]
    assert shop.tree("published/current") == published

    path.write_text(f"mpid\n{next(iter(members(shop, 'loyal')))}\n", encoding="utf-8")
    with open_chat() as chat:
        variables = {"TEAM_CHAT_URL": chat.address, "MILEPOST_DELIVER": "1"}
        done = shop.milepost("run", "--all", "--as-of", SECOND, **variables)
    assert done.returncode == 0, done.stderr
    assert len(members(shop, "loyal")) == len(members(both_days, "loyal")) - 1
    (message,) = chat.posted
    assert {notice["subject"] for notice in message["notices"]} >= {"stale"}
    assert any(notice["text"].startswith("viewers is as of 2026-03-06") for notice in message["notices"])


def test_what_is_wrong_with_a_model_fails_the_run_in_words(both_days, tmp_path) -> None:
    shop = both_days.copy(tmp_path)
    published = shop.tree("published/current")
    model = shop.project / "models" / "scores" / "loyalty.sql"
    right = model.read_text(encoding="utf-8")
    columns = "cast(mpid as varchar) as mpid, 1 as purchases, 'gold' as tier"
    model.write_text(f"select {columns} from {{{{ ref('purchases_by_user') }}}}\n", encoding="utf-8")
    text = shop.milepost("run", "--all", "--as-of", SECOND)
    model.write_text(right, encoding="utf-8")
    test = "[{accepted_values: {arguments: {values: [silver]}}}]"
    (model.parent / "_scores.yml").write_text(
        f"models: [{{name: loyalty, columns: [{{name: tier, data_tests: {test}}}]}}]\n", encoding="utf-8"
    )
    failed = shop.milepost("run", "--all", "--as-of", SECOND)

    assert (text.returncode, failed.returncode) == (1, 1)
    assert "the column mpid of the model loyalty is VARCHAR and must be an integer" in text.stderr
    assert "tests failed of what they read: accepted_values_loyalty_tier__silver" in failed.stderr
    assert "Traceback" not in text.stderr + failed.stderr
    assert shop.tree("published/current") == published


def test_the_same_day_again_changes_no_byte_and_no_row(both_days, tmp_path) -> None:
    shop = both_days.copy(tmp_path)
    assert shop.milepost("download", "spenders", "viewers").returncode == 0
    before = shop.tree()
    archive = {path.name for path in (shop.data / "downloads").iterdir()}

    shop.run(SECOND)

    assert shop.tree() == before
    assert shop.milepost("download", "spenders", "viewers").returncode == 0
    assert {path.name for path in (shop.data / "downloads").iterdir()} == archive


def test_an_edit_makes_anew_what_reads_it_alone_with_the_rows_of_a_new_warehouse(both_days, tmp_path) -> None:
    shop = both_days.copy(tmp_path)
    shop.run(SECOND)
    assert unchanged(shop) == set(), "the folder is another one"
    path = shop.project / "audiences" / "spenders.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("gte: 20", "gte: 30"), encoding="utf-8")

    shop.run(SECOND)

    kept = unchanged(shop)
    assert {"mst_viewers", "mst_eager", "dim_profiles"} <= kept
    assert not kept & {"mst_spenders", "mst_silent"}
    assert members(shop, "spenders") < members(both_days, "spenders")
    edited = shop.tree("published/current")
    shutil.rmtree(shop.data / "warehouse")
    shop.run(SECOND)
    assert unchanged(shop) == set()
    assert shop.tree("published/current") == edited


def test_a_new_audience_gets_a_past_in_one_command(first_day, both_days, tmp_path) -> None:
    shop = first_day.copy(tmp_path)
    for name in ("journeys", "connections"):
        shutil.rmtree(shop.project / name)
    text = (shop.project / "audiences" / "eager.yml").read_text(encoding="utf-8")
    (shop.project / "audiences" / "new.yml").write_text(text.replace("eager", "new_one"), encoding="utf-8")

    unknown = shop.milepost("backfill", "2026-03-04", "2026-03-05", "--audience", "nwe_one")
    done = shop.milepost("backfill", "2026-03-04", "2026-03-05", "--audience", "new_one")

    assert (unknown.returncode, done.returncode) == (1, 0), done.stderr
    assert "did you mean `new_one`?" in unknown.stderr
    history = json.loads(shop.milepost("history", "new_one", "--json").stdout)
    assert [(row["as_of"][:10], row["size"]) for row in history["stored"]] == [
        (day, len(members(both_days, "eager", day))) for day in (FIRST, SECOND)
    ]


def unchanged(shop: Shop) -> set[str]:
    """The models that the newest run left as they were."""
    prepare_instance(Settings(shop.project, shop.data))
    with dg.DagsterInstance.from_config(str(shop.data / "dagster")) as instance:
        events = {
            key.path[-1]: instance.get_latest_materialization_event(key) for key in instance.all_asset_keys()
        }
    return {
        name
        for name, event in events.items()
        if event and event.asset_materialization and "unchanged" in event.asset_materialization.metadata
    }


def test_days_run_backwards_give_the_same_memberships_and_figures(landed, both_days, tmp_path) -> None:
    shop = landed.copy(tmp_path)
    shop.run(SECOND)
    shop.run(FIRST)
    assert shop.tree(*_ANY_ORDER) == both_days.tree(*_ANY_ORDER)


def test_a_backfill_gives_what_its_days_give_and_delivers_only_when_told(landed, both_days, tmp_path) -> None:
    shop = landed.copy(tmp_path)
    days = ("2026-03-04", "2026-03-05")

    done = shop.milepost("backfill", *days, "--all", "--json")

    assert done.returncode == 0, done.stderr
    assert shop.tree(*_ANY_ORDER) == both_days.tree(*_ANY_ORDER)
    assert plotted(shop) == published_figures(both_days)
    assert shop.tree("exports") == {}

    told = shop.milepost("backfill", *days, "--all", "--deliver")
    assert told.returncode == 0, told.stderr
    delivered = shop.tree("exports")
    assert delivered
    assert all("20260306T000000Z" in name for name in delivered)
    assert delivered.items() <= both_days.tree("exports").items()


def test_the_report_is_written_where_a_delivery_fails_and_stops_none_where_it_fails(
    first_day, both_days, tmp_path
) -> None:
    shop = first_day.copy(tmp_path)
    files, report = shop.data / "exports" / "red_banner", shop.data / "report"
    shutil.rmtree(files)
    files.touch()
    shutil.rmtree(report)

    no_delivery = shop.milepost("run", "--all", "--as-of", SECOND)

    assert no_delivery.returncode == 1
    assert "exports__red_banner failed" in no_delivery.stderr
    assert (report / "index.html").is_file()

    files.unlink()
    shutil.rmtree(report)
    report.touch()
    no_report = shop.milepost("run", "--all", "--as-of", SECOND)

    assert no_report.returncode == 1
    assert "report failed" in no_report.stderr
    assert set(both_days.tree("exports/waiting")) == set(shop.tree("exports/waiting"))
    assert any("20260306T000000Z" in name for name in shop.tree("exports/red_banner"))


def _ingest_has_begun(shop: Shop) -> bool:
    return (shop.data / "lake" / ".ingest" / "work").exists()


def _dbt_is_at_work(shop: Shop) -> bool:
    return (shop.data / "warehouse" / "milepost.duckdb.wal").exists()


def _has_begun_to_export(shop: Shop) -> bool:
    return (shop.data / "exports").exists()


@pytest.mark.parametrize("phase", [_ingest_has_begun, _dbt_is_at_work, _has_begun_to_export])
def test_a_killed_run_is_made_good_by_the_next(
    landed, first_day, tmp_path, phase: Callable[[Shop], bool]
) -> None:
    shop = landed.copy(tmp_path)
    process = shop.start("run", "--all", "--as-of", FIRST)
    while not phase(shop):
        assert process.poll() is None, process.finish()
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.finish()

    shop.run(FIRST)

    assert shop.tree() == first_day.tree()


def test_a_second_run_is_refused_by_name_and_readers_do_not_wait(first_day, tmp_path) -> None:
    shop = first_day.copy(tmp_path)
    published = shop.tree("published/current")
    process = shop.start("run", "--all", "--as-of", SECOND)
    while not _dbt_is_at_work(shop):
        assert process.poll() is None
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        refused = shop.milepost("run", "--as-of", SECOND)
        assert refused.returncode == 1
        assert "milepost run" in refused.stderr
        assert str(process.pid) in refused.stderr
        assert "Traceback" not in refused.stderr
        members = shop.milepost("members", "spenders")
        assert members.returncode == 0
        assert members.stdout.splitlines()
        assert '"state": "calculating"' in shop.milepost("list", "--json").stdout
        assert shop.tree("published/current") == published
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.finish()
    # Whoever comes next tells Dagster, even if it is no run.
    assert _statuses(shop)[0] == "STARTED"
    assert shop.milepost("ingest").returncode == 0
    assert _statuses(shop)[0] == "FAILURE"

    shop.run(SECOND)

    assert _statuses(shop)[:2] == ["SUCCESS", "FAILURE"]


def _statuses(shop: Shop) -> list[str]:
    import dagster as dg

    before = dict(os.environ)
    try:
        prepare_instance(Settings(shop.project, shop.data))
        with dg.DagsterInstance.get() as instance:
            return [run.status.value for run in instance.get_runs()]
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.mark.soak
def test_twenty_kills_at_random_moments_leave_no_trace(landed, first_day, tmp_path) -> None:
    import random

    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)
    for turn in range(20):
        shop = landed.copy(tmp_path / str(turn))
        process = shop.start("run", "--all", "--as-of", FIRST)
        time.sleep(chance.uniform(0.5, 14))
        os.killpg(process.pid, signal.SIGKILL)
        process.finish()
        shop.run(FIRST)
        assert shop.tree() == first_day.tree(*OUTPUTS), (seed, turn)
