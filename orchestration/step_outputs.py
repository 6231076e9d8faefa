"""Dagster's answer to which assets a step makes, had once in a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster._core.execution.context.system import StepExecutionContext

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    import dagster as dg

_REMEMBERED = "_milepost_output_asset_keys"
_METHOD = "get_output_asset_keys"
_find: Callable[[StepExecutionContext], AbstractSet[dg.AssetKey]] | None = getattr(
    StepExecutionContext, _METHOD, None
)


def remember_step_outputs() -> None:
    """Let each step of this process find out once which assets it makes.

    Dagster finds them anew with each asset that a step yields, and looks at all of them for it: a tenth of a run
    where one step makes 500 milestones, and four times that for twice as many. A step's assets don't change. There
    is no public place for it; where Dagster no longer has the method nothing is done, and a test says so.
    """
    if _find is not None:
        setattr(StepExecutionContext, _METHOD, _once)


def _once(self: StepExecutionContext) -> AbstractSet[dg.AssetKey]:
    known = getattr(self, _REMEMBERED, None)
    if known is None and _find is not None:
        known = _find(self)
        setattr(self, _REMEMBERED, known)
    return known or frozenset()
