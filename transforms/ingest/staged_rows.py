"""Rows on their way to staging, gathered in memory and given back as two tables."""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from transforms.contracts import EVENTS, USERS
from transforms.ingest.event_shapes import EventShapes
from transforms.ingest.statements import Statement
from transforms.ingest.text_maps import map_array

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILE = pa.field("file_ordinal", pa.int32(), nullable=False)
#: EVENTS where the id may be missing, the digest of the content, which then makes it, and the file's ordinal.
STAGED_EVENTS = pa.schema(
    [
        *(field.with_nullable(True) if field.name == "event_id" else field for field in EVENTS),
        pa.field("content", pa.string()),
        _FILE,
    ]
)
STAGED_USERS = pa.schema([*USERS, _FILE])

#: What all rows of one record have alike, statements without those of the app and the device.
RECORD_COLUMNS = (
    "workspace",
    "input",
    "environment",
    "mpid",
    "login_identity",
    "received_at",
    "source_path",
    "source_line",
    "file_ordinal",
    "app_version",
    "app_build",
    "platform",
    "os_version",
)
_OF_RECORD = itemgetter(*RECORD_COLUMNS)


class StagedRows:
    """Takes records one by one; events of a record as rows, or as `shapes` where they are of a common one."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._records: list[tuple[Any, ...]] = []
        self._events: list[dict[str, Any]] = []
        self._records_of_events: list[int] = []
        self._statements: list[Statement] = []
        self._records_of_statements: list[int] = []
        self.shapes = EventShapes()

    def add_record(self, columns: Mapping[str, Any]) -> int:
        """The number of a record, whose columns are RECORD_COLUMNS."""
        self._records.append(_OF_RECORD(columns))
        return len(self._records) - 1

    def add_event(self, record: int, row: dict[str, Any]) -> None:
        """One event of a record with its columns of STAGED_EVENTS; what is absent is null."""
        self._events.append(row)
        self._records_of_events.append(record)

    def add_statements(self, record: int, statements: Sequence[Statement]) -> None:
        """What a record says of its user."""
        self._statements += statements
        self._records_of_statements += [record] * len(statements)

    @property
    def count(self) -> int:
        """The rows that are held."""
        return len(self._events) + self.shapes.count + len(self._statements)

    def events(self) -> pa.Table:
        """The events, in the columns of STAGED_EVENTS."""
        for record, row in self.shapes.rows():
            self.add_event(record, row)
        parts: list[tuple[Sequence[int], dict[str, pa.Array]]] = [*self.shapes.columns()]
        if self._events:
            own = [field for field in STAGED_EVENTS if field.name not in RECORD_COLUMNS]
            columns = {
                field.name: pa.array([row.get(field.name) for row in self._events], field.type)
                for field in own
            }
            parts.append((self._records_of_events, columns))
        records = self._taken(list(chain.from_iterable(records for records, _ in parts)))
        columns = [
            records[field.name].cast(field.type)
            if field.name in RECORD_COLUMNS
            else pa.chunked_array(
                [columns.get(field.name, pa.nulls(len(numbers), field.type)) for numbers, columns in parts],
                field.type,
            )
            for field in STAGED_EVENTS
        ]
        return pa.Table.from_arrays(columns, schema=STAGED_EVENTS).combine_chunks()

    def statements(self) -> pa.Table:
        """The statements, in the columns of STAGED_USERS."""
        columns = dict(zip(Statement._fields, zip(*self._statements, strict=True), strict=False))
        records = self._taken(self._records_of_statements)
        arrays = [
            records[field.name].cast(field.type)
            if field.name in RECORD_COLUMNS
            else map_array(columns.get(field.name, ()))
            if pa.types.is_map(field.type)
            else pa.array(columns.get(field.name, ()), field.type)
            for field in STAGED_USERS
        ]
        return pa.Table.from_arrays(arrays, schema=STAGED_USERS)

    def _taken(self, numbers: list[int]) -> pa.Table:
        """The columns of the records with these numbers, one row each."""
        columns = zip(*self._records, strict=True) if self._records else [()] * len(RECORD_COLUMNS)
        arrays = [
            pa.array(cells, STAGED_EVENTS.field(name).type)
            for name, cells in zip(RECORD_COLUMNS, columns, strict=True)
        ]
        return pa.Table.from_arrays(arrays, names=list(RECORD_COLUMNS)).take(pa.array(numbers, pa.int64()))
