"""Writes the memberships of one as_of, and refuses any that are not in order."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl
import pyarrow.compute as pc

from transforms.audiences.member_lists import spans
from transforms.audiences.memberships import CALCULATED, MEMBERS, MODELS, CalculatedAudience
from transforms.audiences.run_models import RunModels, write_run_models
from transforms.audiences.tables import Rows, put_rows, write_rows
from transforms.contracts import MEMBERSHIP
from transforms.durable import sync_file, sync_folder
from transforms.errors import InternalError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa


def write_memberships(
    folder: Path,
    as_of: datetime,
    calculated: tuple[CalculatedAudience, ...],
    members: Rows | Path,
    models: RunModels,
) -> None:
    """Write what was calculated at `as_of`, and by which models, into `folder`.

    `members` is MEMBERSHIP in the order (audience_id, mpid), without repetition, of calculated audiences
    alone; anything else is an InternalError.
    """
    folder.mkdir(parents=True)
    order = _Order(as_of, {audience.id for audience in calculated})
    put_rows(folder / MEMBERS, MEMBERSHIP, members, order.check)
    listed = [asdict(audience) for audience in sorted(calculated, key=lambda audience: audience.id)]
    (folder / CALCULATED).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    sync_file(folder / CALCULATED)
    write_run_models(folder / MODELS, models)
    sync_folder(folder)


def write_empty(folder: Path) -> None:
    """Write the folder that makes globs match before anything was calculated."""
    folder.mkdir(parents=True)
    write_rows(folder / MEMBERS, MEMBERSHIP, MEMBERSHIP.empty_table())
    sync_folder(folder)


class _Order:
    """Checks row groups as they come: strictly increasing, one as_of, known audiences."""

    def __init__(self, as_of: datetime, known: set[str]) -> None:
        self._as_of = as_of
        self._known = known
        self._last: tuple[str, int] | None = None

    def check(self, group: pa.Table) -> None:
        if pc.call_function("min_max", [group["as_of"]]).as_py() != {"min": self._as_of, "max": self._as_of}:
            raise InternalError("members of another as_of")
        mpids = pl.Series(group["mpid"])
        for span in spans(group["audience_id"].combine_chunks()):
            if span.audience_id not in self._known:
                raise InternalError("members of an audience that was not calculated")
            found = mpids.slice(span.start, span.stop - span.start)
            if self._last is not None and (span.audience_id, found[0]) <= self._last:
                raise InternalError("members out of order, or twice")
            if not (found.slice(1) > found.slice(0, len(found) - 1)).all():
                raise InternalError("members out of order, or twice")
            self._last = span.audience_id, found[-1]
