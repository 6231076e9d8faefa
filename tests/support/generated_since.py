"""Criteria over since when somebody is a member of an audience of a generated world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.generated_operators import Operators


def since_criterion(named: str, instants: list[datetime], operators: Operators) -> dict[str, Any]:
    """Members of `named` since an instant: one date operator, now and then two."""
    window = operators.window(instants)
    if operators.random.random() < 0.2:
        window |= operators.window(instants)
    return {"member_since": {"in": named, **window}}
