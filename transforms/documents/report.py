"""Collects every problem of a reading, so that all are shown at once."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from transforms.errors import Place, Problem, Severity, UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from transforms.documents.nodes import Node


class Report:
    """The problems found so far, in the order found."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(
        self,
        code: str,
        message: str,
        place: Place | Node | None,
        *,
        allowed: Iterable[str] = (),
        hint: str = "",
        severity: Severity = "error",
    ) -> None:
        """Keep one problem; `place` is where, or the node that is wrong."""
        at = place if place is None or isinstance(place, Place) else place.place
        self.problems.append(Problem(code, message, at, tuple(allowed), hint, severity))

    def unknown(self, code: str, what: str, name: str, place: Place | Node, known: Iterable[str]) -> None:
        """Keep an unknown `name` with the nearest of the `known` ones."""
        names = tuple(known)
        near = nearest(name, names)
        hint = f"did you mean `{near}`?" if near else ""
        self.add(code, f"unknown {what} `{name}`", place, allowed=names, hint=hint)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that do not."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def raise_errors(self) -> None:
        """Raise UserError with all errors, sorted by file and line, if there are any."""
        if self.errors:
            raise UserError(*sorted(self.errors, key=_by_place))


def _by_place(problem: Problem) -> tuple[str, int]:
    return (problem.place.file, problem.place.line or 0) if problem.place else ("", 0)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `name`, or None where none is close."""
    folded = {candidate.lower(): candidate for candidate in known}
    found = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
