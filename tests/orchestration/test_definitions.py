from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from orchestration import asset_keys
from orchestration.dbt import ensure_manifest
from orchestration.definitions import build_definitions
from orchestration.defs.automation.automation import JOB, WHOLE_JOB, needed_assets
from orchestration.defs.exports.assets import export_assets
from orchestration.defs.metrics.watched import watched_figures
from orchestration.defs.report.freshness import report_freshness
from orchestration.partitions import end_of, partition_of
from orchestration.preparation import prepare
from orchestration.resources import AS_OF_TAG
from orchestration.settings import Settings
from orchestration.translator import MilepostTranslator
from tests.e2e.shop import write_shop
from tests.support.project_folder import audience, load
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.audiences.watching import Finding
from transforms.documents.durations import Duration
from transforms.errors import UserError
from transforms.instants import iso

if TYPE_CHECKING:
    from transforms.definitions.records import Definitions

pytestmark = pytest.mark.slow

DAY_AND_A_HALF = Duration(36 * 3_600_000_000, "36 hours")


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    shop = write_shop(tmp_path_factory.mktemp("shop"))
    return Settings(shop.project, shop.data)


@pytest.fixture(scope="module")
def definitions(settings) -> Definitions:
    return prepare(settings)


@pytest.fixture(scope="module")
def built(settings, definitions) -> dg.Definitions:
    return build_definitions(settings, definitions)


@pytest.fixture(scope="module")
def keys(built) -> frozenset[dg.AssetKey]:
    return frozenset(built.resolve_job_def(WHOLE_JOB).asset_layer.executable_asset_keys)


def test_every_stage_is_in_the_graph_and_feeds_the_next(built) -> None:
    graph = built.resolve_asset_graph()

    def upstream(key: dg.AssetKey) -> set[str]:
        return {parent.to_user_string() for parent in graph.get(key).parent_keys}

    assert upstream(asset_keys.model("base_lake__events")) == {"lake/events"}
    assert "warehouse/stg_lake__events" in upstream(asset_keys.milestone("spenders"))
    assert "warehouse/mst_path__active" in upstream(asset_keys.milestone("path__shopping"))
    assert "warehouse/mst_spenders" in upstream(asset_keys.milestone("silent"))
    assert upstream(asset_keys.model("stg_lake__lists")) == {"lake/lists"}
    assert "warehouse/stg_lake__lists" in upstream(asset_keys.milestone("friends"))
    assert "warehouse/loyalty" in upstream(asset_keys.milestone("loyal"))
    assert upstream(asset_keys.model("loyalty")) == {"warehouse/purchases_by_user", "warehouse/tiers"}
    assert "warehouse/dim_profiles" in upstream(dg.AssetKey(["audiences", "membership"]))
    assert "warehouse/mst_nobody" in upstream(dg.AssetKey(["audiences", "membership"]))
    assert "warehouse/int_calculated_spent" in upstream(asset_keys.milestone("valued"))
    assert "warehouse/stg_lake__events" in upstream(asset_keys.calculated_attribute("spent"))
    assert "warehouse/int_calculated_spent" in upstream(dg.AssetKey(["audiences", "membership"]))
    assert upstream(asset_keys.model("fct_calculated_attributes")) == {"published/calculated_attributes"}
    assert upstream(asset_keys.GENERATION) == {"audiences/membership"}
    assert upstream(asset_keys.export("red_banner")) == {"published/generation"}
    assert upstream(asset_keys.REPORT) == {"published/generation"}
    assert upstream(asset_keys.model("fct_audience_daily")) == {"published/audience_daily"}


def test_checks_that_guard_an_export_block(built) -> None:
    checks = {key.name: built.resolve_asset_graph().get_check_spec(key) for key in _check_keys(built)}
    assert {"quarantine_rate", "freshness", "sample_ratio"} <= set(checks)
    blocking = {name for name, spec in checks.items() if spec.blocking}
    assert blocking >= {"unique_members", "splits_disjoint", "splits_complete", "no_member_in_an_empty_arm"}


def _check_keys(built: dg.Definitions) -> set[dg.AssetCheckKey]:
    return set(built.resolve_asset_graph().asset_check_keys)


def test_a_run_calculates_the_active_audiences_and_what_they_need(definitions, keys) -> None:
    chosen = set(needed_assets(definitions, keys))
    models = {key.path[-1] for key in chosen if key.path[-1].startswith("mst_")}
    assert models == {
        "mst_viewers",
        "mst_path__active",
        "mst_path__shopping",
        "mst_path__bought",
        "mst_path__waiting",
    }
    assert not any(key.path[-1].startswith("int_calculated_") for key in chosen)


