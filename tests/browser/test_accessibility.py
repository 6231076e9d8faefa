"""axe objects to nothing, on a desk and on a phone, in light and in dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import violations
from tests.browser.chromium import LOOKS, Look

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.conftest import Open
    from tests.support.reported import Reported

looks = pytest.mark.parametrize("look", LOOKS, ids=[f"{look.width} {look.scheme}" for look in LOOKS])


def objections(open_page: Open, look: Look, *paths: Path) -> dict[str, list[str]]:
    found = {path.name: violations(open_page(path, look)) for path in paths}
    return {name: said for name, said in found.items() if said}


@looks
def test_the_pages_of_a_shop(open_page: Open, shop: Reported, look: Look) -> None:
    audiences = [shop.audience(name) for name in ("viewers", "hunted", "silent", "path__waiting")]
    assert objections(open_page, look, shop.index, shop.journey("path"), *audiences) == {}


@looks
def test_pages_with_awkward_names(open_page: Open, awkward: Reported, look: Look) -> None:
    paths = [awkward.index, awkward.journey("deep"), awkward.audience("deep__step_1_01")]
    assert objections(open_page, look, *paths) == {}


@looks
def test_pages_with_nothing_to_show(
    open_page: Open, without_audiences: Reported, uncalculated: Reported, look: Look
) -> None:
    paths = [uncalculated.index, uncalculated.audience("players"), uncalculated.journey("planned")]
    assert objections(open_page, look, without_audiences.index, *paths) == {}


@looks
def test_open_dialogs_and_a_filtered_table(open_page: Open, shop: Reported, look: Look) -> None:
    canvas = open_page(shop.journey("path"), look)
    canvas.locator("[data-milestone=path__waiting] .name").click()
    assert violations(canvas) == []
    canvas.keyboard.press("Escape")
    canvas.locator("button[data-add]").first.click()
    assert violations(canvas) == []
    catalogue = open_page(shop.index, look)
    catalogue.locator("#search").fill("no such audience")
    assert violations(catalogue) == []
