"""The page of an audience: its definition and every figure, as the commands tell them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.shop import as_shop

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.support.reported import Reported


def told(shop: Reported, *command: str) -> dict[str, Any]:
    done = as_shop(shop).milepost(*command, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def table(page: Page, section: str) -> list[list[str]]:
    """The cells of each row of a section's table."""
    rows = page.locator(f"{section} tbody tr")
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:,}"


def test_it_says_who_is_in_and_how_many(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.audience("silent"))
    shown = told(shop, "show", "silent")
    text = " ".join(page.locator("#definition").inner_text().split())
    for line in shown["definition"]:
        assert " ".join(line.strip(" :").split()) in text, line
    assert "criteria:\n" in page.locator("#definition pre").first.inner_text()
    expect(page.locator(".sizes-now .size")).to_have_text(number(shown["size"]))
    expect(page.locator("#lineage")).to_contain_text("spenders")


def test_its_days_are_those_of_history(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.audience("viewers"))
    page.locator("#sizes summary").click()
    days = [row[:4] for row in table(page, "#sizes")]
    stored = told(shop, "history", "viewers")["stored"]
    assert [row[1:] for row in days] == [
        [number(day["size"]), number(day["adds"]), number(day["drops"])] for day in reversed(stored)
    ]
    assert [row[0][:10] for row in days] == [day["as_of"][:10] for day in reversed(stored)]
    expect(page.locator("#sizes [data-chart] svg")).to_have_count(3)


def test_its_variants_and_connections_are_those_of_show(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.audience("viewers"))
    shown = told(shop, "show", "viewers")
    assert [(row[0], row[2]) for row in table(page, "#variants")] == [
        (variant["name"], number(variant["size"])) for variant in shown["variants"]
    ]
    assert [row[0] for row in table(page, "#connections")] == [one["id"] for one in shown["connections"]]
    expect(page.locator("#connections")).to_contain_text(shown["connections"][0]["delivered"][:10])


def test_a_milestone_leads_to_its_journey_and_to_what_it_is_made_of(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.audience("path__waiting"))
    expect(page.locator("#lineage")).to_contain_text("path__bought")
    page.get_by_role("main").get_by_role("link", name="Path", exact=True).click()
    expect(page.locator("[data-milestone=path__waiting]")).to_be_attached()


def test_every_page_of_the_report_opens_without_a_fault(open_page: Open, shop: Reported) -> None:
    for path in sorted(shop.settings.report.rglob("*.html")):
        expect(open_page(path).get_by_role("main")).to_be_visible()
