"""Figures of a contrast: the difference plot, and what is left of the shift when records are taken out."""

from __future__ import annotations

from collections.abc import Sequence

from marshtest.detectors.control_contrast.differences import Contrast, Difference
from marshtest.findings import Comparison, Figure, Series

__all__ = ["contrast_figures", "side_by_side"]

_MORE, _LESS, _STYLE = 24, 8, 16
_PAIRS = 40


def contrast_figures(contrast: Contrast) -> tuple[Figure, ...]:
    """Draw the differences in content, those in style, and the removal of records."""
    more = [one for one in contrast.content if one.leans == "suspect"][:_MORE]
    less = [one for one in contrast.content if one.leans == "control"][:_LESS]
    style = sorted(contrast.style, key=lambda one: -abs(one.z))[:_STYLE]
    drawn = [
        _plot("Differences in content", "share beyond what is expected, with 95 % interval", [*more, *less], True),
        _plot("Differences in style, which carry no verdict", "effect, with 95 % interval", style, False),
    ]
    if contrast.remaining:
        drawn.append(
            Figure(
                type="scatter",
                title="What is left of the shift when records are taken out",
                x_label="share of records taken out, highest contribution first",
                y_label="share of the shift that is left",
                series=(Series("measured in words that did not choose", contrast.remaining, True),),
            )
        )
    return tuple(figure for figure in drawn if figure.series[0].points)


def side_by_side(contrast: Contrast) -> tuple[Comparison, ...]:
    """Give the most telling pairs to be read side by side."""
    return tuple(
        Comparison(
            prompt=pair.prompt,
            suspect=pair.suspect,
            control=pair.control,
            suspect_spans=pair.suspect_spans,
            control_spans=pair.control_spans,
            record_id=pair.suspect_id,
        )
        for pair in contrast.pairs[:_PAIRS]
    )


def _plot(title: str, y_label: str, shown: Sequence[Difference], highlight: bool) -> Figure:
    return Figure(
        type="intervals",
        title=title,
        x_label="",
        y_label=y_label,
        series=(
            Series(
                "content" if highlight else "style",
                tuple((0.0, round(one.effect, 4)) for one in shown),
                highlight,
                names=tuple(one.text for one in shown),
                intervals=tuple((round(one.interval[0], 4), round(one.interval[1], 4)) for one in shown),
            ),
        ),
    )
