"""`milepost history`: how an audience went from day to day, and how long its members have been in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from orchestration.cli.answers import instant_option, print_json, print_table
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from orchestration.cli.sparkline import sparkline
from orchestration.cli.users import MPID
from transforms.audiences import stored
from transforms.audiences.generations import open_store
from transforms.audiences.history import presences, stored_days
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.audiences.history import Presence, StoredDay

_HEADER = ("as of", "size", "adds", "drops", "volatility", "")
_NUMBERS = frozenset({"size", "adds", "drops", "volatility"})
#: Blocks of the line; of more days each block is the newest size of several.
_WIDEST = 90


@click.command()
@click.argument("audience")
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="So many days to the as_of, whether stored or not.",
)
@click.option("--member", "mpid", metavar="MPID", type=MPID, help="When this user was in, instead.")
@click.option("--as-of", callback=instant_option, help="Up to another stored instant than the newest.")
@as_json
@with_settings
def history(
    settings: Settings, audience: str, days: int, mpid: int | None, as_of: datetime | None, as_json: bool
) -> None:
    """Print the size of AUDIENCE at each stored as_of, with adds, drops and volatility.

    Days for which nothing is stored are shown as gaps, and changes of the definition are marked. Then since when its
    members have been in it: their first entry, their last entry, and on how many stored days they were in.
    """
    generation, read_at = stored.stored_as_of(open_store(settings.published).current(), as_of)
    stored_as = _stored_as(settings, generation, read_at, audience)
    with progress("history"):
        found = presences(generation, read_at, stored_as, settings.data / ".spill", mpid)
    if mpid is not None:
        one = found[0] if found else None
        if as_json:
            print_json(_member_answer(audience, read_at, mpid, one))
        else:
            click.echo("".join(f"{line}\n" for line in _member_lines(audience, read_at, mpid, one)), nl=False)
        return
    shown = _since(stored_days(generation, read_at, stored_as), read_at - timedelta(days=days))
    if as_json:
        print_json(_answer(audience, read_at, shown, found))
        return
    _print(audience, read_at, shown)
    click.echo("".join(f"{line}\n" for line in _members_lines(read_at, found)), nl=False)


def _stored_as(settings: Settings, generation: Generation, as_of: datetime, audience: str) -> str:
    if audience in generation.calculated(as_of):
        return audience
    # Imported here: definitions take half a second, and are needed for a renamed or unknown audience alone.
    from transforms.definitions.load import load_definitions

    return stored.stored_id(load_definitions(settings.project), generation, as_of, audience)


def _since(days: tuple[StoredDay, ...], start: datetime) -> tuple[StoredDay, ...]:
    return tuple(day for day in days if day.as_of > start)


def _print(audience: str, as_of: datetime, days: Sequence[StoredDay]) -> None:
    sizes = [day.figures.size for day in days]
    click.echo(f"{audience}, as of {iso(as_of)}")
    line, days_a_block = _line(days)
    each = "" if days_a_block == 1 else f", a block is {days_a_block} days"
    click.echo(f"{line}  {min(sizes):,} to {max(sizes):,}{each}")
    print_table(_HEADER, list(_rows(days)), _NUMBERS)


def _line(days: Sequence[StoredDay]) -> tuple[str, int]:
    """A block for each day from the first to the last, and how many days one block is."""
    newest = {day.day: day.figures.size for day in days}
    first, last = days[0].day, days[-1].day
    count = (last - first).days + 1
    width = -(-count // _WIDEST)
    values: list[int | None] = []
    # The last block is whole, since it is looked at most.
    for end in range((count - 1) % width, count, width):
        inside = (last - timedelta(days=count - 1 - place) for place in range(end, end - width, -1))
        values.append(next((newest[day] for day in inside if day in newest), None))
    return sparkline(values), width


def _rows(days: Sequence[StoredDay]) -> Iterator[tuple[object, ...]]:
    for place, day in enumerate(days):
        missing = _missing(days[place - 1], day) if place else 0
        if missing:
            yield ("…", None, None, None, None, f"{missing:,} {_days(missing)} not stored")
        figures = day.figures
        volatility = None if figures.volatility is None else f"{figures.volatility:.1%}"
        remark = "definition changed" if day.is_redefined else " "
        yield (day.as_of, figures.size, figures.adds, figures.drops, volatility, remark)


def _missing(before: StoredDay, day: StoredDay) -> int:
    return max(0, (day.day - before.day).days - 1)


def _days(count: int) -> str:
    return "day" if count == 1 else "days"


def _members_lines(as_of: datetime, found: Sequence[Presence]) -> Iterator[str]:
    ever = sum(one.users for one in found)
    members = _members(as_of, found)
    count = sum(one.users for one in members)
    if not members:
        yield f"nobody is in it now, {ever:,} ever were"
        return
    yield f"{count:,} members, {ever:,} ever were"
    for words, instants in (
        ("first entry", _spread((one.first_entry, one.users) for one in members)),
        ("last entry", _spread((one.last_entry, one.users) for one in members)),
    ):
        least, middle, most = map(iso, instants)
        yield f"  {words}: {least} to {most}, half of them by {middle}"
    least, middle, most = _spread((one.days, one.users) for one in members)
    yield f"  stored days in it: {least:,} to {most:,}, median {middle:,}"
    back = sum(one.users for one in members if len(one.stays) > 1)
    if back:
        yield f"  {back:,} had left and came back"


def _members(as_of: datetime, found: Iterable[Presence]) -> list[Presence]:
    return [one for one in found if one.stays[-1].last == as_of]


def _spread(values: Iterable[tuple[Any, int]]) -> tuple[Any, Any, Any]:
    """The least, the lower median and the most of values, each of so many users."""
    ordered = sorted(values)
    half, seen = (sum(users for _, users in ordered) + 1) // 2, 0
    for value, users in ordered:
        seen += users
        if seen >= half:
            return ordered[0][0], value, ordered[-1][0]
    raise ValueError("there are no values")


def _member_lines(audience: str, as_of: datetime, mpid: int, one: Presence | None) -> Iterator[str]:
    if one is None:
        yield f"✗ user {mpid} was never in {audience} as far as is stored"
        return
    is_in = one.stays[-1].last == as_of
    yield f"{'✓' if is_in else '✗'} user {mpid} is {'in' if is_in else 'not in'} {audience}, as of {iso(as_of)}"
    yield f"  first entry: {iso(one.first_entry)}"
    yield f"  last entry: {iso(one.last_entry)}"
    yield f"  stored days in it: {one.days:,}"
    for stay in one.stays:
        yield f"  in from {iso(stay.first)} to {iso(stay.last)}"


def _answer(
    audience: str, as_of: datetime, days: Sequence[StoredDay], found: Sequence[Presence]
) -> dict[str, Any]:
    members = _members(as_of, found)
    return {
        "audience": audience,
        "as_of": iso(as_of),
        "stored": [
            {
                "as_of": iso(day.as_of),
                "size": day.figures.size,
                "adds": day.figures.adds,
                "drops": day.figures.drops,
                "volatility": day.figures.volatility,
                "is_redefined": day.is_redefined,
                "days_missing_before": _missing(days[place - 1], day) if place else 0,
            }
            for place, day in enumerate(days)
        ],
        "members": {
            "count": sum(one.users for one in members),
            "ever": sum(one.users for one in found),
            "came_back": sum(one.users for one in members if len(one.stays) > 1),
            "first_entry": _spread_answer((iso(one.first_entry), one.users) for one in members),
            "last_entry": _spread_answer((iso(one.last_entry), one.users) for one in members),
            "stored_days": _spread_answer((one.days, one.users) for one in members),
        },
    }


def _spread_answer(values: Iterable[tuple[Any, int]]) -> dict[str, Any] | None:
    known = list(values)
    return dict(zip(("least", "median", "most"), _spread(known), strict=True)) if known else None


def _member_answer(audience: str, as_of: datetime, mpid: int, one: Presence | None) -> dict[str, Any]:
    """mpids are text: readers of JSON take numbers for floats."""
    return {
        "audience": audience,
        "mpid": str(mpid),
        "as_of": iso(as_of),
        "is_member": one is not None and one.stays[-1].last == as_of,
        "first_entry": None if one is None else iso(one.first_entry),
        "last_entry": None if one is None else iso(one.last_entry),
        "stored_days": 0 if one is None else one.days,
        "stays": []
        if one is None
        else [{"first": iso(stay.first), "last": iso(stay.last)} for stay in one.stays],
    }
