"""The canvas of a journey: every milestone with its size, what adds one, and a way to see all of it."""

from __future__ import annotations

import json
import shlex
from itertools import combinations
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.shop import as_shop
from tests.support.command import answer
from tests.support.reported import LEVELS
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Page

    from tests.browser.conftest import Open
    from tests.support.reported import Reported

_BOXES = """
boxes => boxes.map((box) => {
  const {left, right, top, bottom} = box.getBoundingClientRect();
  return {id: box.dataset.milestone, left, right, top, bottom};
})
"""


def sizes(page: Page) -> dict[str, str]:
    """What stands in each box."""
    boxes = page.locator("[data-milestone]")
    ids = boxes.evaluate_all("boxes => boxes.map((box) => box.dataset.milestone)")
    return dict(zip(ids, boxes.locator(".size").all_inner_texts(), strict=True))


def boxes(page: Page) -> list[dict[str, Any]]:
    """Where each box is in the window."""
    return page.locator("[data-milestone]").evaluate_all(_BOXES)


def test_every_milestone_has_the_size_that_show_tells(open_page: Open, shop: Reported) -> None:
    found = sizes(open_page(shop.journey("path")))
    assert list(found) == sorted(found, key=list(found).index)
    for audience_id in found:
        told = json.loads(as_shop(shop).milepost("show", audience_id, "--json").stdout)
        assert found[audience_id] == f"{told['size']:,}", audience_id
    (journey,) = load_definitions(shop.settings.project).journeys
    assert set(found) == set(journey.milestones)


def test_sizes_of_a_deep_journey_are_printed_as_show_prints_them(
    open_page: Open, awkward: Reported, capsys: pytest.CaptureFixture[str]
) -> None:
    found = sizes(open_page(awkward.journey("deep")))
    assert len(found) == sum(LEVELS)
    for audience_id in ("deep__step_0_00", "deep__step_2_03", "deep__step_5_17"):
        assert f"size {found[audience_id]}," in answer(awkward.folder, capsys, "show", audience_id).out
    assert found["deep__step_0_00"] == "4,500"


def test_boxes_of_a_deep_journey_do_not_cover_each_other_and_hold_their_names(
    open_page: Open, awkward: Reported
) -> None:
    page = open_page(awkward.journey("deep"))
    for one, other in combinations(boxes(page), 2):
        beside = one["right"] <= other["left"] or other["right"] <= one["left"]
        above = one["bottom"] <= other["top"] or other["bottom"] <= one["top"]
        assert beside or above, (one, other)
    cut = page.locator("[data-milestone]").evaluate_all(
        "boxes => boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.dataset.milestone)"
    )
    assert cut == []


def test_a_child_stands_below_its_parent(open_page: Open, awkward: Reported) -> None:
    placed = {box["id"]: box for box in boxes(open_page(awkward.journey("deep")))}
    for audience in load_definitions(awkward.settings.project).audiences:
        if audience.parent is not None:
            assert placed[audience.id]["top"] > placed[audience.parent]["bottom"]


def test_the_canvas_is_zoomed_and_fitted(open_page: Open, awkward: Reported) -> None:
    page = open_page(awkward.journey("deep"))

    def width() -> float:
        box = boxes(page)[0]
        return box["right"] - box["left"]

    before = width()
    page.locator("#zoom-in").click()
    closer = width()
    page.locator("#zoom-out").click()
    page.locator("#zoom-out").click()
    assert width() < before < closer
    page.locator("#zoom-fit").click()
    frame = page.locator("#canvas").bounding_box()
    assert frame is not None
    for box in boxes(page):
        assert frame["x"] <= box["left"], box
        assert box["right"] <= frame["x"] + frame["width"], box


def test_every_milestone_can_be_scrolled_to(open_page: Open, awkward: Reported) -> None:
    page = open_page(awkward.journey("deep"))
    for audience_id in ("deep__step_0_00", "deep__step_5_00", "deep__step_5_17"):
        box = page.locator(f"[data-milestone={audience_id}]")
        box.scroll_into_view_if_needed()
        expect(box).to_be_in_viewport(ratio=0.9)


def test_a_plus_shows_a_command_that_adds_a_milestone_there(
    open_page: Open, shop: Reported, tmp_path
) -> None:
    page = open_page(shop.journey("path"))
    pluses = page.locator("button[data-add]")
    assert pluses.count() > 7
    for place in (0, 3, pluses.count() - 1):
        pluses.nth(place).click()
        expect(page.locator("dialog#add")).to_be_visible()
        words = shlex.split(page.locator("#add-command").inner_text())
        copy = as_shop(shop).copy(tmp_path / str(place))
        done = copy.milepost(*words[1:])
        assert (words[0], done.returncode) == ("milepost", 0), done.stderr
        assert copy.milepost("validate").returncode == 0
        assert "path__new_step" in {one.id for one in load_definitions(copy.project).audiences}
        assert page.locator("#add-yaml").inner_text().startswith("- milestone: new_step")
        page.keyboard.press("Escape")
        expect(page.locator("dialog#add")).to_be_hidden()


def test_a_name_opens_what_is_known_of_its_milestone(open_page: Open, shop: Reported) -> None:
    page = open_page(shop.journey("path"))
    page.locator("[data-milestone=path__waiting] .name").click()
    details = page.locator("dialog#details")
    expect(details).to_contain_text("in none of path__bought")
    details.get_by_role("link", name="Everything about it").click()
    expect(page.locator("h1")).to_have_text("Waiting")
