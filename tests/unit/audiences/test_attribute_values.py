"""Attributes of members, as `members --with` shows and exports send them (spec §4.6, §10)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.publications import AS_OF, publication
from transforms.audiences.attribute_values import member_values
from transforms.audiences.generations import open_store
from transforms.audiences.publishing import publish
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.audiences.attribute_values import AttributeValue
    from transforms.audiences.generations import Generation

SMALLEST, LARGEST = -(2**63), 2**63 - 1


@pytest.fixture
def generation(tmp_path: Path) -> Generation:
    return publish(
        open_store(tmp_path / "published"),
        publication(
            AS_OF,
            {"a": {SMALLEST, 1, 2, LARGEST}, "tested": {1: "push", 2: "Control"}},
            attributes=((1, "LTV", "from the app"), (1, "Plan", "free"), (3, "plan", "gold")),
            calculated={
                "ltv": {SMALLEST: "-1.5", LARGEST: "0", 3: "9"},
                "genres": {1: ["a", "it's, b"]},
                "idle": None,
            },
        ),
    )


def values(
    generation: Generation, *names: str, audience: str = "a", **options: object
) -> dict[int, dict[str, AttributeValue]]:
    return dict(
        member_values(generation, audience, names, generation.folder / "spill", **options)  # pyright: ignore[reportArgumentType]
    )


def test_a_calculated_attribute_wins_over_a_user_attribute_of_its_name(generation: Generation) -> None:
    # User 1 has a user attribute of the name alone: the calculated one has no value there, so there is none.
    assert values(generation, "ltv") == {SMALLEST: {"ltv": "-1.5"}, 1: {}, 2: {}, LARGEST: {"ltv": "0"}}


def test_what_has_no_value_is_left_out_and_several_attributes_stand_side_by_side(
    generation: Generation,
) -> None:
    found = values(generation, "ltv", "PLAN", "genres", "unheard of")
    assert list(found) == [SMALLEST, 1, 2, LARGEST]
    assert found[1] == {"PLAN": "free", "genres": ("a", "it's, b")}
    assert found[2] == {}


def test_members_of_a_variant_and_the_first_few(generation: Generation) -> None:
    assert values(generation, "plan", audience="tested", variant="push") == {1: {"plan": "free"}}
    assert list(values(generation, "plan", limit=2)) == [SMALLEST, 1]


def test_an_attribute_that_was_not_calculated_is_no_user_attribute_by_chance(generation: Generation) -> None:
    with pytest.raises(UserError, match="was not calculated") as refused:
        values(generation, "Idle")
    assert refused.value.exit_status == 1


def test_an_earlier_as_of_leaves_the_attributes_of_the_newest(tmp_path: Path) -> None:
    store = open_store(tmp_path / "published")
    publish(store, publication(AS_OF, {"a": {1}}, calculated={"ltv": {1: "2"}}))
    earlier = publication(AS_OF - timedelta(days=1), {"a": {1}}, calculated={"ltv": {1: "1"}, "old": None})
    generation = publish(store, earlier)
    assert values(generation, "ltv") == {1: {"ltv": "2"}}
    assert [attribute.id for attribute in generation.attribute_definitions] == ["ltv"]
