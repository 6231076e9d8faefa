"""Debian's Chromium, and pages in it that say what went wrong while they were open."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

_CHROMIUM = "/usr/bin/chromium"
#: Nothing of its own is asked of the network, and a sandbox is not to be had by root.
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Files, and what an address holds in itself.
_LOCAL = ("file:", "data:")


@dataclass(frozen=True)
class Look:
    """How a page is shown."""

    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"


DESKTOP = Look(1440, 900)
PHONE = Look(390, 844)
#: Each width and each scheme once: what is too pale is so at either width.
LOOKS = (DESKTOP, Look(390, 844, "dark"))


@dataclass
class Opened:
    """A page that was opened from a file, and every warning, error and request to elsewhere since."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note what goes wrong from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error of the page: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type} in the console: {message.text}")

    def _failed(self, request: Request) -> None:
        # Whoever leaves a page before its scripts are read gives them up.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"not there: {request.url}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(_LOCAL):
            self.faults.append(f"asked of the network: {request.url}")


@contextmanager
def opened_chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def opened_page(browser: Browser, path: Path, look: Look = DESKTOP) -> Iterator[Opened]:
    """A page in a window of its own; AssertionError at the end where anything went wrong in it."""
    size = {"width": look.width, "height": look.height}
    context = browser.new_context(viewport=size, color_scheme=look.scheme, offline=True)
    opened = Opened(context.new_page())
    opened.watch()
    opened.page.goto(path.as_uri())
    settle(opened.page)
    yield opened
    # What was said before this answer has come by then.
    opened.page.evaluate("document.title")
    context.close()
    assert not opened.faults, "\n".join(opened.faults)


def settle(page: Page) -> None:
    """Wait until the charts that are in view are drawn."""
    expect(page.locator(".chart:empty")).to_have_count(0)
