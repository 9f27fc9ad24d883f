"""Figures of a finding as SVG, drawn without any library so that they work offline and without scripts.

Colours come from the classes `hl` (what the finding is about) and `s0`, `s1`, ... (what it is compared with).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from marshtest.findings import Figure, Series
from marshtest.render.axes import LARGEST, Axis, format_tick, make_axis
from marshtest.render.intervals import draw_intervals
from marshtest.render.numbers import format_number
from marshtest.render.svg import element, label
from marshtest.text.visible import visible

__all__ = ["DrawnFigure", "LegendEntry", "draw_figure"]

_WIDTH, _HEIGHT = 520, 300
"""Size in units of the drawing, which the page scales: half its width, at the text size of the page."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 14, 14, 48
"""Margins, wide enough on the left and at the bottom for ticks and the name of the axis."""
_MOST_POINTS = 1500
"""Points per series; more hide one another and make the page large."""
_MOST_BARS = 30
"""Bars; more do not fit a screen."""
_BAR_LABEL = 22
"""Characters of the name of a bar that fit the left margin."""
_AXIS_LABEL = 72
"""Characters of the name of an axis that fit the width."""


class LegendEntry(NamedTuple):
    """One series in the legend."""

    name: str
    style: str
    """The class that colours it."""


class DrawnFigure(NamedTuple):
    """A figure, rendered for the page."""

    title: str
    svg: Markup
    legend: tuple[LegendEntry, ...]
    note: str
    """What the drawing omits, or empty."""


def draw_figure(figure: Figure, name: str) -> DrawnFigure:
    """Draw one figure.

    Args:
        figure: The numbers.
        name: An id that no other figure on the page has.
    """
    styled = _style(figure.series)
    draw = {"scatter": _scatter, "histogram": _histogram, "bars": _bars, "intervals": draw_intervals}[figure.type]
    body, height, note = draw(figure, styled)
    svg = element(
        "svg",
        label("title", f"{figure.title}. {_summary(figure)}", id=f"{name}-title"),
        *body,
        viewBox=f"0 0 {_WIDTH} {height:g}",
        role="img",
        aria_labelledby=f"{name}-title",
        class_=f"plot {figure.type}",
    )
    legend = tuple(
        LegendEntry(series.name, style) for series, style in sorted(styled, key=lambda pair: pair[1] != "hl")
    )
    return DrawnFigure(figure.title, svg, legend, note)


_Styled = list[tuple[Series, str]]


def _style(series: Iterable[Series]) -> _Styled:
    """Give each series its class; what is highlighted is drawn last, on top."""
    quiet = 0
    styled: _Styled = []
    for one in series:
        styled.append((one, "hl" if one.highlight else f"s{quiet % 4}"))
        quiet += not one.highlight
    return sorted(styled, key=lambda pair: pair[1] == "hl")


def _summary(figure: Figure) -> str:
    """Describe the figure in words, for screen readers."""
    return "; ".join(f"{series.name}: {len(series.points)} values" for series in figure.series)


def _scatter(figure: Figure, styled: _Styled) -> tuple[list[Markup], float, str]:
    points = [point for series, _ in styled for point in series.points if _drawable(point)]
    across = make_axis([x for x, _ in points], _LEFT, _WIDTH - _RIGHT, pad=True)
    up = make_axis([y for _, y in points], _HEIGHT - _BOTTOM, _TOP, pad=True)
    body = _frame(figure, across, up)
    left_out = 0
    for series, style in styled:
        stride = max(1, math.ceil(len(series.points) / _MOST_POINTS))
        left_out += len(series.points) - len(series.points[::stride])
        for number in range(0, len(series.points), stride):
            x, y = series.points[number]
            if not _drawable((x, y)):
                continue
            what = series.names[number] if number < len(series.names) else series.name
            tip = f"{what}: {figure.x_label} {format_number(x)}, {figure.y_label} {format_number(y)}"
            body.append(_point(across.at(x), up.at(y), tip, style))
            if style == "hl" and len(series.points) <= 3:
                body.append(_name_point(across.at(x), up.at(y), what))
    return body, _HEIGHT, f"{left_out:,} points are left out of the drawing." if left_out else ""


def _point(x: float, y: float, tip: str, style: str) -> Markup:
    return element("circle", label("title", tip), cx=x, cy=y, r=6 if style == "hl" else 2.8, class_=f"dot {style}")


def _name_point(x: float, y: float, name: str) -> Markup:
    leftwards = x > _WIDTH / 2
    place = x - 11 if leftwards else x + 11
    return label(
        "text", _shorten(name, 32), x=place, y=y + 4, class_="name", text_anchor="end" if leftwards else "start"
    )


def _histogram(figure: Figure, styled: _Styled) -> tuple[list[Markup], float, str]:
    bins = [sorted(filter(_drawable, series.points)) for series, _ in styled]
    width = _bin_width(bins)
    edges = [x for points in bins for x, _ in points]
    ends = [min(edges), max(edges) + width] if edges else []
    across = _plain_axis(ends, _LEFT, _WIDTH - _RIGHT)
    up = make_axis([y for points in bins for _, y in points], _HEIGHT - _BOTTOM, _TOP, zero=True)
    body = _frame(figure, across, up)
    for points, (series, style) in zip(bins, styled, strict=True):
        for x, y in points:
            place, stop, top = across.at(x), across.at(x + width), up.at(y)
            low, high = format_number(round(x, 6)), format_number(round(x + width, 6))
            tip = f"{series.name}: {format_number(y)} from {low} to {high}"
            body.append(
                element(
                    "rect",
                    label("title", tip),
                    x=place,
                    y=top,
                    width=max(0.5, stop - place - 1),
                    height=max(0.0, round(up.at(0) - top, 1)),
                    class_=f"bin {style} over" if len(styled) > 1 and style == "hl" else f"bin {style}",
                )
            )
    return body, _HEIGHT, ""


