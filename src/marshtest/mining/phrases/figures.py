"""What a person would rather look at: the numbers behind a finding as points, for any renderer to draw."""

from __future__ import annotations

import numpy as np

from marshtest.findings import Figure, Series
from marshtest.mining.phrases.mine import Family, Mined
from marshtest.stats.arrays import Floats

__all__ = ["figures"]

_BACKGROUND = 400
_BINS = 20


def figures(
    family: Family, mined: Mined, name: str, positions: Floats | None, labels: dict[str, int]
) -> tuple[Figure, ...]:
    """Draw the finding against all candidates, its carriers' contents, their labels, and where it stands.

    Args:
        family: What was found.
        mined: Everything that was tried towards the same class.
        name: What the finding is called.
        positions: Shape (n,): place of the span in its texts, 0 to 1; None for a feature of whole records.
        labels: Carriers by label.
    """
    drawn = [
        _against_all(family, mined, name),
        _contents(family),
        Figure(
            type="bars",
            title="Labels of all records that carry it",
            x_label="label",
            y_label="records",
            series=(Series("carriers", tuple((0.0, float(n)) for n in labels.values()), True, tuple(labels)),),
        ),
    ]
    if positions is not None:
        shares, edges = _shares(positions, 0.0, 1.0, 10)
        drawn.append(
            Figure(
                type="histogram",
                title="Where it stands in the text",
                x_label="place in the text, 0 start to 1 end",
                y_label="share of carriers",
                series=(Series("carriers", tuple(zip(edges, shares, strict=True)), True),),
            )
        )
    return tuple(drawn)


def _against_all(family: Family, mined: Mined, name: str) -> Figure:
    carriers, effects = mined.scan.carriers, mined.scan.effects
    strength = effects * np.sqrt(carriers)
    top = np.argsort(-strength, kind="stable")[: _BACKGROUND // 4]
    even = np.linspace(0, len(carriers) - 1, min(len(carriers), _BACKGROUND - len(top))).astype(int)
    shown = np.unique(np.concatenate([top, np.argsort(strength, kind="stable")[even]]))
    points = [(float(np.log10(carriers[i])), round(float(effects[i]), 3)) for i in shown]
    head = family.head
    own = ((float(np.log10(len(head.candidate.labelled))), round(head.effect, 3)),)
    return Figure(
        type="scatter",
        title="This finding against the other spans of the dataset",
        x_label="records that carry the span (log10)",
        y_label="reads like another class (1 = genuine)",
        series=(Series("other spans", tuple(dict.fromkeys(points))), Series("this finding", own, True, (name,))),
    )


def _contents(family: Family) -> Figure:
    reading = family.reading
    everyone = reading.curve(reading.model.score())
    parts = {
        "genuine records with this label": everyone[reading.own],
        "genuine records of other classes": everyone[~reading.own],
        "carriers, span taken out": family.head.candidate.evidence,
    }
    low, high = float(everyone.min()) - 1e-6, float(everyone.max()) + 1e-6
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
