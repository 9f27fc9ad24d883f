"""The report as one HTML file that works offline and, without filter and sorting, without scripts."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from marshtest.data.atomic import write_atomically
from marshtest.findings import Finding
from marshtest.render.figures import DrawnFigure, draw_figure
from marshtest.render.judged_records import judged_view
from marshtest.render.judging import judge_facts, missing_answers
from marshtest.render.labels import draw_label_bar
from marshtest.render.numbers import Statistic, format_number, statistics
from marshtest.render.rows import Row, make_row, rows_json
from marshtest.render.side_by_side import PairView, draw_pairs
from marshtest.render.sureness import (
    NO_CONTROLS,
    NO_POWER,
    control_sentences,
    outcome,
    percent,
    power_rows,
    power_sizes,
)
from marshtest.render.words import (
    DISMISSED_NOTE,
    STANDS,
    VERDICT_NOTES,
    VERDICT_TITLES,
    count,
    coverage_gap,
    dismissed_share,
    findings_sentence,
    kind_of,
    line_note,
    skipped_sentence,
    taken_over_sentences,
    unlabelled_sentence,
    unread_sentence,
)
from marshtest.report import Report
from marshtest.text.visible import visible

__all__ = ["page_environment", "page_policy", "page_template", "render_html", "write_html"]

_ROWS_WITHOUT_SCRIPT = 10
"""Records of a finding in the HTML itself: one page of the table, as the script shows it."""
_MOST_ROWS = 20_000
"""Evidence records on the page, all findings together; the rest is in report.json."""


class _FindingView(NamedTuple):
    """A finding, rendered."""

    finding: Finding
    anchor: str
    statistics: list[Statistic]
    figures: list[DrawnFigure]
    pairs: list[PairView]
    rows: list[Row]
    """The first rows, for readers without scripts."""
    shown: int
    """How many rows the page holds."""
    rows_json: Markup


def write_html(report: Report, path: str | Path) -> None:
    """Write the report as one self-contained HTML file, whole or not at all.

    Raises:
        ReportError: The file cannot be written.
    """
    write_atomically({Path(path): render_html(report).encode()})


def render_html(report: Report) -> str:
    """Render the report as one HTML page."""
    style, script = page_template("report.css"), page_template("report.js")
    room = _MOST_ROWS
    views = []
    for number, finding in enumerate(report.findings, start=1):
        view = _view(finding, f"finding-{number}", room)
        room -= view.shown
        views.append(view)
    return (
        page_environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            views=views,
            title=VERDICT_TITLES[report.verdict],
            note=VERDICT_NOTES[report.verdict],
            sentence=findings_sentence(report),
            label_bar=draw_label_bar(report.dataset.labels),
            unlabelled=unlabelled_sentence(report.dataset),
            style=Markup(style),  # noqa: S704  our own files
            script=Markup(script),  # noqa: S704
            judge_facts=judge_facts,
            judged=judged_view(report),
            missing=missing_answers(report.judge),
            skipped=visible(skipped_sentence(report)),
            unread=visible(unread_sentence(report)),
            taken_over=taken_over_sentences(report.taken_over),
            kind=kind_of(report.dataset),
            policy=page_policy(style, script),
            stands=STANDS,
            count=count,
            control_sentences=control_sentences,
            power_rows=power_rows,
            power_sizes=power_sizes,
            outcome=outcome,
            percent=percent,
            no_controls=NO_CONTROLS,
            no_power=NO_POWER,
            line_note=line_note,
            statistics=statistics,
            coverage_gap=coverage_gap,
            dismissed_note=DISMISSED_NOTE,
            dismissed_share=dismissed_share,
            format_number=format_number,
        )
    )


def _view(finding: Finding, anchor: str, room: int) -> _FindingView:
    rows = [make_row(record) for record in finding.records[: max(0, room)]]
    return _FindingView(
        finding=finding,
        anchor=anchor,
        statistics=statistics(finding.statistics),
        figures=[draw_figure(figure, f"{anchor}-figure-{number}") for number, figure in enumerate(finding.figures)],
        pairs=draw_pairs(finding.comparisons),
        rows=rows[:_ROWS_WITHOUT_SCRIPT],
        shown=len(rows),
        rows_json=rows_json(rows),
    )


def page_policy(style: str, script: str = "") -> str:
    """Give the content security policy: only our own style and script, and no requests."""
    scripts = f"'{_hash(script)}'" if script else "'none'"
    allowed = f"script-src {scripts}; style-src '{_hash(style)}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def page_template(name: str) -> str:
    """Read a template."""
    return (files("marshtest.render") / "templates" / name).read_text(encoding="utf-8")


def _draw(value: Any) -> Any:
    """Show invisible characters in everything that a template writes."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def page_environment() -> Environment:
    """Give the Jinja environment, which escapes everything and shows invisible characters."""
    return Environment(
        loader=FunctionLoader(page_template),
        autoescape=True,
        finalize=_draw,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
