from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.ingest.json_documents import LONGEST_DOCUMENT, Document, Documents, require_text
from transforms.ingest.json_lines import BLOCK, BlockDocuments, Blocks
from transforms.ingest.rejection import KEPT_OF_RAW, FileRejected


def documents_of(content: bytes) -> tuple[list[Document], int, int]:
    """The documents, the last line and the arrays that stay open."""
    require_text(content)
    documents = Documents(io.BytesIO(content))
    return list(documents), documents.line, documents.open_arrays


def documents_of_blocks(content: bytes, size: int) -> tuple[list[Document], int, int]:
    """The same, of a file that is cut into blocks of this size."""
    blocks = Blocks(io.BytesIO(content), size)
    found: list[Document] = []
    open_arrays = 0
    for line, text in blocks:
        block = BlockDocuments(text, line)
        found += block
        open_arrays += block.open_arrays
    if blocks.rest is None:
        return found, blocks.line, open_arrays
    rest = Documents(blocks.rest, blocks.line)
    found += rest
    return found, rest.line, open_arrays + rest.open_arrays


def read(content: bytes) -> list[tuple[int, Any]]:
    """Line and value, or the code of the problem, of each document."""
    documents, line, open_arrays = documents_of(content)
    for size in (4, 9, 40, BLOCK):
        assert documents_of_blocks(content, size) == (documents, line, open_arrays)
    found = [(one.line, one.value if one.problem is None else one.problem[0]) for one in documents]
    return [*found, (line, "array_not_closed")] if open_arrays > 0 else found


def test_one_document_over_many_lines() -> None:
    assert read(b'\n{\n "a": [\n  {"b": 1},\n{"c": "}"}\n ]\n}\n{"d": 1}') == [
        (2, {"a": [{"b": 1}, {"c": "}"}]}),
        (8, {"d": 1}),
    ]


def test_elements_of_an_array_have_their_own_lines() -> None:
    assert read(b'[{"a": 1},\n {"b": 2}, {bad} , {"c": 3}\n]') == [
        (1, {"a": 1}),
        (2, {"b": 2}),
        (2, "not_json"),
        (2, {"c": 3}),
    ]


def test_an_array_that_is_cut_off_between_elements_is_told() -> None:
    assert read(b'[{"a": 1},') == [(1, {"a": 1}), (1, "array_not_closed")]


@pytest.mark.parametrize("cut", [b'{"a": ', b'{"a": "x', b'{"a": [{"b"', b'{"a": 1,'])
def test_a_line_that_is_cut_off_does_not_take_the_next_with_it(cut: bytes) -> None:
    assert read(cut + b'\n{"b": 1}\n' + cut) == [(1, "not_json"), (2, {"b": 1}), (3, "not_json")]


def test_a_broken_document_over_many_lines_is_one() -> None:
    assert read(b'{\n "a": 1,\n "b" 2,\n "c": {"d": 1}\n}\n{"e": 1}') == [(1, "not_json"), (6, {"e": 1})]


def test_a_document_that_is_too_long_is_passed_over() -> None:
    long = b'{"a": "' + b"x" * LONGEST_DOCUMENT + b'"}'
    found, *_ = documents_of(b'{"b": 1}\n' + long + b'\n{"c": 1}')
    assert [(document.line, document.problem and document.problem[0]) for document in found] == [
        (1, None),
        (2, "too_long"),
        (3, None),
    ]
    assert len(found[1].raw) == KEPT_OF_RAW


def test_deep_nesting_is_one_bad_document() -> None:
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    assert read(deep + b'\n{"b": 1}') == [(1, "too_deep"), (2, {"b": 1})]


def test_surrogate_pairs_are_text_and_halves_are_not() -> None:
    assert read(b'{"a": "\\ud83d\\ude00"}\n{"a": "\\\\ud800"}\n{"a": "\\ude00"}') == [
        (1, {"a": "😀"}),
        (2, {"a": "\\ud800"}),
        (3, "lone_surrogate"),
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_or_a_double_does_not_have_is_no_value(number: str) -> None:
    assert read(f'{{"a": {number}}}\n{{"b": 1}}'.encode()) == [(1, "number_unreadable"), (2, {"b": 1})]


def test_a_very_long_integer_keeps_its_digits() -> None:
    digits = "9" * 5000
    assert read(f'{{"a": {digits}}}'.encode()) == [(1, {"a": digits})]


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", b"[]", b"\xef\xbb\xbf"])
def test_nothing_is_no_document(content: bytes) -> None:
    assert read(content) == []


@pytest.mark.parametrize("content", [b"\0", b"\x1f\x8b\x08\0", b"\xff\xfe{\0"])
def test_what_is_not_text_is_refused(content: bytes) -> None:
    with pytest.raises(FileRejected):
        read(content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"{}\\', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.dictionaries(st.text("xy", max_size=2), VALUES, max_size=3), max_size=5),
    st.sampled_from([None, 0, 2]),
    st.sampled_from(["\n", "", " ", "\r\n\n"]),
)
def test_documents_come_back_however_they_are_laid_out(
    documents: list[dict[str, Any]], indent: int | None, between: str
) -> None:
    text = between.join(json.dumps(document, indent=indent, ensure_ascii=False) for document in documents)
    array = json.dumps(documents, indent=indent)
    assert [value for _, value in read(text.encode())] == documents
    assert [value for _, value in read(array.encode())] == documents


@settings(max_examples=300, deadline=None)
@given(st.text('{}[]",:\\ \n1a', max_size=40))
def test_noise_reads_the_same_in_blocks(noise: str) -> None:
    good = '{"good": 1}'
    read(f"{good}\n{noise}\n{good}\n{noise}{good}\r\n{good}".encode())


@settings(max_examples=300, deadline=None)
@given(st.text('{}[]",:\\ \n1a', max_size=40))
def test_a_line_after_noise_is_found(noise: str) -> None:
    good = {"good": 1}
    found = read(f"1 {noise}\n{json.dumps(good)}\n".encode())
    assert (noise.count("\n") + 2, good) in found


ODD_LINES = [
    '{"a": -0}',
    '{"a": -0.0, "b": 1e400}',
    '{"a": 18446744073709551616, "b": -9223372036854775809}',
    '{"a": 9223372036854775807, "b": -9223372036854775808}',
    '{"a": 12345678901234567890.5, "b": 1E5, "c": 1e-7}',
    '{"a": 1, "b": 2, "a": 3}',
    '{"a": "\\ud800"}',
    '{"a": "\\ud83d\\ude00", "b": "\u00e9\u2028"}',
    '{"a": NaN}',
    '{"a": 1,}',
    '["not", "an object"]',
]


@pytest.mark.parametrize("line", ODD_LINES)
def test_a_document_on_a_line_of_its_own_reads_as_it_does_after_another_one(line: str) -> None:
    # A line that is one document is read at once; after another on the same line the general reader takes it.
    alone = [found[1] for found in read(f"{line}\n".encode())]
    behind = [found[1] for found in read(f'{{"first": 1}} {line}\n'.encode())]
    assert repr(behind) == repr([{"first": 1}, *alone])
