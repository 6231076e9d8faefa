"""The only reader of the environment: one frozen object with absolute paths."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where a project and its data lie, and what the environment allows.

    Everything below `data` belongs to Milepost: landing, lake, quarantine, ledger, warehouse, published,
    exports, outbox, downloads, report, dagster.
    """

    project: Path
    data: Path
    deliver: bool = False

    @property
    def landing(self) -> Path:
        return self.data / "landing"

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse" / "milepost.duckdb"

    @property
    def earlier_members(self) -> Path:
        return self.data / "warehouse" / "earlier_members.parquet"

    @property
    def built(self) -> Path:
        return self.data / "warehouse" / "built.json"

    @property
    def published(self) -> Path:
        return self.data / "published"

    @property
    def exports(self) -> Path:
        return self.data / "exports"

    @property
    def connection_ledger(self) -> Path:
        return self.data / "ledger" / "connections"

    @property
    def refresh_tokens(self) -> Path:
        return self.data / "ledger" / "refresh_tokens"

    @property
    def outbox(self) -> Path:
        return self.data / "outbox"

    @property
    def notices_told(self) -> Path:
        return self.data / "ledger" / "notices.jsonl"

    @property
    def staging(self) -> Path:
        return self.data / "staging"

    @property
    def downloads(self) -> Path:
        return self.data / "downloads"

    @property
    def report(self) -> Path:
        return self.data / "report"

    @property
    def dagster_home(self) -> Path:
        return self.data / "dagster"


def load_settings(project_dir: str | None = None, data_dir: str | None = None) -> Settings:
    """Settings from options, else the environment, else the defaults of spec §13.

    The project is `--project-dir`, MILEPOST_PROJECT_DIR, the working directory where it holds milepost.yml,
    or `dbt_project`; the data is `--data-dir`, MILEPOST_DATA_DIR or `data`.
    """
    here = Path.cwd()
    default_project = here if (here / "milepost.yml").is_file() else here / "dbt_project"
    project = project_dir or os.environ.get("MILEPOST_PROJECT_DIR") or default_project
    data = data_dir or os.environ.get("MILEPOST_DATA_DIR") or here / "data"
    return Settings(
        project=Path(project).resolve(),
        data=Path(data).resolve(),
        deliver=os.environ.get("MILEPOST_DELIVER") == "1",
    )


def secret(name: str) -> str | None:
    """What the environment holds under a name that a definition gives, None where nothing."""
    return os.environ.get(name)
