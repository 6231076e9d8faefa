from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.browser.chromium import DESKTOP, Look, opened_chromium, opened_page
from tests.browser.shop import publish_shop
from tests.support.reported import (
    Reported,
    write_awkward,
    write_large,
    write_uncalculated,
    write_without_audiences,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


class Open(Protocol):
    """Opens a page of a report; the test fails where anything went wrong in it."""

    def __call__(self, path: Path, look: Look = DESKTOP) -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with opened_chromium() as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    with ExitStack() as pages:

        def open_(path: Path, look: Look = DESKTOP) -> Page:
            return pages.enter_context(opened_page(chromium, path, look)).page

        yield open_


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The shop of the end-to-end tests, run on two days: its last run wrote the report."""
    return publish_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """A journey of 60 milestones in six levels with long names, some of them written from right to left."""
    return write_awkward(tmp_path_factory.mktemp("awkward"))


@pytest.fixture(scope="session")
def without_audiences(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """A new project: no audience, no data."""
    return write_without_audiences(tmp_path_factory.mktemp("without_audiences"))


@pytest.fixture(scope="session")
def uncalculated(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """Definitions, of which nothing was ingested or calculated."""
    return write_uncalculated(tmp_path_factory.mktemp("uncalculated"))


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """2,000 audiences."""
    return write_large(tmp_path_factory.mktemp("large"))
