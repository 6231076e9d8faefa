"""What an import has to say of a definition: what it left out, and how it took what can be taken in two ways."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A place in the JSON document, as a path that begins with `$`, and a sentence about it."""

    path: str
    reason: str


class NotTranslatedError(Exception):
    """What one criterion asks can't be said in Milepost's language; carries each reason found."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(f"{finding.path}: {finding.reason}" for finding in findings))
        self.findings = findings


def untranslatable(path: str, reason: str) -> NotTranslatedError:
    """The error for one place and reason."""
    return NotTranslatedError(Finding(path, reason))


class Findings:
    """Collects what was taken in one of two ways, once for each place and sentence."""

    def __init__(self) -> None:
        self._notes: dict[Finding, None] = {}

    def note(self, path: str, reason: str) -> None:
        """Keep one note."""
        self._notes.setdefault(Finding(path, reason))

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The notes in the order found."""
        return tuple(self._notes)
