"""A scoreboard as Markdown, HTML and on the terminal. Names of sets and tools are escaped: they are hostile text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from markupsafe import Markup
from rich.table import Table
from rich.text import Text

from marshtest.evaluation.stress.scoreboard import Scoreboard
from marshtest.evaluation.stress.tables import ScoreTable
from marshtest.render.drawing import DrawnConsole
from marshtest.render.figures import draw_figure
from marshtest.render.html import page_environment, page_policy, page_template
from marshtest.text.visible import visible

__all__ = ["print_scoreboard", "scoreboard_html", "scoreboard_markdown"]

_ON_TERMINAL = 40
"""Rows of a table on the terminal; the files have all."""


def scoreboard_markdown(board: Scoreboard, *, title: str, facts: Mapping[str, str]) -> str:
    """Write a scoreboard as Markdown."""
    lines = [f"# {_cell(title)}", "", *(f"- {_cell(line)}" for line in board.summary), ""]
    lines += [f"- {_cell(name)}: {_cell(value)}" for name, value in facts.items()]
    for table in board.tables:
        lines += ["", f"## {table.title}", ""]
        lines += [table.note, ""] if table.note else []
        lines += [_row(table.header), "|---" * len(table.header) + "|", *map(_row, table.rows)]
    return "\n".join(lines) + "\n"


def scoreboard_html(board: Scoreboard, *, title: str, facts: Mapping[str, str]) -> str:
    """Render a scoreboard as one page without scripts or requests."""
    style = page_template("report.css")
    return (
        page_environment()
        .get_template("stress.html.j2")
        .render(
            title=title,
            board=board,
            facts=facts,
            drawn=[draw_figure(figure, f"figure-{number}") for number, figure in enumerate(board.figures)],
            style=Markup(style),  # noqa: S704  our own file
            policy=page_policy(style),
        )
    )


def print_scoreboard(board: Scoreboard, file: TextIO, *, written: Sequence[Path] = ()) -> None:
    """Print the tables and the summary."""
    console = DrawnConsole(file)
    for table in board.tables:
        console.print(Text(f"\n{table.title}", style="bold"))
        console.print(_table(table))
        if len(table.rows) > _ON_TERMINAL:
            console.print(Text(f"  ... and {len(table.rows) - _ON_TERMINAL:,} rows more in the files", style="dim"))
    console.print(Text("\nSummary", style="bold"))
    for line in board.summary:
        console.print(Text(f"  {visible(line)}"), soft_wrap=True)
    for path in written:
        console.print(Text(f"  {visible(str(path))}"), soft_wrap=True)


def _table(table: ScoreTable) -> Table:
    drawn = Table(box=None, pad_edge=True, header_style="dim")
    for name in table.header:
        drawn.add_column(Text(visible(name)), overflow="fold")
    for row in table.rows[:_ON_TERMINAL]:
        drawn.add_row(*(Text(visible(cell)) for cell in row))
    return drawn


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Escape everything that Markdown or HTML would interpret."""
    return re.sub(r"([\\|<>\[\]`*_&])", r"\\\1", visible(text))
