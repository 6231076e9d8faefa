from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from orchestration.summary import exported_files, summary
from tests.support.publications import publication
from tests.support.shared_data import REPOSITORY
from transforms.audiences.generations import Generation, open_store
from transforms.audiences.publishing import publish
from transforms.definitions.load import load_definitions

if TYPE_CHECKING:
    from pathlib import Path

FIRST = datetime(2018, 1, 1)
SECOND = FIRST + timedelta(days=1)


@pytest.fixture
def generation(tmp_path: Path) -> Generation:
    store = open_store(tmp_path / "published")
    publish(store, publication(FIRST, {"weekly_shoppers": {1, 2, 3}, "baby_at_home": {1}}))
    return publish(
        store,
        publication(
            SECOND,
            {
                "weekly_shoppers": {2, 3, 4, 5},
                "baby_at_home": {1},
                "coupon_year__shopped": {1, 2},
                "coupon_year__reached": {1},
            },
        ),
    )


def test_rows_show_what_came_and_went_since_the_day_before(generation: Generation) -> None:
    rows = {
        row.audience: row for row in summary(load_definitions(REPOSITORY / "dbt_project"), generation, SECOND)
    }
    weekly = rows["weekly_shoppers"]
    assert (weekly.size, weekly.adds, weekly.drops, weekly.volatility) == (4, 2, 1, 0.75)
    assert weekly.state == "calculated"
    assert rows["baby_at_home"].state == "active"
    assert rows["coupon_year__shopped"].adds is None


def test_milestones_come_last_and_say_how_deep_they_are(generation: Generation) -> None:
    rows = summary(load_definitions(REPOSITORY / "dbt_project"), generation, SECOND)
    assert [(row.audience, row.depth) for row in rows] == [
        ("baby_at_home", 0),
        ("weekly_shoppers", 0),
        ("coupon_year__shopped", 1),
        ("coupon_year__reached", 2),
    ]


def test_the_first_day_is_shown_as_it_was(generation: Generation) -> None:
    rows = summary(load_definitions(REPOSITORY / "dbt_project"), generation, FIRST)
    assert [(row.audience, row.size, row.adds) for row in rows] == [
        ("baby_at_home", 1, None),
        ("weekly_shoppers", 3, None),
    ]


def test_unfinished_files_are_no_exports(tmp_path: Path) -> None:
    assert exported_files(tmp_path / "exports") == ()
    (tmp_path / "winback").mkdir()
    for name in ("b.csv", "a.csv", ".c.csv.tmp"):
        (tmp_path / "winback" / name).touch()
    assert [path.name for path in exported_files(tmp_path)] == ["a.csv", "b.csv"]
