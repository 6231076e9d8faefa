"""The language reference is what the code says, and what it shows is valid."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from tests.support.small_warehouse import criterion
from transforms.criteria.kinds.table import KINDS
from transforms.criteria.reference import PLACE, language_reference

if TYPE_CHECKING:
    from transforms.criteria.kinds.kind import Kind

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
