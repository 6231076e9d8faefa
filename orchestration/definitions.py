"""The Dagster code location: every stage of defs/, for the project and data folder of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from orchestration.clock import now
from orchestration.dbt import ensure_manifest
from orchestration.defs.automation.automation import automation
from orchestration.defs.exports.assets import export_assets
from orchestration.defs.ingest.assets import ingest_assets
from orchestration.defs.metrics.assets import metrics_assets
from orchestration.defs.report.assets import report_asset
from orchestration.defs.warehouse.assets import warehouse_assets
from orchestration.preparation import prepare
from orchestration.resources import MilepostRun
from orchestration.settings import load_settings
from orchestration.step_outputs import remember_step_outputs

if TYPE_CHECKING:
    from orchestration.settings import Settings
    from transforms.definitions.records import Definitions


def build_definitions(settings: Settings, definitions: Definitions) -> dg.Definitions:
    """Everything that Dagster shows and runs for a project whose generated models are up to date."""
    remember_step_outputs()
    manifest = ensure_manifest(settings, definitions.project, now())
    assets = [
        ingest_assets,
        warehouse_assets(manifest, settings, definitions),
        *metrics_assets(definitions),
        *export_assets(definitions),
        report_asset(),
    ]
    keys = frozenset(key for one in assets if isinstance(one, dg.AssetsDefinition) for key in one.keys)
    stages = dg.Definitions(
        assets=assets,
        resources={
            "milepost": MilepostRun(
                project_dir=str(settings.project), data_dir=str(settings.data), deliver=settings.deliver
            )
        },
        # Everything of a run shares one lease, one reading of the clock and one DuckDB file; a process
        # for each step would cost 1.4 to 3 s a step besides.
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(stages, automation(settings, definitions, keys))


@dg.definitions
def defs() -> dg.Definitions:
    """The code location of `milepost dev` and `dagster … -m orchestration.definitions`."""
    settings = load_settings()
    return build_definitions(settings, prepare(settings))
