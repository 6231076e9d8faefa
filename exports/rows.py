"""The rows of a file, out of the table of identifiers."""

from __future__ import annotations

import re
from itertools import chain, groupby
from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from exports.attribute_rows import attribute_names
from exports.formats.format import JsonLines, Requests
from exports.mpid_ranges import ROWS, MpidRange, mpid_ranges
from exports.partners.profile import AttributeColumn, IdentityColumn, StatedColumn
from exports.tallies import view_first
from transforms.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

    from exports.formats.format import Delivery, Operation
    from exports.request import ExportRequest

_BATCH = 100_000
_LONGEST_SEGMENT = 128
#: Each identifier of a member once.
_KEPT = "select distinct mpid, place, value, is_digest from identifier"
#: Each identifier once, by the first who has it.
_FIRST = "select mpid, place, value, is_digest from first_identifier"


def _encoded(columns: tuple[IdentityColumn, ...]) -> exp.Expr:
    """`value` as the partner gets it, each encoding written once."""
    by_encoding = sorted((column.encoding.name, place) for place, column in enumerate(columns))
    value = exp.column("value")
    case = exp.Case().when(exp.column("is_digest"), value)
    for _, group in groupby(by_encoding, key=lambda pair: pair[0]):
        places = [place for _, place in group]
        case = case.when(
            exp.column("place").isin(*places), columns[places[0]].encoding.expression(value.copy())
        )
    return case


def encoded_statement(columns: tuple[IdentityColumn, ...]) -> str:
    """`create view encoded` (mpid, place, value): each identifier of the table `identifier` once, as it is sent."""
    query = _kept(columns, MpidRange())
    return exp.Create(this=exp.to_table("encoded"), kind="view", expression=query).sql(dialect="duckdb")


