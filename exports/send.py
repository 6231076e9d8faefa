"""What lies in the outbox goes to the partner, and then into the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from exports.fold import fold, outcome
from exports.jobs import removals_have_ended
from exports.ledger.records import DeliveredFile, DeliveredJob
from exports.outbox import Taken
from transforms.durable import replace_bytes

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from exports.ledger.ledger import Ledger
    from exports.ledger.records import ReceivedAudience, ReceivedList
    from exports.outbox import OutboxDelivery, OutboxFile
    from exports.partners.jobs import JobState


class Answered(Protocol):
    """What a partner said of a request: the positions of rows that it refused for good."""

    @property
    def rejected(self) -> tuple[int, ...]:
        """In order."""
        ...

    @property
    def unplaced(self) -> int:
        """How many more it refused without saying which."""
        ...

    @property
    def jobs(self) -> tuple[str, ...]:
        """What it calls the work on it that goes on there."""
        ...


class RequestCarrier(Protocol):
    """Posts requests to a partner's API."""

    def list_id(self, name: str, known: str | None, kind: str = "") -> str | None:
        """The id of the list, a new one where none is known; None where the partner has no lists."""
        ...

    def rename_list(self, list_id: str, name: str) -> None:
        """Give the list another name, where the partner can."""
        ...

    def delete_list(self, list_id: str) -> None:
        """Delete the list; one that is gone is deleted."""
        ...

    def post(self, line: bytes, list_id: str | None, idempotency_key: str) -> Answered:
        """Post one line of a file of requests."""
        ...

    def job_state(self, job: str) -> JobState:
        """What became of work that goes on there."""
        ...


class FileCarrier(Protocol):
    """Takes files whole or not at all: the same name with the same bytes changes nothing."""

    def put(self, path: Path, name: str) -> None:
        """Bring the file at `path` there under `name`."""
        ...


def send_files(delivery: OutboxDelivery, carrier: FileCarrier, now: datetime) -> None:
    """Bring each file that was not taken yet, then its manifest."""
    done = {one.file for one in delivery.taken()}
    for number, file in enumerate(delivery.files):
        if number in done:
            continue
        carrier.put(delivery.path(file), file.name)
        manifest = delivery.folder / f"{file.name.partition('.')[0]}.manifest.json"
        replace_bytes(manifest, file.manifest.encode())
        carrier.put(manifest, manifest.name)
        delivery.note(Taken(number, None, now))


def send_requests(
    delivery: OutboxDelivery,
    carrier: RequestCarrier,
    connection_id: str,
    known: ReceivedAudience,
    ledger: Ledger,
    now: datetime,
    longest: timedelta | None,
) -> tuple[ReceivedAudience, bool]:
    """Post each request that was not taken yet, in order; what is known then, with the ids of lists that were made, and
    whether all were posted.

    The id of a new list is recorded before anything is posted to it: a crash makes no second one. Where the partner works
    on after it took a request, for `longest` at most, nobody is added before those who leave are gone.
    """
    done = {(one.file, one.request) for one in delivery.taken()}
    is_whole = True
    for number, file in enumerate(delivery.files):
        known, list_id = _with_list(file, carrier, connection_id, known, ledger)
        is_adding = False
        with delivery.path(file).open("rb") as lines:
            for place, line in enumerate(lines):
                if (number, place) in done:
                    continue
                if not is_adding and file.requests[place].operation != "remove":
                    if longest is not None and not removals_have_ended(
                        delivery, number, carrier.job_state, longest, now
                    ):
                        is_whole = False
                        break
                    is_adding = True
                key = f"{connection_id}/{file.name}/{place}"
                answer = carrier.post(line, list_id, key)
                delivery.note(Taken(number, place, now, answer.rejected, answer.unplaced, answer.jobs))
    return known, is_whole


def _with_list(
    file: OutboxFile, carrier: RequestCarrier, connection_id: str, known: ReceivedAudience, ledger: Ledger
) -> tuple[ReceivedAudience, str | None]:
    """The id of a file's list, made or renamed where it has to be, and what is known with it."""
    before = known.list_of(file.kind)
    list_id = carrier.list_id(file.list_name, None if before is None else before.list_id, file.kind)
    if list_id is None:
        return known, None
    if before is None or before.list_id != list_id:
        made = before or replace(file.received, parts=(), next_part=file.received.next_part - 1)
        known = known.with_list(replace(made, list_id=list_id, list_name=file.list_name))
    elif before.list_name != file.list_name:
        carrier.rename_list(list_id, file.list_name)
        known = known.with_list(replace(before, list_name=file.list_name))
    else:
        return known, list_id
    ledger.record(connection_id, known)
    return known, list_id


def record(
    delivery: OutboxDelivery,
    connection_id: str,
    known: ReceivedAudience,
    ledger: Ledger,
    *,
    by_requests: bool,
    now: datetime,
) -> ReceivedAudience:
    """Keep in the ledger what was taken of a delivery `now`, then forget the delivery.

    The as_of moves on where all of it was; where some requests were not taken, what is missing is in the next difference.
    """
    if known.times_sent(delivery.as_of) > delivery.again:
        # It was recorded, and a crash came before it was forgotten.
        delivery.drop()
        return known
    after, is_whole = known, True
    for number, file in enumerate(delivery.files):
        received: ReceivedList | None = file.received
        found = outcome(delivery, number)
        if by_requests and not (found.is_whole and found.has_all_rows):
            folder = ledger.folder_of(connection_id, known, file.kind)
            received = fold(delivery, number, known.list_of(file.kind), folder)
            is_whole = is_whole and found.is_whole
        if received is not None:
            before = known.list_of(file.kind)
            list_id = received.list_id if before is None else before.list_id
            after = after.with_list(replace(received, list_id=list_id, list_name=file.list_name))
    moves_on = is_whole and not delivery.is_emptying
    after = replace(
        after,
        as_of=delivery.as_of if moves_on else known.as_of,
        files=tuple(
            _delivered(delivery, number, file, by_requests=by_requests)
            for number, file in enumerate(delivery.files)
        ),
        fault=None if is_whole else known.fault,
        sent_as_of=delivery.as_of,
        sent_times=delivery.again + 1,
        is_accepted=delivery.is_emptying and known.is_accepted,
        is_emptied_first=known.is_emptied_first and not is_whole,
        jobs=tuple(
            DeliveredJob(job, delivery.files[taken.file].name, now)
            for taken in delivery.taken()
            for job in taken.jobs
        ),
    )
    ledger.record(connection_id, after, delivery.parts())
    delivery.drop()
    return after


def _delivered(
    delivery: OutboxDelivery, number: int, file: OutboxFile, *, by_requests: bool
) -> DeliveredFile:
    taken = [one for one in delivery.taken() if one.file == number]
    rejected = sum(len(one.rejected) + one.unplaced for one in taken)
    rows = file.rows
    if by_requests:
        rows = sum(file.requests[one.request].rows for one in taken if one.request is not None)
    return DeliveredFile(file.name, file.sha256, delivery.rules_version, rows, rows - rejected, rejected)
