"""Reports of projects that have nothing to show yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.rows import column, shown

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.support.reported import Reported


def test_a_new_project_is_told_how_to_write_an_audience(open_page: Open, without_audiences: Reported) -> None:
    page = open_page(without_audiences.index)
    expect(page.get_by_role("main")).to_contain_text("milepost new audience")
    expect(page.locator("header")).to_contain_text("nothing calculated yet")


def test_what_was_never_calculated_is_listed_without_a_size(open_page: Open, uncalculated: Reported) -> None:
    page = open_page(uncalculated.index)
    assert set(shown(page)) == {"players", "calls__played"}
    assert not any(character.isdigit() for text in column(page, ".size .size") for character in text)
    page.locator("[data-sort=size]").click()
    assert len(shown(page)) == 2


def test_a_page_of_what_was_never_calculated_says_why(open_page: Open, uncalculated: Reported) -> None:
    page = open_page(uncalculated.audience("players"))
    expect(page.locator("#definition")).to_contain_text("Play")
    expect(page.get_by_role("main")).to_contain_text("nothing was ingested yet")


def test_a_journey_without_milestones_has_a_place_for_the_first(
    open_page: Open, uncalculated: Reported
) -> None:
    page = open_page(uncalculated.journey("planned"))
    expect(page.locator("[data-milestone]")).to_have_count(0)
    page.locator("button[data-add]").click()
    expect(page.locator("#add-command")).to_contain_text("milepost new milestone planned")
