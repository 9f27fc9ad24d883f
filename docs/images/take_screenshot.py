"""Take the picture of a report that the README shows.

Run from the repository root, with the folder of an audit, e.g. `python docs/images/take_screenshot.py marsh-demo`.
Without a folder a made-up report is drawn. Needs playwright and the system's Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from marshtest.render.html import write_html
from marshtest.report import Report, read_report

TARGET = Path(__file__).with_name("report.png")
WIDTH, HEIGHT = 1160, 1710
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def load_report(words: list[str]) -> Report:
    """Read the report of a run, or make one up."""
    if words:
        return read_report(words[0])
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.render_reports import poisoned_report

    return poisoned_report()


def take_screenshot(report: Report, target: Path) -> None:
    """Draw the report and write the picture of its upper part."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "report.html"
        write_html(report, page_file)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    take_screenshot(load_report(sys.argv[1:]), TARGET)
