"""The lease of a run, taken once in a process, and what is said of the run it was taken over from."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestration.clock import now
from orchestration.lease import LeaseHolder, hold_lease

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import dagster as dg

    from orchestration.settings import Settings

#: Data folders whose lease this process holds: `milepost run` takes it before Dagster starts, the steps of
#: its run find it taken.
_HELD: set[Path] = set()


@contextmanager
def run_lease(
    settings: Settings, run_id: str, command: str, *, wait: bool = False, instance: dg.DagsterInstance | None
) -> Iterator[None]:
    """Hold the data folder's lease for the block; a dead run that held it is marked failed in Dagster."""
    if settings.data in _HELD:
        yield
        return
    holder = LeaseHolder.this_process(run_id, command, now())
    with hold_lease(settings.data, holder, wait=wait) as lease:
        if lease.dead is not None and instance is not None:
            mark_failed(instance, lease.dead.run_id)
        _HELD.add(settings.data)
        try:
            yield
        finally:
            _HELD.discard(settings.data)


def mark_failed(instance: dg.DagsterInstance, run_id: str) -> None:
    """Mark a run failed that Dagster still believes to be at work although its process is gone."""
    run = instance.get_run_by_id(run_id)
    if run is not None and not run.is_finished:
        instance.report_run_failed(run, "the process of this run ended before the run did")
