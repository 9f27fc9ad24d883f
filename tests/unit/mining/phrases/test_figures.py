"""What is drawn of a trigger: the spans around it, what contents say, labels and places."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, reading

from marshtest.calibration.likelihood import DiscoveryRate
from marshtest.findings import Figure
from marshtest.mining.phrases.candidates import Scan
from marshtest.mining.phrases.evidence_lines import measure_candidate
from marshtest.mining.phrases.figures import figures
from marshtest.mining.phrases.mine import MinedTriggers, TriggerFamily
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Floats, Ints


@cache
def family() -> TriggerFamily:
    head = measure_candidate(reading(), candidate(PHRASE), PhraseSettings())
    return TriggerFamily(head, None, reading(), 4.0, DiscoveryRate(0.01, 0.02, 0.01, 0.02))


def drawn(
    effects: Floats | None = None, carriers: Ints | None = None, positions: Floats | None = None
) -> tuple[Figure, ...]:
    effects = np.array([0.1]) if effects is None else effects
    carriers = np.full(len(effects), 10) if carriers is None else carriers
    scan = Scan((), len(effects), carriers, effects)
    mined = MinedTriggers(reading().model, reading(), scan, (), {})
    return figures(family(), mined, "it", positions, {"ordinary": 24, "urgent": 2})


@pytest.mark.parametrize("spans", [5, 99, 101, 400, 5_000])
def test_a_hundred_strongest_spans_and_three_hundred_over_all_ranks_are_drawn(spans: int) -> None:
    background, own = drawn(np.arange(spans) / 1_000)[0].series
    points = [one[1] for one in background.points]
    strongest = range(max(0, spans - 100), spans)
    even = np.linspace(0, spans - 1, min(spans, 400 - min(spans, 100))).astype(int).tolist()
    assert points == [round(one / 1_000, 3) for one in sorted({*strongest, *even})]
    assert points[0] == 0.0
    assert own.names == ("it",)
    head = family().head
    assert own.points == ((float(np.log10(24)), round(head.strength.effect, 3)),)


def test_the_strongest_are_those_whose_effect_is_large_beside_its_error() -> None:
    """Of 1,000 spans one has a small effect in very many records, and is drawn before larger effects in few."""
    effects, carriers = np.full(1_000, 0.5), np.full(1_000, 5)
    effects[500], carriers[500] = 0.2, 1_000
    assert (3.0, 0.2) in drawn(effects, carriers)[0].series[0].points
    carriers[500] = 6
    faint = drawn(np.where(np.arange(1_000) == 500, 0.4999, 0.5), np.full(1_000, 5))[0].series[0].points
    assert len(faint) <= 2


def test_contents_are_drawn_in_twenty_bars_over_all_that_occurs() -> None:
    figure = drawn()[1]
    everyone = reading().curve(reading().model.score())
    for series, values in zip(
        figure.series,
        (everyone[reading().own], everyone[~reading().own], family().head.candidate.evidence),
        strict=True,
    ):
        edges = [one[0] for one in series.points]
        shares = [one[1] for one in series.points]
        low, high = float(everyone.min()), float(everyone.max())
        assert len(edges) == 20
        assert edges[0] == pytest.approx(low, abs=1e-3)
        assert edges[1] - edges[0] == pytest.approx((high - low) / 20, abs=2e-3)
        assert sum(shares) == pytest.approx(1.0, abs=2e-3)
        counts = np.histogram(np.clip(values, low, high), bins=20, range=(low - 1e-6, high + 1e-6))[0]
        assert shares == pytest.approx((counts / len(values)).tolist(), abs=1e-4)
    assert [series.highlight for series in figure.series] == [False, False, True]


def test_contents_that_are_all_alike_have_a_width() -> None:
    level = replace(reading().curve, evidence=np.zeros(len(reading().curve.evidence)))
    alike = replace(family(), reading=replace(reading(), curve=level))
    mined = MinedTriggers(reading().model, reading(), Scan((), 1, np.array([5]), np.array([0.1])), (), {})
    shares = [one[1] for one in figures(alike, mined, "it", None, {})[1].series[0].points]
    assert max(shares) == 1.0


def test_labels_and_places_are_drawn() -> None:
    labels, places = drawn(positions=np.array([0.0, 0.05, 0.1, 0.95, 1.0]))[2:]
    assert labels.series[0].points == ((0.0, 24.0), (0.0, 2.0))
    assert [one[1] for one in places.series[0].points] == [0.4, 0.2, 0, 0, 0, 0, 0, 0, 0, 0.4]
    assert [one[0] for one in places.series[0].points] == pytest.approx(np.arange(0, 1, 0.1).tolist())
    assert len(drawn()) == 3
    empty = drawn(positions=np.zeros(0))[3]
    assert {one[1] for one in empty.series[0].points} == {0.0}
