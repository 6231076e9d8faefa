"""What every asset of one run shares: settings, definitions, the lease, the clock's one reading."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from orchestration import clock, partitions
from orchestration.run_lease import run_lease
from orchestration.settings import Settings
from transforms.definitions.load import load_definitions
from transforms.definitions.records import Definitions
from transforms.errors import failure
from transforms.instants import read_instant

#: Tags of a run. AS_OF: an ISO instant that overrides the end of the partition's day. DELIVER: a backfill
#: delivers its last day.
AS_OF_TAG = "milepost/as_of"
DELIVER_TAG = "milepost/deliver"


class MilepostRun(dg.ConfigurableResource):
    """One run: holds the lease on the data folder from its first step to its last.

    Every step of a run is executed in one process, so the instants read once are the same for all.
    """

    project_dir: str
    data_dir: str
    deliver: bool = False

    _held: contextlib.ExitStack = PrivateAttr(default_factory=contextlib.ExitStack)
    _ingested_at: datetime | None = PrivateAttr(default=None)
    _definitions: Definitions | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        run_id = context.run_id or "outside a run"
        self._held.enter_context(run_lease(self.settings, run_id, "dagster run", instance=context.instance))

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        self._held.close()

    @property
    def settings(self) -> Settings:
        return Settings(Path(self.project_dir), Path(self.data_dir), self.deliver)

    @property
    def definitions(self) -> Definitions:
        if self._definitions is None:
            self._definitions = load_definitions(self.settings.project)
        return self._definitions

    def ingest_ended(self) -> datetime:
        """Read the clock, once: the instant at which this run's ingest ended."""
        if self._ingested_at is None:
            self._ingested_at = clock.now()
        return self._ingested_at

    def as_ofs(self, context: dg.AssetExecutionContext) -> tuple[datetime, ...]:
        """The instants of this run, ascending: a tagged one, else the end of each partition's day.

        A day that is not over yet is evaluated at the instant at which the ingest ended.
        """
        tagged = context.run.tags.get(AS_OF_TAG)
        if tagged:
            instant = read_instant(tagged)
            if instant is None:
                raise failure("RUN-003", f"the tag {AS_OF_TAG} of this run is no instant")
            return (instant,)
        instant = self.ingest_ended()
        ends = [partitions.end_of(key) for key in context.partition_keys]
        return tuple(sorted({min(end, instant) for end in ends}))

    def delivers(self, context: dg.AssetExecutionContext) -> bool:
        """Whether exports of this run deliver: a backfill does only where it was asked to (spec §10)."""
        tags = context.run.tags
        backfill = "dagster/backfill" in tags or len(context.partition_keys) > 1
        return not backfill or tags.get(DELIVER_TAG) == "true"
