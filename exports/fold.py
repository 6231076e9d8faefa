"""What a list has received of a delivery that the partner took in part.

Rows of requests are told by the values in them: a value of a row that was not taken, and of no row that was, did not
arrive. What was to be added by it is not there, what was to be removed still is.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from exports.delivery.words import texts_in
from exports.ledger.received import open_part, open_received, write_part
from exports.partners.json_places import values_at
from exports.partners.registry import partner_named
from transforms.engine import calculator
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from exports.formats.format import Operation
    from exports.ledger.records import ReceivedList
    from exports.outbox import OutboxDelivery
    from exports.partners.json_places import Place

_BATCH = 50_000
_TAKEN = "create table told (operation varchar, value varchar, is_taken boolean)"
_MISSING = """
create table missing as
select operation, value from told group by operation, value having not bool_or(is_taken)
"""
_NEXT_ROW = """
create table next_row as
select mpid, header, value from part_row
where value not in (select value from missing where operation <> 'remove')
    or (mpid, header, value) in (select (mpid, header, value) from received_row)
union
select mpid, header, value from received_row
where mpid in (select mpid from part_member)
    and value in (select value from missing where operation = 'remove')
"""
# Without prints a member is looked at again the next time.
_NEXT_MEMBER = """
create table next_member as
select
    part_member.mpid,
    case when $is_whole then print_1 end as print_1,
    case when $is_whole then print_2 end as print_2,
    coalesce(count_of.identifiers, 0)::integer as identifiers,
    sent,
    case when $is_whole then attributes end as attributes
from part_member
left join (select mpid, count(*) as identifiers from next_row group by mpid) as count_of using (mpid)
"""


@dataclass(frozen=True)
class Outcome:
    """Whether every request was taken, and whether every row of them."""

    is_whole: bool
    has_all_rows: bool


def outcome(delivery: OutboxDelivery, number: int) -> Outcome:
    """What became of a file of requests."""
    taken = [one for one in delivery.taken() if one.file == number]
    return Outcome(
        is_whole=len(taken) == len(delivery.files[number].requests),
        has_all_rows=not any(one.rejected for one in taken),
    )


def fold(
    delivery: OutboxDelivery, number: int, before: ReceivedList | None, lists: Path
) -> ReceivedList | None:
    """The list as it is after what was taken of a file, its new part written anew in the outbox.

    None where nothing has changed there: a list that is replaced stays as it is until the last request was taken.
    """
    file = delivery.files[number]
    found = outcome(delivery, number)
    replaces = any(request.operation == "replace" for request in file.requests)
    if replaces and not found.is_whole:
        return None
    [folder] = {path.parent for path in delivery.parts() if path.parent.name == lists.name}
    with calculator(delivery.folder / f"{file.name}.folded.spill") as connection:
        open_received(connection, lists, before)
        part = file.received.next_part - 1
        open_part(connection, folder, part)
        connection.execute(_TAKEN)
        for operation, value, is_taken in _batches(delivery, number):
            table = pa.table({"operation": operation, "value": value, "is_taken": is_taken})
            connection.register("batch", table)
            connection.execute("insert into told select * from batch")
            connection.unregister("batch")
        connection.execute(_MISSING)
        connection.execute(_NEXT_ROW)
        connection.execute(_NEXT_MEMBER, {"is_whole": found.is_whole})
        known = before or replace(file.received, parts=(), next_part=part)
        parts = write_part(
            connection, folder, replace(known, next_part=part, has_rows=True), replaces=replaces
        )
    return replace(file.received, parts=parts)


def _batches(delivery: OutboxDelivery, number: int) -> Iterator[tuple[list[str], list[str], list[bool]]]:
    """Values of all rows with what they were to do, and whether the row was taken."""
    file = delivery.files[number]
    api = partner_named(file.partner).api
    if api is None:
        raise InternalError(f"{file.partner} has no API")
    taken = {one.request: set(one.rejected) for one in delivery.taken() if one.file == number}
    operations: list[str] = []
    values: list[str] = []
    are_taken: list[bool] = []
    with delivery.path(file).open("rb") as lines:
        for place, (line, request) in enumerate(zip(lines, file.requests, strict=True)):
            operation: Operation = request.operation
            rejected = taken.get(place)
            for position, row in enumerate(api.rows.of(orjson.loads(line)["body"])):
                for value in _texts(row, api.rows.identifiers):
                    operations.append(operation)
                    values.append(value)
                    are_taken.append(rejected is not None and position not in rejected)
            if len(values) >= _BATCH:
                yield operations, values, are_taken
                operations, values, are_taken = [], [], []
    yield operations, values, are_taken


def _texts(row: Any, identifiers: tuple[Place, ...]) -> Iterator[str]:
    """Every text that is an identifier of a row; a record in a stream is in its bytes."""
    match row:
        case {"Data": str() as data} if len(row) == 1:
            known = orjson.loads(base64.b64decode(data))
        case _:
            known = row
    for place in identifiers:
        for found in values_at(known, place):
            yield from texts_in(found)
