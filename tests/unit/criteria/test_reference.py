"""The language reference is what the code says, and what it shows is valid."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from tests.support.small_warehouse import criterion, scope
from transforms.compiler.assemble import criterion_query
from transforms.compiler.dialects.duckdb import DUCKDB
from transforms.compiler.layout import model_text
from transforms.criteria.counterparts import TOPICS, Counterpart
from transforms.criteria.kinds.table import KINDS
from transforms.criteria.operators.table import OPERATORS
from transforms.criteria.reference import PLACE, language_reference

if TYPE_CHECKING:
    from transforms.criteria.kinds.kind import Kind

COUNTERPARTS = [counterpart for topic in TOPICS for counterpart in topic.counterparts]

_PAGE = Path(__file__).parents[3] / "dbt_project" / PLACE


def test_the_published_reference_is_what_the_code_says(request: pytest.FixtureRequest):
    if request.config.getoption("--update-golden"):
        _PAGE.parent.mkdir(exist_ok=True)
        _PAGE.write_text(language_reference(), encoding="utf-8")
    assert _PAGE.read_text(encoding="utf-8") == language_reference(), "run pytest --update-golden"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_kind_is_explained_and_its_examples_are_valid(kind: Kind):
    assert kind.summary.endswith(".")
    assert kind.examples
    for example in kind.examples:
        is_ccpa = "ccpa" in example and "not_present" not in example
        criterion(example, expected=("CRT-014",) if is_ccpa else ())


def test_every_example_stands_in_the_page_as_it_is_valid():
    blocks = re.findall(r"```yaml\n(.*?)```", language_reference(), flags=re.DOTALL)
    assert len(blocks) == sum(len(kind.examples) for kind in KINDS)
    for block in blocks:
        expected = ("CRT-014",) if "ccpa" in block and "not_present" not in block else ()
        criterion(f"all:\n  -\n{indent(block, '    ')}", expected=expected)


@pytest.mark.parametrize("counterpart", COUNTERPARTS, ids=lambda counterpart: counterpart.there)
def test_what_another_service_asks_has_a_criterion_that_compiles_or_a_reason(counterpart: Counterpart):
    assert counterpart.here or counterpart.note
    assert "|" not in f"{counterpart.there}{counterpart.here}{counterpart.note}"
    if counterpart.here:
        found = criterion(counterpart.here)
        assert model_text(criterion_query(found, scope()), DUCKDB)


def test_counterparts_are_named_once_each():
    for topic in TOPICS:
        names = [counterpart.there for counterpart in topic.counterparts]
        assert len(names) == len(set(names))


def test_every_kind_but_those_that_the_other_service_lacks_has_a_counterpart():
    written = " ".join(counterpart.here for counterpart in COUNTERPARTS)
    lacking = {kind.key for kind in KINDS if f"{kind.key}:" not in written}
    assert lacking == {"attribution_event", "last_seen", "first_active", "last_active", "member_since"}
    assert {operator.name for operator in OPERATORS if f"{operator.name}:" not in written} == set()
