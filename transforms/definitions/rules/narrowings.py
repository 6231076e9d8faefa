"""What is narrowed to an input or a workspace: both rules walk the same `input:` and `workspace:` keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.criteria.language import narrowed_inputs, narrowed_workspaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transforms.criteria.leaf import Narrowing
    from transforms.definitions.records import Audience, CalculatedAttribute
    from transforms.definitions.rules.whole import Whole


@dataclass(frozen=True)
class Narrowed:
    """One key `input` or `workspace` (`key`) of an audience or a calculated attribute, its `owner`.

    `seen` is what the narrowed criterion looks at without it, `known` what milepost.yml has.
    """

    key: str
    to: Narrowing
    seen: tuple[str, ...]
    known: tuple[str, ...]
    owner: Audience | CalculatedAttribute


def narrowings(whole: Whole) -> Iterator[Narrowed]:
    """Every criterion that is narrowed, and the events of every calculated attribute that are."""
    if not whole.project.inputs:
        # milepost.yml has no valid input: that was reported, and every name would be unknown.
        return
    for audience in whole.audiences:
        if audience.criteria is not None:
            inputs, workspaces = narrowed_inputs(audience.criteria), narrowed_workspaces(audience.criteria)
            yield from _of(audience, inputs, workspaces, whole)
    for attribute in whole.attributes:
        selection = attribute.calculation.selection
        yield from _of(attribute, selection.inputs, selection.workspaces, whole)


def _of(
    owner: Audience | CalculatedAttribute,
    inputs: Iterable[Narrowing],
    workspaces: Iterable[Narrowing],
    whole: Whole,
) -> Iterator[Narrowed]:
    known = {source.key: source.workspace for source in whole.project.inputs}
    names = tuple(sorted(known))
    every = tuple(name for name in names if known[name] in owner.workspaces)
    for to in inputs:
        yield Narrowed("input", to, every if to.sees_all_inputs else owner.inputs, names, owner)
    for to in workspaces:
        yield Narrowed("workspace", to, owner.workspaces, whole.project.workspaces, owner)
