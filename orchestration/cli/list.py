"""`milepost list`: every audience and milestone with its figures and state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import click

from orchestration.authorship import authorship
from orchestration.cli.answers import age_in_words, print_json, print_table, say
from orchestration.cli.figures import active_as_json, active_in_words
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.redefinitions import redefined_in_words
from orchestration.clock import now
from orchestration.definition_hashes import redefined_since
from orchestration.lease import being_calculated
from orchestration.watching import findings
from transforms.audiences.activation import State
from transforms.audiences.catalogue import CatalogueRow, catalogue
from transforms.audiences.generations import open_store
from transforms.definitions.load import load_definitions
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orchestration.authorship import Authorship
    from orchestration.settings import Settings

#: What is said beside the figures.
_REMARK = ""
_HEADER = (
    "id",
    "name",
    "state",
    "size",
    "adds",
    "drops",
    "volatility",
    _REMARK,
    "tags",
    "outputs",
    "owner",
    "access",
    "updated",
    "created by",
)
_NUMBERS = frozenset({"size", "adds", "drops", "volatility"})


@click.command()
@click.option("--tag", "tags", multiple=True, help="Only audiences with this tag; several: with all of them.")
@click.option("--state", type=click.Choice(get_args(State)), help="Only audiences in this state.")
@click.option("--single", "span", flag_value="single", help="Only audiences of one workspace.")
@click.option("--multi", "span", flag_value="multi", help="Only audiences of several workspaces.")
@click.option("--shared", is_flag=True, help="Only audiences that other accounts may view or use.")
@as_json
@with_settings
def list(  # the command's name; nothing in this module needs the type
    settings: Settings,
    tags: tuple[str, ...],
    state: State | None,
    span: str | None,
    shared: bool,
    as_json: bool,
) -> None:
    """List audiences and milestones."""
    generation = open_store(settings.published).current()
    as_of = generation.newest if generation else None
    definitions = load_definitions(settings.project)
    found = findings(settings, definitions)
    rows = [
        row
        for row in catalogue(
            definitions,
            generation,
            faulted={finding.audience_id for finding in found if finding.subject == "faulted"},
            calculating=being_calculated(settings.data),
        )
        if set(tags) <= set(row.tags)
        and state in (None, row.state)
        and (span is None or (len(row.workspaces) == 1) == (span == "single"))
        and (row.is_shared or not shared)
    ]
    looks: dict[str, dict[str, str]] = {}
    for finding in found:
        looks.setdefault(finding.audience_id, {})[finding.subject] = finding.text
    changed = redefined_since(settings, definitions, generation, as_of)
    written = authorship(settings.project, tuple(row.file for row in rows if row.file))
    read_at = now()
    if as_json:
        print_json(
            {
                "as_of": iso(as_of) if as_of else None,
                "age_seconds": int((read_at - as_of).total_seconds()) if as_of else None,
                **active_as_json(definitions),
                "audiences": [
                    {
                        **_as_json(row, written.get(row.file or "")),
                        "redefined": [*changed[row.id]] if row.id in changed else None,
                        "deserves_a_look": looks.get(row.id, {}),
                    }
                    for row in rows
                ],
            }
        )
        return
    remarks = {row.id: redefined_in_words(row.id, changed.get(row.id, ())) for row in rows}
    cells = [_cells(row, remarks[row.id], written.get(row.file or "")) for row in rows]
    print_table(*_columns(cells, has_remarks=any(remarks.values())), _NUMBERS)
    say(f"{_footer(as_of, read_at)}; {active_in_words(definitions)}")
    if looks:
        say(f"{len(looks)} of the audiences deserve a look: `milepost watch` says why")


def _footer(as_of: datetime | None, read_at: datetime) -> str:
    if as_of is None:
        return "nothing was calculated yet: run `milepost run`"
    return f"as of {iso(as_of)}, {age_in_words(read_at - as_of)} old"


def _columns(
    cells: Sequence[tuple[object, ...]], *, has_remarks: bool
) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """The header and the rows; the column of remarks only where there is one."""
    if has_remarks:
        return _HEADER, cells
    place = _HEADER.index(_REMARK)
    return [name for name in _HEADER if name != _REMARK], [(*one[:place], *one[place + 1 :]) for one in cells]


def _cells(row: CatalogueRow, remark: str, written: Authorship | None) -> tuple[object, ...]:
    figures = row.figures
    return (
        row.id,
        row.name,
        row.state,
        *((figures.size, figures.adds, figures.drops) if figures else (None,) * 3),
        None if figures is None or figures.volatility is None else f"{figures.volatility:.1%}",
        remark or " ",
        row.tags,
        row.outputs,
        row.owner,
        row.access,
        f"{written.updated_at:%Y-%m-%d}" if written else None,
        written.created_by if written else None,
    )


def _as_json(row: CatalogueRow, written: Authorship | None) -> dict[str, Any]:
    figures = row.figures
    return {
        "id": row.id,
        "name": row.name,
        "journey": row.journey,
        "state": row.state,
        "as_of": iso(row.as_of) if row.as_of else None,
        "size": figures.size if figures else None,
        "adds": figures.adds if figures else None,
        "drops": figures.drops if figures else None,
        "volatility": figures.volatility if figures else None,
        "tags": [*row.tags],
        "outputs": [*row.outputs],
        "workspaces": [*row.workspaces],
        "owner": row.owner,
        "access": row.access,
        "updated_at": iso(written.updated_at) if written else None,
        "created_by": written.created_by if written else None,
    }
