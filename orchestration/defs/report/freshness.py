"""The check of the pages' age, which is also looked at while nothing runs."""

from datetime import datetime, timedelta

import dagster as dg

from exports.report.write import written_at
from orchestration import asset_keys
from orchestration.settings import Settings
from transforms.definitions.records import Definitions
from transforms.instants import iso

FRESH = dg.AssetCheckSpec(
    "report_fresh",
    asset=asset_keys.REPORT,
    description="The pages are not older than `watch: stale_after`; looked at every five minutes, too.",
)


def report_freshness(settings: Settings, definitions: Definitions, now: datetime) -> dg.AssetCheckEvaluation:
    """Whether the pages are fresh at `now`; those that were never written, or are not watched, are."""
    made_at, limit = written_at(settings.report), definitions.project.watch.stale_after
    is_stale = (
        made_at is not None
        and limit is not None
        and now - made_at > timedelta(microseconds=limit.microseconds)
    )
    return dg.AssetCheckEvaluation(
        asset_key=asset_keys.REPORT,
        check_name=FRESH.name,
        passed=not is_stale,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={} if made_at is None else {"written": iso(made_at)},
    )
