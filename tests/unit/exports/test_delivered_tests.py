from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from exports.delivered_tests import edited_tests
from exports.ledger.ledger import Ledger
from exports.ledger.records import ReceivedAudience
from tests.support.definitions import audience, connection, definitions
from tests.support.publications import AS_OF, publication
from transforms.audiences.generations import Generation, open_store
from transforms.audiences.publishing import publish
from transforms.definitions.records import AbTest

if TYPE_CHECKING:
    from pathlib import Path

DELIVERED = AbTest("winback", (("push", 4000), ("email", 3333)))


@pytest.fixture
def generation(tmp_path: Path) -> Generation:
    return publish(
        open_store(tmp_path / "published"), publication(members={"lapsed": {1: "push"}}, test=DELIVERED)
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    found = Ledger(tmp_path / "ledger")
    found.record("meta", ReceivedAudience("lapsed", as_of=AS_OF))
    return found


def codes(test: AbTest | None, generation: Generation | None, ledger: Ledger) -> list[str]:
    known = definitions(audience("lapsed", ab_test=test), connections=(connection("meta", "lapsed"),))
    return [problem.code for problem in edited_tests(known, generation, ledger)]


@pytest.mark.parametrize(
    "variants",
    [
        (("push", 3333), ("email", 4000)),
        (("email", 3333), ("push", 4000)),
        (("push", 4000), ("mail", 3333)),
        (("push", 4000),),
    ],
)
def test_a_delivered_test_can_not_change_shares_order_or_names(
    variants: tuple[tuple[str, int], ...], generation: Generation, ledger: Ledger
) -> None:
    assert codes(AbTest("winback", variants), generation, ledger) == ["EXP-003"]
    assert codes(AbTest("winback_2", variants), generation, ledger) == []


def test_a_test_that_stays_or_goes_is_fine(generation: Generation, ledger: Ledger) -> None:
    assert codes(DELIVERED, generation, ledger) == []
    assert codes(None, generation, ledger) == []


def test_what_was_never_delivered_may_change(generation: Generation, tmp_path: Path) -> None:
    edited = AbTest("winback", (("push", 5000),))
    assert codes(edited, generation, Ledger(tmp_path / "empty")) == []
    assert codes(edited, None, Ledger(tmp_path / "empty")) == []


def test_what_was_delivered_and_is_not_stored_any_more_is_not_known(
    generation: Generation, ledger: Ledger
) -> None:
    ledger.record("meta", ReceivedAudience("lapsed", as_of=AS_OF + timedelta(days=1)))
    assert codes(AbTest("winback", (("push", 5000),)), generation, ledger) == []


def test_the_problem_says_what_was_delivered(generation: Generation, ledger: Ledger) -> None:
    known = definitions(
        audience("lapsed", ab_test=AbTest("winback", (("push", 5000),))),
        connections=(connection("meta", "lapsed"),),
    )
    (problem,) = edited_tests(known, generation, ledger)
    assert problem.allowed == ("variants: {push: 40, email: 33.33}",)
