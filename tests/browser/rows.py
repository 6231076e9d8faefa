"""The rows of the catalogue, as a reader sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def rows(page: Page) -> Locator:
    return page.locator("#audiences tr[data-audience]")


def shown(page: Page) -> list[str]:
    """The ids of the audiences on the page, in their order."""
    return rows(page).evaluate_all("rows => rows.map((row) => row.dataset.audience)")


def column(page: Page, selector: str) -> list[str]:
    """What stands in one place of each row."""
    return rows(page).locator(selector).all_inner_texts()
