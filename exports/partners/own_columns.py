"""Files whose columns a team chooses, for whoever else takes a file: CSV, JSON Lines and parquet."""

from __future__ import annotations

from exports.formats.format import Csv, JsonLines, Parquet
from exports.partners.profile import AnyAttributes, Option, Partner, PartnerFile

ROWS = Option(
    "rows",
    "what a row is",
    (
        ("lines", "a member's: the first value of each column is on the first row, the second on the second"),
        ("identities", "an identifier's: the other columns of identities are empty"),
    ),
)
DELIMITER = Option(
    "delimiter",
    "what stands between values",
    (("comma", "`,`"), ("semicolon", "`;`"), ("tab", "a tab"), ("pipe", "`|`")),
)
HEADER = Option("header", "whether there is a line of headers", (("yes", "yes"), ("no", "no")))
NEWLINE = Option("newline", "what ends a line", (("crlf", "CR and LF"), ("lf", "LF alone")))
QUOTES = Option("quotes", "which values are in quotes", (("needed", "those that need them"), ("all", "all")))

_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_NEWLINES = {"crlf": "\r\n", "lf": "\n"}
_SOURCE = "RFC 4180, the columns of the output"
_LEAVES = "are not in the next file"

_COLUMNS = AnyAttributes(
    "columns",
    "in the column of `columns` whose `attribute` they are, else in one each after the others; the elements of a list are joined by `, `",
)
_KEYS = AnyAttributes(
    "keys", "under the key of `columns` whose `attribute` they are, else under one each of their own name"
)


def csv_format(chosen: dict[str, str]) -> Csv:
    """How a CSV looks by the values of its options."""
    return Csv(
        delimiter=_DELIMITERS[chosen[DELIMITER.name]],
        has_header=chosen[HEADER.name] == "yes",
        newline=_NEWLINES[chosen[NEWLINE.name]],
        quotes="all" if chosen[QUOTES.name] == "all" else "needed",
    )


CSV = Partner(
    name="csv",
    title="CSV with columns of your own",
    rules_version="csv-2026-11",
    source=_SOURCE,
    files=(PartnerFile("", Csv(), "lines", (), attributes=_COLUMNS),),
    leaves=_LEAVES,
    on_delete="leave",
    options=(ROWS, DELIMITER, HEADER, NEWLINE, QUOTES),
    names_columns=True,
)

JSONL = Partner(
    name="jsonl",
    title="JSON Lines with keys of your own",
    rules_version="jsonl-2026-11",
    source=_SOURCE,
    files=(PartnerFile("", JsonLines(), "lines", (), attributes=_KEYS),),
    leaves=_LEAVES,
    on_delete="leave",
    options=(ROWS,),
    names_columns=True,
)

PARQUET = Partner(
    name="parquet",
    title="Parquet with columns of your own",
    rules_version="parquet-2026-11",
    source=_SOURCE,
    files=(PartnerFile("", Parquet(), "members", (), attributes=_COLUMNS),),
    leaves=_LEAVES,
    on_delete="leave",
    names_columns=True,
)
