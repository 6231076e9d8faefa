import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.context.system import StepExecutionContext

from orchestration import step_outputs
from orchestration.event_log import EventLog
from orchestration.instance import prepare_instance
from orchestration.settings import Settings
from orchestration.step_outputs import remember_step_outputs

DAYS = dg.DailyPartitionsDefinition(start_date="2018-01-01", end_date="2018-02-01")
DAY = "2018-01-02"
NAMES = ("first", "second", "third")
DATA_VERSION = "dagster/data_version"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(name, deps=[NAMES[place - 1]] if place else [], skippable=True)
        for place, name in enumerate(NAMES)
    ],
    check_specs=[dg.AssetCheckSpec("sound", asset="third")],
    partitions_def=DAYS,
    can_subset=True,
)
def made() -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    for name in NAMES:
        yield dg.MaterializeResult(asset_key=name, metadata={"of": name})
    yield dg.AssetCheckResult(asset_key="third", check_name="sound", passed=True)


@dg.asset(deps=["third"], partitions_def=DAYS)
def last() -> None:
    """Reads what the others made."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DAGSTER_HOME", "MILEPOST_PROJECT_DIR", "MILEPOST_DATA_DIR"):
        monkeypatch.setenv(name, "")
    settings = Settings(tmp_path / "project", tmp_path / "data")
    prepare_instance(settings)
    return settings.dagster_home


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as found:
        yield found


def run(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return dg.materialize([made, last], instance=instance, partition_key=DAY)


def test_the_instance_keeps_its_events_in_one_file(home: Path, instance: dg.DagsterInstance) -> None:
    assert isinstance(instance.event_log_storage, EventLog)
    run(instance)
    assert (home / "event_log.db").exists()
    assert not list((home / "history" / "runs").glob("*-*.db"))


def test_every_asset_and_check_has_its_event(instance: dg.DagsterInstance) -> None:
    assert run(instance).success
    for name in NAMES:
        (record,) = instance.fetch_materializations(dg.AssetKey(name), limit=5).records
        assert record.asset_materialization is not None
        assert record.asset_materialization.metadata["of"].value == name
        assert record.asset_materialization.partition == DAY
    checks = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey("third"), "sound"), limit=5
    )
    assert "SUCCEEDED" in {check.status.value for check in checks}


def test_what_is_remembered_of_a_run_is_what_another_process_reads(
    home: Path, instance: dg.DagsterInstance
) -> None:
    materialized = dg.DagsterEventType.ASSET_MATERIALIZATION
    for _ in range(2):
        run(instance)
        with dg.DagsterInstance.from_config(str(home)) as other:
            for name in (*NAMES, "last"):
                asked = (dg.AssetKey(name), materialized, [DATA_VERSION], [DAY])
                here = instance.event_log_storage.get_latest_tags_by_partition(*asked)
                assert here == other.event_log_storage.get_latest_tags_by_partition(*asked)
                assert here[DAY][DATA_VERSION]


def test_a_partition_that_was_not_materialized_has_no_tags(instance: dg.DagsterInstance) -> None:
    run(instance)
    found = instance.event_log_storage.get_latest_tags_by_partition(
        dg.AssetKey("first"),
        dg.DagsterEventType.ASSET_MATERIALIZATION,
        [DATA_VERSION],
        [DAY, "2018-01-03"],
    )
    assert set(found) == {DAY}


def test_events_reach_who_watches_a_run(instance: dg.DagsterInstance) -> None:
    seen: list[str] = []

    def see(event: dg.EventLogEntry, _cursor: str) -> None:
        seen.append(str(event.dagster_event_type))

    result = run(instance)
    instance.event_log_storage.watch(result.run_id, None, see)
    deadline = time.monotonic() + 20
    while not seen and time.monotonic() < deadline:
        time.sleep(0.05)
    instance.event_log_storage.end_watch(result.run_id, see)
    assert seen


def test_a_step_finds_once_what_it_makes(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = step_outputs._find
    assert find is not None, (
        "Dagster has no such method any more: see whether step_outputs.py is still needed"
    )
    asked: list[StepExecutionContext] = []

    def counted(context: StepExecutionContext):
        asked.append(context)
        return find(context)

    monkeypatch.setattr(StepExecutionContext, "get_output_asset_keys", counted)
    run(instance)
    assert len(asked) > 2, "Dagster asks less often: see whether step_outputs.py is still needed"
    asked.clear()
    monkeypatch.setattr(step_outputs, "_find", counted)
    remember_step_outputs()
    run(instance)
    assert len(asked) == 2


def test_dagster_still_asks_for_the_columns_of_its_table_of_assets() -> None:
    assert hasattr(EventLog.__mro__[1], "_has_asset_key_col_on_connection")
