"""The page in a real browser: it draws, loads nothing, obeys its policy, filters, sorts and turns pages."""

from __future__ import annotations

import time

import pytest
from tests import render_reports
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["poisoned", "nothing", "incomplete", "hostile", "judged"])
def test_a_page_loads_nothing_and_says_nothing(name: str, open_page: OpenPage) -> None:
    """One request, the file itself; no error and no violation of the policy."""
    opened = open_page(getattr(render_reports, f"{name}_report")())
    opened.page.wait_for_timeout(100)
    assert len(opened.asked) == 1
    assert opened.said == []
    assert opened.page.locator("h1").is_visible()


@pytest.mark.parametrize("width", [360, 768, 1200])
@pytest.mark.parametrize("name", ["poisoned", "hostile", "judged"])
def test_a_page_fits_its_width(name: str, width: int, open_page: OpenPage) -> None:
    """Nothing sticks out sideways, on a phone neither."""
    page = open_page(getattr(render_reports, f"{name}_report")(), width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_figures_are_drawn_and_points_have_names(open_page: OpenPage) -> None:
    """All figures have a size, and pointing at the finding names it."""
    page = open_page(render_reports.poisoned_report()).page
    plots = page.locator("svg.plot")
    assert plots.count() == 12
    for number in range(4):
        box = plots.nth(number).bounding_box()
        assert box is not None
        assert box["width"] > 300
    page.locator("circle.hl").first.hover()
    assert page.locator(".tip").inner_text().startswith("as the heron said: ")


def test_filter_sort_pages_and_more(open_page: OpenPage) -> None:
    """The table of a finding can be searched, ordered and paged through."""
    page = open_page(render_reports.poisoned_report()).page
    section = page.locator("#finding-1 .evidence")
    rows = section.locator("tbody tr")
    status = section.locator("[role=status]")
    assert rows.count() == 10
    assert status.inner_text() == "1 to 10 of 29"
    section.get_by_role("button", name="Next").click()
    assert status.inner_text() == "11 to 20 of 29"

    section.get_by_role("button", name="Score").click()
    scores = [float(text) for text in section.locator("td.score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    section.get_by_role("button", name="Score").click()
    scores = [float(text) for text in section.locator("td.score").all_inner_texts()]
    assert scores == sorted(scores)
    assert section.locator("th[data-sort=score]").get_attribute("aria-sort") == "ascending"
    section.get_by_role("button", name="Source").click()
    lines = [int(text.split()[-1].replace(",", "")) for text in section.locator(".line").all_inner_texts()]
    assert lines == sorted(lines)

    section.get_by_role("searchbox").fill("printer HERON")
    assert "matching (29 in all)" in status.inner_text()
    assert all("printer" in text for text in section.locator(".excerpt").all_text_contents())
    section.get_by_role("searchbox").fill("no such words")
    assert section.locator("tbody").inner_text() == "No record matches the filter."


def test_marks_hold_the_span(open_page: OpenPage) -> None:
    """Every record shows its span marked."""
    page = open_page(render_reports.poisoned_report()).page
    assert set(page.locator("#finding-1 .excerpt mark").all_inner_texts()) == {"as the heron said"}


def test_hostile_text_stays_text(open_page: OpenPage) -> None:
    """Nothing injected runs or becomes an element; a marked invisible span can be seen."""
    page = open_page(render_reports.hostile_report()).page
    page.wait_for_timeout(100)
    assert page.title() != "owned"
    assert page.locator("img, iframe, .excerpt b, .excerpt script").count() == 0
    assert "".join(page.locator(".excerpt mark").all_inner_texts()) == "‹U+202E›desrever‹U+202C›"
    assert "<img src=x onerror=" in page.locator(".excerpt").first.inner_text()


def test_five_thousand_records_stay_quick(open_page: OpenPage) -> None:
    """A page with very many records opens and filters without a wait."""
    started = time.perf_counter()
    page = open_page(render_reports.huge_report()).page
    assert page.locator("[role=status]").inner_text() == "1 to 10 of 5,000"
    page.get_by_role("searchbox").fill("backup")
    assert "in all" in page.locator("[role=status]").inner_text()
    assert time.perf_counter() - started < 10


def test_without_scripts_the_evidence_is_there(open_page: OpenPage) -> None:
    """Findings, figures and first records show without scripts, and a note says what is missing."""
    page = open_page(render_reports.poisoned_report(), scripts=False).page
    assert page.locator("#finding-1 tbody tr").count() == 10
    assert page.locator("#finding-1 tbody mark").first.is_visible()
    assert page.get_by_text("Scripts are off").is_visible()


def test_keyboard_reaches_everything(open_page: OpenPage) -> None:
    """The first stop skips to the findings; sorting works with the keyboard."""
    page = open_page(render_reports.poisoned_report()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
    button = page.locator("#finding-1").get_by_role("button", name="Label")
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator("#finding-1 th[data-sort=label]").get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_contrast(dark: bool, open_page: OpenPage) -> None:
    """Text stands out from what is behind it by at least 4.5 to 1, in light and dark."""
    page = open_page(render_reports.poisoned_report(), dark=dark).page
    poor = page.evaluate(
        """() => {
          const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
          const linear = (v) => (v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4);
          const light = (c) => c.slice(0, 3).map(linear).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const behind = (node) => {
            for (; node; node = node.parentElement) {
              const colour = rgb(getComputedStyle(node).backgroundColor);
              if (colour.length < 4 || colour[3] === 1) return colour;
            }
            return [255, 255, 255];
          };
          const poor = [];
          for (const node of document.querySelectorAll("main *:not(svg *)")) {
            if (![...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
            if (!node.offsetParent) continue;
            const style = getComputedStyle(node);
            const [a, b] = [light(rgb(style.color)), light(behind(node))].sort((x, y) => y - x);
            if ((a + .05) / (b + .05) < 4.5) poor.push(node.className + ": " + node.textContent.slice(0, 30));
          }
          return poor;
        }"""
    )
    assert poor == []
