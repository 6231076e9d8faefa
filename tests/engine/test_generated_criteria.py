"""What is drawn: two answers that agree say something only of what was asked."""

from __future__ import annotations

from datetime import time

import pytest

from tests.support.drawn_forms import Form, forms, forms_of_the_language
from tests.support.generated_attributes import edge_attributes
from tests.support.generated_criteria import WEIGHTS, Criteria
from tests.support.worlds import make_scene
from transforms.criteria.kinds.table import KINDS

SEEDS = (1, 2)
DRAWS = 12
#: Enough for the rarest operator of an attribute.
MOST_DRAWS = 4_000


def drawing(seed: int) -> Criteria:
    found = Criteria(make_scene(seed), f"drawn {seed}")
    test = {"name": "test", "variants": {"push": 40, "email": 40}}
    played = {"audience": "played", "criteria": {"event": {"name": "Play"}}, "ab_test": test}
    found.know(edge_attributes(), [played], [])
    return found


@pytest.fixture(scope="module", params=SEEDS)
def criteria(request: pytest.FixtureRequest) -> Criteria:
    return drawing(request.param)


def test_every_kind_is_drawn(criteria: Criteria) -> None:
    assert set(WEIGHTS) == {kind.key for kind in KINDS} == set(criteria.drawn_kinds())


@pytest.mark.parametrize("kind", WEIGHTS)
def test_criteria_of_a_kind_mostly_tell_users_apart(criteria: Criteria, kind: str) -> None:
    scope = criteria.oracle.scope({})
    telling = [criteria.tells_apart(criteria.telling(kind, scope), scope) for _ in range(DRAWS)]
    assert sum(telling) > 0.6 * DRAWS


def test_every_form_of_the_language_is_drawn() -> None:
    criteria = drawing(0)
    scope = criteria.oracle.scope({})
    for kind in WEIGHTS:
        wanted = {form for form in forms_of_the_language() if form[0] == kind}
        drawn: set[Form] = set()
        for _ in range(MOST_DRAWS):
            drawn.update(forms(criteria.of_kind(kind, scope)))
            if wanted <= drawn:
                break
        assert wanted - drawn == set()


def test_worlds_are_seen_at_midnight_and_in_the_midst_of_a_millisecond() -> None:
    instants = [make_scene(seed).as_of for seed in range(12)]
    assert any(at.time() == time(0) for at in instants)
    assert any(at.microsecond % 1000 for at in instants)
