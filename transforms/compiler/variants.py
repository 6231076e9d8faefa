"""A/B tests: which variant a member is in (spec §9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from transforms.criteria import expressions as sql

if TYPE_CHECKING:
    from transforms.definitions.records import AbTest

#: Shares are in hundredths of a percent, points in [0, 2^32).
_WHOLE = 10_000
_POINTS = 2**32


def variant_column(audience_id: str, test: AbTest) -> exp.Expr:
    """The column `variant`: the first variant with k × 10⁴ < S × 2³², in integers; Control last.

    k is the point of `<audience id>:<test name>:<mpid>`, S the running sum of the shares in the order written.
    """
    case = exp.Case()
    running = 0
    for name, share in test.variants:
        running += share
        scaled = exp.Mul(this=_point(audience_id, test), expression=exp.Literal.number(_WHOLE))
        threshold = exp.Mul(this=exp.Literal.number(running), expression=exp.Literal.number(_POINTS))
        is_before = exp.LT(this=scaled, expression=threshold)
        case = case.when(is_before, sql.text(name), copy=False)
    return exp.alias_(case.else_(sql.text("Control"), copy=False), "variant")


def _point(audience_id: str, test: AbTest) -> exp.Expr:
    mpid = exp.cast(exp.column("mpid"), "text")
    named = exp.DPipe(this=sql.text(f"{audience_id}:{test.name}:"), expression=mpid)
    return sql.call("variant_point", named)
