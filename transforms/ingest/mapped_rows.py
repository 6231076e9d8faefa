"""Rows of csv and parquet by the mapping of their input: events, or what is known of one user (spec §2.1, §3)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext
from typing import TYPE_CHECKING, Any, TypeAlias

from transforms.definitions.records import Column, Constant
from transforms.ingest.batch_events import content_columns
from transforms.ingest.commerce import product_action
from transforms.ingest.identities import Said, User, identity_type, read_user
from transforms.ingest.rejection import FileRejected, Rejected
from transforms.ingest.row_time import read_row_time
from transforms.ingest.statements import Statement, Statements
from transforms.ingest.values import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transforms.definitions.records import RowMapping
    from transforms.ingest.source import Source

Cell: TypeAlias = "str | list[str | None] | None"


@dataclass(frozen=True)
class Row:
    """One row with the line where it begins; empty cells are None.

    `text` is what stood there, None where the cells are all there is to show.
    """

    line: int
    cells: dict[str, Cell]
    text: str | None = None

    @property
    def raw(self) -> str:
        """What goes to quarantine where the row can't be used."""
        return to_json(self.cells) if self.text is None else self.text


@dataclass(frozen=True)
class MappedRecord:
    """What rows are of: `columns` are RECORD_COLUMNS of staged_rows.py, the events have the others of STAGED_EVENTS."""

    columns: dict[str, Any]
    events: tuple[dict[str, Any], ...]
    statements: list[Statement]


class RowReader:
    """Reads the rows of one file. FileRejected where a column that the mapping names is not there."""

    def __init__(self, mapping: RowMapping, source: Source, columns: Sequence[str]) -> None:
        self.mapping = mapping
        self._source = source
        if len(set(columns)) < len(columns):
            raise FileRejected("column_twice", "has two columns of one name")
        missing = [name for name in dict.fromkeys(_named(mapping)) if name not in columns]
        if missing:
            raise FileRejected("columns_missing", f"has no column {', '.join(missing)}")
        used = set(_used(mapping))
        chosen = columns if mapping.attributes == "all" else mapping.attributes
        self._attributes = [name for name in chosen if name not in used]

    def event(self, lines: Sequence[Row]) -> MappedRecord:
        """The event of one row, or of rows that are its product lines, and the identities that it gives.

        What the event has once comes from the first line; `total_amount` is the sum of the lines'. A column
        that differs between lines is an attribute of the product line. Rejected without user, time or name.
        """
        first = lines[0]
        user, identities = self._user(first.cells)
        event_at = self._time(first.cells)
        row: dict[str, Any] = {"event_at": event_at, "source_index": 0}
        shared, differing = self._split_attributes(lines)
        mapping = self.mapping.ecommerce
        if mapping is None:
            row["event_type"] = "custom_event"
            row["event_name"] = _value(self.mapping.event, first.cells)
            # Without product lines there is no place for what differs but the event itself.
            shared += [(name, to_json([row.cells.get(name) for row in lines])) for name in differing]
        else:
            action = _value(mapping.action, first.cells)
            row["event_type"] = "commerce_event"
            row["event_name"] = None if action is None else product_action(action)
            for field, column in mapping.fields:
                row[field] = _text(first.cells.get(column))
                if field == "total_amount" and len(lines) > 1:
                    row[field] = _sum([_text(line.cells.get(column)) for line in lines])
            row["products"] = [
                {
                    **{field: _text(line.cells.get(column)) for field, column in mapping.product},
                    "attributes": _present(line.cells, differing) or None,
                }
                for line in lines
            ]
        if row["event_name"] is None:
            raise Rejected("no_event_name", "names no event")
        row["attributes"] = shared
        row["event_id"] = self._event_id(first.cells)
        row.update(self._content(lines, user))
        said = Statements()
        for identity in identities:
            said.identity(event_at, identity)
        return MappedRecord(self._columns(user, first.line), (row,), said.rows)

    def user(self, row: Row) -> MappedRecord:
        """What a row says of its user: a null or empty cell takes the attribute or identity away."""
        user, identities = self._user(row.cells)
        said_at = self._time(row.cells)
        said = Statements()
        given = {identity.type for identity in identities}
        for identity in identities:
            said.identity(said_at, identity)
        for name, _ in self.mapping.user:
            kind = identity_type(name)
            if name != "mpid" and kind not in given:
                said.identity(said_at, Said(kind, None))
        for name in self._attributes:
            cell = row.cells.get(name)
            if cell is None:
                said.no_attribute(said_at, name)
            else:
                said.attribute(said_at, name, cell)
        said.say(said_at, "seen")
        return MappedRecord(self._columns(user, row.line), (), said.rows)

    def group_key(self, row: Row) -> str:
        """The same text for rows that are lines of one event: equal in `lines_of` and in their user."""
        names = self.mapping.lines_of
        if any(row.cells.get(name) is None for name in names):
            return f"line {row.line}"
        # repr tells lists of texts apart as JSON does, and takes a tenth of the time.
        return repr([row.cells.get(name) for name in (*names, *(column for _, column in self.mapping.user))])

    def _user(self, cells: dict[str, Cell]) -> tuple[User, tuple[Said, ...]]:
        mpid: str | None = None
        identities: list[Said] = []
        for name, column in self.mapping.user:
            text = _text(cells.get(column))
            if text is None:
                continue
            if name == "mpid":
                mpid = text
            else:
                identities.append(Said(identity_type(name), text))
        return read_user(mpid, tuple(identities), self._source.login_types), tuple(identities)

    def _columns(self, user: User, line: int) -> dict[str, Any]:
        return {
            **self._source.columns(),
            "environment": "production",
            "mpid": user.mpid,
            "login_identity": user.login_identity,
            "received_at": self._source.arrival,
            "source_line": line,
            **dict.fromkeys(("app_version", "app_build", "platform", "os_version")),
        }

    def _time(self, cells: dict[str, Cell]) -> int:
        time = self.mapping.time
        text = None if time is None else _text(cells.get(time.column))
        if time is None or text is None:
            return self._source.arrival
        return read_row_time(text, time)

    def _split_attributes(self, lines: Sequence[Row]) -> tuple[list[tuple[str, str]], list[str]]:
        first = lines[0].cells
        same = [
            name
            for name in self._attributes
            if all(line.cells.get(name) == first.get(name) for line in lines[1:])
        ]
        return _present(first, same), [name for name in self._attributes if name not in same]

    def _event_id(self, cells: dict[str, Cell]) -> str | None:
        parts = [_text(cells.get(name)) for name in self.mapping.event_id]
        if not parts or all(part is None for part in parts):
            return None
        return parts[0] if len(parts) == 1 else to_json(parts)

    def _content(self, lines: Sequence[Row], user: User) -> dict[str, Any]:
        columns = sorted(lines[0].cells)
        cells = [
            [(name, line.cells[name]) for name in columns if line.cells[name] is not None] for line in lines
        ]
        return content_columns(f"{cells!r}\n{user.login_identity or user.mpid}".encode())


