"""The page is one file that loads nothing, escapes everything and works without scripts."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests import render_reports

from marshtest.errors import ReportError
from marshtest.render.html import render_html, write_html
from marshtest.text.visible import visible

NAMES = ["poisoned", "nothing", "incomplete", "hostile"]


class Page(HTMLParser):
    """Collects the elements of a page and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self._raw = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._raw = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        """Leave a script or style."""
        self._raw = False

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if not self._raw:
            self.text += data


def page(name: str) -> str:
    """Draw one of the made-up reports."""
    return render_html(getattr(render_reports, f"{name}_report")())


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_loaded_from_elsewhere(name: str) -> None:
    """There is no element or address that makes a browser fetch something."""
    parsed = Page(page(name))
    assert not {"img", "link", "iframe", "object", "embed", "base", "form", "image", "use"} & set(parsed.tags)
    assert not [pair for pair in parsed.attributes if pair[0] in ("src", "srcset", "style") or pair[0].startswith("on")]
    assert all(value.startswith("#") for key, value in parsed.attributes if key == "href")
    assert not re.search(r"url\(|@import|https?://", page("poisoned"))


@pytest.mark.parametrize("name", NAMES)
def test_the_policy_names_exactly_our_style_and_script(name: str) -> None:
    """The hashes of the policy are those of what stands in the page."""
    text = page(name)
    for element in ("style", "script"):
        match = re.search(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        assert match
        digest = base64.b64encode(hashlib.sha256(match.group(1).encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in text.replace("&#39;", "'")
    assert "default-src 'none'" in text.replace("&#39;", "'")


def test_injected_text_stays_text() -> None:
    """Hostile text closes no element and opens none, in the markup and in the data for the script."""
    text = page("hostile")
    parsed = Page(text)
    assert parsed.tags.count("script") == 2
    assert "b" in parsed.tags  # our own, so look at the count of what was injected
    assert "<b>bold</b>" in parsed.text
    assert visible(render_reports.HOSTILE) in parsed.text
    assert "{{ 7*7 }}" in parsed.text
    for character in "\x00\x1b\x9b\u202e\u200b\u2028\ufeff":
        assert character not in text


def test_the_island_is_safe_and_complete() -> None:
    """The data for the script holds every record and no character that HTML or scripts trip over."""
    match = re.search(r'<script type="application/json" class="rows">(.*?)</script>', page("hostile"), re.DOTALL)
    assert match
    assert match.group(1).isascii()
    assert not set("<>&") & set(match.group(1))
    rows = json.loads(match.group(1))
    assert rows[0][0] == visible(render_reports.HOSTILE)  # an id that is copied and pasted into a shell runs nothing
    marked = [part[0] for part in rows[0][8] if isinstance(part, list) and part[1] & 1]
    assert "".join(marked) == "‹U+202E›desrever‹U+202C›"


def test_without_scripts_findings_and_first_records_are_there() -> None:
    """The page itself holds the findings, figures and first records with marked spans."""
    text = page("poisoned")
    before_island = text.split('<script type="application/json"')[0]
    assert before_island.count("<mark>as the heron said</mark>") == 10
    assert "Scripts are off" in text
    assert text.count("<figure>") == 12


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "poisoned",
            ["Poison found", "2 confirmed and 1 suggestive findings", "Coverage and blind spots", "No controls."],
        ),
        ("nothing", ["Nothing found", "No findings in 4,200 records.", "does not prove the data clean"]),
        ("incomplete", ["Incomplete", "2 failures", "line 17", "0 of 4,200 records"]),
    ],
)
def test_the_page_says(name: str, words: list[str]) -> None:
    """Verdict, coverage and failures are said."""
    text = Page(page(name)).text
    for word in words:
        assert word in text


def test_settings_are_folded_and_diagnostics_are_shown() -> None:
    """A detector has many settings, which few readers want; what it measured on the way is for all."""
    text = page("poisoned")
    folded = "".join(re.findall(r"<details>(?:(?!</details>).)*</details>", text, re.DOTALL))
    assert "phrases.shortest_span" in folded
    assert "content_evidence_nats[a label with a long name]" in text
    assert "content_evidence_nats" not in folded


def test_headings_do_not_skip_levels() -> None:
    """There is one first heading, and no level is jumped over."""
    levels = [int(tag[1]) for tag in Page(page("poisoned")).tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_ids_are_unique() -> None:
    """No two elements share an id, so labels point where they should."""
    ids = [value for key, value in Page(page("poisoned")).attributes if key == "id"]
    assert len(ids) == len(set(ids))


def test_very_many_records_are_capped_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page stays small enough to open, and says what it left out."""
    monkeypatch.setattr("marshtest.render.html._MOST_ROWS", 50)
    text = Page(render_html(render_reports.huge_report(80))).text
    assert "This page holds 50 records of them" in text


def test_writing_is_whole_or_nothing(tmp_path: Path) -> None:
    """The page is written in one step; a place that cannot be written to is a clear error."""
    write_html(render_reports.nothing_report(), tmp_path / "deep" / "report.html")
    assert (tmp_path / "deep" / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["report.html"]
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot write"):
        write_html(render_reports.nothing_report(), tmp_path / "file" / "report.html")


def test_every_pattern_that_looked_odd_is_in_the_table() -> None:
    page = render_html(render_reports.nothing_report())
    assert 'href="#dismissed"' in page
    assert all(f"plaza {number}" in page for number in range(7))
    assert 'id="dismissed"' not in render_html(render_reports.poisoned_report())
