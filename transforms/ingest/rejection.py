"""Why a file, a record or an event can't be used: a stable code and a sentence without personal values."""

from __future__ import annotations


class Rejected(Exception):
    """One record or event goes to quarantine. Caught by the reader of the format, never seen outside ingest."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class FileRejected(Rejected):
    """The whole file goes to quarantine, and nothing of it to the lake."""
