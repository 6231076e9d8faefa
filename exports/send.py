"""What lies in the outbox goes to the partner, and then into the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from exports.ledger.records import DeliveredFile
from exports.outbox import Taken
from transforms.durable import replace_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from exports.ledger.ledger import Ledger
    from exports.ledger.records import ReceivedAudience, ReceivedList
    from exports.outbox import OutboxDelivery, OutboxFile


class FileCarrier(Protocol):
    """Takes files whole or not at all: the same name with the same bytes changes nothing."""

    def put(self, path: Path, name: str) -> None:
        """Bring the file at `path` there under `name`."""
        ...


def send_files(delivery: OutboxDelivery, carrier: FileCarrier) -> None:
    """Bring each file that was not taken yet, then its manifest."""
    done = {one.file for one in delivery.taken()}
    for number, file in enumerate(delivery.files):
        if number in done:
            continue
        carrier.put(delivery.path(file), file.name)
        manifest = delivery.folder / f"{file.name.partition('.')[0]}.manifest.json"
        replace_bytes(manifest, file.manifest.encode())
        carrier.put(manifest, manifest.name)
        delivery.note(Taken(number, None))


def record(
    delivery: OutboxDelivery, connection_id: str, known: ReceivedAudience, ledger: Ledger
) -> ReceivedAudience:
    """Keep in the ledger that all of a delivery was taken, then forget the delivery."""
    kinds = {file.kind for file in delivery.files}
    lists = tuple(one for one in known.lists if one.kind not in kinds)
    now = replace(
        known,
        as_of=known.as_of if delivery.is_emptying else delivery.as_of,
        lists=tuple(
            sorted((*lists, *(_with_name(file) for file in delivery.files)), key=lambda one: one.kind)
        ),
        files=tuple(_delivered(delivery, number, file) for number, file in enumerate(delivery.files)),
        fault=None,
        sent_as_of=delivery.as_of,
        sent_times=delivery.again + 1,
        is_accepted=delivery.is_emptying and known.is_accepted,
        is_emptied_first=False,
    )
    ledger.record(connection_id, now, delivery.parts())
    delivery.drop()
    return now


def _with_name(file: OutboxFile) -> ReceivedList:
    return replace(file.received, list_name=file.list_name)


def _delivered(delivery: OutboxDelivery, number: int, file: OutboxFile) -> DeliveredFile:
    rejected = sum(len(one.rejected) for one in delivery.taken() if one.file == number)
    return DeliveredFile(
        file.name, file.sha256, delivery.rules_version, file.rows, file.rows - rejected, rejected
    )
