"""Why a file, a record or an event can't be used: a stable code and a sentence without personal values."""

from __future__ import annotations

from dataclasses import dataclass

#: Of a bad record this many characters are kept.
KEPT_OF_RAW = 64 * 1024


class Rejected(Exception):
    """One record or event goes to quarantine. Caught by the reader of the format, never seen outside ingest."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Rejection:
    """A record that goes to quarantine, or one event of it; of `raw` at most KEPT_OF_RAW characters."""

    code: str
    reason: str
    raw: str
    line: int
    event_index: int | None = None

    @staticmethod
    def of(rejected: Rejected, raw: str, line: int, event_index: int | None = None) -> Rejection:
        """What goes to quarantine of this text, and why."""
        return Rejection(rejected.code, rejected.reason, raw[:KEPT_OF_RAW], line, event_index)


class FileRejected(Rejected):
    """The whole file goes to quarantine, and nothing of it to the lake."""
