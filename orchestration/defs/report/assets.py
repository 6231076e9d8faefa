"""A published generation and what was delivered of it → web pages."""

import dagster as dg

from orchestration import asset_keys
from orchestration.defs.report.freshness import FRESH
from orchestration.partitions import DAILY
from orchestration.reporting import write_report
from orchestration.resources import MilepostRun
from transforms.instants import iso

#: After the exports, whose priority is 0. They are no dependencies: a delivery that fails would leave out the pages
#: that tell of it.
_LAST = {"dagster/priority": "-1"}


def report_asset() -> dg.AssetsDefinition:
    """The pages, written last in a run."""

    @dg.asset(
        key=asset_keys.REPORT,
        deps=[asset_keys.GENERATION],
        group_name="published",
        kinds={"html"},
        description="The catalogue of audiences, a canvas for each journey, a page for each audience.",
        check_specs=[FRESH],
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
            },
            check_results=[
                dg.AssetCheckResult(asset_key=asset_keys.REPORT, check_name=FRESH.name, passed=True)
            ],
        )

    return report
