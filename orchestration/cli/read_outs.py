"""A read-out of an A/B test as lines for people, and as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.cli.answers import UNKNOWN, table_lines
from transforms.audiences.variants import MISMATCH_BELOW, SMALLEST_EXPECTED
from transforms.audiences.words import criterion_lines
from transforms.instants import iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from transforms.audiences.assigned import Assigned
    from transforms.audiences.read_out import Arm, ReadOut
    from transforms.audiences.variants import SampleRatio
    from transforms.definitions.outcomes import Outcome


#: Below this a p-value is told as less than it.
_SMALLEST_SHOWN = 0.0001


@dataclass(frozen=True)
class Read:
    """The read-out of an audience's test at an instant, and the outcome that was asked for."""

    audience: str
    as_of: datetime
    assigned: Assigned
    found: ReadOut
    outcome: Outcome | None


_ARMS = ("variant", "share", "assigned", "of all", "members now")
_RATES = ("variant", "with outcome", "rate", "95 % interval", "to Control", "95 % of it", "p")


def text_of(read: Read) -> Iterator[str]:
    """The read-out in lines."""
    as_ofs = read.assigned.as_ofs
    total = sum(arm.assigned for arm in read.found.arms)
    yield f"{read.audience}, test {read.assigned.test.name}, as of {iso(read.as_of)}"
    yield (
        f"{total:,} assigned at {len(as_ofs):,} stored {'as_of' if len(as_ofs) == 1 else 'as_ofs'} "
        f"from {iso(as_ofs[0])} on, members now or not"
    )
    rows = [
        (
            arm.variant,
            f"{arm.share / 100:g} %",
            arm.assigned,
            f"{arm.assigned / total:.1%}" if total else None,
            arm.members,
        )
        for arm in read.found.arms
    ]
    yield from table_lines(_ARMS, rows, frozenset(_ARMS[1:]))
    yield f"split of the assigned: {_split(read.found.of_assigned)}"
    yield f"split of the members now: {_split(read.found.of_members)}"
    if read.outcome is not None:
        yield ""
        yield from _outcome(read, read.outcome)


def _split(ratio: SampleRatio) -> str:
    strays = f"; ⚠ users in {', '.join(ratio.strays)}, which has no share" if ratio.strays else ""
    if ratio.p_value is None:
        return f"too few to tell, an arm expects fewer than {SMALLEST_EXPECTED}{strays}"
    if ratio.is_mismatch:
        return f"⚠ not as written, p {_p(ratio.p_value)} is below {MISMATCH_BELOW:g}: trust no comparison{strays}"
    return f"as written, p {_p(ratio.p_value)}{strays}"


def _outcome(read: Read, outcome: Outcome) -> Iterator[str]:
    first, *others = criterion_lines(outcome.criterion, outcome.scope)
    yield f"outcome: {first}"
    yield from (f"  {line}" for line in others)
    yield "  counted of each user: what happened from the assignment on"
    yield from table_lines(_RATES, [_rates(arm) for arm in read.found.arms], frozenset(_RATES[1:]))
    if any(arm.to_control is not None and arm.to_control.is_rough for arm in read.found.arms):
        yield "few with, or without, the outcome: p is only rough, trust the interval of the difference"
    count = read.found.comparisons
    if count > 1:
        yield f"each p is that of one comparison alone: of {count}, call one real below {0.05 / count:.4f} (Bonferroni)"


def _rates(arm: Arm) -> tuple[object, ...]:
    found, apart = arm.rate, arm.to_control
    if found is None:
        return (arm.variant, "0 of 0", *(None,) * 5)
    own = (
        arm.variant,
        f"{found.successes:,} of {found.members:,}",
        f"{found.value:.2%}",
        f"{found.low:.2%} – {found.high:.2%}",
    )
    if apart is None:
        return (*own, None, None, None)
    return (
        *own,
        f"{100 * apart.value:+.2f} points",
        f"{100 * apart.low:+.2f} – {100 * apart.high:+.2f}",
        UNKNOWN if apart.p_value is None else _p(apart.p_value).removeprefix("= "),
    )


def _p(value: float) -> str:
    return f"= {value:.4f}" if value >= _SMALLEST_SHOWN else f"< {_SMALLEST_SHOWN}"


def answer_of(read: Read) -> dict[str, Any]:
    """The same as data; rates, differences and their bounds are shares of 1."""
    found = read.found
    return {
        "audience": read.audience,
        "test": read.assigned.test.name,
        "as_of": iso(read.as_of),
        "as_ofs": [iso(at) for at in read.assigned.as_ofs],
        "variants": [
            {
                "variant": arm.variant,
                "share": arm.share / 100,
                "assigned": arm.assigned,
                "members": arm.members,
                **({} if read.outcome is None else _rate_answer(arm)),
            }
            for arm in found.arms
        ],
        "sample_ratio": {
            "assigned": _ratio_answer(found.of_assigned),
            "members": _ratio_answer(found.of_members),
        },
        "outcome": None
        if read.outcome is None
        else [*criterion_lines(read.outcome.criterion, read.outcome.scope)],
    }


def _rate_answer(arm: Arm) -> dict[str, Any]:
    found, apart = arm.rate, arm.to_control
    return {
        "successes": 0 if found is None else found.successes,
        "rate": None if found is None else found.value,
        "rate_low": None if found is None else found.low,
        "rate_high": None if found is None else found.high,
        "difference": None
        if apart is None
        else {
            "value": apart.value,
            "low": apart.low,
            "high": apart.high,
            "p_value": apart.p_value,
            "is_rough": apart.is_rough,
        },
    }


def _ratio_answer(ratio: SampleRatio) -> dict[str, Any]:
    return {"p_value": ratio.p_value, "is_mismatch": ratio.is_mismatch, "strays": [*ratio.strays]}
