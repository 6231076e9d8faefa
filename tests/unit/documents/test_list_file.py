"""Lists of users as files (spec §3): what is read of them, and what is wrong with them, without a value shown."""

from __future__ import annotations

import io

import pytest

from transforms.documents.list_file import LONGEST_VALUE, check_start, open_list
from transforms.documents.report import Report


def read(content: bytes) -> tuple[str | None, list[int | str], list[str]]:
    """The column, the values, and each problem as `code:line`."""
    report = Report()
    found = open_list(io.BytesIO(content), "lists/vip.csv", report)
    values = list(found.values) if found else []
    places = [f"{problem.code}:{problem.place and problem.place.line}" for problem in report.problems]
    return (found.column if found else None), values, places


def start(content: bytes) -> list[str]:
    report = Report()
    check_start(io.BytesIO(content), "lists/vip.csv", report)
    return [problem.code for problem in report.problems]


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (b"email\na@x.com\nB@x.com\n", ["a@x.com", "B@x.com"]),
        (b"\xef\xbb\xbfemail\r\na@x.com\r\n\r\nb@x.com", ["a@x.com", "b@x.com"]),
        (b"# as_of 2026-01-01\n#hash, \"x\n\n  \nemail\n#1\n", ["#1"]),
        (b"\xef\xbb\xbf# frozen\nemail\na\n", ["a"]),
        (b' email \n"a ""b"", c"\n"two\nlines"\n', ['a "b", c', "two\nlines"]),
        (b'email\n"crlf\r\ninside"\r\nlast', ["crlf\r\ninside", "last"]),
        ('email\nÜnal@x.com\n{{ 1+1 }}\n'.encode(), ["Ünal@x.com", "{{ 1+1 }}"]),
        (b"email\n a \n\n   \n\"\"\na\n", [" a ", "a"]),
        (b'email\nit"s\n', None),
        (b'"email"\nx\n', ["x"]),
        (b"email", []),
    ],
)  # fmt: skip
def test_values_are_kept_as_they_are_written(content: bytes, values: list[str] | None):
    column, found, problems = read(content)
    assert column == "email"
    if values is None:
        assert problems
    else:
        assert (found, problems) == (values, [])


def test_mpids_are_whole_numbers_of_64_bits():
    _, values, problems = read(
        b"mpid\n-9223372036854775808\n9223372036854775807\n 7 \n+8\n-0\n00000000000000000000000012\n"
    )
    assert (values, problems) == ([-(2**63), 2**63 - 1, 7, 8, 0, 12], [])


@pytest.mark.parametrize(
    "written", [b"9223372036854775808", b"1.0", b"1e3", b"abc", b"\xd9\xa3", b"1_0", b"9" * 5000]
)
def test_other_mpids_are_refused(written: bytes):
    _, values, problems = read(b"mpid\n1\n" + written + b"\n2\n")
    assert (values, problems) == ([1, 2], ["LST-005:3"])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "LST-002:1"),
        (b"# only\n\n", "LST-002:2"),
        (b"e-mail\na@x.com\n", "LST-003:1"),
        (b"\n\na@x.com\nb@x.com\n", "LST-003:3"),
        (b"mpid,email\n1,a\n", "LST-004:1"),
        (b"email\na,b\n", "LST-004:2"),
        (b"email\na,\n", "LST-004:2"),
        (b"email\n\xff\n", "LST-001:2"),
        ("email\na@x.com\n".encode("utf-16"), "LST-001:1"),
        (b"email\na\0b\n", "LST-007:2"),
        (b'email\nok\n"open\nb\nc\n', "LST-006:3"),
        (b"email\n" + b"a" * 10_000_000 + b"\n", "LST-006:2"),
        (b'email\n"' + b"a\n" * 100_000, "LST-006:2"),
        (b'email\n"a"b\n', "LST-008:2"),
        (b"email\ra\rb\r", "LST-008:1"),
        (b"email\na\rb\n", "LST-008:2"),
    ],
)
def test_what_is_no_list_is_a_problem_with_its_line(content: bytes, problem: str):
    _, _, problems = read(content)
    assert problems == [problem]
    assert set(start(content)) == {problem.partition(":")[0]}


def test_no_message_shows_a_value():
    report = Report()
    content = b"mpid\n" + b"".join(b"secret%d,x\nsecret\n" % number for number in range(50))
    found = open_list(io.BytesIO(content), "lists/vip.csv", report)
    assert found is not None
    list(found.values)
    assert open_list(io.BytesIO(b"secret@x.com\n"), "lists/vip.csv", report) is None
    assert "secret" not in "".join(map(str, report.problems))
    assert [problem.code for problem in report.problems].count("LST-009") == 1
    assert len(report.problems) == 22


def test_the_start_of_a_long_list_is_checked_alone():
    # The quoted value lies across the end of what is looked at; what is wrong comes after it.
    line = b"a@x.com\n"
    before = line * (2 * LONGEST_VALUE // len(line) - 1)
    assert start(b"email\n" + before + b'"a\nb"\n\xff\n' + line * 10) == []
    assert start(b"email\n" + b'"a\nb"\n' * 40_000) == []
    assert start(b"email\n" + before[:800] + b"a,b\n" + before) == ["LST-004"]


def test_warnings_of_the_start():
    assert start(b"email\n") == ["LST-010"]
    assert start(b"email\n a@x.com\n") == ["LST-011"]
    assert start(b"mpid\n 1\n") == []
