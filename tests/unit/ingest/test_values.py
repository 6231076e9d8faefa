from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from transforms.ingest.values import canonical_json, to_json

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([1e16, 1e-7, -0.0, 8.0, 1e22]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(["1.5e3", '\x00\x1f\x7f"\\/', "\u2028"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(JSON)
def test_json_keeps_the_order_of_names_and_the_digits_of_numbers(value: object) -> None:
    assert to_json(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(st.dictionaries(st.text(max_size=3), SCALARS, max_size=4))
def test_objects_that_differ_in_the_order_of_names_have_one_canonical_form(value: dict[str, object]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)
