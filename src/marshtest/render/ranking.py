"""A ranking with intervals as SVG: a dot for each score, a line for its interval."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from marshtest.render.axes import Axis, format_tick, make_axis
from marshtest.render.numbers import format_number
from marshtest.render.svg import element, label

__all__ = ["MOST_DRAWN", "draw_ranking"]

MOST_DRAWN = 30
"""Rows in the drawing; a table has the others."""

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM, _ROW = 720, 220, 20, 12, 44, 24
"""Width, margins and the height of a row, in units of the drawing; names stand in the left margin."""
_NAME = 30
"""Characters of a name that fit the left margin."""


def draw_ranking(
    rows: Sequence[tuple[str, float, tuple[float, float]]], *, title: str, axis: str, marked: str | None = None
) -> Markup:
    """Draw the first 30 rows of a ranking.

    Args:
        rows: Name, score and interval of each, the best first. Names are hostile text.
        title: What the figure shows, for screen readers.
        axis: What the scores are.
        marked: The name that stands out.
    """
    shown = rows[:MOST_DRAWN]
    across = make_axis(
        [value for _, score, interval in shown for value in (score, *interval)], _LEFT, _WIDTH - _RIGHT, zero=True
    )
    height = _TOP + _ROW * len(shown) + _BOTTOM
    body = [label("title", title), *_grid(across, height, axis)]
    for place, row in enumerate(shown):
        body += _row(row, across, _TOP + _ROW * (place + 0.5), "hl" if row[0] == marked else "s0")
    return element("svg", *body, viewBox=f"0 0 {_WIDTH} {height}", role="img", class_="plot ranking")


def _grid(across: Axis, height: float, axis: str) -> list[Markup]:
    bottom = height - _BOTTOM
    drawn = []
    for tick in across.ticks:
        place = across.at(tick)
        drawn.append(element("line", x1=place, x2=place, y1=_TOP, y2=bottom, class_="grid"))
        drawn.append(label("text", format_tick(tick), x=place, y=bottom + 18, class_="tick", text_anchor="middle"))
    drawn.append(
        label("text", axis, x=(_LEFT + _WIDTH - _RIGHT) / 2, y=height - 6, class_="axis", text_anchor="middle")
    )
    return drawn


def _row(row: tuple[str, float, tuple[float, float]], across: Axis, middle: float, style: str) -> list[Markup]:
    name, score, (low, high) = row
    short = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
    tip = label("title", f"{name}: {format_number(score)}, {format_number(low)} to {format_number(high)}")
    line = {"x1": across.at(low), "x2": across.at(high), "y1": middle, "y2": middle}
    return [
        label("text", short, x=_LEFT - 8, y=middle + 4, class_="tick", text_anchor="end"),
        element("line", class_=f"whisker {style}", **line),
        element("circle", tip, cx=across.at(score), cy=middle, r=4.5, class_=f"dot {style}"),
    ]
