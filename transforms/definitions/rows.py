"""`mapping:` of an input of rows: which column holds the user, the time, the event (spec §2.1, §3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from transforms.definitions.records import Column, Constant, EcommerceMapping, RowMapping, TimeMapping
from transforms.definitions.vocabulary import COMMERCE_FIELDS, PRODUCT_ACTIONS, PRODUCT_FIELDS
from transforms.documents.fields import Values, defaulted, needed, optional, record
from transforms.documents.nodes import Node, Scalar
from transforms.documents.readers import INVALID, Invalid, Reader, choice, list_of, pairs_of, text
from transforms.vocabulary import IDENTITY_TYPES

if TYPE_CHECKING:
    from transforms.documents.report import Report

_DIRECTIVES = "aAbBcdfGHIjmMpSuUVwWxXyYzZ%"
_column = text(expected="the name of a column")

CONSTANT = optional("constant", text(), "The same text for every row.")
COLUMN = optional("column", _column, "The column that holds it.")


def _constant_or_column() -> Reader[Constant | Column]:
    def build(values: Values, report: Report) -> Constant | Column | Invalid:
        constant, column = values[CONSTANT], values[COLUMN]
        if (constant is None) == (column is None):
            report.add(
                "DEF-010",
                "write either `constant` or `column`",
                values.node,
                allowed=("{constant: TEXT}", "{column: NAME}"),
            )
            return INVALID
        return Column(column) if column is not None else Constant(constant or "")

    return record((CONSTANT, COLUMN), build, "`{constant: …}` or `{column: …}`")


def _time_format() -> Reader[str]:
    shape = text(expected="a time format such as `%Y-%m-%d %H:%M:%S`")

    def read(node: Node, report: Report) -> str | Invalid:
        written = shape.read(node, report)
        if isinstance(written, Invalid):
            return INVALID
        directives = re.findall(r"%(.?)", written)
        wrong = [directive for directive in directives if directive == "" or directive not in _DIRECTIVES]
        if wrong or not directives:
            report.add(
                "DEF-011",
                f"`%{wrong[0]}` is no part of a time format" if wrong else "a time format has no `%` in it",
                node,
                hint="the parts of strptime, such as %Y %m %d %H %M %S; leave it out for ISO 8601 or epoch milliseconds",
            )
            return INVALID
        return written

    return Reader(read, shape.schema, shape.expected)


def _zone() -> Reader[str]:
    shape = text(expected="a time zone such as `Europe/Berlin`")

    def read(node: Node, report: Report) -> str | Invalid:
        written = shape.read(node, report)
        if isinstance(written, Invalid):
            return INVALID
        try:
            ZoneInfo(written)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            report.add("DEF-012", "unknown time zone", node, hint="a name such as `UTC` or `Europe/Berlin`")
            return INVALID
        return written

    return Reader(read, shape.schema, shape.expected)


TIME_COLUMN = needed("column", _column, "", "The column that holds the time.")
TIME_FORMAT = optional("format", _time_format(), "A strptime format; else ISO 8601 or epoch milliseconds.")
TIME_ZONE = defaulted("zone", _zone(), "UTC", "The zone of times without an offset.")


def _time() -> Reader[TimeMapping]:
    def build(values: Values, report: Report) -> TimeMapping:
        del report
        return TimeMapping(values[TIME_COLUMN], values[TIME_FORMAT], values[TIME_ZONE])

    return record((TIME_COLUMN, TIME_FORMAT, TIME_ZONE), build, "`time`")


ACTION = needed(
    "action", _constant_or_column(), Constant(""), "What was done, such as `{constant: purchase}`."
)
PRODUCT = defaulted(
    "product", pairs_of(choice(*PRODUCT_FIELDS), _column), (), "Field of the product line → column."
)
COMMERCE = tuple(optional(name, _column, f"The column that holds {name}.") for name in COMMERCE_FIELDS)


def _ecommerce() -> Reader[EcommerceMapping]:
    def build(values: Values, report: Report) -> EcommerceMapping:
        action = values[ACTION]
        if isinstance(action, Constant) and action.value and action.value not in PRODUCT_ACTIONS:
            report.unknown(
                "DEF-013", "product action", action.value[:80], values.place(ACTION), PRODUCT_ACTIONS
            )
        named = [(field.key, values[field]) for field in COMMERCE]
        fields = tuple((name, column) for name, column in named if column is not None)
        return EcommerceMapping(action, fields, values[PRODUCT])

    return record((ACTION, *COMMERCE, PRODUCT), build, "`ecommerce`")


def _attributes() -> Reader[Literal["all"] | tuple[str, ...]]:
    listed = list_of(_column, least=0)

    def read(node: Node, report: Report) -> Literal["all"] | tuple[str, ...] | Invalid:
        if isinstance(node, Scalar):
            if node.text == "all":
                return "all"
            report.add("DOC-004", "expected `all` or a list of columns", node, allowed=("all", "[COLUMN, …]"))
            return INVALID
        return listed.read(node, report)

    return Reader(read, {"anyOf": [{"const": "all"}, listed.schema]}, "`all` or a list of columns")


RECORD = needed(
    "record", choice("event", "user"), "event", "What a row is: one event, or what is known of one user."
)
USER = needed(
    "user",
    pairs_of(choice("mpid", *IDENTITY_TYPES), _column),
    (),
    "Identity type, or mpid → column.",
)
TIME = optional("time", _time(), "Where a row's time is; without it a row holds from its file's arrival.")
EVENT = optional("event", _constant_or_column(), "The name of a custom event.")
ECOMMERCE = optional("ecommerce", _ecommerce(), "Makes a row a commerce event.")
LINES_OF = defaulted(
    "lines_of", list_of(_column), (), "Rows with equal values here are product lines of one event."
)
EVENT_ID = defaulted("event_id", list_of(_column), (), "The columns that identify the event.")
ATTRIBUTES = defaulted("attributes", _attributes(), "all", "All remaining columns, or a list of them.")

_FIELDS = (RECORD, USER, TIME, EVENT, ECOMMERCE, LINES_OF, EVENT_ID, ATTRIBUTES)


def row_mapping() -> Reader[RowMapping]:
    """A reader of `mapping:`."""

    def build(values: Values, report: Report) -> RowMapping:
        if values[RECORD] == "user":
            for field in (EVENT, ECOMMERCE, LINES_OF, EVENT_ID):
                if values.has(field):
                    report.add(
                        "DEF-014",
                        f"`{field.key}` says nothing of a row with `record: user`",
                        values.place(field),
                    )
        elif not values.has(EVENT) and not values.has(ECOMMERCE):
            report.add(
                "DEF-015",
                "a row with `record: event` needs `event` or `ecommerce`",
                values.node,
                hint="such as `event: {constant: Sale}`, or `event: {column: NAME}`",
            )
        elif values.has(LINES_OF) and not values.has(ECOMMERCE):
            report.add(
                "DEF-016", "`lines_of` needs `ecommerce`: its rows are product lines", values.place(LINES_OF)
            )
        return RowMapping(
            record="user" if values[RECORD] == "user" else "event",
            user=values[USER],
            time=values[TIME],
            event=values[EVENT],
            ecommerce=values[ECOMMERCE],
            lines_of=values[LINES_OF],
            event_id=values[EVENT_ID],
            attributes=values[ATTRIBUTES],
        )

    return record(_FIELDS, build, "`mapping`")
