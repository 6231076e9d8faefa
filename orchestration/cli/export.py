"""`milepost export`, `resume` and `resync`: what a connection's partner gets, and what it has received."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exports.connections import unsent_audiences
from exports.partners.chosen import chosen_files
from exports.partners.registry import partner_named
from exports.turn import Turn
from orchestration.cli.answers import print_json, print_table, say
from orchestration.cli.options import as_json, with_settings
from orchestration.cli.progress import progress
from orchestration.dispatching import dispatch
from orchestration.runs import export as execute
from transforms.audiences.generations import open_store
from transforms.audiences.stored import stored_as_of
from transforms.definitions.load import load_definitions
from transforms.documents.report import nearest
from transforms.errors import Problem, UserError
from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from exports.ledger.records import RecordedFault
    from exports.prepare import Prepared
    from orchestration.settings import Settings
    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Definitions

_HEADER = ("audience", "file", "members", "users", "rows", "removed", "dropped", "withheld", "held")
_NUMBERS = frozenset({"members", "users", "rows", "removed"})


@click.command()
@click.argument("connection", required=False)
@click.option("--dry-run", "rehearses", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option("--accept", "accepts", is_flag=True, help="Let go what is held, and send it.")
@as_json
@with_settings
def export(settings: Settings, connection: str | None, rehearses: bool, accepts: bool, as_json: bool) -> None:
    """Send what CONNECTION, or every active one, has not received yet, at the newest as_of."""
    definitions = load_definitions(settings.project)
    wanted = _wanted(definitions, connection)
    if rehearses and accepts:
        raise click.UsageError("--dry-run sends nothing that could be accepted")
    if accepts and connection is None:
        raise click.UsageError("--accept needs the name of a connection")
    if rehearses:
        generation, as_of = stored_as_of(open_store(settings.published).current(), None)
        answer = [
            one for each in wanted for one in _rehearsed(settings, definitions, each, generation, as_of)
        ]
        _answer_rehearsal(answer, as_json=as_json)
        return
    if accepts:
        for each in wanted:
            dispatch(settings).ledger.resume(each.id, accepts=True)
    _send(settings, wanted, "milepost export", as_json=as_json)


@click.command()
@click.argument("connection", required=False)
@as_json
@with_settings
def resume(settings: Settings, connection: str | None, as_json: bool) -> None:
    """Send again what CONNECTION, or every faulted one, could not deliver. What is held stays held."""
    definitions = load_definitions(settings.project)
    ledger = dispatch(settings).ledger
    wanted = [
        one
        for one in _wanted(definitions, connection)
        if any(fault.reason != "held" for _, fault in ledger.read(one.id).faults)
    ]
    for one in wanted:
        ledger.resume(one.id, accepts=False)
    if not wanted:
        say("nothing is faulted")
    _send(settings, wanted, "milepost resume", as_json=as_json)


@click.command()
@click.argument("connection")
@click.option(
    "--empty-first", "empties_first", is_flag=True, help="First take back all that it has received."
)
@as_json
@with_settings
def resync(settings: Settings, connection: str, empties_first: bool, as_json: bool) -> None:
    """Forget what the partner of CONNECTION has received, and send everything."""
    definitions = load_definitions(settings.project)
    [wanted] = _wanted(definitions, connection)
    output = definitions.output(wanted.output)
    partner = partner_named(output.partner)
    if empties_first and not all(file.can_remove for file in chosen_files(partner, output)):
        problem = Problem(
            "EXP-013",
            f"{partner.title} can't be told who leaves, so that the list can't be emptied from here",
            hint="empty it there, then `milepost resync` without --empty-first",
        )
        raise UserError(problem, exit_status=2)
    dispatch(settings).ledger.resync(connection, empties_first=empties_first)
    _send(settings, [wanted], "milepost resync", as_json=as_json)


def _wanted(definitions: Definitions, connection: str | None) -> list[Connection]:
    """The connection of this name, else all that are active."""
    if connection is None:
        return [one for one in definitions.connections if one.is_active]
    for one in definitions.connections:
        if one.id == connection:
            return [one]
    names = tuple(one.id for one in definitions.connections)
    near = nearest(connection, names)
    problem = Problem(
        "EXP-014",
        f"there is no connection `{connection[:80]}`",
        allowed=names,
        hint=f"did you mean `{near}`?" if near else "",
    )
    raise UserError(problem, exit_status=2)


def _send(settings: Settings, wanted: list[Connection], command: str, *, as_json: bool) -> None:
    for one in wanted:
        if not one.is_active:
            say(f"{one.id} is inactive: nothing is sent before its status is active")
    active = tuple(one.id for one in wanted if one.is_active)
    failed: UserError | None = None
    if active:
        with progress("export"):
            try:
                execute(settings, active, say, command)
            except UserError as error:
                # What was sent of the others is told, too.
                failed = error
    _answer_received(settings, active, as_json=as_json)
    if failed is not None:
        raise failed


def _answer_received(settings: Settings, connection_ids: tuple[str, ...], *, as_json: bool) -> None:
    ledger = dispatch(settings).ledger
    received = [(one, audience) for one in connection_ids for audience in ledger.read(one).audiences]
    if as_json:
        print_json(
            [
                {
                    "connection": connection_id,
                    "audience": one.audience_id,
                    "variant": one.variant,
                    "as_of": None if one.as_of is None else iso(one.as_of),
                    "fault": None if one.fault is None else one.fault.reason,
                    "files": [vars(file) for file in one.files],
                }
                for connection_id, one in received
            ]
        )
        return
    rows = [
        (
            connection_id,
            one.audience_id if one.variant is None else f"{one.audience_id} - {one.variant}",
            None if one.as_of is None else iso(one.as_of),
            "delivered" if one.fault is None else one.fault.reason,
            sum(file.accepted for file in one.files),
            ", ".join(file.file_name for file in one.files),
        )
        for connection_id, one in received
    ]
    print_table(("connection", "audience", "as_of", "state", "rows", "last files"), rows, frozenset({"rows"}))


def _rehearsed(
    settings: Settings,
    definitions: Definitions,
    connection: Connection,
    generation: Generation,
    as_of: datetime,
) -> list[dict[str, Any]]:
    """What would be sent of each audience of a connection, each file by itself."""
    unsent = dict(unsent_audiences(definitions, connection, generation, as_of))
    answers = []
    for audience_id in connection.audiences:
        if audience_id in unsent:
            answers.append(
                {"connection": connection.id, "audience": audience_id, "unsent": unsent[audience_id]}
            )
            continue
        turn = Turn(definitions, connection, audience_id, generation, as_of, dispatch(settings))
        prepared, fault = turn.rehearse()
        if prepared.delivery is not None:
            prepared.delivery.drop()
        answers.extend(_files(connection, audience_id, prepared, fault))
    return answers


def _files(
    connection: Connection, audience_id: str, prepared: Prepared, fault: RecordedFault | None
) -> list[dict[str, Any]]:
    said = {
        "connection": connection.id,
        "audience": audience_id,
        "held": None if fault is None else fault.message,
    }
    if not prepared.manifests:
        return [{**said, "unchanged": True}]
    return [
        {
            **said,
            "file": manifest.file_name,
            "members": manifest.counts.members,
            "users": manifest.counts.users,
            "rows": manifest.counts.rows,
            "removed": manifest.counts.removed,
            "dropped": dict(manifest.counts.dropped),
            "withheld": dict(manifest.counts.withheld),
            "first_rows": list(rows),
        }
        for manifest, rows in zip(prepared.manifests, prepared.shown, strict=True)
    ]


def _answer_rehearsal(answer: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    rows = [
        (
            one["audience"],
            one["file"],
            one["members"],
            one["users"],
            one["rows"],
            one["removed"],
            *(
                ", ".join(f"{reason} {count:,}" for reason, count in one[what].items())
                for what in ("dropped", "withheld")
            ),
            one["held"],
        )
        for one in answer
        if "file" in one
    ]
    print_table(_HEADER, rows, _NUMBERS)
    for one in answer:
        for row in one.get("first_rows", ()):
            click.echo("  ".join(f"{header}={value}" for header, value in row.items()))
        if "unsent" in one:
            say(f"{one['audience']} is not sent by {one['connection']}: {one['unsent']}")
        if "unchanged" in one:
            say(f"{one['audience']}: {one['connection']} has received all of it")
    say("nothing was sent")
