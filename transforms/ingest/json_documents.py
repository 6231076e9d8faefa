"""Splits a stream of JSON into its documents, whatever their layout, in flat memory.

One document a line, one document over many lines, an array of them, or several after one another: what stands
between them (white space, commas, the brackets of an array) is passed over, so one reader takes them all.
"""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from transforms.ingest.rejection import KEPT_OF_RAW, FileRejected, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Longer documents are not read: 16 MiB of text.
LONGEST_DOCUMENT = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_TOO_LONG = ("too_long", f"is longer than {LONGEST_DOCUMENT} characters")

_BETWEEN = re.compile(r"[ \t\r\n,\[\]\ufeff]*")
#: A whole string, or one sign that decides where a broken document ends.
_STRUCTURE = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"|[{}\[\]"\n]')
#: What orjson does not give back as it is written: integers that may be beyond 64 bits, and minus zero.
_ODD_NUMBER = re.compile(rb"[0-9]{20}|-(?:9[2-9][0-9]{17}|0(?![0-9.eE]))")
_SPACES = b" \t\r"
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Document:
    """One document, with the line (from 1) where it begins; `problem` is set where it has no value."""

    line: int
    value: Any
    raw: str
    problem: tuple[str, str] | None = None


class _NoNumber(Exception):
    """A number that JSON does not have, or that a double can't hold."""


def _integer(text: str) -> int | str:
    # Two integers that int() does not give back: minus zero, and what is past Python's limit of digits.
    return int(text) if len(text) < 4000 and text != "-0" else text


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _NoNumber
    return number


def _constant(text: str) -> Any:
    raise _NoNumber(text)


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_number, parse_constant=_constant)


class Documents:
    """The documents of a stream that begins with this line, bad ones among them.

    At the end `line` is the last one, and `open_arrays` so many as were not closed.
    """

    def __init__(self, stream: BinaryIO, line: int = 1) -> None:
        self._text = _Text(stream, line)

    @property
    def line(self) -> int:
        """The line that was come to."""
        return self._text.line

    @property
    def open_arrays(self) -> int:
        """The arrays that were opened and not closed so far; below zero where more were closed."""
        return self._text.open_arrays

    def __iter__(self) -> Iterator[Document]:
        while self._text.skip_between():
            yield _next(self._text)


def require_text(first: bytes) -> None:
    """Raise FileRejected where a file that begins so is not text at all."""
    if b"\0" in first[:65536] or (first[:1] >= b"\x80" and not first.startswith(codecs.BOM_UTF8)):
        raise FileRejected("not_text", "is not UTF-8 text")


def array_not_closed() -> Rejected:
    """Why a file that leaves an array open is not all there."""
    return Rejected("array_not_closed", "the array is not closed: the file is cut off")


class _Text:
    """A window on the text of a stream. Bytes that are not UTF-8 are lone surrogates in it."""

    def __init__(self, stream: BinaryIO, line: int) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.buffer = ""
        self.start = 0
        self.line = line
        self.open_arrays = 0
        self.is_ended = False
        self.is_plain = True
        self._take(stream.read(_CHUNK))

    def _take(self, chunk: bytes) -> None:
        self.is_ended = not chunk
        text = self._decoder.decode(chunk, final=self.is_ended)
        self.buffer = self.buffer[self.start :] + text
        self.start = 0
        plain = text.isascii() and "\\u" not in text
        self.is_plain = plain if len(self.buffer) == len(text) else self.is_plain and plain

    def more(self) -> bool:
        """Read further, twice as much as is held; False at the end."""
        if not self.is_ended:
            self._take(self._stream.read(max(_CHUNK, len(self.buffer) - self.start)))
        return not self.is_ended

    def skip_between(self) -> bool:
        """Go to the next document; False where there is none."""
        while True:
            found = _BETWEEN.match(self.buffer, self.start)
            end = found.end() if found else self.start
            if end > self.start:
                between = self.buffer[self.start : end]
                self.open_arrays += between.count("[") - between.count("]")
                self.move(end)
            if self.start < len(self.buffer):
                return True
            if not self.more():
                return self.start < len(self.buffer)

    def move(self, end: int) -> None:
        """Leave everything before `end` behind."""
        self.line += self.buffer.count("\n", self.start, end)
        self.start = end


def _next(text: _Text) -> Document:
    return _whole_line(text) or _of_any_layout(text)


def _whole_line(text: _Text) -> Document | None:
    """The document that is one line, as most are: orjson reads it six times as fast. None where it is not for it."""
    end = text.buffer.find("\n", text.start)
    if end < 0 and text.open_arrays == 0 and text.more():
        end = text.buffer.find("\n", text.start)
    if not 0 <= end - text.start <= LONGEST_DOCUMENT:
        return None
    try:
        document = document_of_line(text.buffer[text.start : end].encode(), text.line)
    except UnicodeEncodeError:
        return None
    if document is not None:
        text.start = end
    return document


def document_of_line(written: bytes, line: int) -> Document | None:
    """The document that is all of a line; None where only the general reader can tell."""
    try:
        value = orjson.loads(written)
    except orjson.JSONDecodeError:
        return None
    if (
        not isinstance(value, dict)
        or len(written) > LONGEST_DOCUMENT
        or _may_have_an_odd_number(written, value)
    ):
        return None
    return Document(line, value, written.decode())


