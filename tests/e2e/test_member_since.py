"""Since when somebody is a member, through runs as a user starts them (spec §4.4, §8)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.e2e.shop import FIRST, SECOND, Shop, write_shop

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

_LASTING = """\
audience: lasting
criteria: {member_since: {in: path__active, within: 2 days}}
"""
_NEW = """\
audience: new
criteria: {member_since: {in: path__active, on: 2026-03-06}}
"""


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = write_shop(tmp_path_factory.mktemp("since"))
    for name, text in (("lasting", _LASTING), ("new", _NEW)):
        (shop.project / "audiences" / f"{name}.yml").write_text(text, encoding="utf-8")
    return shop


@pytest.fixture(scope="module")
def both_days(landed: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = landed.copy(tmp_path_factory.mktemp("both_days"))
    shop.run(FIRST)
    shop.run(SECOND)
    return shop


def members(shop: Shop, audience: str, day: str = SECOND) -> set[int]:
    files = str(shop.data / "published" / "current" / "memberships" / "*" / "members.parquet")
    query = (
        "select mpid from read_parquet($files, hive_partitioning = false) "
        "where audience_id = $audience and as_of = $as_of"
    )
    values = {"files": files, "audience": audience, "as_of": datetime.fromisoformat(day)}
    with duckdb.connect() as connection:
        return {mpid for (mpid,) in connection.execute(query, values).fetchall()}


def answered(shop: Shop, *arguments: str) -> Any:
    done = shop.milepost(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_those_who_stayed_are_told_from_those_who_came(both_days: Shop) -> None:
    before, now = members(both_days, "path__active", FIRST), members(both_days, "path__active")
    assert members(both_days, "lasting") == before & now != set()
    assert members(both_days, "new") == now - before != set()
    assert members(both_days, "lasting", FIRST) == members(both_days, "new", FIRST) == set()


def test_a_backfill_gives_what_its_days_give_and_a_day_again_the_same(
    landed: Shop, both_days: Shop, tmp_path: Path
) -> None:
    expected = both_days.tree("published/current")
    shop = landed.copy(tmp_path / "range")
    done = shop.milepost("backfill", "2026-03-04", "2026-03-05", "--all")
    assert done.returncode == 0, done.stderr
    assert shop.tree("published/current") == expected
    shop.run(SECOND)
    assert shop.tree("published/current") == expected


def test_an_earlier_day_that_is_filled_in_counts_once_the_later_one_is_run_again(
    landed: Shop, both_days: Shop, tmp_path: Path
) -> None:
    shop = landed.copy(tmp_path)
    shop.run(SECOND)
    shop.run(FIRST)
    assert members(shop, "lasting") == set()
    shop.run(SECOND)
    assert members(shop, "lasting") == members(both_days, "lasting")


def test_estimate_and_explain_ask_the_same(both_days: Shop) -> None:
    lasting, new = members(both_days, "lasting"), members(both_days, "new")
    sizes = {one["id"]: one for one in answered(both_days, "estimate")["audiences"]}
    assert sizes["lasting"]["criteria"]["size"] == len(lasting)
    assert sizes["new"]["criteria"]["size"] == len(new)
    for mpid, since in ((min(lasting), FIRST), (min(new), SECOND)):
        told = answered(both_days, "explain", "lasting", str(mpid))
        assert f"{since}T00:00:00" in json.dumps(told["criteria"])
        assert told["is_member"] == (mpid in lasting)
