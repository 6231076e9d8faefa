"""What is stored of one audience: which as_of, under which id, and who is in it.

Kept apart from what reads definitions, so that `milepost members` starts in a fraction of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from transforms.documents.report import nearest
from transforms.engine import calculator
from transforms.errors import failure
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from transforms.audiences.figures import Figures
    from transforms.audiences.generations import Generation
    from transforms.definitions.records import Audience, Definitions
    from transforms.errors import UserError

_FETCHED = 100_000
# hive_partitioning is off: the folder's name would hide the column as_of.
_MEMBERS = """
select mpid from read_parquet($members, hive_partitioning = false)
where audience_id = $audience and ($variant is null or variant = $variant)
order by mpid
limit $limit
"""
_VARIANTS = """
select variant, count(*) from read_parquet($members, hive_partitioning = false)
where audience_id = $audience and variant is not null
group by variant
"""


_EVERY_VARIANT = """
select audience_id, variant, count(*) from read_parquet($members, hive_partitioning = false)
where variant is not null
group by audience_id, variant
"""


def stored_as_of(generation: Generation | None, as_of: datetime | None) -> tuple[Generation, datetime]:
    """The generation with the as_of to read: the newest, or the one asked for.

    A failure (exit status 1) where nothing was published, or where the one asked for is not stored; the
    latter lists what is stored.
    """
    newest = generation.newest if generation else None
    if generation is None or newest is None:
        raise failure("nothing-published", "nothing was calculated yet", hint="run `milepost run`")
    if as_of is None:
        return generation, newest
    if as_of not in generation.stored:
        raise failure(
            "as-of-not-stored",
            f"no membership is stored for {iso(as_of)}",
            hint=f"run `milepost run --as-of {iso(as_of)}`",
            allowed=tuple(map(iso, generation.stored)),
        )
    return generation, as_of


def find_audience(definitions: Definitions, audience_id: str) -> Audience:
    """The audience of this id; a failure (exit status 1) that names the nearest where there is none."""
    for audience in definitions.audiences:
        if audience.id == audience_id:
            return audience
    near = nearest(audience_id, (audience.id for audience in definitions.audiences))
    hint = f"did you mean `{near}`?" if near else "`milepost list` shows what there is"
    raise failure("unknown-audience", f"there is no audience `{audience_id}`", hint=hint)


def refuse_orphan(definitions: Definitions, generation: Generation | None, audience_id: str) -> None:
    """A failure (exit status 1) where the definition was taken out and members are stored: it says for when."""
    if generation is None or any(one.id == audience_id for one in definitions.audiences):
        return
    last = next((row for row in reversed(generation.figures) if row.audience_id == audience_id), None)
    if last is None:
        return
    renamed = next((one.id for one in definitions.audiences if one.formerly == audience_id), None)
    raise failure(
        "orphaned",
        f"the definition of `{audience_id}` was taken out; it is stored to {iso(last.as_of)}",
        hint=f"it is `{renamed}` now"
        if renamed is not None
        else f"`history` and `members` read it with --as-of {iso(last.as_of)}",
    )


def stored_id(definitions: Definitions, generation: Generation, as_of: datetime, audience_id: str) -> str:
    """The id under which an audience's members are stored at `as_of`: its own, or its former one.

    A failure (exit status 1) where it is unknown, or was not calculated.
    """
    calculated = generation.calculated(as_of)
    if audience_id in calculated:
        return audience_id
    refuse_orphan(definitions, generation, audience_id)
    stored = find_audience(definitions, audience_id).stored_as(calculated)
    if stored is not None:
        return stored
    raise _not_calculated(definitions, generation, as_of, audience_id)


def _not_calculated(
    definitions: Definitions, generation: Generation, as_of: datetime, audience_id: str
) -> UserError:
    # Imported here: what is stored is found without the language of criteria.
    from transforms.audiences.activation import to_calculate

    if audience_id in to_calculate(definitions):
        why = "it was not needed then"
        hint = f"`milepost run --as-of {iso(as_of)}` calculates it, as every run from now on"
    else:
        why = "it has no active connection and no active audience needs it, so it is only estimated"
        hint = "`milepost run --all` calculates everything"
    last = last_figures(generation, definitions.audience(audience_id))
    stored = "" if last is None else f"; it is stored for {iso(last.as_of)}"
    return failure(
        "not-calculated", f"`{audience_id}` was not calculated at {iso(as_of)}: {why}{stored}", hint=hint
    )


def last_figures(generation: Generation, audience: Audience) -> Figures | None:
    """The figures of the newest as_of for which members are stored, under its own id or its former one."""
    found = {row.audience_id: row for row in generation.figures}
    stored = audience.stored_as(found)
    return None if stored is None else found[stored]


def check_variant(
    definitions: Definitions,
    generation: Generation,
    as_of: datetime,
    audience_id: str,
    variant: str,
    spill: Path,
) -> None:
    """A failure (exit status 1) where `variant` is neither defined for the audience nor stored for `as_of`."""
    defined = next((found.variants for found in definitions.audiences if found.id == audience_id), ())
    stored = variant_sizes(generation, as_of, stored_id(definitions, generation, as_of, audience_id), spill)
    known = tuple(dict.fromkeys((*defined, *sorted(stored))))
    if variant not in known:
        what = "runs no A/B test" if not known else f"has no variant `{variant}`"
        raise failure("unknown-variant", f"`{audience_id}` {what}", allowed=known)


def members(
    generation: Generation,
    as_of: datetime,
    audience_id: str,
    spill: Path,
    *,
    variant: str | None = None,
    limit: int | None = None,
) -> Iterator[int]:
    """The mpids stored for an audience, or for one variant, sorted as numbers; the first `limit`.

    `spill` is a folder for what does not fit into memory.
    """
    with calculator(spill) as connection:
        result = connection.execute(
            _MEMBERS,
            {
                "members": str(generation.members_file(as_of)),
                "audience": audience_id,
                "variant": variant,
                "limit": limit,
            },
        )
        while found := result.fetchmany(_FETCHED):
            yield from (mpid for (mpid,) in found)


def variant_sizes(generation: Generation, as_of: datetime, audience_id: str, spill: Path) -> dict[str, int]:
    """Members of each variant that has any."""
    with calculator(spill) as connection:
        values = {"members": str(generation.members_file(as_of)), "audience": audience_id}
        return dict(connection.execute(_VARIANTS, values).fetchall())


def sizes_of_variants(generation: Generation, as_of: datetime, spill: Path) -> dict[str, dict[str, int]]:
    """The same of every audience with variants, in one look at the memberships."""
    sizes: dict[str, dict[str, int]] = {}
    with calculator(spill) as connection:
        values = {"members": str(generation.members_file(as_of))}
        for audience_id, variant, size in connection.execute(_EVERY_VARIANT, values).fetchall():
            sizes.setdefault(audience_id, {})[variant] = size
    return sizes