def _may_have_an_odd_number(written: bytes, value: Any) -> bool:
    # What orjson writes as it was written it has read exactly. The expression takes ten times as long.
    again = orjson.dumps(value)
    if again == written or again.translate(None, _SPACES) == written.translate(None, _SPACES):
        return False
    return _ODD_NUMBER.search(written) is not None


def _of_any_layout(text: _Text) -> Document:
    while True:
        try:
            value, end = _DECODER.raw_decode(text.buffer, text.start)
        except json.JSONDecodeError as error:
            held = len(text.buffer) - text.start
            if _may_go_on(text, error) and held <= LONGEST_DOCUMENT and text.more():
                continue
            return _bad(text, *(_TOO_LONG if held > LONGEST_DOCUMENT else ("not_json", "is not JSON")))
        except RecursionError:
            return _bad(text, "too_deep", "is nested too deeply")
        except _NoNumber:
            return _bad(text, "number_unreadable", "has a number that is NaN, infinite or beyond a double")
        if end == len(text.buffer) and not isinstance(value, dict | list) and text.more():
            continue
        return _good(text, value, end)


def _may_go_on(text: _Text, error: json.JSONDecodeError) -> bool:
    # Cut off in a string the error is at its beginning, in `true` or an escape up to 6 before the end.
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.buffer) - 6


def _good(text: _Text, value: Any, end: int) -> Document:
    if end - text.start > LONGEST_DOCUMENT:
        return _bad(text, *_TOO_LONG)
    line = text.line
    raw = text.buffer[text.start : end]
    text.move(end)
    if not isinstance(value, dict):
        return Document(line, None, _cut(raw), ("not_an_object", "is not a JSON object"))
    problem = None if text.is_plain else _not_storable(raw, value)
    if problem is not None:
        return Document(line, None, _cut(raw), problem)
    return Document(line, value, raw)


def _cut(raw: str) -> str:
    return raw[:KEPT_OF_RAW]


def _not_storable(raw: str, value: Any) -> tuple[str, str] | None:
    try:
        raw.encode()
    except UnicodeEncodeError:
        return ("not_utf8", "is not UTF-8")
    if _SURROGATE_ESCAPE.search(raw):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return ("lone_surrogate", "has half of a surrogate pair, which is no character")
        except RecursionError:
            return ("too_deep", "is nested too deeply")
    return None


def _bad(text: _Text, code: str, reason: str) -> Document:
    """Pass over a document that can't be read, without holding more of it than is kept."""
    line = text.line
    raw = text.buffer[text.start : text.start + KEPT_OF_RAW]
    end = _BadEnd(is_object=text.buffer[text.start] == "{")
    passed = 0
    while True:
        found = end.find(text.buffer, text.start, is_last=text.is_ended)
        if found is not None:
            break
        passed += end.safe - text.start
        if passed > LONGEST_DOCUMENT:
            code, reason = _TOO_LONG
        text.move(end.safe)
        text.more()
        if len(raw) < KEPT_OF_RAW:
            raw = raw[:passed] + text.buffer[text.start : text.start + KEPT_OF_RAW - passed]
    raw = raw[: passed + found - text.start]
    text.move(found)
    return Document(line, None, raw, (code, reason))


class _BadEnd:
    """Finds where a broken document ends.

    An object ends with its last brace, at a line break inside a string (JSON has none), or before a line that
    begins with `{`, which is how one document a line goes on after one that is cut off. Anything else ends
    with its line, or where an object begins.
    """

    def __init__(self, *, is_object: bool) -> None:
        self._is_object = is_object
        self._depth = 0
        self._to_line_end = False
        #: Up to here the text is decided, so it need not be held.
        self.safe = 0

    def find(self, buffer: str, start: int, *, is_last: bool) -> int | None:
        """The end, or None where more text is needed (never when this is the last)."""
        self.safe = start
        if self._to_line_end:
            return self._line_end(buffer, start, is_last=is_last)
        for token in _STRUCTURE.finditer(buffer, start):
            sign = buffer[token.start()]
            if sign == '"' and token.end() == token.start() + 1:
                self.safe = token.start()
                if not is_last and "\n" not in buffer[token.start() :]:
                    return None
                self._to_line_end = True
                return self._line_end(buffer, token.start(), is_last=is_last)
            if sign == "\n":
                if not self._is_object or self._depth <= 0 or buffer.startswith("{", token.end()):
                    return token.end()
                if token.end() == len(buffer) and not is_last:
                    self.safe = token.start()
                    return None
            elif sign in "{[":
                if not self._is_object and sign == "{":
                    return token.start()
                self._depth += 1
            elif sign in "}]":
                self._depth -= 1
                if self._depth <= 0 and self._is_object:
                    return token.end()
            self.safe = token.end()
        if is_last:
            return len(buffer)
        return None

    def _line_end(self, buffer: str, start: int, *, is_last: bool) -> int | None:
        found = buffer.find("\n", start)
        if found >= 0:
            return found + 1
        self.safe = len(buffer)
        return len(buffer) if is_last else None
