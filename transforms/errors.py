"""The two families of errors: a user's, who can act on it, and ours, which is a bug."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

Severity = Literal["error", "warning"]

#: Exit statuses of the command line (spec §13).
FAILED = 1
WRONG_USE = 2
SOMETHING_TO_DO = 3
#: Columns of a terminal that a long list of what is allowed takes.
_WIDTH = 110


@dataclass(frozen=True, order=True)
class Place:
    """Where in a user's files something stands: file (relative to the project folder), line from 1, keys."""

    file: str
    line: int | None = None
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        """`file:line`, or `file` where no line is known."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """One thing that a user can put right.

    `code` is stable and never used again for another meaning. `message` says what is wrong without any
    personal value, `allowed` what would be right, `hint` what to do.
    """

    code: str
    message: str
    place: Place | None = None
    allowed: tuple[str, ...] = ()
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        """Several lines for a terminal: place, severity and code, message; then the hint and what is allowed."""
        where = f"{self.place}: " if self.place else ""
        keys = f" (at {'.'.join(self.place.path)})" if self.place and self.place.path else ""
        lines = [f"{where}{self.severity} {self.code}: {self.message}{keys}"]
        if self.hint:
            lines.append(f"    {self.hint}")
        if self.allowed:
            # What is allowed may have spaces of its own, at which no line is broken.
            allowed = ", ".join(name.replace(" ", "\0") for name in self.allowed)
            lines += (
                line.replace("\0", " ")
                for line in wrap(
                    f"allowed: {allowed}",
                    _WIDTH,
                    initial_indent="    ",
                    subsequent_indent=" " * 13,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
        return "\n".join(lines)


class UserError(Exception):
    """Something that the user can act on; carries every problem found, not only the first."""

    def __init__(self, *problems: Problem, exit_status: int = WRONG_USE) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.exit_status = exit_status


def failure(code: str, message: str, hint: str = "", allowed: tuple[str, ...] = ()) -> UserError:
    """A run that failed, or something asked for that is not there: exit status 1."""
    return UserError(Problem(code=code, message=message, hint=hint, allowed=allowed), exit_status=FAILED)


class InternalError(Exception):
    """A bug of ours: a state that the code says can't be."""
