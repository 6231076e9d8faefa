"""Reads a list of users: a CSV of one column, lists/NAME.csv (spec §3), line by line and in bounded memory.

UTF-8, with or without a byte order mark; lines end in LF or CRLF. The first line that is neither empty nor
begins with `#` names what the values are: an identity type of the Events API, or `mpid`. Each further line is
one value, quoted as CSV quotes where it holds a comma, a quote or a line break. Values are kept exactly as
they are written, but for spaces around an mpid; empty ones are passed over, and a `#` begins a value like any
other character there. A value may stand twice.

No message holds a value. Problems: LST-001 not UTF-8, LST-002 no header, LST-003 a header that names nothing
known, LST-004 more than one column, LST-005 no mpid, LST-006 a value or a quote that does not end, LST-007 a
character that no identity has, LST-008 not CSV, LST-009 too much is wrong to say it all, LST-010 (warning) a
list without values, LST-011 (warning) spaces around a value.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from transforms.documents.report import nearest
from transforms.errors import Place
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transforms.documents.report import Report

MPID = "mpid"
#: What the header can be.
COLUMNS = (MPID, *IDENTITY_TYPES)
#: Bytes of one value with its quotes, line breaks included.
LONGEST_VALUE = 65_536
#: Bytes that `check_start` looks at.
_START = 2 * LONGEST_VALUE
_MOST_PROBLEMS = 20
_BOM = b"\xef\xbb\xbf"
#: Leading zeros are no digits, and longer text is slow to read as a number and out of range anyway.
_INTEGER = re.compile(r"[+-]?0*[0-9]{1,19}")
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class _Stop(Exception):
    """Reported already; nothing after it can be read."""


@dataclass(frozen=True)
class ListFile:
    """An open list: `column` is MPID or an identity type.

    `values` reads on: mpids as integers, identities as text. What is wrong goes to the report when it is
    reached, so a list is good only if the report has no error after the last value.
    """

    column: str
    values: Iterator[int | str]


def open_list(stream: BinaryIO, file: str, report: Report) -> ListFile | None:
    """Read the header of the list in `stream`, or None, with a problem, where it has none.

    `file` is what problems name.
    """
    return _Reading(stream, file, report).open()


def check_start(stream: BinaryIO, file: str, report: Report) -> None:
    """Report what is wrong in the first 128 KiB of a list: a check that takes the same time for any list."""
    start = stream.read(_START)
    is_whole = len(start) < _START
    whole_lines = start.rfind(b"\n") + 1
    if not is_whole and len(start) - whole_lines <= LONGEST_VALUE:
        start = start[:whole_lines]
    before = len(report.errors)
    found = _Reading(io.BytesIO(start), file, report, is_whole=is_whole).open()
    if found is None:
        return
    values = list(found.values)
    if len(report.errors) > before:
        return
    if is_whole and not values:
        report.add("LST-010", "the list has no values", Place(file), severity="warning")
    if any(isinstance(value, str) and value != value.strip() for value in values):
        report.add(
            "LST-011",
            "some values have spaces around them, which count",
            Place(file),
            hint="take them away unless the identities have them too",
            severity="warning",
        )


class _Reading:
    """One list that is being read. `is_whole` is false where the stream ends somewhere inside the list."""

    def __init__(self, stream: BinaryIO, file: str, report: Report, *, is_whole: bool = True) -> None:
        self._stream = stream
        self._file = file
        self._report = report
        self._is_whole = is_whole
        self._line = 0
        self._problems = 0

    def open(self) -> ListFile | None:
        try:
            column = self._column()
        except _Stop:
            return None
        return None if column is None else ListFile(column, self._values(column))

    def _column(self) -> str | None:
        fields: list[str] | None = None
        while fields is None:
            text = self._next()
            if text is None:
                self._add("LST-002", "the list has no header", self._line or 1, allowed=COLUMNS)
                return None
            if not text.isspace() and not text.startswith("#"):
                fields = self._fields(text)
        if len(fields) > 1:
            self._more_than_one(len(fields), self._line)
            return None
        name = fields[0].strip()
        if name in COLUMNS:
            return name
        # What stands there may be a value, so it is not shown.
        near = nearest(name, COLUMNS) if len(name) < 60 else None
        self._add(
            "LST-003",
            "the first line is not `mpid` or the name of an identity type",
            self._line,
            allowed=COLUMNS,
            hint=f"did you mean `{near}`?" if near else "write what the values are on a line above them",
        )
        return None

    def _values(self, column: str) -> Iterator[int | str]:
        read = self._mpid if column == MPID else self._identity
        try:
            while (text := self._next()) is not None:
                line = self._line
                written = text.removesuffix("\n").removesuffix("\r")
                if '"' in written or "," in written or "\r" in written:
                    fields = self._fields(text)
                    if len(fields) > 1:
                        self._more_than_one(len(fields), line)
                        continue
                    written = fields[0]
                if written and not written.isspace():
                    value = read(written, line)
                    if value is not None:
                        yield value
        except _Stop:
            return

    def _mpid(self, text: str, line: int) -> int | None:
        written = text.strip()
        value = int(written) if _INTEGER.fullmatch(written) else None
        if value is None or not _SMALLEST <= value <= _LARGEST:
            self._add(
                "LST-005",
                "an mpid is a whole number of 64 bits",
                line,
                hint="a spreadsheet may have rounded it, or written it like 1.2E+18",
            )
            return None
        return value

    def _identity(self, text: str, line: int) -> str | None:
        if "\0" in text:
            self._add("LST-007", "a value has a NUL character", line)
            return None
        return text

    def _fields(self, text: str) -> list[str]:
        """The fields of the record that begins with the line `text`, which may go on over further lines."""
        line = self._line
        lines = [text]
        quotes, length = text.count('"'), len(text)
        while quotes % 2:
            following = self._next()
            if following is None:
                if self._is_whole:
                    self._add("LST-006", "a quote that is opened here is never closed", line)
                raise _Stop
            lines.append(following)
            quotes += following.count('"')
            length += len(following)
            if length > LONGEST_VALUE:
                self._too_long(line)
        try:
            return next(csv.reader(lines, strict=True)) or [""]
        except csv.Error:
            self._add(
                "LST-008",
                "this line is not CSV",
                line,
                hint='a value with a quote in it is written `"a ""b"" c"`; lines end in LF or CRLF',
            )
            raise _Stop from None

    def _next(self) -> str | None:
        """The next line with its end."""
        raw = self._stream.readline(LONGEST_VALUE + 1)
        if not raw:
            return None
        self._line += 1
        if len(raw) > LONGEST_VALUE:
            self._too_long(self._line)
        if self._line == 1:
            raw = raw.removeprefix(_BOM)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self._add("LST-001", "not UTF-8", self._line, hint="save the list as UTF-8")
            raise _Stop from None

    def _too_long(self, line: int) -> NoReturn:
        self._add(
            "LST-006",
            f"a value of more than {LONGEST_VALUE:,} bytes begins here",
            line,
            hint="a quote that is never closed, or lines that do not end in LF or CRLF, make one",
        )
        raise _Stop

    def _more_than_one(self, columns: int, line: int) -> None:
        self._add(
            "LST-004",
            f"a list has one column, and here are {columns}",
            line,
            hint="write a value that has a comma in quotes",
        )

    def _add(
        self, code: str, message: str, line: int, *, allowed: tuple[str, ...] = (), hint: str = ""
    ) -> None:
        self._problems += 1
        if self._problems > _MOST_PROBLEMS:
            self._report.add("LST-009", "there is more wrong with this list", Place(self._file, line))
            raise _Stop
        self._report.add(code, message, Place(self._file, line), allowed=allowed, hint=hint)
