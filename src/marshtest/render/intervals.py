"""A figure of effects with their intervals, one a row: a point for the value, a line from end to end."""

from __future__ import annotations

from markupsafe import Markup

from marshtest.findings import Figure, Series
from marshtest.render.axes import LARGEST, Axis, format_tick, make_axis
from marshtest.render.numbers import format_number
from marshtest.render.svg import element, label
from marshtest.text.visible import visible

__all__ = ["draw_intervals"]

_LEFT, _RIGHT, _TOP, _BOTTOM, _ROW = 178, 502, 14, 48, 18
"""Edges of the plot and the height of a row, in units of the drawing; names stand left of the plot."""
_MOST_ROWS = 60
"""Rows; more make a figure longer than a screen."""
_ROW_LABEL = 26
"""Characters of a name that fit left of the plot."""


def draw_intervals(figure: Figure, styled: list[tuple[Series, str]]) -> tuple[list[Markup], float, str]:
    """Draw the rows of every series below one another; give the body, its height and what was left out."""
    rows = [
        (series, style, number)
        for series, style in styled
        for number, (_, value) in enumerate(series.points)
        if abs(value) <= LARGEST  # false for NaN too
    ]
    shown = rows[:_MOST_ROWS]
    height = _TOP + _ROW * max(1, len(shown)) + _BOTTOM
    ends = [end for series, _, number in shown for end in _interval(series, number) if abs(end) <= LARGEST]
    across = make_axis(ends, _LEFT, _RIGHT, zero=True)
    body = _grid(figure, across, height)
    for place, (series, style, number) in enumerate(shown):
        body += _row(series, style, number, across, _TOP + _ROW * place + _ROW / 2)
    hidden = len(rows) - len(shown)
    return body, height, f"{hidden:,} more are left out of the drawing." if hidden else ""


def _interval(series: Series, number: int) -> tuple[float, float]:
    value = series.points[number][1]
    return series.intervals[number] if number < len(series.intervals) else (value, value)


def _grid(figure: Figure, across: Axis, height: float) -> list[Markup]:
    body = []
    for tick in across.ticks:
        x = across.at(tick)
        style = "base" if tick == 0 else "grid"
        body.append(element("line", x1=x, x2=x, y1=_TOP, y2=height - _BOTTOM, class_=style))
        body.append(label("text", format_tick(tick), x=x, y=height - _BOTTOM + 18, class_="tick", text_anchor="middle"))
    middle = (_LEFT + _RIGHT) / 2
    body.append(label("text", figure.y_label, x=middle, y=height - 8, class_="axis", text_anchor="middle"))
    return body


def _row(series: Series, style: str, number: int, across: Axis, y: float) -> list[Markup]:
    value, (low, high) = series.points[number][1], _interval(series, number)
    name = visible(series.names[number]) if number < len(series.names) else series.name
    short = name if len(name) <= _ROW_LABEL else name[: _ROW_LABEL - 1] + "\u2026"
    tip = label("title", f"{name}: {format_number(value)} ({format_number(low)} to {format_number(high)})")
    drawn = [label("text", short, x=_LEFT - 8, y=y + 4, class_="tick", text_anchor="end")]
    if max(abs(low), abs(high)) <= LARGEST:
        drawn.append(element("line", x1=across.at(low), x2=across.at(high), y1=y, y2=y, class_=f"interval {style}"))
    drawn.append(element("circle", tip, cx=across.at(value), cy=y, r=4, class_=f"dot {style}"))
    return drawn
