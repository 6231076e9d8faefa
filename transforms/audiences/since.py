"""Since when somebody is a member: the first as_of of their latest unbroken run of stored memberships (spec §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.engine import calculator

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.generations import Generation

# hive_partitioning is off: the folder's name would hide the column as_of.
_HELD = """
select as_of from read_parquet($files, hive_partitioning = false) where audience_id = $audience and mpid = $mpid
"""
#: Files that are opened at once, the newest first: most runs are short.
_AT_ONCE = 30


def member_since(
    generation: Generation, as_of: datetime, stored_as: str, mpid: int, spill: Path
) -> datetime | None:
    """The first as_of of the unbroken run that reaches to `as_of`, at which the audience is stored as `stored_as`.

    An as_of at which it was not calculated breaks no run. None where the user is no member at `as_of`.
    """
    since: datetime | None = None
    with calculator(spill) as connection:
        stored = stored_under(generation, as_of, stored_as)
        for start in range(0, len(stored), _AT_ONCE):
            some = stored[start : start + _AT_ONCE]
            held: set[datetime] = set()
            for audience_id in {audience_id for _, audience_id in some}:
                files = [str(generation.members_file(at)) for at, own in some if own == audience_id]
                values = {"files": files, "audience": audience_id, "mpid": mpid}
                held |= {at for (at,) in connection.execute(_HELD, values).fetchall()}
            for at, _ in some:
                if at not in held:
                    return since
                since = at
    return since


def stored_under(generation: Generation, as_of: datetime, stored_as: str) -> list[tuple[datetime, str]]:
    """Every as_of to `as_of` at which the audience was calculated, the newest first, with its id then.

    `stored_as` is its id at `as_of`.
    """
    found: list[tuple[datetime, str]] = []
    names = (stored_as,)
    for at in sorted((at for at in generation.stored if at <= as_of), reverse=True):
        calculated = generation.calculated(at)
        own = next((name for name in names if name in calculated), None)
        if own is not None:
            found.append((at, own))
            formerly = calculated[own].formerly
            names = (own,) if formerly is None else (own, formerly)
    return found
