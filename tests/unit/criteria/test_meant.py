"""Words of other tools and languages lead to the right key, and only to one that can stand there."""

from __future__ import annotations

import pytest

from transforms.criteria.comparisons import operator_names
from transforms.criteria.language import CRITERIA_KEYS
from transforms.criteria.meant import suggestion
from transforms.criteria.operators.numbers import NUMBER_OPERATORS


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("equals", "did you mean `exact` or `eq`?"),
        ("Greater Than", "did you mean `gt`?"),
        (">=", "did you mean `gte`?"),
        ("doesn't_contain", "did you mean `not_contains`?"),
        ("is_missing", "did you mean `exists: false`?"),
        ("EXACT", "did you mean `exact`?"),
        ("exat", "did you mean `exact`?"),
        ("exact:free", "write a space behind the colon: `exact: free`"),
        ("xyzzy", ""),
        ("", ""),
    ],
)
def test_operators(word: str, expected: str) -> None:
    assert suggestion(word, operator_names()) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("equals", "`eq`"), ("at_least", "`gte`"), ("contains", ""), ("is_missing", "")]
)
def test_only_what_can_stand_there(word: str, expected: str) -> None:
    found = suggestion(word, operator_names(NUMBER_OPERATORS))
    assert found == (f"did you mean {expected}?" if expected else "")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("and", "`all`"),
        ("OR", "`any`"),
        ("not", "`none` or `exclude`"),
        ("segment", "`audience`"),
        ("purchase", "`ecommerce`"),
        ("page_view", "`screen_view`"),
        ("trait", "`user`"),
    ],
)
def test_logic_and_kinds(word: str, expected: str) -> None:
    assert suggestion(word, CRITERIA_KEYS) == f"did you mean {expected}?"
