"""The numbers behind a finding as points, for any renderer to draw."""

from __future__ import annotations

import numpy as np

from marshtest.findings import Figure, Series
from marshtest.mining.phrases.mine import MinedTriggers, TriggerFamily
from marshtest.stats.arrays import Floats

__all__ = ["figures"]

_BACKGROUND = 400
"""Other spans that are drawn: enough to show the cloud, few enough for a report page."""
_STRONGEST = 100
"""Of these, the strongest, which the finding has to stand out from; the rest is drawn evenly over the ranks."""
_BINS, _POSITION_BINS = 20, 10
"""Bars of the histograms: narrow enough to show two peaks, wide enough for a dozen carriers."""
_MARGIN = 1e-6
"""Nats added on both sides of the range, so that a histogram of equal values has a width."""


def figures(
    family: TriggerFamily, mined: MinedTriggers, name: str, positions: Floats | None, labels: dict[str, int]
) -> tuple[Figure, ...]:
    """Draw the finding against all other spans, its carriers' contents, their labels, and its positions.

    Args:
        family: What was found.
        mined: Everything that was tested towards the same class.
        name: What the finding is called.
        positions: Shape (n,): position of the span in its texts, 0 to 1; None for a feature of whole records.
        labels: Number of carriers by label.
    """
    drawn = [
        _against_all(family, mined, name),
        _contents(family),
        Figure(
            type="bars",
            title="Labels of all records that contain it",
            x_label="label",
            y_label="records",
            series=(Series("carriers", tuple((0.0, float(n)) for n in labels.values()), True, tuple(labels)),),
        ),
    ]
    if positions is not None:
        shares, edges = _shares(positions, 0.0, 1.0, _POSITION_BINS)
        drawn.append(
            Figure(
                type="histogram",
                title="Position in the text",
                x_label="position in the text, 0 start to 1 end",
                y_label="share of carriers",
                series=(Series("carriers", tuple(zip(edges, shares, strict=True)), True),),
            )
        )
    return tuple(drawn)


def _against_all(family: TriggerFamily, mined: MinedTriggers, name: str) -> Figure:
    carriers, effects = mined.scan.carriers, mined.scan.effects
    strength = effects * np.sqrt(carriers)  # as a z-score: the error of a mean falls with the root of its size
    top = np.argsort(-strength, kind="stable")[:_STRONGEST]
    even = np.linspace(0, len(carriers) - 1, min(len(carriers), _BACKGROUND - len(top))).astype(int)
    shown = np.unique(np.concatenate([top, np.argsort(strength, kind="stable")[even]]))
    points = [(float(np.log10(carriers[i])), round(float(effects[i]), 3)) for i in shown]
    head = family.head
    own = ((float(np.log10(len(head.candidate.labelled))), round(head.strength.effect, 3)),)
    return Figure(
        type="scatter",
        title="This finding among all spans of the dataset",
        x_label="records with the label that contain the span (log10)",
        y_label="content effect (1 = genuine records of another class)",
        series=(Series("other spans", tuple(dict.fromkeys(points))), Series("this finding", own, True, (name,))),
    )


def _contents(family: TriggerFamily) -> Figure:
    reading = family.reading
    everyone = reading.curve(reading.model.score())
    parts = {
        "genuine records with this label": everyone[reading.own],
        "genuine records of other classes": everyone[~reading.own],
        "carriers, span removed": family.head.candidate.evidence,
    }
    low, high = float(everyone.min()) - _MARGIN, float(everyone.max()) + _MARGIN
    series = []
    for title, values in parts.items():
        shares, edges = _shares(values, low, high, _BINS)
        series.append(Series(title, tuple(zip(edges, shares, strict=True)), title.startswith("carriers")))
    return Figure(
        type="histogram",
        title="What the rest of the text says",
        x_label="evidence for another class (nats)",
        y_label="share of records",
        series=tuple(series),
    )


def _shares(values: Floats, low: float, high: float, bins: int) -> tuple[list[float], list[float]]:
    counts, edges = np.histogram(np.clip(values, low, high), bins=bins, range=(low, high))
    shares = counts / max(counts.sum(), 1)
    return [round(float(share), 4) for share in shares], [round(float(edge), 3) for edge in edges[:-1]]
