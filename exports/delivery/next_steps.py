"""What to do about a fault at a partner's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exports.ledger.records import FaultReason


def next_step(reason: FaultReason, credentials: str) -> str:
    """One sentence, with the commands that help. `credentials` is the prefix of the connection's variables."""
    match reason:
        case "unreachable":
            return "see whether the partner can be reached, then `milepost resume`: what was not acknowledged is sent again"
        case "rate_limit":
            return "wait until the partner's limit is over, then `milepost resume`"
        case "authentication":
            return f"sign in again at the partner, set the variables {credentials}_… anew, then `milepost resume`"
        case "permission":
            return f"let the account of {credentials}_… write there, or accept the partner's terms there, then `milepost resume`"
        case "refused":
            return "put right what the partner says, then `milepost resume`"
        case "list_gone":
            return "`milepost resync` makes the list anew, or takes the one that the output names, and sends everything"
        case "too_small":
            return "the partner keeps the list as it is, so whoever left stays targeted: connect a larger audience, or empty the list there, then `milepost resume`"
        case "held":
            return "look at what would be removed, then `milepost export CONNECTION --accept`"
