"""What a team is told of: one notice for each thing, with a key that makes it the same thing next time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transforms.instants import iso

if TYPE_CHECKING:
    from datetime import datetime

    from transforms.audiences.watching import Finding
    from transforms.definitions.records import Subject


@dataclass(frozen=True)
class Notice:
    """One thing to tell. `key` is the same for the same thing; nothing personal is in it or in `text`."""

    subject: Subject
    key: str
    text: str
    audience_id: str | None = None
    as_of: datetime | None = None
    connection_id: str | None = None


class NotSent(Exception):
    """A channel did not take a message; the text says why, without its address or any secret."""


def of_finding(finding: Finding) -> Notice:
    """What deserves a look, once for each audience, connection and as_of."""
    of_connection = "" if finding.connection_id is None else f"{finding.connection_id} "
    return Notice(
        subject=finding.subject,
        key=f"{finding.subject} {of_connection}{finding.audience_id} {iso(finding.as_of)}",
        text=f"{finding.audience_id} {finding.text}",
        audience_id=finding.audience_id,
        as_of=finding.as_of,
        connection_id=finding.connection_id,
    )


def of_failed_run(run_id: str, words: str) -> Notice:
    """A run that failed, in the words that whoever started it is shown."""
    return Notice("failed_run", f"failed_run {run_id}", f"a run failed: {words}")


def headline(project: str, notices: tuple[Notice, ...]) -> str:
    """The first line of a message."""
    count = "1 thing needs" if len(notices) == 1 else f"{len(notices)} things need"
    return f"Milepost, {project}: {count} a look"
