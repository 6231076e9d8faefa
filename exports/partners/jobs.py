"""Work that goes on at a partner after it took a request: where it is asked about, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from exports.partners.answers import Heard


_DIGITS = 19


@dataclass(frozen=True)
class Running:
    """It goes on."""


@dataclass(frozen=True)
class Ended:
    """It is over. So many rows were refused, which it does not name."""

    refused: int = 0


@dataclass(frozen=True)
class Failed:
    """It is over, and none of its rows were taken; why, in the partner's words."""

    words: tuple[str, ...] = ()


def rows_in(count: object) -> int:
    """A number of rows, which some write as a text of up to 64 bits; what is no number counts none."""
    match count:
        case bool():
            return 0
        case int():
            return max(count, 0)
        case str():
            return int(count) if len(count) <= _DIGITS and count.isascii() and count.isdigit() else 0
        case _:
            return 0


JobState = Running | Ended | Failed


@dataclass(frozen=True)
class Jobs:
    """`path` has `{job}` where the partner's name of the work stands; `judge` looks at an answer that is no error.

    Nobody waits longer than `longest`.
    """

    path: str
    judge: Callable[[Heard], JobState]
    longest: timedelta