def _plain_axis(ends: list[float], start: float, end: float) -> Axis:
    """Fit a linear axis exactly to both ends, for bins that touch each other."""
    loose = make_axis([ends[0] if ends[0] <= 0 else 0.0, *ends] if ends else [], start, end, zero=True)
    if not ends:
        return loose
    low, high = ends
    return Axis(low, high, start, end, tuple(tick for tick in loose.ticks if low - 1e-9 <= tick <= high + 1e-9))


def _bin_width(bins: list[list[tuple[float, float]]]) -> float:
    gaps = [b[0] - a[0] for points in bins for a, b in itertools.pairwise(points) if b[0] > a[0]]
    return min(gaps, default=1.0)


def _bars(figure: Figure, styled: _Styled) -> tuple[list[Markup], float, str]:
    in_order = [pair for series in figure.series for pair in styled if pair[0] is series]
    names = list(dict.fromkeys(name for series in figure.series for name in series.names))
    shown = names[:_MOST_BARS]
    thick = 16 if len(in_order) > 1 else 20
    row = thick * max(1, len(in_order)) + 12
    left, height = 158, _TOP + row * len(shown) + _BOTTOM
    values = [y for series, _ in in_order for _, y in series.points if abs(y) <= LARGEST]
    across = make_axis(values, left, _WIDTH - 52, zero=True)
    body = [
        element("line", x1=across.at(tick), x2=across.at(tick), y1=_TOP, y2=height - _BOTTOM, class_="grid")
        for tick in across.ticks
    ]
    body += [
        label(
            "text", format_tick(tick), x=across.at(tick), y=height - _BOTTOM + 18, class_="tick", text_anchor="middle"
        )
        for tick in across.ticks
    ]
    body.append(
        label(
            "text",
            _shorten(figure.y_label, _AXIS_LABEL // 2),
            x=(left + _WIDTH - 52) / 2,
            y=height - 8,
            class_="axis",
            text_anchor="middle",
        )
    )
    for place, name in enumerate(shown):
        top = _TOP + row * place + 6
        middle = top + (row - 12) / 2 + 4
        body.append(label("text", _shorten(name, _BAR_LABEL), x=left - 8, y=middle, class_="tick", text_anchor="end"))
        for number, (series, style) in enumerate(in_order):
            body += _bar(series, style, name, across, top + thick * number, thick)
    hidden = len(names) - len(shown)
    return body, height, f"{hidden:,} more bars are left out of the drawing." if hidden else ""


def _bar(series: Series, style: str, name: str, across: Axis, top: float, thick: float) -> list[Markup]:
    """Draw one bar with its number; nothing where the series has no such name."""
    if name not in series.names or series.names.index(name) >= len(series.points):
        return []
    value = series.points[series.names.index(name)][1]
    if not abs(value) <= LARGEST:
        return []
    zero, end = across.at(0), across.at(value)
    tip = label("title", f"{name}: {series.name} {format_number(value)}")
    width = max(1.0, round(abs(end - zero), 1))
    return [
        element("rect", tip, x=min(zero, end), y=top + 1, width=width, height=thick - 2, rx=2, class_=f"bar {style}"),
        label("text", format_number(value), x=max(zero, end) + 6, y=top + thick / 2 + 4, class_="tick value"),
    ]


def _frame(figure: Figure, across: Axis, up: Axis) -> list[Markup]:
    """Draw grid, ticks and the names of both axes."""
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    body = [element("line", x1=_LEFT, x2=right, y1=up.at(tick), y2=up.at(tick), class_="grid") for tick in up.ticks]
    body.append(element("line", x1=_LEFT, x2=right, y1=bottom, y2=bottom, class_="base"))
    for tick in up.ticks:
        body.append(label("text", format_tick(tick), x=_LEFT - 8, y=up.at(tick) + 4, class_="tick", text_anchor="end"))
    for tick in across.ticks:
        body.append(element("line", x1=across.at(tick), x2=across.at(tick), y1=bottom, y2=bottom + 4, class_="base"))
        body.append(
            label("text", format_tick(tick), x=across.at(tick), y=bottom + 18, class_="tick", text_anchor="middle")
        )
    middle = (_LEFT + right) / 2
    x_name = f"{figure.x_label} (log scale)" if across.log else figure.x_label
    y_name = f"{figure.y_label} (log scale)" if up.log else figure.y_label
    body.append(
        label("text", _shorten(x_name, _AXIS_LABEL), x=middle, y=_HEIGHT - 8, class_="axis", text_anchor="middle")
    )
    turned = f"translate(14 {(_TOP + bottom) / 2:g}) rotate(-90)"
    body.append(label("text", _shorten(y_name, 44), transform=turned, class_="axis", text_anchor="middle"))
    return body


def _drawable(point: tuple[float, float]) -> bool:
    return abs(point[0]) <= LARGEST and abs(point[1]) <= LARGEST  # false for NaN too


def _shorten(text: str, most: int) -> str:
    text = visible(text)
    return text if len(text) <= most else text[: most - 1] + "\u2026"
