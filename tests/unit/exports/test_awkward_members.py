"""Every partner, with every value of its options, gets the same awkward members.

What is expected is made here from a table of what each way of normalising makes of them, and from hashlib.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
import pytest

from exports.formats.format import Csv, JsonLines, Parquet, Requests
from exports.partners.chosen import chosen_files
from exports.partners.profile import IdentityColumn, PartnerFile, StatedColumn
from exports.partners.registry import PARTNERS
from exports.request import ExportRequest
from tests.support.definitions import PLACE
from tests.support.exports import Delivered, Export, Identities, write_export
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.definitions.connection_records import Output, OutputColumn
from transforms.definitions.destinations import Local
from transforms.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from exports.partners.profile import Partner

LEAST, MOST = -(2**63), 2**63 - 1
COLUMNS = {
    "member": OutputColumn((), None, None, "mpid"),
    "address": OutputColumn(("email",), "email", "sha256", None),
    "phone": OutputColumn(("mobile_number", "phone_number_2"), "phone_e164", "sha1", None),
    "device": OutputColumn(("ios_advertising_id", "android_advertising_id"), "advertising_id", "md5", None),
    "customer": OutputColumn(("customer_id",), None, None, None),
}
WITHOUT_MEMBER = {header: column for header, column in COLUMNS.items() if column.says is None}
IDFA = "AECE52E7-03EE-455A-B3C4-E57283966239"
GAID = "38400000-8cf0-11bd-b23e-10b96e40000d"
COMPOSED, DECOMPOSED = "val\u00e9ry@example.com", "vale\u0301ry@example.com"
DIGEST = hashlib.sha256(b"jane@example.com").hexdigest()
#: What is known, and what rules of that type make of it: None where they drop it. Rules of ids send all but the last.
KNOWN: tuple[tuple[int, str, str, str | None], ...] = (
    # An ordinary member, and both ends of 64 bits.
    (1, "email", "Jane@Example.com", "jane@example.com"),
    (1, "mobile_number", "(650) 555-1212", "+16505551212"),
    (1, "ios_advertising_id", IDFA, IDFA.lower()),
    (1, "android_advertising_id", GAID, GAID),
    (1, "customer_id", "C-1", "C-1"),
    (LEAST, "email", "least@example.com", "least@example.com"),
    (LEAST, "mobile_number", "+16505551213", "+16505551213"),
    (LEAST, "ios_advertising_id", IDFA.replace("9", "1"), IDFA.replace("9", "1").lower()),
    (LEAST, "customer_id", "C-least", "C-least"),
    (MOST, "email", "most@example.com", "most@example.com"),
    (MOST, "mobile_number", "+16505551214", "+16505551214"),
    (MOST, "ios_advertising_id", IDFA.replace("9", "2"), IDFA.replace("9", "2").lower()),
    (MOST, "customer_id", "C-most", "C-most"),
    # Nothing, and nothing but white space.
    *((2, kind, "", None) for kind in ("email", "mobile_number", "ios_advertising_id", "customer_id")),
    *((3, kind, " \t", None) for kind in ("email", "mobile_number", "ios_advertising_id", "customer_id")),
    # Ten addresses, two devices, one of which nobody has.
    *((4, "email", f"Ten{number}@example.com", f"ten{number}@example.com") for number in range(10)),
    (4, "ios_advertising_id", IDFA.replace("9", "3"), IDFA.replace("9", "3").lower()),
    (4, "ios_advertising_id", IDFA.replace("9", "4"), IDFA.replace("9", "4").lower()),
    (4, "android_advertising_id", "00000000-0000-0000-0000-000000000000", None),
    (4, "customer_id", "C-4", "C-4"),
    # Composed and decomposed.
    (5, "email", COMPOSED, COMPOSED),
    (6, "email", DECOMPOSED.upper(), COMPOSED),
    # Full-width digits.
    (
        7,
        "mobile_number",
        "\uff0b\uff11\uff16\uff15\uff10\uff15\uff15\uff15\uff11\uff12\uff11\uff15",
        "+16505551215",
    ),
    # What a spreadsheet would run.
    (8, "email", "=1+1@example.com", None),
    (8, "customer_id", "=1+1", "=1+1"),
    (8, "mobile_number", "+1 650 555 1216", "+16505551216"),
    # Quotes, delimiters and lines.
    (9, "email", 'quo"ted@example.com', 'quo"ted@example.com'),
    (9, "customer_id", 'a"b,c;d|e\u00a0f', 'a"b,c;d|e\u00a0f'),
    (10, "customer_id", "line\nbreak", None),
    (10, "mobile_number", "not\r\na number", None),
    # An emoji.
    (11, "email", "\U0001f642@example.com", None),
    (11, "customer_id", "\U0001f642", "\U0001f642"),
)
#: Whom nothing is known of.
NOBODY = 12
#: What every partner is sent of a row of one type where the type is accepted.
OF_DIGITS = {"phone_digits": "+", "phone_us": "+1"}


def expected(column: IdentityColumn, text: str, normalised: str | None) -> str | None:
    """A value of `column`, None where it is dropped."""
    if column.rules.name == "id":
        value = text.strip()
        return encoded(column, value) if value and value.isprintable() | ("\u00a0" in value) else None
    if normalised is None or (column.rules.name == "email_ascii" and not normalised.isascii()):
        return None
    if column.rules.name == "advertising_id_upper":
        return encoded(column, normalised.upper())
    return encoded(column, normalised.removeprefix(OF_DIGITS.get(column.rules.name, "")))


def encoded(column: IdentityColumn, value: str) -> str:
    match column.encoding.name:
        case "plain":
            return value
        case "sha256_base64":
            return base64.b64encode(hashlib.sha256(value.encode()).digest()).decode()
        case name:
            return hashlib.new(name, value.encode()).hexdigest()


def choices() -> Iterator[Any]:
    """Every partner as it is, and once for each other value of each of its options."""
    for partner in PARTNERS:
        columns = COLUMNS if partner.names_columns else {}
        yield pytest.param(partner, {}, columns, id=partner.name)
        for option in partner.options:
            for value, _ in option.values[1:]:
                of_rows = WITHOUT_MEMBER if value == "identities" else columns
                name = f"{partner.name} {option.name}={value}"
                yield pytest.param(partner, {option.name: value}, of_rows, id=name)


def output(partner: Partner, options: dict[str, str], columns: dict[str, OutputColumn]) -> Output:
    return Output(
        "meta", partner.name, "own", Local(), None, PLACE, tuple(options.items()), tuple(columns.items())
    )


def texts(delivered: Delivered, files: tuple[PartnerFile, ...]) -> set[str]:
    """Every text in the files, whatever their format."""
    found: set[str] = set()
    for manifest, file in zip(delivered.manifests, files, strict=True):
        content = (delivered.folder / manifest.file_name).read_bytes()
        match file.format:
            case Csv() as format:
                lines = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=format.delimiter)
                found |= {cell for line in lines for cell in line}
            case Parquet():
                found |= set(_walked(pl.read_parquet(io.BytesIO(content)).to_dicts()))
            case JsonLines() | Requests():
                found |= set(_walked([orjson.loads(line) for line in content.splitlines()]))
    return found


def _walked(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, inner in value.items():
                if key == "Data" and isinstance(inner, str):
                    yield from _walked(json.loads(base64.b64decode(inner)))
                elif key == "records":
                    yield from inner.split(",")
                else:
                    yield from _walked(inner)
        case list():
            for inner in value:
                yield from _walked(inner)
        case _:
            yield str(value)


@pytest.mark.parametrize(("partner", "options", "columns"), tuple(choices()))
def test_awkward_members_arrive_as_they_should(
    partner: Partner, options: dict[str, str], columns: dict[str, OutputColumn], tmp_path: Path
) -> None:
    identities = {(mpid, kind, text) for mpid, kind, text, _ in KNOWN}
    export = Export(partner.name, identities, options, columns)
    delivered = export.deliver(tmp_path / "first", also={NOBODY})
    files = chosen_files(partner, output(partner, options, columns))
    found = texts(delivered, files)
    sent: set[str] = set()
    for file in files:
        keyless = _without_key(file)
        for column in file.identity_columns:
            for mpid, kind, text, normalised in KNOWN:
                value = expected(column, text, normalised)
                if kind in column.identity_types and value is not None and mpid not in keyless:
                    sent.add(value)
    assert sent <= found
    raw = {text for _, _, text, normalised in KNOWN if text.strip() and normalised is None}
    digests_of_nothing = {hashlib.new(name, b"").hexdigest() for name in ("md5", "sha1", "sha256")}
    assert not found & ((raw | digests_of_nothing) - sent)
    for file, manifest in zip(files, delivered.manifests, strict=True):
        if any(isinstance(column, StatedColumn) and column.says == "mpid" for column in file.columns):
            assert {str(LEAST), str(MOST)} <= found
        assert manifest.counts.members == len({mpid for mpid, *_ in KNOWN}) + 1
        assert dict(manifest.counts.dropped)["without_identity"] >= 3
    assert export.deliver(tmp_path / "second", also={NOBODY}).files == delivered.files


def _without_key(file: PartnerFile) -> set[int]:
    """The members who have no value of the column by which the partner knows a row."""
    keys = [column for column in file.identity_columns if column.is_key]
    having = {
        mpid
        for column in keys
        for mpid, kind, text, normalised in KNOWN
        if kind in column.identity_types and expected(column, text, normalised) is not None
    }
    return {mpid for mpid, *_ in KNOWN} - having if keys else set()


@pytest.mark.parametrize(("partner", "options", "columns"), tuple(choices()))
def test_64_hex_characters_are_passed_where_they_are_the_digest_that_is_wanted(
    partner: Partner, options: dict[str, str], columns: dict[str, OutputColumn], tmp_path: Path
) -> None:
    files = chosen_files(partner, output(partner, options, columns))
    identities = {(1, "email", DIGEST.upper()), (1, "customer_id", "C-1"), (1, "ios_advertising_id", IDFA)}
    delivered = Export(partner.name, identities, options, columns).deliver(tmp_path)
    found = texts(delivered, files)
    for file in files:
        for column in file.identity_columns:
            if "email" in column.identity_types:
                match column.encoding.name:
                    case "sha256":
                        assert DIGEST in found
                    case "sha256_base64":
                        assert base64.b64encode(bytes.fromhex(DIGEST)).decode() in found
                    case _:
                        assert DIGEST not in found
    again = hashlib.sha256(DIGEST.encode()).hexdigest()
    assert again not in found
    assert hashlib.sha256(DIGEST.upper().encode()).hexdigest() not in found


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda partner: partner.name)
def test_a_column_of_digests_and_addresses_is_refused_without_a_value_in_the_message(
    partner: Partner, tmp_path: Path
) -> None:
    columns = COLUMNS if partner.names_columns else {}
    files = chosen_files(partner, output(partner, {}, columns))
    hashes = {
        column.header
        for file in files
        for column in file.identity_columns
        if "email" in column.identity_types and column.encoding.name.startswith("sha256")
    }
    identities: Identities = {
        (1, "email", DIGEST),
        *((mpid, "email", f"a{mpid}@example.com") for mpid in (2, 3)),
    }
    identities |= {(1, "customer_id", "C-1"), (1, "ios_advertising_id", IDFA)}
    export = Export(partner.name, identities, columns=columns)
    if not hashes:
        export.deliver(tmp_path)
        return
    with pytest.raises(UserError) as raised:
        export.deliver(tmp_path)
    [problem] = raised.value.problems
    assert problem.code == "EXP-007"
    assert hashes & set(problem.message.split("`"))
    assert "has 1 values that are digests already and 2 that are not" in problem.message
    assert DIGEST not in str(raised.value)
    assert not [path for path in (tmp_path / "exports").rglob("*") if path.is_file()]


def limited() -> Iterator[Any]:
    for partner in PARTNERS:
        if not partner.names_columns:
            for file in chosen_files(partner, output(partner, {}, {})):
                is_limited = file.most_rows is not None or isinstance(file.format, Requests)
                if is_limited:
                    yield pytest.param(partner, file, id=f"{partner.name} {file.kind}".strip())


@pytest.mark.parametrize(("partner", "file"), tuple(limited()))
def test_the_limit_is_taken_and_one_more_is_refused_or_goes_into_a_second_request(
    partner: Partner, file: PartnerFile, tmp_path: Path
) -> None:
    limit = 3
    if isinstance(file.format, Requests):
        small = replace(file, format=replace(file.format, most_rows=limit))
    else:
        small = replace(file, most_rows=limit)
    kind = file.identity_types[0]
    for count in (limit, limit + 1):
        identities = {(mpid, kind, value_of(kind, mpid)) for mpid in range(1, count + 1)}
        generation = publish(
            open_store(tmp_path / f"published{count}"),
            publication(members={"lapsed": set(range(1, count + 1))}, identities=identities),
        )
        request = ExportRequest("lapsed", None, AS_OF, partner, small, "Lapsed")
        path = tmp_path / f"file{count}"
        if isinstance(file.format, Requests):
            assert write_export(generation, request, path).rows == count
            assert len(path.read_bytes().splitlines()) == count - limit + 1
        elif count == limit:
            assert write_export(generation, request, path).rows == limit
        else:
            with pytest.raises(UserError, match="EXP-008"):
                write_export(generation, request, path)


def value_of(kind: str, number: int) -> str:
    if "advertising" in kind:
        return f"aece52e7-03ee-455a-b3c4-{number:012x}"
    if kind == "mobile_number":
        return f"+1650555{number:04d}"
    return f"a{number}@example.com" if kind == "email" else f"C{number}"