def test_the_job_of_the_schedule_has_what_is_needed_and_the_whole_job_everything(
    built, definitions, keys
) -> None:
    assert built.resolve_job_def(JOB).asset_layer.executable_asset_keys == set(
        needed_assets(definitions, keys)
    )
    assert set(built.resolve_asset_graph().executable_asset_keys) == keys
    assert {JOB} == {schedule.job_name for schedule in built.schedules or ()}
    assert built.resolve_sensor_def("landing_sensor").job_name == JOB


def test_a_run_calculates_the_attributes_that_active_audiences_name(definitions, keys) -> None:
    connections = tuple(replace(one, audiences=("valued",)) for one in definitions.connections)
    chosen = needed_assets(replace(definitions, connections=connections), keys)
    models = {key.path[-1] for key in chosen}
    assert "int_calculated_spent" in models
    assert "int_calculated_last_seen_product" not in models


def test_the_schedule_asks_for_the_day_that_ended_last(built) -> None:
    schedule = built.resolve_schedule_def("daily_schedule")
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 3, 6, 3, tzinfo=UTC),
        repository_def=built.get_repository_def(),
    )
    result = schedule.evaluate_tick(context)
    assert [request.partition_key for request in result.run_requests or ()] == ["2026-03-05"]
    assert schedule.cron_schedule == "0 3 * * *"


def test_a_connection_with_a_schedule_is_served_by_it_alone(settings, definitions, keys) -> None:
    first, *others = definitions.connections
    own = replace(definitions, connections=(replace(first, schedule="0 6 * * *"), *others))
    assert asset_keys.export(first.id) in needed_assets(definitions, keys)
    assert asset_keys.export(first.id) not in needed_assets(own, keys)
    built = build_definitions(settings, own)
    for job in (JOB, WHOLE_JOB):
        served = built.resolve_job_def(job).asset_layer.executable_asset_keys
        assert asset_keys.export(first.id) not in served
    schedule = built.resolve_schedule_def(f"{first.id}_schedule")
    assert schedule.cron_schedule == "0 6 * * *"
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 3, 6, 6, tzinfo=UTC),
        repository_def=built.get_repository_def(),
    )
    skipped = schedule.evaluate_tick(context)
    assert skipped.skip_message == "nothing is stored yet"
    publish(open_store(settings.published), publication(AS_OF, {"viewers": {1}}))
    [request] = schedule.evaluate_tick(context).run_requests or ()
    # The other tests of the module begin with nothing stored.
    shutil.rmtree(settings.published)
    assert request.partition_key == "2017-12-31"
    assert request.tags[AS_OF_TAG] == "2018-01-01T00:00:00Z"


def test_the_sensor_asks_for_one_run_when_files_have_landed(built, settings) -> None:
    sensor = built.resolve_sensor_def("landing_sensor")
    with dg.DagsterInstance.ephemeral() as instance:
        first = sensor.evaluate_tick(dg.build_sensor_context(instance, definitions=built))
        assert first.run_requests == []
        quiet = sensor.evaluate_tick(
            dg.build_sensor_context(instance, cursor=first.cursor, definitions=built)
        )
        assert quiet.run_requests == []
        (settings.data / "landing" / "shop" / "web" / "new.json").write_text("{}\n", encoding="utf-8")
        (settings.data / "landing" / "shop" / "web" / "half.json.part").write_text("{", encoding="utf-8")
        landed = sensor.evaluate_tick(
            dg.build_sensor_context(instance, cursor=quiet.cursor, definitions=built)
        )
        assert len(landed.run_requests or ()) == 1
        after = sensor.evaluate_tick(
            dg.build_sensor_context(instance, cursor=landed.cursor, definitions=built)
        )
        assert after.run_requests == []


def test_checks_of_what_is_watched_block_nothing(built) -> None:
    checks = {key.name: built.resolve_asset_graph().get_check_spec(key) for key in _check_keys(built)}
    watched = {"size_in_band", "volatility_in_band", "not_emptied", "active_audiences_fresh"}
    assert watched <= set(checks)
    assert not any(checks[name].blocking for name in watched)


def test_an_export_is_shown_by_the_kinds_of_its_files(definitions) -> None:
    def kinds(partner: str) -> set[str]:
        outputs = tuple(replace(one, partner=partner) for one in definitions.outputs)
        (first, *_) = export_assets(replace(definitions, outputs=outputs))
        return set(first.specs_by_key[first.key].kinds)

    found = {partner: kinds(partner) for partner in ("meta_csv", "meta", "json_lines", "warehouse_table")}
    assert found == {
        "meta_csv": {"csv"},
        "meta": {"json"},
        "json_lines": {"json"},
        "warehouse_table": {"parquet"},
    }


