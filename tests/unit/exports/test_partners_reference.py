"""The page of partners is what the profiles say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exports.partners.checks import check_outputs
from exports.partners.reference import PLACE, partners_reference
from exports.partners.registry import PARTNERS
from tests.support.project_folder import load

if TYPE_CHECKING:
    import pytest

_PAGE = Path(__file__).parents[3] / "dbt_project" / PLACE


def test_the_published_page_is_what_the_profiles_say(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        _PAGE.write_text(partners_reference(), encoding="utf-8")
    assert _PAGE.read_text(encoding="utf-8") == partners_reference(), "run pytest --update-golden"


def test_every_partner_has_a_section_with_its_options() -> None:
    page = partners_reference()
    for partner in PARTNERS:
        section = page.partition(f"\n## {partner.name}\n")[2].partition("\n## ")[0]
        assert partner.rules_version in section
        assert all(f"Option `{option.name}`" in section for option in partner.options)


def test_the_definitions_on_the_page_are_valid(tmp_path: Path) -> None:
    blocks = [part.partition("```")[0] for part in partners_reference().split("```yaml\n")[1:]]
    for number, block in enumerate(blocks):
        assert not check_outputs(load(tmp_path / str(number), {"connections/c.yml": block}))
