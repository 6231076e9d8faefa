"""Posting to a partner of the tests: a session with a clock that nobody waits for, and lines of requests."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from exports.delivery.backoff import Patience
from exports.delivery.calls import Timeouts
from exports.delivery.faults import DeliveryError
from exports.delivery.http import Api
from exports.formats.format import Change, Delivery, Operation, Requests
from exports.formats.write import write
from exports.partners.registry import PARTNERS, partner_named
from tests.support.publications import AS_OF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from exports.delivery.faults import Fault
    from exports.delivery.refresh_tokens import RefreshTokens
    from exports.partners.profile import PartnerFile
    from tests.support.partner_server import PartnerServer

DELIVERY = Delivery("lapsed", "Lapsed buyers", AS_OF)
WITH_API = [partner for partner in PARTNERS if partner.api is not None]
FILES = [
    pytest.param(partner.name, file, id=f"{partner.name} {file.kind} {file.snapshot}")
    for partner in WITH_API
    for file in partner.files
]
HIDDEN = ("secret-", "client-1", "AKIA")
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@dataclass
class Waiting:
    """Seconds pass only where somebody sleeps; `waits` has each sleep."""

    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def now(self) -> float:
        return sum(self.waits)

    def clock(self) -> datetime:
        return NOON + timedelta(seconds=self.now())


@contextmanager
def opened(
    server: PartnerServer,
    *,
    waiting: Waiting | None = None,
    attempts: int = 6,
    secrets: Callable[[str], str | None] | None = None,
    silence: float = 10.0,
    clock: Callable[[], datetime] | None = None,
    kept: RefreshTokens | None = None,
) -> Iterator[Api]:
    """A session with named defaults."""
    waiting = waiting or Waiting()
    with Api(
        server.partner,
        server.destination,
        None,
        secrets or server.secrets,
        Patience(waiting.sleep, attempts),
        clock or waiting.clock,
        Timeouts(connect=5.0, silence=silence),
        kept,
    ) as api:
        yield api


def rows_of(file: PartnerFile, count: int = 4, first: int = 0) -> list[dict[str, Any]]:
    """Made-up values for each column of a file: `<HEADER>-<number>`."""
    headers = list(dict.fromkeys(column.header for column in file.columns))
    values = [{header: f"{header}-{number}" for header in headers} for number in range(first, first + count)]
    if file.arrangement == "members":
        return [{header: [value] for header, value in row.items()} for row in values]
    return values


def lines_of(file: PartnerFile, operation: Operation, rows: list[dict[str, Any]]) -> list[bytes]:
    """The lines that a file of requests has for rows of one operation."""
    assert isinstance(file.format, Requests)
    written = io.BytesIO()
    write(file.format, written, DELIVERY, [Change(operation, [pl.DataFrame(rows)])])
    return written.getvalue().splitlines()


def line_of(file: PartnerFile, operation: Operation, count: int = 4, first: int = 0) -> bytes:
    """One line of so many made-up rows."""
    [line] = lines_of(file, operation, rows_of(file, count, first))
    return line


def file_of(name: str, kind: str = "") -> PartnerFile:
    """The first file of a kind."""
    return next(file for file in partner_named(name).files if file.kind == kind)


def fault_of(post: Callable[[], object]) -> Fault:
    """The fault that a call ends with, which shows no secret."""
    with pytest.raises(DeliveryError) as caught:
        post()
    said = f"{caught.value} {caught.value.fault} {caught.value.__cause__}"
    assert not any(each in said for each in HIDDEN), said
    return caught.value.fault