@pytest.mark.parametrize(
    ("hours", "limit", "passed"),
    [(36, DAY_AND_A_HALF, True), (37, DAY_AND_A_HALF, False), (37, None, True)],
)
def test_the_report_is_stale_when_audiences_are_and_silent_where_they_are(
    definitions, tmp_path, hours, limit, passed
) -> None:
    made_at = datetime(2026, 3, 6, 4)
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.json").write_text(json.dumps({"made_at": iso(made_at)}))
    watch = replace(definitions.project.watch, stale_after=limit)
    watched = replace(definitions, project=replace(definitions.project, watch=watch))
    settings = Settings(project=tmp_path, data=tmp_path)
    found = report_freshness(settings, watched, made_at + timedelta(hours=hours))
    assert (found.passed, found.asset_key) == (passed, asset_keys.REPORT)


def test_pages_that_were_never_written_are_not_stale(definitions, tmp_path) -> None:
    settings = Settings(project=tmp_path, data=tmp_path)
    assert report_freshness(settings, definitions, datetime(2026, 3, 6)).passed


def test_nothing_waits_for_the_report(built) -> None:
    assert built.resolve_asset_graph().get(asset_keys.REPORT).child_keys == set()


def test_an_audience_is_shown_with_its_definition_and_its_page(built, settings) -> None:
    specs = {spec.key: spec for spec in built.resolve_all_asset_specs()}
    metadata = specs[asset_keys.milestone("path__waiting")].metadata
    assert metadata["definition"].value == "    in path__shopping\n    in none of path__bought"
    assert metadata["page"].path == str(settings.report / "audiences" / "path__waiting.html")
    assert "page" not in specs[asset_keys.model("dim_profiles")].metadata


def test_identities_that_a_definition_names_are_not_shown(tmp_path) -> None:
    hunted = audience("hunted", criteria="{identity: {type: email, exact: jo@example.com}}")
    translator = MilepostTranslator(load(tmp_path, {"audiences/hunted.yml": hunted}), tmp_path)
    properties = {
        "name": "mst_hunted",
        "resource_type": "model",
        "columns": {},
        "meta": {},
        "config": {},
        "description": "Hunted: members of the audience, one row a member.",
        "raw_code": "select mpid where lower(identity_value) = 'jo@example.com'",
    }
    shown = str(translator.get_metadata(properties)["definition"])
    assert "email" in shown
    assert "jo@" not in shown
    assert translator.get_description(properties) == properties["description"]


def test_what_is_found_of_a_figure_fails_its_own_check_alone() -> None:
    emptied = Finding("emptied", "viewers", datetime(2026, 3, 6), "is empty and had 2 members a day earlier")
    results = {result.check_name: result for result in watched_figures([emptied])}
    assert {name: result.passed for name, result in results.items()} == {
        "size_in_band": True,
        "volatility_in_band": True,
        "not_emptied": False,
    }
    assert results["not_emptied"].severity is dg.AssetCheckSeverity.WARN
    assert results["not_emptied"].metadata["found"].value == {
        "viewers 2026-03-06": "is empty and had 2 members a day earlier"
    }


def test_the_watch_sensor_says_once_that_active_audiences_are_stale(built, settings) -> None:
    sensor = built.resolve_sensor_def("watch_sensor")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING

    def look(cursor: str | None) -> dg.SensorResult:
        with dg.DagsterInstance.ephemeral() as instance:
            return sensor.evaluate_tick(dg.build_sensor_context(instance, cursor=cursor, definitions=built))

    first = look(None)
    found = [(event.check_name, event.passed) for event in first.asset_events]
    assert found == [("active_audiences_fresh", True), ("report_fresh", True)]
    assert first.run_requests == []
    assert look(first.cursor).asset_events == []
    store = open_store(settings.published)
    publish(store, publication(datetime(2018, 1, 1), {"viewers": {1, 2}}))
    late = look(first.cursor)
    stale, _ = late.asset_events
    assert (stale.passed, stale.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert list(stale.metadata["found"].value) == ["viewers 2018-01-01"]
    assert look(late.cursor).asset_events == []


def test_an_as_of_belongs_to_the_day_of_the_microsecond_before_it() -> None:
    assert partition_of(datetime(2026, 3, 6)) == "2026-03-05"
    assert partition_of(datetime(2026, 3, 6, 0, 0, 0, 1)) == "2026-03-06"
    assert end_of("2026-03-05") == datetime(2026, 3, 6)
    with pytest.raises(UserError):
        partition_of(datetime(1999, 1, 1))


def test_loading_leaves_the_environment_alone(settings, definitions) -> None:
    before = dict(os.environ)
    build_definitions(settings, definitions)
    assert dict(os.environ) == before


def test_a_cycle_that_no_file_shows_is_refused_with_the_cycle(settings, definitions, tmp_path) -> None:
    project = tmp_path / "project"
    shutil.copytree(settings.project, project)
    text = "{% set other = 'mst_' ~ 'loyal' %} select mpid from {{ ref(other) }}"
    (project / "models" / "scores" / "loyalty.sql").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="mst_loyal → loyalty → mst_loyal"):
        ensure_manifest(Settings(project, tmp_path / "data"), definitions.project, datetime(2026, 3, 6))
