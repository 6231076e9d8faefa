"""The report that `milepost demo` ends with."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import violations
from tests.browser.rows import column, shown
from tests.e2e.started import Started
from tests.support.shared_data import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.browser.conftest import Open


def milepost(data: Path, *arguments: str) -> str:
    options = ("--project-dir", str(REPOSITORY / "dbt_project"), "--data-dir", str(data))
    done = Started([*arguments, *options], os.environ).finish()
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo."""
    data = tmp_path_factory.mktemp("demo")
    milepost(data, "demo")
    return data


@pytest.fixture(scope="module")
def listed(demo: Path) -> list[dict[str, Any]]:
    return json.loads(milepost(demo, "list", "--json"))["audiences"]


def test_its_catalogue_lists_filters_and_sorts(open_page: Open, demo: Path, listed) -> None:
    page = open_page(demo / "report" / "index.html")
    sizes = {row["id"]: row["size"] for row in listed}
    assert dict(zip(shown(page), column(page, ".size .size"), strict=True)) == {
        audience: f"{size:,}" for audience, size in sizes.items()
    }
    page.locator("th button[data-sort=size]").click()
    assert [sizes[audience] for audience in shown(page)] == sorted(sizes.values(), reverse=True)
    page.locator("#search").fill("coupon")
    found = shown(page)
    assert 0 < len(found) < len(sizes)
    assert "coupon_redeemers" in found
    assert violations(page) == []


def test_its_canvas_shows_every_milestone_with_the_size_that_show_prints(
    open_page: Open, demo: Path, listed
) -> None:
    page = open_page(demo / "report" / "journeys" / "coupon_year.html")
    boxes = page.locator("[data-milestone]")
    ids = boxes.evaluate_all("boxes => boxes.map((box) => box.dataset.milestone)")
    sizes = dict(zip(ids, boxes.locator(".size").all_inner_texts(), strict=True))
    assert set(sizes) == {row["id"] for row in listed if row["journey"] == "coupon_year"}
    for audience, size in sizes.items():
        assert f"size {size}, as of" in milepost(demo, "show", audience)
    assert violations(page) == []
