"""Names of 100 characters, and names that are written from right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import LOOKS, PHONE, Look
from tests.browser.rows import column
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.support.reported import Reported

#: A name in Arabic stands in the right half of a wide enough line of its own.
_DIRECTION = "name => getComputedStyle(name).direction"


def is_wider_than_the_window(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def names(awkward: Reported) -> dict[str, str]:
    return {one.id: one.name for one in load_definitions(awkward.settings.project).audiences}


def test_names_are_whole_on_every_page(open_page: Open, awkward: Reported) -> None:
    known = names(awkward)
    assert max(map(len, known.values())) == 100
    assert set(column(open_page(awkward.index), ".name")) == set(known.values())
    canvas = open_page(awkward.journey("deep"))
    for audience_id in ("deep__step_0_00", "deep__step_0_01", "deep__step_1_00", "deep__step_1_01"):
        name = known[audience_id]
        expect(canvas.locator(f"[data-milestone={audience_id}] .name")).to_have_text(name)
        expect(open_page(awkward.audience(audience_id)).locator("h1")).to_have_text(name)


@pytest.mark.parametrize("look", LOOKS[:2], ids=["desktop", "phone"])
def test_no_page_is_wider_than_its_window(open_page: Open, awkward: Reported, look: Look) -> None:
    pages = [awkward.index, awkward.journey("deep"), awkward.audience("single")]
    pages += [awkward.audience(f"deep__step_{level}_00") for level in range(3)]
    wide = [path.name for path in pages if is_wider_than_the_window(open_page(path, look))]
    assert wide == []


def test_a_name_from_right_to_left_turns_nothing_around_it(open_page: Open, awkward: Reported) -> None:
    page = open_page(awkward.audience("single"), PHONE)
    assert page.locator("h1 bdi").evaluate(_DIRECTION) == "rtl"
    assert page.locator("h1").evaluate(_DIRECTION) == "ltr"
    catalogue = open_page(awkward.index)
    turned = catalogue.locator("#audiences tr").evaluate_all(f"rows => rows.map({_DIRECTION})")
    assert set(turned) == {"ltr"}
