"""What keeps a delivery from arriving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FaultReason = Literal[
    "unreachable", "rate_limit", "authentication", "permission", "refused", "list_gone", "too_small", "held"
]


@dataclass(frozen=True)
class Fault:
    reason: FaultReason
    message: str
    next_step: str
    may_have_arrived: bool


class DeliveryError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault
