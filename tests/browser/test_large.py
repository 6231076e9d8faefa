"""A catalogue of 2,000 audiences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.rows import column, rows, shown
from tests.support.reported import LARGE

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.support.reported import Reported


def test_the_rows_that_were_typed_for_are_there_after_each_key(open_page: Open, large: Reported) -> None:
    page = open_page(large.index)
    expect(page.locator("#count")).to_have_text(f"{LARGE:,} audiences")
    search = page.locator("#search")
    search.focus()
    typed = ""
    for key in "group 123":
        page.keyboard.press(key)
        typed += key
        names = {f"of group {number}" for number in range(LARGE)}
        wanted = sum(all(word in name for word in typed.split()) for name in names)
        expect(page.locator("#count")).to_have_text(
            f"{LARGE:,} audiences" if wanted == LARGE else f"{wanted:,} of {LARGE:,} audiences"
        )
    assert [name.rsplit(" ", 1)[1] for name in column(page, ".name")] == [
        str(number) for number in range(LARGE) if "123" in str(number)
    ]


def test_all_can_be_sorted_and_turned_through(open_page: Open, large: Reported) -> None:
    page = open_page(large.index)
    page.locator("[data-sort=size]").click()
    seen: list[str] = []
    sizes: list[int] = []
    while True:
        seen += shown(page)
        sizes += [int(text) for text in column(page, ".size .size")]
        if page.locator("#next").is_disabled():
            break
        page.locator("#next").click()
    assert len(set(seen)) == len(seen) == LARGE
    assert sizes == sorted(sizes, reverse=True)


def test_a_tag_a_text_and_a_state_find_a_few_of_all(open_page: Open, large: Reported) -> None:
    page = open_page(large.index)
    page.locator("[data-tag=win-back]").check()
    expect(page.locator("#count")).to_have_text(f"{LARGE // 4} of {LARGE:,} audiences")
    page.locator("#search").fill("shoppers group 28")
    page.locator("#state").select_option("calculated")
    wanted = [n for n in range(LARGE) if n % 4 == 0 and n % 7 == 0 and "28" in str(n)]
    expect(rows(page)).to_have_count(len(wanted))
    assert [int(audience_id[-4:]) for audience_id in shown(page)] == wanted
