"""Figures put values in their places and survive whatever numbers they are given."""

from __future__ import annotations

import re
from typing import Literal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marshtest.findings import Figure, Series
from marshtest.render.axes import format_tick, make_axis
from marshtest.render.figures import draw_figure

POINTS = st.lists(st.tuples(st.floats(), st.floats()), max_size=8).map(tuple)


def figure(kind: Literal["scatter", "histogram", "bars"], *series: Series) -> Figure:
    """Make a figure of these series."""
    return Figure(type=kind, title="A title", x_label="across", y_label="up", series=series)


@settings(max_examples=60)
@given(st.sampled_from(["scatter", "histogram", "bars"]), POINTS, POINTS)
def test_any_numbers_give_well_formed_svg(
    kind: Literal["scatter", "histogram", "bars"],
    first: tuple[tuple[float, float], ...],
    second: tuple[tuple[float, float], ...],
) -> None:
    """NaN, infinite, huge and missing numbers neither fail nor reach the drawing."""
    names = tuple(f"name {number}" for number in range(len(first)))
    drawn = draw_figure(figure(kind, Series("a", first, names=names), Series("b", second, highlight=True)), "f")
    root = ElementTree.fromstring(str(drawn.svg))  # noqa: S314  our own drawing
    for element in root.iter():
        for key in ("x", "y", "cx", "cy", "width", "height"):
            assert element.get(key, "0") not in ("nan", "inf", "-inf")


def test_the_highlighted_series_is_on_top_and_first_in_the_legend() -> None:
    """What the finding is about is drawn last and named first."""
    drawn = draw_figure(figure("scatter", Series("this", ((1, 2),), highlight=True), Series("rest", ((3, 4),))), "f")
    assert [entry.name for entry in drawn.legend] == ["this", "rest"]
    assert str(drawn.svg).index('class="dot s0"') < str(drawn.svg).index('class="dot hl"')


def test_higher_values_stand_higher() -> None:
    """Heights grow upwards and places grow to the right."""
    drawn = draw_figure(figure("scatter", Series("s", ((1, 1), (2, 5)))), "f")
    (x1, y1), (x2, y2) = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', str(drawn.svg))
    assert float(x1) < float(x2)
    assert float(y1) > float(y2)


def test_too_many_points_are_thinned_and_it_is_said() -> None:
    """Ten thousand points do not make a page that nobody can open."""
    drawn = draw_figure(figure("scatter", Series("s", tuple((float(n), float(n)) for n in range(10_000)))), "f")
    assert str(drawn.svg).count("<circle") <= 1500
    assert "8,571 points are left out" in drawn.note


def test_a_wide_range_becomes_logarithmic() -> None:
    """An axis over more than two powers of ten says that it is logarithmic."""
    assert "across (log scale)" in draw_figure(figure("scatter", Series("s", ((1, 1), (1000, 2)))), "f").svg
    assert make_axis([1, 1000], 0, 300).ticks == (1, 10, 100, 1000)
    assert not make_axis([0, 1000], 0, 300).log


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.5, "0.5"), (1500, "1,500"), (20000, "20k"), (3e6, "3M"), (-2, "−2")]
)
def test_ticks_are_brief(value: float, text: str) -> None:
    """Ticks are short enough to stand side by side."""
    assert format_tick(value) == text
