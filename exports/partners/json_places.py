"""Places in a JSON document, as the keys that lead there: `*` stands for each entry of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Place = tuple[str | int, ...]
EACH = "*"


def values_at(document: Any, place: Place) -> Iterator[Any]:
    """Every value that is at `place`, in order; none where the document has another shape."""
    if not place:
        yield document
        return
    first, *rest = place
    match document:
        case list() if first == EACH:
            for entry in document:
                yield from values_at(entry, tuple(rest))
        case list() if isinstance(first, int) and first < len(document):
            yield from values_at(document[first], tuple(rest))
        case dict() if first in document:
            yield from values_at(document[first], tuple(rest))
        case _:
            pass


def value_at(document: Any, place: Place) -> Any:
    """The first value at `place`, or None."""
    return next(values_at(document, place), None)


def with_value(document: Any, place: Place, change: Callable[[Any], Any]) -> Any:
    """`document` with `change` of each value at `place`; what is elsewhere stays, and is never looked into."""
    if not place:
        return change(document)
    first, *rest = place
    match document:
        case list() if first == EACH:
            return [with_value(entry, tuple(rest), change) for entry in document]
        case list() if isinstance(first, int) and first < len(document):
            changed = list(document)
            changed[first] = with_value(document[first], tuple(rest), change)
            return changed
        case dict() if first in document:
            return {**document, first: with_value(document[first], tuple(rest), change)}
        case _:
            return document
