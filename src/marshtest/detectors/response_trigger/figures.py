"""What a person would rather look at: the numbers behind a finding as points, for any renderer to draw."""

from __future__ import annotations

from marshtest.detectors.response_trigger.claims import Claim
from marshtest.findings import Figure, Series

__all__ = ["figures"]

_BINS = 10


def figures(claim: Claim) -> tuple[Figure, ...]:
    """Draw how alike prompts and answers are, how often the behaviour is shown, and where the span stands."""
    found, grounds = claim.found, claim.grounds
    shares = {
        "records that carry it": len(found.hits) / len(found.feature.carriers),
        "expected from the rest of their prompts": grounds.called_for,
        "other records": found.rate,
    }
    alike = {"prompts without it": grounds.alike_asked, "answers": grounds.alike_written}
    drawn = [
        _bars("How often the behaviour is shown", "share of records", shares, "records that carry it"),
        _bars("How alike the records are with one another", "mean similarity", alike, "answers"),
    ]
    if grounds.place is not None:
        counts = [0] * _BINS
        for position in grounds.place.around.positions.tolist():
            counts[min(_BINS - 1, int(position * _BINS))] += 1
        total = max(1, sum(counts))
        points = tuple((step / _BINS, round(count / total, 4)) for step, count in enumerate(counts))
        drawn.append(
            Figure(
                type="histogram",
                title="Where it stands in what is read",
                x_label="place in the text, 0 start to 1 end",
                y_label="share of carriers",
                series=(Series("carriers", points, True),),
            )
        )
    return tuple(drawn)


def _bars(title: str, label: str, values: dict[str, float], highlight: str) -> Figure:
    """Draw one bar for each value."""
    series = tuple(
        Series(name, ((0.0, round(value, 4)),), name == highlight, (name,)) for name, value in values.items()
    )
    return Figure(type="bars", title=title, x_label="", y_label=label, series=series)
