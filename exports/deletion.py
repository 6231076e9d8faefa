"""What is done at partners about an audience that is deleted (spec §10, partners.md §5)."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import orjson

from exports.delivery.faults import DeliveryError
from exports.file_names import file_stem
from exports.formats.format import Delivery
from exports.partners.on_delete import on_delete
from exports.partners.registry import partner_named
from exports.turn import Turn, outbox_of, partner_facing_name
from transforms.definitions.destinations import HttpApi
from transforms.errors import FAILED, InternalError, Problem, UserError
from transforms.instants import compact

if TYPE_CHECKING:
    from exports.ledger.records import ReceivedAudience
    from exports.send import FileCarrier, RequestCarrier
    from exports.turn import Dispatch
    from transforms.audiences.generations import Generation
    from transforms.definitions.connection_records import Connection
    from transforms.definitions.records import Definitions


@dataclass(frozen=True)
class Farewell:
    """What was done about one list, or about all of an audience or a variant, in words."""

    connection_id: str
    audience_id: str
    words: str


def say_farewell(
    definitions: Definitions,
    connection: Connection,
    audience_id: str,
    generation: Generation,
    dispatch: Dispatch,
) -> tuple[Farewell, ...]:
    """Do what the output does about a deleted audience, for all that its partner has received of it.

    Where nothing may leave over the network what would be sent is written below exports/. It can be done again: a list
    that is gone is deleted. A failure (exit status 1) EXP-019 where the partner refuses, in its words, and where it still
    works on what it was sent. The ledger still knows what was received: see `forget`.
    """
    return tuple(
        Farewell(connection.id, audience_id, words)
        for known in dispatch.ledger.read(connection.id).audiences
        if known.audience_id == audience_id and known.lists
        for words in _done(_turn(definitions, connection, known, generation, dispatch), known)
    )


def forget(dispatch: Dispatch, connection_id: str, audience_id: str) -> None:
    """Close the ledger's rows of an audience, and drop what was prepared of it."""
    for known in dispatch.ledger.read(connection_id).audiences:
        if known.audience_id == audience_id:
            prepared = outbox_of(dispatch, connection_id, known.audience_id, known.variant)
            shutil.rmtree(prepared, ignore_errors=True)
    dispatch.ledger.forget(connection_id, audience_id)


def _turn(
    definitions: Definitions,
    connection: Connection,
    known: ReceivedAudience,
    generation: Generation,
    dispatch: Dispatch,
) -> Turn:
    if generation.newest is None:
        raise InternalError("something was received before anything was published")
    as_sent = replace(connection, variant=known.variant)
    return Turn(definitions, as_sent, known.audience_id, generation, generation.newest, dispatch)


def _done(turn: Turn, known: ReceivedAudience) -> tuple[str, ...]:
    output = turn.definitions.output(turn.connection.output)
    title = partner_named(output.partner).title
    try:
        match on_delete(output):
            case "leave":
                return (f"what {title} has received stays there",)
            case "delete":
                return _deleted(turn, known, title)
            case "message":
                return (_told(turn, known, title),)
            case "empty_first":
                return (_emptied(turn, title),)
    except DeliveryError as error:
        raise _refused(turn, error.fault.message) from None


def _deleted(turn: Turn, known: ReceivedAudience, title: str) -> tuple[str, ...]:
    lists = [one for one in known.lists if one.list_id is not None]
    if not turn.may_leave:
        return tuple(
            f"{title} still has the list {one.list_id}: MILEPOST_DELIVER=1 is not set" for one in lists
        )
    output = turn.definitions.output(turn.connection.output)
    with turn.dispatch.carrier(output, turn.connection.id) as opened:
        for one in lists:
            cast("RequestCarrier", opened).delete_list(cast("str", one.list_id))
    return tuple(f"{title} has deleted the list {one.list_id}" for one in lists)


def _told(turn: Turn, known: ReceivedAudience, title: str) -> str:
    output = turn.definitions.output(turn.connection.output)
    partner, dispatch, connection_id = partner_named(output.partner), turn.dispatch, turn.connection.id
    if partner.message is None:
        raise InternalError(f"{partner.name} takes no messages")
    stem = file_stem(known.audience_id, known.variant)
    name = partner_facing_name(turn.definitions.audience(turn.audience_id), known.variant)
    request = partner.message(Delivery(stem, name, turn.as_of))
    line = orjson.dumps({"method": request.method, "path": request.path, "body": request.body})
    file = f"{stem}_{compact(turn.as_of)}_deleted.requests.jsonl"
    if turn.may_leave and isinstance(output.destination, HttpApi):
        with dispatch.carrier(output, connection_id) as opened:
            cast("RequestCarrier", opened).post(line, None, f"{connection_id}/{file}/0")
        return f"{title} was told"
    path = dispatch.outbox / connection_id / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(line + b"\n")
    try:
        if turn.may_leave:
            with dispatch.carrier(output, connection_id) as opened:
                cast("FileCarrier", opened).put(path, file)
            return f"{title} was told by {file}"
        dispatch.folder_carrier(connection_id).put(path, file)
        return f"{file} was written, and {title} was not told: MILEPOST_DELIVER=1 is not set"
    finally:
        path.unlink()


def _emptied(turn: Turn, title: str) -> str:
    outcome = turn.empty()
    match outcome.status:
        case "delivered":
            return f"everybody whom {title} has received was taken back"
        case "written":
            files = ", ".join(file.file_name for file in outcome.files)
            return f"{files} was written, and {title} has what it had: MILEPOST_DELIVER=1 is not set"
        case "waiting":
            raise _not_yet(turn, title)
        case _:
            raise _refused(turn, outcome.reason)


def _not_yet(turn: Turn, title: str) -> UserError:
    return _not_deleted(
        f"`{turn.audience_id}` is not deleted yet: {title} still works on what it was sent by `{turn.connection.id}`",
        "`milepost delete` again later: it asks whether that has ended, and whether everybody was taken back",
    )


def _refused(turn: Turn, words: str) -> UserError:
    return _not_deleted(
        f"`{turn.audience_id}` is not deleted: the partner of `{turn.connection.id}` refuses: {words}",
        "`milepost delete` again once that is put right, or write `on_delete: leave` where the partner's copy may stay",
    )


def _not_deleted(message: str, hint: str) -> UserError:
    return UserError(Problem("EXP-019", message, hint=hint), exit_status=FAILED)
