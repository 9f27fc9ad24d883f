"""A real browser, offline. The tests are skipped where playwright or the system's Chromium is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from marshtest.render.html import write_html
from marshtest.report import Report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class OpenReport:
    """A report in a browser, and what the browser said and asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    """Console messages and uncaught errors; violations of the content policy are among them."""
    asked: list[str] = field(default_factory=list)
    """Addresses of every request."""


OpenPage = Callable[..., OpenReport]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (uv sync --group dev)")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no system Chromium; install one to run the browser tests")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[OpenPage]:
    """Give a function that writes a report and opens it."""
    contexts = []

    def open_report(report: Report, *, width: int = 1200, scripts: bool = True, dark: bool = False) -> OpenReport:
        file = tmp_path / "report.html"
        write_html(report, file)
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        opened = OpenReport(context.new_page())
        opened.page.on("console", lambda message: opened.said.append(message.text))
        opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.page.on("request", lambda request: opened.asked.append(request.url))
        opened.page.goto(file.as_uri())
        return opened

    yield open_report
    for context in contexts:
        context.close()
