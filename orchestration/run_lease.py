"""The lease of a run, taken once in a process, and what is said of the run it was taken over from."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestration.clock import now
from orchestration.instance import prepare_instance
from orchestration.lease import LeaseHolder, hold_lease

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import dagster as dg

    from orchestration.lease import Lease
    from orchestration.settings import Settings

#: The leases that this process holds, by data folder: `milepost run` takes it before Dagster starts, the steps of
#: its run find it taken.
_HELD: dict[Path, Lease] = {}


@contextmanager
def run_lease(
    settings: Settings, run_id: str, command: str, *, wait: bool = False, instance: dg.DagsterInstance | None
) -> Iterator[None]:
    """Hold the data folder's lease for the block; a dead run that held it is marked failed in Dagster.

    Whoever works without Dagster gives no `instance`: Dagster is imported only where a run has died.
    """
    if settings.data in _HELD:
        yield
        return
    holder = LeaseHolder.this_process(run_id, command, now())
    with hold_lease(settings.data, holder, wait=wait) as lease:
        if lease.dead is not None:
            _mark_dead(settings, instance, lease.dead.run_id)
        _HELD[settings.data] = lease
        try:
            yield
        finally:
            del _HELD[settings.data]


def now_calculating(settings: Settings, audience_ids: Collection[str]) -> None:
    """Tell readers which audiences the run that holds the lease calculates; it is over when the lease is."""
    _HELD[settings.data].calculates(audience_ids)


def _mark_dead(settings: Settings, instance: dg.DagsterInstance | None, run_id: str) -> None:
    if instance is not None:
        mark_failed(instance, run_id)
    elif settings.dagster_home.exists():
        prepare_instance(settings)
        import dagster as dg  # 3 s to import: only where a run has died

        with dg.DagsterInstance.get() as opened:
            mark_failed(opened, run_id)


def mark_failed(instance: dg.DagsterInstance, run_id: str) -> None:
    """Mark a run failed that Dagster still believes to be at work although its process is gone."""
    run = instance.get_run_by_id(run_id)
    if run is not None and not run.is_finished:
        instance.report_run_failed(run, "the process of this run ended before the run did")
