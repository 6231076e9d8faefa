"""What is about to be sent: written whole before anything leaves, so that it is sent again with the same bytes.

A folder for each audience of a connection. `delivery.json` is written last: without it a delivery was not prepared to
its end, and is prepared anew. `progress.jsonl` has a line for each chunk that the partner took, a chunk being a file, or
a request of it, and one for each work on a request that has ended there.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from exports.formats.format import WrittenRequest
from exports.ledger.ledger import NO_KIND
from exports.ledger.records import ReceivedList, instant, list_of_json, list_to_json
from transforms.durable import replace_bytes, sync_folder
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_INDEX = "delivery.json"
_PROGRESS = "progress.jsonl"


@dataclass(frozen=True)
class OutboxFile:
    """One file, what its requests hold, and what its list will have received. `rows` were attempted."""

    kind: str
    name: str
    sha256: str
    manifest: str
    rows: int
    requests: tuple[WrittenRequest, ...]
    received: ReceivedList
    list_name: str
    partner: str


@dataclass(frozen=True)
class Taken:
    """A chunk that the partner took `at` an instant: a file (request None), or a request of it, but for the rows at
    `rejected`, and for `unplaced` ones that it refused without saying which. `jobs`: what it calls the work on it that
    goes on there.
    """

    file: int
    request: int | None
    at: datetime
    rejected: tuple[int, ...] = ()
    unplaced: int = 0
    jobs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Over:
    """Work at the partner has ended. It refused so many rows of its request, without saying which; None: all of them."""

    job: str
    refused: int | None


@dataclass(frozen=True)
class OutboxDelivery:
    """What is in the folder. `again`: how many deliveries of its as_of came before. `is_emptying`: it takes back all
    that was received, and the as_of stays what it was.
    """

    folder: Path
    as_of: datetime
    again: int
    rules_version: str
    files: tuple[OutboxFile, ...]
    is_emptying: bool

    def path(self, file: OutboxFile) -> Path:
        """Where the bytes lie."""
        return self.folder / file.name

    def parts(self) -> Iterator[Path]:
        """The new parquet files of the ledger."""
        yield from sorted((self.folder / "parts").rglob("*.parquet"))

    def taken(self) -> tuple[Taken, ...]:
        """What the partner took of it so far, in order, without the work that has ended. A line that was cut by a crash was
        not taken.
        """
        path = self.folder / _PROGRESS
        if not path.exists():
            return ()
        whole = path.read_bytes().rpartition(b"\n")[0]
        lines = [json.loads(line) for line in whole.splitlines()]
        over = {line["job"]: line["refused"] for line in lines if "job" in line}
        return tuple(self._less(_taken_of(line, self.as_of), over) for line in lines if "file" in line)

    def _less(self, taken: Taken, over: dict[str, int | None]) -> Taken:
        """The same without the work that is over, and with the rows that it refused."""
        for job in over.keys() & set(taken.jobs):
            rows = 0 if taken.request is None else self.files[taken.file].requests[taken.request].rows
            match over[job]:
                case None:
                    taken = replace(taken, rejected=tuple(range(rows)), unplaced=0)
                case refused:
                    most = rows - len(taken.rejected)
                    taken = replace(taken, unplaced=min(taken.unplaced + refused, most))
        return replace(taken, jobs=tuple(job for job in taken.jobs if job not in over))

    def note(self, one: Taken | Over) -> None:
        """Keep that a chunk was taken, or that work on it is over, before anything else is sent."""
        line = {**vars(one), "at": iso(one.at)} if isinstance(one, Taken) else vars(one)
        with (self.folder / _PROGRESS).open("ab") as opened:
            opened.write(json.dumps(line).encode() + b"\n")
            opened.flush()
            os.fsync(opened.fileno())

    def drop(self) -> None:
        """Forget it; the index goes first, so that a crash leaves nothing that would be sent."""
        (self.folder / _INDEX).unlink(missing_ok=True)
        sync_folder(self.folder)
        shutil.rmtree(self.folder)


def _taken_of(line: dict[str, Any], as_of: datetime) -> Taken:
    return Taken(
        line["file"],
        line["request"],
        # What an earlier version began to send says neither when, nor of any work.
        instant(line["at"]) if "at" in line else as_of,
        tuple(line["rejected"]),
        line["unplaced"],
        tuple(line.get("jobs", ())),
    )


def new_folder(folder: Path) -> Path:
    """An empty folder to prepare a delivery in."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def parts_folder(folder: Path, kind: str) -> Path:
    """Where the new parts of a list are written."""
    return folder / "parts" / (kind or NO_KIND)


def keep(delivery: OutboxDelivery) -> OutboxDelivery:
    """Write the index: from now on it is sent, whatever happens."""
    content = {
        "as_of": iso(delivery.as_of),
        "again": delivery.again,
        "rules_version": delivery.rules_version,
        "is_emptying": delivery.is_emptying,
        "files": [
            {
                **vars(file),
                "requests": [[one.operation, one.rows] for one in file.requests],
                "received": list_to_json(file.received),
            }
            for file in delivery.files
        ],
    }
    replace_bytes(delivery.folder / _INDEX, json.dumps(content).encode())
    return delivery


def pending(folder: Path) -> OutboxDelivery | None:
    """The delivery that was prepared and did not end, None where there is none."""
    index = folder / _INDEX
    if not index.exists():
        return None
    content: dict[str, Any] = json.loads(index.read_bytes())
    return OutboxDelivery(
        folder,
        instant(content["as_of"]),
        content["again"],
        content["rules_version"],
        tuple(
            OutboxFile(
                **{
                    **file,
                    "requests": tuple(WrittenRequest(*one) for one in file["requests"]),
                    "received": list_of_json(file["received"]),
                }
            )
            for file in content["files"]
        ),
        content["is_emptying"],
    )
