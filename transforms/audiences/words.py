"""A definition in plain lines, with the effective window of every criterion (spec §4.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from transforms.compiler.assemble import scope_of
from transforms.criteria.leaf import Leaf
from transforms.criteria.logic import AllOf, AnyOf, Excluding, NoneOf, masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transforms.criteria.language import Criterion
    from transforms.criteria.scope import Scope
    from transforms.definitions.records import Audience, Definitions

_INDENT = "  "


def without_identities(audience: Audience) -> Audience:
    """The audience as it may be shown to anybody: the identities that its criteria name are hidden (Leaf.masked)."""
    return audience if audience.criteria is None else replace(audience, criteria=masked(audience.criteria))


def definition_lines(definitions: Definitions, audience: Audience) -> Iterator[str]:
    """Who is in an audience, one statement a line, indented as the criteria are nested."""
    yield from path_lines(audience)
    if audience.criteria is not None:
        yield from criterion_lines(audience.criteria, scope_of(audience, definitions.project))


def path_lines(audience: Audience) -> Iterator[str]:
    """What a milestone's place in its journey asks for; nothing for an audience outside of one."""
    if audience.parent is not None:
        yield f"in {audience.parent}"
    before = audience.siblings if audience.is_remaining else audience.earlier_siblings
    if before:
        yield f"in none of {', '.join(before)}"


def criterion_lines(criterion: Criterion, scope: Scope) -> Iterator[str]:
    """A criterion in plain lines, indented as it is nested."""
    match criterion:
        case AllOf(items=items):
            yield from _nested("all of", items, scope)
        case AnyOf(items=items):
            yield from _nested("any of", items, scope)
        case NoneOf(items=items):
            yield from _nested("none of", items, scope)
        case Excluding(kept=kept, removed=removed):
            yield from criterion_lines(kept, scope)
            yield from _nested("but none of", removed, scope)
        case Leaf():
            first, *others = criterion.explanation(scope)
            yield first
            yield from (_INDENT + line for line in others)
        case _:
            assert_never(criterion)


def _nested(head: str, items: Iterable[Criterion], scope: Scope) -> Iterator[str]:
    yield f"{head}:"
    for item in items:
        yield from (_INDENT + line for line in criterion_lines(item, scope))
