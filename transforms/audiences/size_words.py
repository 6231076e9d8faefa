"""How a size is put: as text for people, and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from transforms.audiences.estimates import RealSize
from transforms.audiences.intervals import Estimate
from transforms.errors import Problem
from transforms.instants import iso

if TYPE_CHECKING:
    from transforms.audiences.estimates import Size

TOO_FEW, FAULT = "~", "⚠"


def size_words(size: Size) -> tuple[str, str]:
    """The size (`1,234`, `~` or `⚠`, spec §7), and what is said beside it: its instant, its interval, or the reason."""
    match size:
        case RealSize():
            return f"{size.value:,}", f"calculated as of {iso(size.as_of)}"
        case Estimate(is_exact=True):
            return f"{size.low:,}", ""
        case Estimate(value=None):
            return TOO_FEW, f"at most {size.high:,}"
        case Estimate():
            return f"{size.value:,}", f"{size.low:,} – {size.high:,}"
        case Problem():
            return FAULT, size.message
    assert_never(size)


def size_number(size: Size | None) -> int | None:
    """The number of users, None where none is told."""
    return None if size is None or isinstance(size, Problem) else size.value


def size_answer(size: Size) -> dict[str, Any]:
    """`kind` says what it is; `low` and `high` are the bounds of the 95 % interval."""
    match size:
        case RealSize():
            return {"kind": "calculated", "size": size.value, "as_of": iso(size.as_of)}
        case Estimate():
            kind = "exact" if size.is_exact else "too_few" if size.value is None else "estimated"
            return {"kind": kind, "size": size.value, "low": size.low, "high": size.high}
        case Problem():
            return {"kind": "failed", "size": None, "code": size.code, "reason": size.message}
    assert_never(size)