def frames(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> Iterator[pl.DataFrame]:
    """The rows of the table `identifier` with the columns of the file, at least one frame.

    By mpid, as a number: of identities that of the first who has it, then by column and normalised value. With the
    attributes of `attribute_row`, those of the first who has an identity.
    """
    columns = request.columns
    headers = tuple(column.header for column in columns)
    operation = request.file.snapshot
    if request.file.arrangement == "identities":
        view_first(connection)

    def rows(mpids: MpidRange) -> exp.Select:
        if request.file.has_members:
            return _arranged(_kept(columns, mpids), len(columns), request, operation, mpids)
        # Encoded once they are in order: what is sorted is shorter than its digest.
        first = exp.maybe_parse(_FIRST, dialect="duckdb", into=exp.Select).where(mpids.holds())
        first = _arranged(first, len(columns), request, operation, mpids)
        statement = exp.select("place", _encoded(columns).as_("value"), *attribute_names(request))
        return statement.from_(first.subquery("first"))

    ranges = mpid_ranges(connection, "identifier", rows=ROWS)
    yield from _read(connection, map(rows, ranges), request, headers, operation)


def frames_of(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    request: ExportRequest,
    headers: tuple[str, ...],
    operation: Operation,
) -> Iterator[pl.DataFrame]:
    """The rows of a table (mpid, place, value as it is sent), at least one frame, in the order of `frames`.

    `headers` by place: those of the columns come first, then those that columns had before. Who leaves has no
    attributes. Of identities each is in the table once.
    """

    def rows(mpids: MpidRange) -> exp.Select:
        source = exp.select("mpid", "place", "value").from_(table).where(mpids.holds())
        return _arranged(source, len(headers), request, operation, mpids)

    ranges = mpid_ranges(connection, table, rows=ROWS)
    yield from _read(connection, map(rows, ranges), request, headers, operation)


def _keys(columns: tuple[IdentityColumn, ...]) -> frozenset[int]:
    return frozenset(place for place, column in enumerate(columns) if column.is_key)


def _arranged(
    source: exp.Select, places: int, request: ExportRequest, operation: Operation, mpids: MpidRange
) -> exp.Select:
    """Identifiers (mpid, place, value), of identities each once, in the rows and the order of the file."""
    match request.file.arrangement:
        case "identities":
            return _in_order(source, ("mpid", "place", "value"), request, operation, mpids)
        case "members":
            return _in_order(_lists(source.subquery("sent"), places), ("mpid",), request, operation, mpids)
        case "lines":
            lines = _lines(source.subquery("sent"), places, _keys(request.columns))
            return _in_order(lines, ("mpid", "line"), request, operation, mpids)


def _in_order(
    statement: exp.Select,
    order: tuple[str, ...],
    request: ExportRequest,
    operation: Operation,
    mpids: MpidRange,
) -> exp.Select:
    """Rows in order, with the attributes of each one's member."""
    if request.attributes:
        known = exp.select("*").from_("attribute_row").where(mpids.holds())
        if operation == "remove":
            known = known.where(exp.false())
        rows = exp.select("*").from_(statement.subquery("listed"))
        statement = rows.join(known.subquery("known"), using="mpid", join_type="left")
    return statement.order_by(*order)


def _read(
    connection: duckdb.DuckDBPyConnection,
    statements: Iterable[exp.Select],
    request: ExportRequest,
    headers: tuple[str, ...],
    operation: Operation,
) -> Iterator[pl.DataFrame]:
    """The rows of one statement after the other, and a frame without rows at first."""
    is_first = True
    for statement in statements:
        # A relation of its own cursor is streamed; what `execute` gives would be copied once more.
        reader = connection.cursor().sql(statement.sql(dialect="duckdb")).to_arrow_reader(_BATCH)
        for batch in chain((reader.schema.empty_table(),) if is_first else (), reader):
            yield _shown(_frame(batch, request, headers), request, headers, operation)
        is_first = False


def _frame(given: object, request: ExportRequest, headers: tuple[str, ...]) -> pl.DataFrame:
    """One batch of the statement's result, each column of the file beside the other."""
    frame = pl.from_arrow(given)
    if not isinstance(frame, pl.DataFrame):
        raise InternalError("a result without columns")
    if request.file.has_members:
        return frame
    places = range(len(headers))
    return frame.select(
        *(pl.when(pl.col("place") == place).then("value").alias(f"c{place}") for place in places),
        *attribute_names(request),
    )


def _lists(source: exp.Subquery, places: int) -> exp.Select:
    """A list for each member and column first: an ordered one for each of thirty columns takes twice the time."""
    values = exp.select(
        "mpid", "place", exp.maybe_parse("list(value order by value)", dialect="duckdb").as_("values")
    )
    by_place = values.from_(source).group_by("mpid", "place")
    empty = exp.cast(exp.Array(), "varchar[]")
    lists = [
        exp.Coalesce(this=_of_place("any_value(values)", place), expressions=[empty.copy()]).as_(f"c{place}")
        for place in range(places)
    ]
    return exp.select("mpid", *lists).from_(by_place.subquery("by_place")).group_by("mpid")


def _lines(source: exp.Subquery, places: int, keys: frozenset[int]) -> exp.Select:
    numbered = exp.select(
        "mpid",
        "place",
        "value",
        exp.maybe_parse("row_number() over (partition by mpid, place order by value)", dialect="duckdb").as_(
            "line"
        ),
    ).from_(source)
    of_places = [_of_place("max(value)", place).as_(f"c{place}") for place in range(places)]
    lines = (
        exp.select("mpid", "line", *of_places)
        .with_("numbered", as_=numbered)
        .from_("numbered")
        .group_by("mpid", "line")
    )
    # A key stands on the rows that have none of their own, too: the first of the member's.
    shown = [
        exp.maybe_parse(
            f"coalesce(c{place}, min(c{place}) over (partition by mpid))" if place in keys else f"c{place}",
            dialect="duckdb",
        ).as_(f"c{place}")
        for place in range(places)
    ]
    return exp.select("mpid", "line", *shown).from_(lines.subquery("line"))


def _kept(columns: tuple[IdentityColumn, ...], mpids: MpidRange) -> exp.Select:
    """Each identifier of a member once, as it is sent."""
    distinct = exp.maybe_parse(_KEPT, dialect="duckdb", into=exp.Select).where(mpids.holds()).subquery("kept")
    return exp.select("mpid", "place", _encoded(columns).as_("value")).from_(distinct)


def _of_place(aggregate: str, place: int) -> exp.Filter:
    return exp.Filter(
        this=exp.maybe_parse(aggregate, dialect="duckdb"),
        expression=exp.Where(this=exp.column("place").eq(place)),
    )


def _shown(
    frame: pl.DataFrame, request: ExportRequest, headers: tuple[str, ...], operation: Operation
) -> pl.DataFrame:
    """The columns of the file by their headers, those that are stated among them.

    Each row of JSON says its own keys: one that was sent under a header of before is taken back under it.
    """
    file, delivery = request.file, request.delivery
    places = {header: f"c{place}" for place, header in enumerate(headers)}
    attributes = {name: column for column, name in attribute_names(request).items()}
    is_json = isinstance(file.format, JsonLines | Requests)
    # Readers of JSON take numbers for floating point, which has no room for 64 bits.
    mpid = pl.col("mpid").cast(pl.String) if is_json else pl.col("mpid")
    shown = []
    for column in file.columns:
        match column:
            case StatedColumn():
                stated = _stated(column, delivery, mpid, operation)
                shown.append(stated.alias(_filled_in(column.header, delivery)))
            case IdentityColumn() if column.header in places:
                shown.append(pl.col(places.pop(column.header)).alias(column.header))
            case AttributeColumn() if column.header in attributes:
                shown.append(pl.col(attributes.pop(column.header)).alias(column.header))
            case _:
                pass
    shown.extend(pl.col(column).alias(name) for name, column in attributes.items())
    if is_json:
        shown.extend(pl.col(place).alias(header) for header, place in places.items())
    return frame.select(shown)


def _filled_in(header: str, delivery: Delivery) -> str:
    segment = re.sub(r"\W+", "_", delivery.audience_name, flags=re.ASCII)[:_LONGEST_SEGMENT]
    return header.replace("{audience_name}", delivery.audience_name).replace("{segment}", segment)


def _stated(column: StatedColumn, delivery: Delivery, mpid: pl.Expr, operation: Operation) -> pl.Expr:
    match column.says:
        case "mpid":
            return mpid
        case "audience_id":
            return pl.lit(delivery.audience_id)
        case "audience_name":
            return pl.lit(delivery.audience_name)
        case "as_of":
            return pl.lit(delivery.as_of, pl.Datetime("us", "UTC"))
        case "one":
            return pl.lit(1, pl.Int64)
        case "is_member":
            return pl.lit(operation != "remove")
        case "text":
            return pl.lit(column.text)
