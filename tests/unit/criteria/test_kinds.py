"""What every kind says of itself: a summary, and examples that are valid and cover its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.small_warehouse import criterion
from transforms.criteria.comparisons import operator_names
from transforms.criteria.kinds.attribution import ATTRIBUTION
from transforms.criteria.kinds.consent import CONSENT
from transforms.criteria.kinds.device import DEVICE
from transforms.criteria.kinds.identity import IDENTITY
from transforms.criteria.kinds.location import LOCATION
from transforms.criteria.kinds.seen import FIRST_ACTIVE, FIRST_SEEN, LAST_ACTIVE, LAST_SEEN
from transforms.criteria.kinds.user import USER, UserCriterion
from transforms.criteria.operators.versions import VERSION_OPERATORS

if TYPE_CHECKING:
    from transforms.criteria.kinds.kind import Kind

PROFILE_KINDS = (
    *(USER, IDENTITY, FIRST_SEEN, LAST_SEEN, FIRST_ACTIVE, LAST_ACTIVE, CONSENT),
    *(DEVICE, LOCATION, ATTRIBUTION),
)


@pytest.mark.parametrize("kind", PROFILE_KINDS, ids=lambda kind: kind.key)
def test_examples_are_valid(kind: Kind):
    assert kind.summary.endswith(".")
    assert kind.examples
    for example in kind.examples:
        expected = ("CRT-014",) if "ccpa" in example and "not_present" not in example else ()
        criterion(example, expected=expected)


def test_the_examples_of_user_have_every_operator():
    shown: set[str] = set()
    for example in USER.examples:
        found = criterion(example)
        assert isinstance(found, UserCriterion)
        for comparison in found.comparisons:
            operator = comparison.operator
            name = operator.negative if comparison.is_negative and operator.negative else operator.name
            shown.add(f"version {name}" if operator in VERSION_OPERATORS else name)
    versions = {f"version {name}" for name in operator_names(VERSION_OPERATORS)}
    assert shown == {*operator_names(), *versions} - {"version"}
