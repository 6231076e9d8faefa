"""Writes the memberships of one as_of, and refuses any that are not in order."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from transforms.audiences.memberships import CALCULATED, MEMBERS, MODELS, CalculatedAudience
from transforms.audiences.run_models import RunModels, write_run_models
from transforms.audiences.tables import Rows, write_rows
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
    members: Rows,
    models: RunModels,
) -> int:
    """Write what was calculated at `as_of`, and by which models, into `folder`; return the number of memberships.

    `members` is MEMBERSHIP in the order (audience_id, mpid), without repetition, of calculated audiences
    alone; anything else is an InternalError.
    """
    folder.mkdir(parents=True)
    order = _Order(as_of, {audience.id for audience in calculated})
    count = write_rows(folder / MEMBERS, MEMBERSHIP, members, order.check)
    listed = [asdict(audience) for audience in sorted(calculated, key=lambda audience: audience.id)]
    (folder / CALCULATED).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    sync_file(folder / CALCULATED)
    write_run_models(folder / MODELS, models)
    sync_folder(folder)
    return count


def write_empty(folder: Path) -> None:
    """Write the folder that makes globs match before anything was calculated."""
    folder.mkdir(parents=True)
    write_rows(folder / MEMBERS, MEMBERSHIP, MEMBERSHIP.empty_table())
    sync_folder(folder)


class _Order:
    """Checks row groups as they come: strictly increasing, one as_of, known audiences."""

    def __init__(self, as_of: datetime, known: set[str]) -> None:
        self._as_of = as_of
        self._known = sorted(known)
        self._last: pl.DataFrame | None = None

    def check(self, group: pa.Table) -> None:
        frame = pl.DataFrame(group.select(["as_of", "audience_id", "mpid"]))
        if not frame.select((pl.col("as_of") == self._as_of).all()).item():
            raise InternalError("members of another as_of")
        if not frame.select(pl.col("audience_id").is_in(self._known).all()).item():
            raise InternalError("members of an audience that was not calculated")
        rows = frame if self._last is None else pl.concat([self._last, frame])
        self._last = frame.tail(1)
        audience, mpid = pl.col("audience_id"), pl.col("mpid")
        increasing = (audience > audience.shift()) | ((audience == audience.shift()) & (mpid > mpid.shift()))
        if not rows.select(increasing.slice(1).all()).item():
            raise InternalError("members out of order, or twice")
