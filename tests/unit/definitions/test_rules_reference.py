"""The page of problems is what the rules say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from transforms.definitions.rules import RULES
from transforms.definitions.rules.reference import PLACE, rules_reference

if TYPE_CHECKING:
    import pytest

_PAGE = Path(__file__).parents[3] / "dbt_project" / PLACE


def test_the_published_page_is_what_the_rules_say(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        _PAGE.write_text(rules_reference(), encoding="utf-8")
    assert _PAGE.read_text(encoding="utf-8") == rules_reference(), "run pytest --update-golden"


def test_every_rule_has_a_section_and_no_line_is_endless() -> None:
    page = rules_reference()
    assert page.count("\n## ") == len(RULES)
    assert max(map(len, page.splitlines())) < 1_000
