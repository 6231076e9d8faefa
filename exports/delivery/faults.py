"""What keeps a delivery from arriving."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exports.ledger.records import FaultReason

#: Partners repeat what they were sent: addresses, numbers, tokens and digests are not repeated after them.
_PERSONAL = re.compile(r"[^\s@\"'<>]+@[^\s@\"'<>]+|[A-Za-z0-9+/_=-]{24,}|\+?\d[\d ().-]{6,}\d")
_LONGEST = 300


@dataclass(frozen=True)
class Fault:
    """Why a delivery ended, in the partner's words. `may_have_arrived`: what was sent last may have been taken."""

    reason: FaultReason
    message: str
    next_step: str
    may_have_arrived: bool = False


class DeliveryError(Exception):
    """A delivery did not arrive, and trying again does not help before somebody has looked at it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def scrubbed(words: str, secrets: Iterable[str] = ()) -> str:
    """A partner's words without anything that may be personal or secret, in a line of at most 300 characters.

    Each of `secrets` is cut out, however short.
    """
    # The longest first: one may begin like another.
    for secret in sorted(secrets, key=len, reverse=True):
        words = words.replace(secret, "…")
    line = " ".join(_PERSONAL.sub("…", words).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
