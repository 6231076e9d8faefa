"""A report may be put where everybody reads it: nothing in it is of a single person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.support.reported import Reported


def test_no_file_has_an_address_that_a_definition_names_or_the_lake_knows(shop: Reported) -> None:
    lake = str(shop.settings.lake / "users" / "**" / "*.parquet")
    query = "select distinct value from read_parquet(?) where statement = 'identity' and name = 'email'"
    with duckdb.connect() as connection:
        addresses = [value for (value,) in connection.execute(query, [lake]).fetchall()]
    assert "user.1@example.com" in addresses
    assert "user.1@example.com" in (shop.settings.project / "audiences" / "hunted.yml").read_text()
    known = re.compile("|".join(re.escape(one) for one in [*addresses, "nobody.at.all"]), re.IGNORECASE)
    files = [path for path in shop.settings.report.rglob("*") if path.is_file()]
    assert len(files) > 40
    assert [path for path in files if known.search(path.read_text(encoding="utf-8"))] == []


def test_the_page_of_an_audience_of_named_people_says_how_it_looks_for_them(
    open_page: Open, shop: Reported
) -> None:
    text = open_page(shop.audience("hunted")).locator("#definition").inner_text()
    assert "identity email" in text
    assert "•••" in text
