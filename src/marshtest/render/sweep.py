"""A sweep on a terminal and as HTML: the decision, and the candidates with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from markupsafe import Markup
from rich.table import Table
from rich.text import Text

from marshtest.render.drawing import DrawnConsole
from marshtest.render.html import page_environment, page_policy, page_template
from marshtest.render.ranking import MOST_DRAWN, draw_ranking
from marshtest.sweep.sweeping import Sweep
from marshtest.text.visible import visible

__all__ = ["print_sweep", "sweep_html"]

_SHOWN = 10
"""Candidates on the terminal."""
_BAR = 24
"""Length of the longest bar, in characters."""


def print_sweep(found: Sweep, file: TextIO) -> None:
    """Print the result of a sweep; at most ten candidates are shown, the JSON has all."""
    console = DrawnConsole(file)
    named = found.decision is not None
    title = visible(f"{found.suspect}: {found.decision or 'no name'}")
    console.print(Text(title, style="bold red" if named else "bold"))
    console.print(Text(visible(found.reason)))
    many = len(found.controls)
    console.print(Text(f"compared with {many} control{'s' if many > 1 else ''}\n", style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("candidate", overflow="fold")
    table.add_column("score", justify="right")
    table.add_column("90% interval", justify="right")
    table.add_column("")
    top = max(found.ranking[0].score, 1e-12)
    for one in found.ranking[:_SHOWN]:
        low, high = one.interval
        bar = "█" * max(0, round(_BAR * one.score / top))
        table.add_row(Text(visible(one.candidate)), f"{one.score:.3f}", f"{low:.3f} to {high:.3f}", Text(bar))
    console.print(table)
    hidden = len(found.ranking) - _SHOWN
    if hidden > 0:
        console.print(Text(f"and {hidden} more", style="dim"))


def sweep_html(found: Sweep, facts: Mapping[str, str]) -> str:
    """Render a sweep as one page without scripts or requests.

    Args:
        found: The sweep.
        facts: What else the page says, by name.
    """
    style = page_template("report.css")
    rows = [(one.candidate, one.score, one.interval) for one in found.ranking]
    figure = draw_ranking(
        rows,
        title=f"Candidates for {found.suspect}, the likeliest first",
        axis="effect in the joint fit",
        marked=found.decision or found.ranking[0].candidate,
    )
    return (
        page_environment()
        .get_template("sweep.html.j2")
        .render(
            found=found,
            facts=facts,
            figure=figure,
            hidden=max(0, len(rows) - MOST_DRAWN),
            style=Markup(style),  # noqa: S704  our own file
            policy=page_policy(style),
        )
    )
