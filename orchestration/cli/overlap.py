"""`milepost overlap`: how many users audiences share, and who is sent to one output twice."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import click

from orchestration.cli.answers import instant_option, print_json, print_table
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from transforms.audiences import stored
from transforms.audiences.generations import open_store
from transforms.audiences.overlap import MOST_AUDIENCES, double_targeted
from transforms.audiences.overlap import overlap as overlap_of
from transforms.definitions.load import load_definitions
from transforms.errors import Problem, UserError
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from orchestration.settings import Settings
    from transforms.audiences.overlap import DoubleTargeted, Overlap

#: Of more audiences the exact combinations are too many to read.
_MOST_SHOWN = 6


@click.command()
@click.argument("audiences", metavar="AUDIENCE AUDIENCE…", nargs=-1)
@click.option("--as-of", callback=instant_option, help="Another stored instant than the newest.")
@as_json
@with_settings
def overlap(settings: Settings, audiences: tuple[str, ...], as_of: datetime | None, as_json: bool) -> None:
    """Print how many users two or more AUDIENCEs share.

    Each with how many are in no other, each pair, and up to six audiences every combination: who is in exactly these
    of them. Then the members whom one output gets with two or more of them by active connections.
    """
    chosen = tuple(dict.fromkeys(audiences))
    if not 2 <= len(chosen) <= MOST_AUDIENCES:
        raise UserError(Problem("CLI-005", f"name from 2 to {MOST_AUDIENCES} different audiences"))
    generation, read_at = stored.stored_as_of(open_store(settings.published).current(), as_of)
    definitions = load_definitions(settings.project)
    stored_as = {name: stored.stored_id(definitions, generation, read_at, name) for name in chosen}
    spill = settings.data / ".spill"
    with progress("overlap"):
        found = overlap_of(generation, read_at, stored_as, spill)
        doubled = double_targeted(generation, definitions, read_at, stored_as, spill)
    if as_json:
        print_json(_answer(found, doubled, read_at))
    else:
        _print(found, doubled, read_at)


def _print(found: Overlap, doubled: tuple[DoubleTargeted, ...], as_of: datetime) -> None:
    click.echo(f"as of {iso(as_of)}, {found.users:,} users in any of them")
    sizes = [(name, found.shared(name), found.only(name)) for name in found.audiences]
    print_table(("audience", "size", "in no other"), sizes, frozenset({"size", "in no other"}))
    click.echo()
    if len(found.audiences) <= _MOST_SHOWN:
        _print_pairs(found)
        click.echo()
        _print_regions(found)
    else:
        _print_matrix(found)
    click.echo()
    _print_doubled(doubled)


def _print_pairs(found: Overlap) -> None:
    rows = []
    for first, second in combinations(found.audiences, 2):
        both = found.shared(first, second)
        parts = (_part(both, found.shared(first)), _part(both, found.shared(second)))
        rows.append((f"{first} and {second}", both, *parts))
    numbers = ("users", "of the first", "of the second")
    print_table(("pair", *numbers), rows, frozenset(numbers))


def _part(users: int, whole: int) -> str | None:
    return f"{users / whole:.1%}" if whole else None


def _print_matrix(found: Overlap) -> None:
    """A row and a column for each audience, by number: their ids are too wide to stand side by side."""
    numbers = tuple(f"({number})" for number in range(1, len(found.audiences) + 1))
    rows = [
        (f"{number} {first}", *(found.shared(first, second) for second in found.audiences))
        for number, first in zip(numbers, found.audiences, strict=True)
    ]
    print_table(("in both", *numbers), rows, frozenset(numbers))


def _print_regions(found: Overlap) -> None:
    rows = [
        (" and ".join(region), users, _part(users, found.users)) for region, users in _ordered_regions(found)
    ]
    if rows:
        numbers = ("users", "of all")
        print_table(("in exactly", *numbers), rows, frozenset(numbers))


def _ordered_regions(found: Overlap) -> list[tuple[tuple[str, ...], int]]:
    """The largest first; equal ones in the order in which audiences were named."""
    named = [
        (tuple(name for name in found.audiences if name in region), users)
        for region, users in found.regions.items()
    ]
    places = {name: place for place, name in enumerate(found.audiences)}
    return sorted(named, key=lambda one: (-one[1], [places[name] for name in one[0]]))


def _print_doubled(doubled: tuple[DoubleTargeted, ...]) -> None:
    if not doubled:
        click.echo("no output gets two of them by active connections")
    for one in doubled:
        click.echo(f"{one.output} gets {one.users:,} users with more than one of {', '.join(one.audiences)}")


def _answer(found: Overlap, doubled: tuple[DoubleTargeted, ...], as_of: datetime) -> dict[str, Any]:
    """The same as data; every combination that has users, however many audiences there are."""
    return {
        "as_of": iso(as_of),
        "users": found.users,
        "audiences": [
            {"id": name, "size": found.shared(name), "only": found.only(name)} for name in found.audiences
        ],
        "pairs": [
            {"audiences": [*pair], "users": found.shared(*pair)} for pair in combinations(found.audiences, 2)
        ],
        "regions": [{"audiences": [*region], "users": users} for region, users in _ordered_regions(found)],
        "double_targeted": [
            {"output": one.output, "audiences": [*one.audiences], "users": one.users} for one in doubled
        ],
    }
