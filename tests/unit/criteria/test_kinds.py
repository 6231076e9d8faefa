"""The examples of `user` show the operators."""

from __future__ import annotations

from tests.support.small_warehouse import criterion
from transforms.criteria.comparisons import operator_names
from transforms.criteria.kinds.user import USER, UserCriterion
from transforms.criteria.operators.versions import VERSION_OPERATORS


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
