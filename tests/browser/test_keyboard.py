"""Everything that a mouse does, done by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.rows import shown

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Open
    from tests.support.reported import Reported


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until the wanted element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{most} times Tab do not reach {wanted}")


def test_an_audience_is_searched_and_opened(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.index)
    tab_to(page, page.locator("#search"))
    page.keyboard.type("spenders")
    assert shown(page) == ["spenders"]
    tab_to(page, page.locator("tr[data-audience=spenders] a.name"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Spenders")


def test_the_first_tab_skips_to_the_content(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.index)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_tabs_are_walked_with_arrows_and_columns_sorted_with_enter(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.index)
    tab_to(page, page.locator("[role=tab][data-span=all]"))
    page.keyboard.press("ArrowRight")
    expect(page.locator("[role=tab][data-span=single]")).to_be_focused()
    assert set(shown(page)) == {"hunted", "viewers"}
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[role=tab][data-span=shared]")).to_be_focused()
    assert shown(page) == ["everywhere"]
    tab_to(page, page.locator("[data-sort=size]"))
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")


def test_tags_and_states_are_chosen(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.index)
    tab_to(page, page.locator("[data-tag=banner]"))
    page.keyboard.press("Space")
    assert shown(page) == ["viewers"]


def test_a_milestone_is_opened_and_left_on_the_canvas(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.journey("path"))
    name = page.locator("[data-milestone=path__shopping] .name")
    tab_to(page, name)
    page.keyboard.press("Enter")
    expect(page.locator("dialog#details")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#details")).to_be_hidden()
    expect(name).to_be_focused()


def test_the_canvas_is_zoomed_with_keys(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.journey("path"))
    box = page.locator("[data-milestone]").first
    tab_to(page, page.locator("#canvas"))
    before = box.evaluate("box => box.getBoundingClientRect().width")
    page.keyboard.press("+")
    assert box.evaluate("box => box.getBoundingClientRect().width") > before
