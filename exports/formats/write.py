"""Rows into a file, by its format. The same rows give the same bytes, however the frames are cut."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from exports.formats.csv_frames import write_frames
from exports.formats.format import (
    ATTRIBUTES,
    Batch,
    Change,
    Csv,
    Delivery,
    Format,
    JsonLines,
    Parquet,
    Requests,
    WrittenRequest,
    apart,
)
from exports.formats.parquet import write_parquet
from exports.formats.slices import with_last
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl


def write(
    format: Format, opened: BinaryIO, delivery: Delivery, changes: Iterable[Change]
) -> tuple[WrittenRequest, ...]:
    """Write the changes one after the other; what the requests hold, where they are requests.

    Changes of text and of tables have the same columns. Requests that can't say who leaves take no removes
    (InternalError).
    """
    match format:
        case Csv():
            write_frames(format, opened, _frames(changes))
        case Parquet():
            write_parquet(opened, _frames(changes))
        case JsonLines():
            _write_lines(format, opened, delivery, changes)
        case Requests():
            return tuple(
                written for change in changes for written in _write_requests(format, opened, delivery, change)
            )
    return ()


def _frames(changes: Iterable[Change]) -> Iterator[pl.DataFrame]:
    for change in changes:
        yield from change.frames


def _write_lines(format: JsonLines, opened: BinaryIO, delivery: Delivery, changes: Iterable[Change]) -> None:
    for change in changes:
        for frame in change.frames:
            rows = (
                {key: value for key, value in row.items() if value is not None and value != []}
                for row in _rows(frame)
            )
            lines = (
                _flat(row) if format.line is None else format.line(delivery, change.operation, row)
                for row in rows
            )
            opened.writelines(chain.from_iterable((_json(line), b"\n") for line in lines))


def _rows(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows, the attributes of each by name. Their values are JSON as they are: no number is read and written anew."""
    for row in frame.iter_rows(named=True):
        listed = row.pop(ATTRIBUTES, None)
        if listed:
            row[ATTRIBUTES] = {one["name"]: orjson.Fragment(one["value"]) for one in listed}
        yield row


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    known, attributes = apart(row)
    return {**known, **(attributes or {})}


def _write_requests(
    format: Requests, opened: BinaryIO, delivery: Delivery, change: Change
) -> Iterator[WrittenRequest]:
    most = format.most_rows
    if change.operation == "remove" and format.most_removed is not None:
        most = format.most_removed
    if most == 0:
        raise InternalError("requests that can't remove were given some that leave")
    number = 0
    for frame, is_last in with_last(change.frames, most):
        for line, rows in _fitting(format, delivery, change, list(_rows(frame)), number + 1, is_last=is_last):
            opened.write(line + b"\n")
            number += 1
            yield WrittenRequest(change.operation, rows)


def _fitting(
    format: Requests,
    delivery: Delivery,
    change: Change,
    rows: list[dict[str, object]],
    number: int,
    *,
    is_last: bool,
) -> Iterator[tuple[bytes, int]]:
    """One request and its number of rows, or several where its body would be too long."""
    request = format.request(Batch(delivery, change.operation, rows, number, is_last))
    body = _json(request.body)
    if format.most_bytes is None or len(body) <= format.most_bytes or len(rows) == 1:
        line = _json({"method": request.method, "path": request.path, "body": orjson.Fragment(body)})
        yield line, len(rows)
        return
    half = len(rows) // 2
    first = list(_fitting(format, delivery, change, rows[:half], number, is_last=False))
    yield from first
    yield from _fitting(format, delivery, change, rows[half:], number + len(first), is_last=is_last)


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)
