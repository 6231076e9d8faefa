"""What a file looks like, as data, and what is written into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import polars as pl

#: replace: the rows are the whole list. add and remove: they join it, or leave it.
Operation = Literal["replace", "add", "remove"]


#: The column of a frame that has a row's attributes, as a list of names and values; of JSON the values are JSON. No
#: header of a file is called this.
ATTRIBUTES = "\0attributes"


def apart(row: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A row without its attributes, and these, None where it has none."""
    return {key: value for key, value in row.items() if key != ATTRIBUTES}, row.get(ATTRIBUTES)


@dataclass(frozen=True)
class Delivery:
    """Whose rows they are. `audience_name` is what the partner sees; `as_of` in UTC.

    `again`: how many deliveries of the same as_of were made before.
    """

    audience_id: str
    audience_name: str
    as_of: datetime
    again: int = 0


@dataclass(frozen=True)
class Change:
    """Rows of one operation. The frames have the columns of the file, in its order, however they are cut."""

    operation: Operation
    frames: Iterable[pl.DataFrame]


@dataclass(frozen=True)
class Batch:
    """The rows of one request, by column, and under ATTRIBUTES the attributes by name. `number` counts from 1 within its operation."""

    delivery: Delivery
    operation: Operation
    rows: list[dict[str, Any]]
    number: int
    is_last: bool


@dataclass(frozen=True)
class Request:
    """What is posted. `{name}` in `path` and in the body stands for what the delivery alone knows: ids and accounts."""

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: str
    body: Any


@dataclass(frozen=True)
class WrittenRequest:
    """How many rows a request has, in the order of the file."""

    operation: Operation
    rows: int


@dataclass(frozen=True)
class Csv:
    """Text by lines; quotes are doubled within quotes. `quotes`: where needed, or around every value.

    UTF-8 without a byte-order mark. Values are written as they are: what a spreadsheet would run as a formula stays.
    """

    delimiter: str = ","
    has_header: bool = True
    newline: str = "\r\n"
    quotes: Literal["needed", "all"] = "needed"
    extension: str = "csv"


@dataclass(frozen=True)
class JsonLines:
    """One object a line. `line` makes it of a row, which has no empty values, and under ATTRIBUTES the attributes by name,
    ready to be written; None: the row itself, with its attributes among the others.
    """

    line: Callable[[Delivery, Operation, dict[str, Any]], Any] | None = None
    extension: str = "jsonl"


@dataclass(frozen=True)
class Requests:
    """Requests of an API, one a line as `method`, `path` and `body`: a delivery only posts them.

    A request has at most `most_rows` rows, `most_removed` where it removes (0: it can't), and a body of at most
    `most_bytes`.
    """

    request: Callable[[Batch], Request]
    most_rows: int
    most_removed: int | None = None
    most_bytes: int | None = None
    extension: str = "requests.jsonl"


@dataclass(frozen=True)
class Parquet:
    """Columns by type: text, integers, instants in UTC, lists of text."""

    extension: str = "parquet"


Format = Csv | JsonLines | Requests | Parquet
