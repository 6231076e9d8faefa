"""The record of one rule, and of what it finds in a project."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from transforms.documents.report import nearest
from transforms.seen_names import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from transforms.definitions.rules.whole import Whole
    from transforms.documents.report import Report
    from transforms.errors import Place, Severity
    from transforms.seen_names import SeenNames

#: The milepost.yml of an example that has none of its own.
EXAMPLE_PROJECT = """\
project: shop
workspaces:
  shop:
    inputs:
      app: {kind: platform, format: batches}
      web: {kind: platform, format: batches}
"""


@dataclass(frozen=True)
class Finding:
    """One place that breaks a rule: the message with its names filled in. No hint: what the rule says to do."""

    message: str
    place: Place | None
    allowed: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Rule:
    """One thing that must hold over a whole project.

    `teaching` is the docstring of the rule's module: its first paragraph says what is wrong, the others why that
    matters. `fix` says what to do. `example` are files of a project (path → YAML) that break this rule and no
    other, and `fixed` the same files put right; both stand on EXAMPLE_PROJECT. `seen`: what the lake of the
    example has seen, where that matters.
    """

    code: str
    severity: Severity
    teaching: str | None
    fix: str
    check: Callable[[Whole], Iterator[Finding]]
    example: Mapping[str, str] = field(hash=False)
    fixed: Mapping[str, str] = field(hash=False)
    seen: SeenNames | None = field(default=None, hash=False)

    @property
    def message(self) -> str:
        """What is wrong, in one sentence."""
        return self._paragraphs()[0]

    @property
    def why(self) -> str:
        """Why it matters, in two or three sentences."""
        return " ".join(self._paragraphs()[1:])

    def run(self, whole: Whole, report: Report) -> None:
        """Report all that breaks the rule."""
        for found in self.check(whole):
            report.add(
                self.code,
                found.message,
                found.place,
                allowed=found.allowed,
                hint=found.hint or self.fix,
                severity=self.severity,
            )

    def _paragraphs(self) -> list[str]:
        paragraphs = (self.teaching or "").strip().split("\n\n")
        return [" ".join(paragraph.split()) for paragraph in paragraphs]


def never_seen(what: str, name: str, place: Place, seen: Iterable[str]) -> Iterator[Finding]:
    """A name that the lake has never seen, with the nearest that it has: there may be too many to list.

    Nothing where the name is too long to be kept.
    """
    if len(name) > LONGEST_NAME:
        return
    near = _nearest(name, tuple(seen))
    hint = f"did you mean `{near}`? `milepost data` lists what was seen" if near else ""
    yield Finding(f"{what} `{name[:80]}` was never seen", place, hint=hint)


#: Names that are compared with a misspelt one letter by letter within a moment.
_FEW = 500


def _nearest(name: str, names: tuple[str, ...]) -> str | None:
    """The name that looks most like it; of very many names only those are looked at that begin alike."""
    if len(names) > _FEW:
        folded = name.lower()
        same = next((each for each in names if each.lower() == folded), None)
        if same is not None:
            return same
        alike = (each for each in names if each[:1].lower() == folded[:1] and abs(len(each) - len(name)) <= 2)
        names = tuple(islice(alike, _FEW))
    return nearest(name, names)


def unknown(what: str, name: str, place: Place, known: Iterable[str]) -> Finding:
    """A name that is none of the `known` ones, with the nearest of them."""
    names = tuple(known)
    near = nearest(name, names)
    return Finding(f"unknown {what} `{name[:80]}`", place, names, f"did you mean `{near}`?" if near else "")