def _used(mapping: RowMapping) -> list[str]:
    """The columns that are read as something else, so they are no attributes."""
    columns = [column for _, column in mapping.user]
    if mapping.time is not None:
        columns.append(mapping.time.column)
    if isinstance(mapping.event, Column):
        columns.append(mapping.event.name)
    if mapping.ecommerce is not None:
        if isinstance(mapping.ecommerce.action, Column):
            columns.append(mapping.ecommerce.action.name)
        columns += [column for _, column in (*mapping.ecommerce.fields, *mapping.ecommerce.product)]
    return columns


def _named(mapping: RowMapping) -> list[str]:
    """Every column that the mapping names."""
    listed = () if mapping.attributes == "all" else mapping.attributes
    return [*_used(mapping), *mapping.lines_of, *mapping.event_id, *listed]


def _value(source: Constant | Column | None, cells: dict[str, Cell]) -> str | None:
    match source:
        case Constant(value):
            return value
        case Column(name):
            return _text(cells.get(name))
        case None:
            return None


def _text(cell: Cell) -> str | None:
    return to_json(cell) if isinstance(cell, list) else cell


def _present(cells: dict[str, Cell], names: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, text) for name in names if (text := _text(cells.get(name))) is not None]


def _sum(amounts: list[str | None]) -> str | None:
    """The exact sum; the first amount where one of them is no number."""
    given = [amount for amount in amounts if amount is not None]
    try:
        with localcontext(prec=200):
            total = sum((Decimal(amount.strip()) for amount in given), Decimal(0))
    except InvalidOperation:
        return amounts[0]
    if not given:
        return None
    return f"{total:f}" if total.is_finite() else amounts[0]
