"""Calculated attributes as the project's records (spec §3, §4.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_folder import audience, codes, load
from transforms.criteria.events.fields import COMMERCE_EVENT, PRODUCT, PROMOTION

if TYPE_CHECKING:
    from pathlib import Path

    from transforms.definitions.records import CalculatedAttribute

_LTV = "attribute: ltv\nfunction: sum\nof: {ecommerce: {action: purchase}}\nvalue: total_amount\n"


def ltv(folder: Path, text: str = _LTV) -> CalculatedAttribute:
    return load(folder, {"attributes/ltv.yml": text}).attributes[0]


def test_it_looks_at_all_inputs_of_the_project_and_all_history(tmp_path: Path) -> None:
    found = ltv(tmp_path)
    assert (found.id, found.name, found.tags, found.owner) == ("ltv", "Ltv", (), None)
    assert found.inputs == ("shop/ios", "shop/web", "club/till")
    assert found.workspaces == ("shop", "club")
    assert found.calculation.lines() == (
        "sum of purchase total_amount",
        "window: all history, before as_of",
    )


def test_its_own_keys_are_kept(tmp_path: Path) -> None:
    keys = "name: Lifetime value\nowner: ana@example.com\ntags: [Value]\ninputs: [club/till]\nsince: 2017-01-01\n"
    found = ltv(tmp_path, _LTV + keys)
    assert (found.name, found.tags, found.owner) == ("Lifetime value", ("Value",), "ana@example.com")
    assert (found.inputs, found.workspaces) == (("club/till",), ("club",))
    assert found.calculation.span.words() == "window: since 2017-01-01, before as_of"


@pytest.mark.parametrize(
    ("written", "record", "name"),
    [
        ("total_amount", COMMERCE_EVENT, "total_amount"),
        ("{attribute: total_amount}", COMMERCE_EVENT, "total_amount"),
        ("{product: price}", PRODUCT, "price"),
        ("{promotion: name}", PROMOTION, "name"),
        ("2017", COMMERCE_EVENT, "2017"),
        ("product.price", COMMERCE_EVENT, "product.price"),
    ],
)
def test_a_value_is_a_field_of_the_event_its_lines_or_its_promotions(
    tmp_path: Path, written: str, record: object, name: str
) -> None:
    field = ltv(tmp_path, _LTV.replace("value: total_amount", f"value: {written}")).calculation.field
    assert field is not None
    assert (field.record, field.name) == (record, name)


def test_an_id_is_one_attribute_and_may_be_that_of_an_audience(tmp_path: Path) -> None:
    files = {"attributes/a.yml": _LTV, "audiences/ltv.yml": audience("ltv")}
    assert codes(tmp_path / "one", files) == []
    assert codes(tmp_path / "two", {**files, "attributes/b.yml": _LTV}) == ["DEF-060"]


def test_a_criterion_may_name_an_attribute_whose_file_has_errors(tmp_path: Path) -> None:
    files = {
        "attributes/ltv.yml": "attribute: ltv\nfunction: sum\nof: {ecommerce: {action: buy}}\nvalue: x\n",
        "audiences/big.yml": audience("big", criteria="{calculated: {attribute: ltv, gte: 3}}"),
    }
    assert codes(tmp_path, files) == ["CRT-006"]
