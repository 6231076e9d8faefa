from __future__ import annotations

import pytest

from exports.delivery.backoff import PassingError, Patience
from exports.delivery.faults import DeliveryError, Fault, scrubbed

FAULT = Fault("rate_limit", "too many", "wait")


def failing(times: int, after: float | None = None):
    left = [times]

    def action() -> str:
        if left[0]:
            left[0] -= 1
            raise PassingError(FAULT, after)
        return "taken"

    return action


def test_waits_grow_at_random_up_to_the_longest() -> None:
    waited: list[float] = []
    assert Patience(waited.append, attempts=12, longest=20.0).tried(failing(11)) == "taken"
    assert all(0 <= one <= min(20.0, 2**number) for number, one in enumerate(waited))
    assert len(set(waited)) == len(waited) == 11


def test_what_the_partner_asks_for_is_waited() -> None:
    waited: list[float] = []
    Patience(waited.append).tried(failing(2, after=42.0))
    assert waited == [42.0, 42.0]


def test_a_wait_that_is_longer_than_the_budget_ends_it_at_once() -> None:
    waited: list[float] = []
    with pytest.raises(DeliveryError) as raised:
        Patience(waited.append, budget=60.0).tried(failing(1, after=3_600.0))
    assert raised.value.fault == FAULT
    assert waited == []


def test_attempts_end() -> None:
    waited: list[float] = []
    with pytest.raises(DeliveryError):
        Patience(waited.append, attempts=4).tried(failing(4))
    assert len(waited) == 3


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Invalid email jane.doe@example.com in row 3", "Invalid email … in row 3"),
        ("token EAABwzLixnjYBO1234567890abcdef expired", "token … expired"),
        ("+1 (650) 555-1212 is no number", "… is no number"),
        ("bad   thing\nhappened", "bad thing happened"),
        ("x" * 20 + " y" * 300, "x" * 20 + " y" * 139 + " …"),
    ],
)
def test_words_of_partners_are_told_without_what_is_personal(said: str, told: str) -> None:
    assert scrubbed(said) == told
