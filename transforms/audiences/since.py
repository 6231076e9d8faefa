"""Since when somebody is a member: the first as_of of their latest unbroken run of stored memberships (spec §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.audiences.memberships import MEMBERS, read_calculated
from transforms.engine import calculator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.generations import Generation

# hive_partitioning is off: the folder's name would hide the column as_of.
_HELD = """
select as_of from read_parquet($files, hive_partitioning = false) where audience_id = $audience and mpid = $mpid
"""
#: Files that are opened at once, the newest first: most runs are short.
AT_ONCE = 30


def member_since(
    generation: Generation, as_of: datetime, stored_as: str, mpid: int, spill: Path
) -> datetime | None:
    """The first as_of of the unbroken run that reaches to `as_of`, at which the audience is stored as `stored_as`.

    An as_of at which it was not calculated breaks no run. None where the user is no member at `as_of`.
    """
    since: datetime | None = None
    upto = {at: folder for at, folder in generation.stored.items() if at <= as_of}
    with calculator(spill) as connection:
        for audience_id, folders in batches(calculated_at(upto, (stored_as,))):
            files = [str(folder / MEMBERS) for _, folder in folders]
            values = {"files": files, "audience": audience_id, "mpid": mpid}
            held = {at for (at,) in connection.execute(_HELD, values).fetchall()}
            for at, _ in folders:
                if at not in held:
                    return since
                since = at
    return since


def stored_under(generation: Generation, as_of: datetime, stored_as: str) -> list[tuple[datetime, str]]:
    """Every as_of to `as_of` at which the audience was calculated, the newest first, with its id then.

    `stored_as` is its id at `as_of`.
    """
    upto = {at: folder for at, folder in generation.stored.items() if at <= as_of}
    return [(at, own) for own, at, _ in calculated_at(upto, (stored_as,))]


def calculated_at(
    stored: Mapping[datetime, Path], names: Iterable[str]
) -> Iterator[tuple[str, datetime, Path]]:
    """Every as_of of `stored` (as_of → its folder) at which an audience was calculated, the newest first, with its id
    then and the folder.

    `names` are the ids that it may have at the newest, the first that is stored counts; before a rename it has the
    id that was its former one.
    """
    names = tuple(names)
    for at in sorted(stored, reverse=True):
        calculated = {audience.id: audience for audience in read_calculated(stored[at])}
        own = next((name for name in names if name in calculated), None)
        if own is not None:
            yield own, at, stored[at]
            formerly = calculated[own].formerly
            names = (own,) if formerly is None else (own, formerly)


def batches(
    found: Iterable[tuple[str, datetime, Path]],
) -> Iterator[tuple[str, list[tuple[datetime, Path]]]]:
    """What `calculated_at` gives in parts of one id that are read at once, in the same order."""
    batch: list[tuple[datetime, Path]] = []
    batch_id = ""
    for audience_id, at, folder in found:
        if batch and (audience_id != batch_id or len(batch) == AT_ONCE):
            yield batch_id, batch
            batch = []
        batch_id = audience_id
        batch.append((at, folder))
    if batch:
        yield batch_id, batch
