"""The Dagster instance below the data folder: telemetry off, one writer at a time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.settings import Settings

_DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: run
run_monitoring:
  enabled: false
event_log_storage:
  module: orchestration.event_log
  class: EventLog
  config:
    base_dir: {env: DAGSTER_HOME}
"""


def prepare_instance(settings: Settings) -> None:
    """Write dagster.yaml where there is none, and point Dagster and the code location at this project."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(_DAGSTER_YAML, encoding="utf-8")
    os.environ.update(
        {
            "DAGSTER_HOME": str(home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "DAGSTER_DG_UPDATE_CHECK_ENABLED": "0",
            "DO_NOT_TRACK": "1",
            "MILEPOST_PROJECT_DIR": str(settings.project),
            "MILEPOST_DATA_DIR": str(settings.data),
        }
    )
