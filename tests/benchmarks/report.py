"""The report of 2,000 audiences: what its pages cost, and each key that is typed into the catalogue."""

from __future__ import annotations

import shutil
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.measuring import measured
from tests.benchmarks.results import Result
from tests.browser.chromium import opened_chromium, opened_page
from tests.support.reported import LARGE, prepare_large, write_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Typed key by key, five times: from 2,000 audiences down to 19.
_TYPED = "group 123"
_TIMES = 5
#: Milliseconds of each key until its rows are laid out.
_KEYS = """
([typed, times]) => {
  const search = document.querySelector("#search"), spent = [];
  for (let time = 0; time < times; time++) {
    for (let length = 1; length <= typed.length; length++) {
      search.value = typed.slice(0, length);
      const begun = performance.now();
      search.dispatchEvent(new Event("input", { bubbles: true }));
      document.body.getBoundingClientRect();
      spent.push(performance.now() - begun);
    }
  }
  return spent;
}
"""
#: Milliseconds of an empty table of as many rows and columns, until it is laid out.
_PLAIN_TABLE = """
([rows, times]) => {
  const spent = [];
  for (let time = 0; time < times; time++) {
    const begun = performance.now();
    const table = document.createElement("table");
    for (let row = 0; row < rows; row++) {
      const line = table.insertRow();
      for (let cell = 0; cell < 12; cell++) line.insertCell();
    }
    document.body.append(table);
    document.body.getBoundingClientRect();
    spent.push(performance.now() - begun);
    table.remove();
  }
  return spent;
}
"""


def reported(folder: Path) -> Iterator[Result]:
    """Write the pages, then type into the first of them."""
    shutil.rmtree(folder, ignore_errors=True)
    project = prepare_large(folder)
    written = measured(write_pages, project)
    yield Result(f"report of {LARGE:,} audiences", written.seconds, megabytes=written.megabytes)
    with opened_chromium() as browser:
        with opened_page(browser, project.index) as catalogue:
            keys = median(catalogue.page.evaluate(_KEYS, [_TYPED, _TIMES])) / 1000
        page = browser.new_page()
        plain = median(page.evaluate(_PLAIN_TABLE, [LARGE, _TIMES])) / 1000
    yield Result(f"    an empty table of {LARGE:,} rows in Chromium", plain)
    yield Result(f"    a key typed into the catalogue, {keys * 1000:.0f} ms", keys, yardstick=plain, most=1)
