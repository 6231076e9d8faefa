"""How estimates are put: a tree for people, and data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.cli.answers import age_in_words
from transforms.audiences.estimates import RealSize
from transforms.audiences.size_words import size_answer, size_number, size_words
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from transforms.audiences.estimates import EstimatedAudience, EstimatedCriterion, Size
    from transforms.audiences.sample import Sample

_INDENT = "  "
_JOINS = {"all": "all of", "any": "any of", "none": "none of", "exclude": "but none of"}


def text_of(
    found: Sequence[EstimatedAudience], sample: Sample, as_of: datetime, read_at: datetime
) -> Iterator[str]:
    """A table of sizes: milestones below their parents with what is left of those, criteria below their audience."""
    rows = list(_rows(found, read_at))
    left = max((len(words) for words, _ in rows), default=0)
    right = max((len(size) for _, (size, _) in rows), default=0)
    for words, (size, said) in rows:
        yield f"{words.ljust(left)}  {size.rjust(right)}  {said}".rstrip()
    yield (
        f"as of {iso(as_of)}, {age_in_words(read_at - as_of)} old; "
        + (
            f"exact, of all {sample.users:,} users"
            if sample.sampled == sample.users
            else f"from {sample.sampled:,} of {sample.users:,} users"
        )
    )


def _rows(found: Sequence[EstimatedAudience], read_at: datetime) -> Iterator[tuple[str, tuple[str, str]]]:
    sizes = {one.audience.id: one.size for one in found}
    depths: dict[str, int] = {}
    for one in found:
        audience = one.audience
        parent = audience.parent
        depth = depths[parent] + 1 if parent in depths and parent is not None else 0
        depths[audience.id] = depth
        size, said = _told(one.size, read_at)
        if parent in sizes and parent is not None:
            said = ", ".join(filter(None, (said, _left_of(one.size, sizes[parent]))))
        yield _INDENT * depth + audience.id, (size, said)
        if one.criteria is not None:
            yield from _criteria(one.criteria, _INDENT * (depth + 1))


def _criteria(criterion: EstimatedCriterion, indent: str) -> Iterator[tuple[str, tuple[str, str]]]:
    told = ("", "") if criterion.size is None else _told(criterion.size, None)
    if criterion.join is not None:
        yield f"{indent}· {_JOINS[criterion.join]}:", told
        for below in criterion.below:
            yield from _criteria(below, indent + _INDENT)
        return
    first, *others = criterion.lines
    yield f"{indent}· {first}", told
    for line in others:
        yield f"{indent}{_INDENT}{line}", ("", "")


def _told(size: Size, read_at: datetime | None) -> tuple[str, str]:
    """The size, and what is said beside it."""
    text, said = size_words(size)
    if isinstance(size, RealSize) and read_at is not None:
        said = f"{said}, {age_in_words(read_at - size.as_of)} old"
    return text, said


def _left_of(size: Size, above: Size) -> str:
    """Which part of its parent a milestone is."""
    part, whole = size_number(size), size_number(above)
    return f"{part / whole:.1%} of the step above" if part is not None and whole else ""


def answer_of(
    found: Sequence[EstimatedAudience], sample: Sample, as_of: datetime, read_at: datetime
) -> dict[str, Any]:
    """The same as data."""
    sizes = {one.audience.id: one.size for one in found}
    return {
        "as_of": iso(as_of),
        "age_seconds": int((read_at - as_of).total_seconds()),
        "users": sample.users,
        "sampled_users": sample.sampled,
        "audiences": [_audience_answer(one, sizes) for one in found],
    }


def _audience_answer(one: EstimatedAudience, sizes: dict[str, Size]) -> dict[str, Any]:
    audience = one.audience
    above = None if audience.parent is None else sizes.get(audience.parent)
    part, whole = size_number(one.size), None if above is None else size_number(above)
    return {
        "id": audience.id,
        "name": audience.name,
        "journey": audience.journey,
        "parent": audience.parent,
        **size_answer(one.size),
        "share_of_parent": part / whole if part is not None and whole else None,
        "criteria": None if one.criteria is None else _criterion_answer(one.criteria),
    }


def _criterion_answer(criterion: EstimatedCriterion) -> dict[str, Any]:
    size = {} if criterion.size is None else size_answer(criterion.size)
    if criterion.join is not None:
        return {**size, criterion.join: [_criterion_answer(one) for one in criterion.below]}
    return {"criterion": list(criterion.lines), **size}
