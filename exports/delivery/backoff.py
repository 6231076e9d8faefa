"""Trying again what may pass with time: longer and longer, at random, and not for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import tenacity

from exports.delivery.faults import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from exports.delivery.faults import Fault

_Result = TypeVar("_Result")


class PassingError(Exception):
    """What may pass with time; `after`: seconds that the partner asked to wait."""

    def __init__(self, fault: Fault, after: float | None = None) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.after = after


@dataclass(frozen=True)
class Patience:
    """How often something is tried, and for how long: waits double up to `longest` seconds, each cut at random."""

    sleep: Callable[[float], None]
    attempts: int = 6
    longest: float = 60.0
    budget: float = 900.0

    def tried(self, action: Callable[[], _Result]) -> _Result:
        """What `action` gives, tried again where it raises PassingError.

        DeliveryError with the last fault where attempts or budget are used up: at once where the partner asks for a wait
        that is longer than the budget.
        """
        drawn = tenacity.wait_random_exponential(multiplier=1, max=self.longest)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome is not None else None
            asked = error.after if isinstance(error, PassingError) and error.after is not None else 0.0
            return max(asked, drawn(state))

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(PassingError),
            wait=wait,
            stop=tenacity.stop_after_attempt(self.attempts) | tenacity.stop_before_delay(self.budget),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(action)
        except PassingError as error:
            raise DeliveryError(error.fault) from error
