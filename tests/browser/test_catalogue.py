"""The catalogue of a shop that was run: it lists, filters and sorts as `milepost list` tells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.rows import column, rows, shown
from tests.browser.shop import as_shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Open
    from tests.support.reported import Reported


@pytest.fixture(scope="module")
def listed(shop: Reported) -> Callable[..., list[dict[str, Any]]]:
    """What `milepost list` lists."""

    def ask(*options: str) -> list[dict[str, Any]]:
        done = as_shop(shop).milepost("list", "--json", *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["audiences"]

    return ask


def ids(found: list[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in found}


def test_every_audience_has_a_row_with_the_size_that_list_tells(open_page: Open, shop, listed) -> None:
    page = open_page(shop.index)
    sizes = dict(zip(shown(page), column(page, ".size .size"), strict=True))
    assert sizes == {row["id"]: f"{row['size']:,}" for row in listed()}
    expect(page.locator("#count")).to_have_text(f"{len(sizes)} audiences")


@pytest.mark.parametrize(
    ("span", "option"), [("single", "--single"), ("multi", "--multi"), ("shared", "--shared")]
)
def test_a_tab_shows_what_its_option_of_list_lists(
    open_page: Open, shop, listed, span: str, option: str
) -> None:
    page = open_page(shop.index)
    everything = set(shown(page))
    page.locator(f"[role=tab][data-span={span}]").click()
    assert set(shown(page)) == ids(listed(option)) != everything
    expect(page.locator("[role=tab][aria-selected=true]")).to_have_attribute("data-span", span)
    page.locator("[role=tab][data-span=all]").click()
    assert set(shown(page)) == everything


def test_a_state_is_chosen(open_page: Open, shop, listed) -> None:
    page = open_page(shop.index)
    page.locator("#state").select_option("active")
    assert set(shown(page)) == ids(listed("--state", "active")) != set()
    page.locator("#state").select_option("draft")
    expect(rows(page)).to_have_count(0)
    expect(page.locator("#count")).to_contain_text("0 of")


def test_several_tags_are_all_asked_for(open_page: Open, shop, listed) -> None:
    page = open_page(shop.index)
    page.locator("[data-tag=win-back]").check()
    assert set(shown(page)) == ids(listed("--tag", "win-back")) == {"viewers", "everywhere"}
    page.locator("[data-tag=banner]").check()
    assert shown(page) == ["viewers"]
    page.locator("[data-tag=win-back]").uncheck()
    page.locator("[data-tag=banner]").uncheck()
    assert set(shown(page)) == ids(listed())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("spend", {"spenders"}),
        ("EVERYBODY every", {"everywhere"}),
        ("path__", {"active", "shopping", "bought", "waiting", "browsing", "others", "gone"}),
        ("growth", {"viewers"}),
        ("files", {"viewers", "waiting"}),
        ("no such audience", set()),
        (".*", set()),
    ],
)
def test_text_finds_names_ids_owners_and_outputs(open_page: Open, shop, text: str, found: set[str]) -> None:
    page = open_page(shop.index)
    page.locator("#search").press_sequentially(text)
    assert {audience_id.removeprefix("path__") for audience_id in shown(page)} == found
    page.locator("#search").fill("")
    assert len(shown(page)) > len(found)


def test_filters_narrow_each_other(open_page: Open, shop) -> None:
    page = open_page(shop.index)
    page.locator("#search").fill("e")
    page.locator("[data-tag=win-back]").check()
    page.locator("[role=tab][data-span=multi]").click()
    assert shown(page) == ["everywhere"]
    page.locator("#state").select_option("active")
    assert shown(page) == []


def test_sizes_are_sorted_as_numbers_both_ways(open_page: Open, shop, listed) -> None:
    page = open_page(shop.index)
    sizes = sorted((row["size"] for row in listed()), reverse=True)
    assert [f"{size:,}" for size in sizes] != sorted((f"{size:,}" for size in sizes), reverse=True)
    head = page.locator("th", has=page.locator("[data-sort=size]"))
    head.locator("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert column(page, ".size .size") == [f"{size:,}" for size in sizes]
    head.locator("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert column(page, ".size .size") == [f"{size:,}" for size in reversed(sizes)]
    expect(page.locator("th[aria-sort]")).to_have_count(1)


def test_names_are_sorted_by_letter(open_page: Open, shop, listed) -> None:
    page = open_page(shop.index)
    names = sorted((row["name"] for row in listed()), key=str.lower)
    page.locator("[data-sort=name]").click()
    assert column(page, ".name") == names
    page.locator("[data-sort=name]").click()
    assert column(page, ".name") == names[::-1]


def test_a_row_leads_to_the_page_of_its_audience_and_a_journey_to_its_canvas(open_page: Open, shop) -> None:
    page = open_page(shop.index)
    page.locator("tr[data-audience=viewers] a.name").click()
    expect(page.locator("h1")).to_have_text("Viewers")
    page.go_back()
    page.locator("#journeys a").click()
    expect(page.locator("[data-milestone]")).to_have_count(7)
