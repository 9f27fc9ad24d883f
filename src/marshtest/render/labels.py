"""How the labels of a dataset share it out, as one bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from markupsafe import Markup

from marshtest.render.svg import element, label

__all__ = ["LabelBar", "LabelShare", "draw_label_bar"]

_MOST_LABELS = 8
"""Labels in the bar; the rest becomes one share."""


class LabelShare(NamedTuple):
    """One label with its part of the dataset."""

    label: str
    records: int
    percent: str
    style: str


class LabelBar(NamedTuple):
    """The bar and what stands beside it."""

    svg: Markup
    shares: tuple[LabelShare, ...]


def draw_label_bar(labels: Mapping[str, int]) -> LabelBar | None:
    """Draw the labels, most frequent first and the rare ones together; None for data without labels."""
    total = sum(labels.values())
    if total == 0:
        return None
    ordered = sorted(labels.items(), key=lambda pair: -pair[1])
    rest = ordered[_MOST_LABELS:]
    shown = ordered[:_MOST_LABELS] + ([(f"{len(rest)} more labels", sum(n for _, n in rest))] if rest else [])
    shares = tuple(
        LabelShare(name, records, _percent(records / total), f"l{number % 5}")
        for number, (name, records) in enumerate(shown)
    )
    place, body = 0.0, []
    for share in shares:
        width = 1000 * share.records / total
        tip = label("title", f"{share.label}: {share.records:,} records ({share.percent})")
        body.append(
            element(
                "rect", tip, x=round(place, 1), y=0, width=max(0.0, round(width - 2, 1)), height=14, class_=share.style
            )
        )
        place += width
    svg = element(
        "svg", *body, viewBox="0 0 1000 14", preserveAspectRatio="none", class_="label-bar", aria_hidden="true"
    )
    return LabelBar(svg, shares)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.01 else "under 1%"
