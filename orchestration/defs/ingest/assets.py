"""Landing files and lists → the lake."""

from collections.abc import Iterator
from dataclasses import asdict

import dagster as dg

from orchestration import asset_keys
from orchestration.partitions import DAILY, partition_of
from orchestration.resources import MilepostRun
from orchestration.settings import Settings
from transforms.audiences.activation import needed_lists
from transforms.definitions.records import Definitions
from transforms.ingest.lists import take_in_lists
from transforms.ingest.run import IngestReport, ingest

#: A quarantine rate above this is worth a look.
QUARANTINE_RATE = 0.01
#: Events more than an hour past their receipt (spec §2.2.5).
FUTURE_RATE = 0.01

_CHECKS = (
    dg.AssetCheckSpec(
        "quarantine_rate",
        asset=asset_keys.LAKE_EVENTS,
        description="At most 1 % of the records and events of this ingest went to quarantine.",
    ),
    dg.AssetCheckSpec(
        "event_times_before_receipt",
        asset=asset_keys.LAKE_EVENTS,
        description="At most 1 % of the events lie more than an hour past their receipt.",
    ),
    dg.AssetCheckSpec(
        "freshness",
        asset=asset_keys.LAKE_EVENTS,
        description="The lake has events of the last day that as_of sees.",
    ),
)


def ingest_landing(settings: Settings, definitions: Definitions) -> IngestReport:
    """Bring in what landed since the last time."""
    project = definitions.project
    return ingest(project.inputs, settings.data, project.login_identities, project.ip_geolocation)


@dg.multi_asset(
    name="ingest",
    specs=[
        dg.AssetSpec(
            asset_keys.LAKE_EVENTS,
            group_name="ingest",
            kinds={"parquet"},
            description="One row an event, by day, sorted by event type, name, mpid and time.",
        ),
        dg.AssetSpec(
            asset_keys.LAKE_USERS,
            group_name="ingest",
            kinds={"parquet"},
            description="One row for each thing that was said of a user, by day.",
        ),
        dg.AssetSpec(
            asset_keys.LAKE_LISTS,
            group_name="ingest",
            kinds={"parquet"},
            description="One row for each value of the lists that criteria name.",
        ),
    ],
    check_specs=_CHECKS,
    partitions_def=DAILY,
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool="data_folder",
)
def ingest_assets(
    context: dg.AssetExecutionContext, milepost: MilepostRun
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    report = ingest_landing(milepost.settings, milepost.definitions)
    milepost.ingest_ended()
    newest_day = partition_of(max(milepost.as_ofs(context)))
    totals = report.totals
    metadata: dict[str, int] = {"files": len(report.files), "days": len(report.days), **asdict(totals)}
    yield dg.MaterializeResult(asset_key=asset_keys.LAKE_EVENTS, metadata=metadata)
    yield dg.MaterializeResult(asset_key=asset_keys.LAKE_USERS, metadata=metadata)
    bad = totals.records_quarantined + totals.events_quarantined
    yield _rate("quarantine_rate", bad, totals.records_read + totals.events_read, QUARANTINE_RATE)
    yield _rate("event_times_before_receipt", totals.events_late, totals.events_kept, FUTURE_RATE)
    yield dg.AssetCheckResult(
        asset_key=asset_keys.LAKE_EVENTS,
        check_name="freshness",
        passed=(milepost.settings.lake / "events" / f"day={newest_day}").is_dir(),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"newest_day": newest_day},
    )
    # After the events, which stay ingested where a list can't be read.
    lists = take_in_lists(
        milepost.settings.project, milepost.settings.lake, needed_lists(milepost.definitions)
    )
    yield dg.MaterializeResult(
        asset_key=asset_keys.LAKE_LISTS, metadata={f"rows of {one.name}": one.rows for one in lists}
    )


def _rate(check: str, part: int, whole: int, limit: float) -> dg.AssetCheckResult:
    rate = part / whole if whole else 0.0
    return dg.AssetCheckResult(
        asset_key=asset_keys.LAKE_EVENTS,
        check_name=check,
        passed=rate <= limit,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"rate": rate, "limit": limit},
    )
