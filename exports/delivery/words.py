"""A partner's words as they may be shown: few, short, and without what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exports.delivery.faults import scrubbed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST = 5
#: What is longer is cut before it is searched, so that a long answer costs no more than a short one.
_LONGEST = 2_000
#: Shorter texts of rows are no identifiers, and would leave holes in every sentence.
_SHORTEST_VALUE = 3


def shown(words: Iterable[str], hidden: Iterable[str]) -> tuple[str, ...]:
    """The distinct words, at most five, scrubbed.

    `hidden` are texts that must not be seen whatever they look like: secrets, and the values that were sent.
    """
    texts = sorted({text for text in hidden if len(text) >= _SHORTEST_VALUE}, key=len, reverse=True)
    return tuple(dict.fromkeys(_one(word, texts) for word in words))[:_MOST]


def _one(word: str, hidden: list[str]) -> str:
    text = word[:_LONGEST]
    for value in hidden:
        if value in text:
            text = text.replace(value, "…")
    return scrubbed("".join(letter if letter.isprintable() else " " for letter in text))


def values_in(rows: Any) -> Iterator[str]:
    """Every text and every number in rows, as text: attributes may be numbers."""
    match rows:
        case bool():
            pass
        case int() | float():
            yield str(rows)
        case dict():
            for value in rows.values():
                yield from values_in(value)
        case list() | tuple():
            for value in rows:
                yield from values_in(value)
        case _:
            yield from texts_in(rows)


def texts_in(rows: Any) -> Iterator[str]:
    """Every text in rows, however they nest; keys are no values."""
    match rows:
        case str():
            yield rows
        case dict():
            for value in rows.values():
                yield from texts_in(value)
        case list() | tuple():
            for value in rows:
                yield from texts_in(value)
        case _:
            pass
