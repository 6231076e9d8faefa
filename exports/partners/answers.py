"""What a partner's answer means: taken, to be asked again, to sign in again, or refused.

HTTP's status alone does not say it: partners answer 200 with failures inside. Each partner's `judge` looks into its own
answers first, and leaves the rest to `by_status`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from exports.partners.json_places import values_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from exports.partners.json_places import Place

#: Why a partner took nothing, for good.
Refusal = Literal["authentication", "permission", "refused", "list_gone", "too_small"]
#: Statuses that pass with time (partners.md §5).
_PASSING = frozenset((408, 425, 500, 502, 503, 504))
_TOO_MANY = 429


@dataclass(frozen=True)
class Heard:
    """An answer: its status, its headers by lower-case name, its JSON (None where it is none), and what was sent."""

    status: int
    headers: Mapping[str, str]
    body: Any
    rows: Sequence[Any] = ()

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return self.status // 100 == 2

    def positions(self, found: Iterable[Any]) -> tuple[int, ...]:
        """Those of `found` that are positions of rows, each once, in order."""
        numbers = {each for each in found if isinstance(each, int) and not isinstance(each, bool)}
        return tuple(sorted(each for each in numbers if 0 <= each < len(self.rows)))

    def words(self, *places: Place) -> tuple[str, ...]:
        """The distinct texts and numbers at the places, in order."""
        found = (value for place in places for value in values_at(self.body, place))
        return tuple(
            dict.fromkeys(str(value) for value in found if isinstance(value, str | int) and str(value))
        )


@dataclass(frozen=True)
class Taken:
    """The partner took the rows, but for those at positions `rejected`, and `unplaced` more that it does not name.

    `again`: positions that it did not take this time, and which may be sent again. `job`: what it calls the work that
    goes on there.
    """

    words: tuple[str, ...] = ()
    rejected: tuple[int, ...] = ()
    unplaced: int = 0
    again: tuple[int, ...] = ()
    job: str | None = None


@dataclass(frozen=True)
class Later:
    """Nothing was taken; the same request may be taken later."""

    words: tuple[str, ...]
    is_limit: bool = False


@dataclass(frozen=True)
class SignIn:
    """The token no longer holds: one more is fetched where there is a way to, once."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """Nothing was taken, and never will be."""

    reason: Refusal
    words: tuple[str, ...]


Verdict = Taken | Later | SignIn | Refused


def by_status(
    heard: Heard, words: tuple[str, ...], gone: Iterable[str] = (), small: Iterable[str] = ()
) -> Verdict:
    """What the status says, for all partners alike (partners.md §5).

    `gone` and `small` are words, in lower case, by which a refusal says that the list is no longer there, or would be
    too small.
    """
    if heard.is_success:
        return Taken(words)
    said = " ".join(words).lower()
    match heard.status:
        case 401:
            return SignIn(words)
        case status if status == _TOO_MANY:
            return Later(words, is_limit=True)
        case status if status in _PASSING or status > 504:
            return Later(words)
        case _ if any(each in said for each in small):
            return Refused("too_small", words)
        case 404 | 410:
            return Refused("list_gone", words)
        case _ if any(each in said for each in gone):
            return Refused("list_gone", words)
        case 403:
            return Refused("permission", words)
        case _ if "terms" in said:
            # Terms that nobody accepted there are no fault of what was sent (B25).
            return Refused("permission", words)
        case _:
            return Refused("refused", words)


def without(heard: Heard, bad: Iterable[int], words: tuple[str, ...]) -> Taken | None:
    """For a request that failed as a whole because of some rows: those are out, the others may be sent again.

    None where the answer names no row of the request, so that it can't be told which.
    """
    rejected = heard.positions(bad)
    if not rejected:
        return None
    again = tuple(sorted(set(range(len(heard.rows))).difference(rejected)))
    return Taken(words, rejected, again=again)
