"""A figure of effects shows every name, point and interval, whatever stands in the names."""

from __future__ import annotations

from marshtest.findings import Comparison, Figure, Series
from marshtest.render.figures import draw_figure
from marshtest.render.side_by_side import draw_pairs


def drawn(names: tuple[str, ...], values: tuple[float, ...]) -> str:
    """Draw one series of effects, each with an interval of .1 on either side."""
    series = Series(
        "content",
        tuple((0.0, value) for value in values),
        highlight=True,
        names=names,
        intervals=tuple((value - 0.1, value + 0.1) for value in values),
    )
    figure = Figure(type="intervals", title="t", x_label="", y_label="effect", series=(series,))
    return str(draw_figure(figure, "f").svg)


def test_every_effect_has_a_point_a_line_and_its_name() -> None:
    svg = drawn(("grace", "storage"), (0.5, -0.4))
    assert svg.count("<circle") == svg.count('class="interval hl"') == 2
    assert ">grace</text>" in svg
    assert "storage: \u22120.4" in svg or "storage: -0.4" in svg


def test_hostile_names_are_escaped_and_drawn() -> None:
    svg = drawn(("<script>", "a\u202eb"), (0.5, 0.2))
    assert "<script>" not in svg
    assert "\u202e" not in svg


def test_values_that_are_no_number_are_left_out() -> None:
    assert drawn(("a", "b"), (float("nan"), 0.1)).count("<circle") == 1


def test_too_many_effects_are_counted_and_not_drawn() -> None:
    series = Series("s", tuple((0.0, 0.1) for _ in range(100)), names=tuple(map(str, range(100))))
    figure = Figure(type="intervals", title="t", x_label="", y_label="effect", series=(series,))
    assert draw_figure(figure, "f").note == "40 more are left out of the drawing."


def test_pairs_mark_what_carries_the_difference() -> None:
    pair = Comparison(prompt="p\x1b", suspect="all grace", control="plain", suspect_spans=((4, 9),), record_id="r")
    view = draw_pairs([pair])[0]
    assert [part.text for part in view.suspect.parts if part.marked] == ["grace"]
    assert any(part.hidden for part in view.prompt)
    assert [part.marked for part in view.control.parts] == [False]
