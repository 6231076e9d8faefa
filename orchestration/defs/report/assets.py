"""A published generation and what was delivered of it → web pages."""

from datetime import timedelta

import dagster as dg

from orchestration import asset_keys
from orchestration.partitions import DAILY
from orchestration.reporting import write_report
from orchestration.resources import MilepostRun
from transforms.definitions.records import Definitions
from transforms.instants import iso

#: After the exports, whose priority is 0. They are no dependencies: a delivery that fails would leave out the pages
#: that tell of it.
_LAST = {"dagster/priority": "-1"}


def report_asset(definitions: Definitions) -> dg.AssetsDefinition:
    """The pages, written last in a run; Dagster's daemon says so where they grow older than `watch` allows."""
    stale_after = definitions.project.watch.stale_after

    @dg.asset(
        key=asset_keys.REPORT,
        deps=[asset_keys.GENERATION],
        group_name="published",
        kinds={"html"},
        description="The catalogue of audiences, a canvas for each journey, a page for each audience.",
        freshness_policy=None
        if stale_after is None
        else dg.FreshnessPolicy.time_window(fail_window=timedelta(microseconds=stale_after.microseconds)),
        partitions_def=DAILY,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool="data_folder",
        op_tags=_LAST,
    )
    def report(context: dg.AssetExecutionContext, milepost: MilepostRun) -> dg.MaterializeResult:
        settings = milepost.settings
        written = write_report(settings, milepost.definitions, settings.report, context.log.info)
        return dg.MaterializeResult(
            metadata={
                "index": dg.MetadataValue.path(written.index),
                "pages": written.pages,
                "audiences": written.audiences,
                "journeys": written.journeys,
                **({} if written.as_of is None else {"as_of": iso(written.as_of)}),
            }
        )

    return report
