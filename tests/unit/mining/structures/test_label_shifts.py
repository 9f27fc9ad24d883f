"""Structures that decide the label where contents leave it open."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from marshtest.mining.structures.frame_growth import grow
from marshtest.mining.structures.held_out_model import HeldOutModel, content_words
from marshtest.mining.structures.label_rules import Feature
from marshtest.mining.structures.label_shifts import Shifts, cover_shifts, shift_log_likelihood_ratio
from marshtest.mining.structures.settings import FrameGrowthSettings, LabelShiftSettings
from marshtest.settings import flatten
from marshtest.text.tokens import tokenize

GOOD, BAD, NEUTRAL = ["bright", "warm", "lovely"], ["grim", "cold", "dreadful"], ["paper", "table", "corner", "window"]


SETTINGS = LabelShiftSettings()
SOURCE = ["anchor", "ballast", "capstan", "dinghy", "frigate"]


def shifted(*, natural: bool, words: list[str] = NEUTRAL, settings: LabelShiftSettings = SETTINGS) -> Shifts:
    """Search for what `made` has planted."""
    model, features = made(natural=natural, words=words)
    return cover_shifts(model, features, np.ones(len(features), np.bool_), settings)


def made(
    *, natural: bool, words: list[str] = NEUTRAL, turned: bool = False, shared: str = ""
) -> tuple[HeldOutModel, list[Feature]]:
    """Plant 120 texts that say nothing and are all of the class; `natural` has as many of the other one too."""
    random = Random(3)
    own = np.array([i % 2 == 0 for i in range(1200)])
    texts = [" ".join(random.choices((GOOD if label else BAD) + NEUTRAL, k=5)) for label in own]
    blank = np.flatnonzero(own)[:120]
    other = np.flatnonzero(~own)[:120]
    for i in [*blank, *(other if natural else [])]:
        texts[i] = " ".join([*random.choices(words, k=5), shared])
    features = [Feature(0, "clauses: ⊢ ‹conjunction› … ,", blank)]
    if natural:
        features.append(Feature(0, "clauses: … ?", other))
    of = ~own if turned else own
    words = content_words(tokenize(texts))
    return HeldOutModel.fit(words, of, np.arange(1200), np.ones(1200, np.bool_), 5), features


@pytest.mark.parametrize("natural", [True, False])
def test_scores_for_one_of_two_classes_hold_for_the_other(natural: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    (model, features), (turned, _) = made(natural=natural), made(natural=natural, turned=True)
    allowed = np.ones(len(features), np.bool_)
    anew, first = cover_shifts(turned, features, allowed, SETTINGS), cover_shifts(model, features, allowed, SETTINGS)
    monkeypatch.setattr(HeldOutModel, "scores_of", None)
    again = cover_shifts(turned, features, allowed, SETTINGS, first)
    assert (again.shifts, again.opposite, again.tested) == (anew.shifts, anew.opposite, anew.tested)
    assert [one.tolist() for one in again.scores] == [one.tolist() for one in anew.scores]


def test_scores_are_not_reused_once_carriers_are_left_out() -> None:
    model, features = made(natural=False)
    turned, _ = made(natural=False, turned=True)
    without = turned.without(features[0].texts[:20])
    allowed, first = np.ones(1, np.bool_), cover_shifts(model, features, np.ones(1, np.bool_), SETTINGS)
    assert cover_shifts(without, features, allowed, SETTINGS, first) == cover_shifts(
        without, features, allowed, SETTINGS
    )
    assert not cover_shifts(without, features, allowed, SETTINGS, first).scores


def test_a_structure_that_decides_the_label_is_found_with_all_its_records() -> None:
    (shift,) = shifted(natural=False).shifts
    assert len(shift.labelled) == 120
    assert shift.towards > 2
    assert 0.2 < shift.expected < 0.8


def test_where_structures_decide_labels_both_ways_nothing_is_reported() -> None:
    found = shifted(natural=True)
    assert found.shifts == ()
    assert found.opposite > 1


def test_a_source_with_words_of_its_own_is_not_reported() -> None:
    assert shifted(natural=False, words=SOURCE).shifts == ()
    (shift,) = shifted(natural=False, words=[*NEUTRAL, *NEUTRAL, *NEUTRAL, *SOURCE[:1]]).shifts
    assert len(shift.labelled) == 120


def test_carriers_that_share_a_word_of_their_own_are_not_reported() -> None:
    model, features = made(natural=False, shared="zorble")
    allowed, lenient = np.ones(1, np.bool_), replace(SETTINGS, most_own_words=1.0)
    assert cover_shifts(model, features, allowed, lenient).shifts == ()
    assert len(cover_shifts(model, features, allowed, replace(lenient, shared_by=1.1)).shifts) == 1


@pytest.mark.parametrize(("hits", "least", "most"), [(50, 0.0, 1e-6), (100, 60.0, 75.0), (90, 30.0, 50.0)])
def test_the_log_likelihood_ratio_is_that_of_the_best_shift(hits: int, least: float, most: float) -> None:
    assert least <= shift_log_likelihood_ratio(np.zeros(100), hits) <= most


def test_records_built_in_the_same_way_are_found_from_half_of_them() -> None:
    from scipy import sparse

    random = np.random.default_rng(5)
    own = np.arange(2000) % 2 == 0
    made = np.flatnonzero(own)[:300]
    frames = (random.random((2000, 60)) < 0.1).astype(float)
    frames[made[:, None], np.arange(8)] = random.random((300, 8)) < 0.7
    found = grow(sparse.csr_matrix(frames), own, np.arange(2000), made[:150], FrameGrowthSettings(), 5)
    assert set(made[:150].tolist()) <= set(found.tolist())
    assert len(np.intersect1d(found, made)) > 270
    assert len(np.setdiff1d(found, made)) < 30


@pytest.mark.parametrize(
    "stricter",
    [
        replace(SETTINGS, fewest_carriers=121),
        replace(SETTINGS, most_of_class=0.19),
        replace(SETTINGS, most_of_all=0.09),
        replace(SETTINGS, least_shift=6.0),
        replace(SETTINGS, least_opposite=2.0),
        replace(SETTINGS, least_ratio=10.0),
        replace(SETTINGS, least_purity=0.995),
        replace(SETTINGS, largest_q=1e-60),
        replace(SETTINGS, most_own_words=-0.1),
        replace(SETTINGS, own_word_ratio=0.1),
        replace(SETTINGS, most_shifts=0),
    ],
    ids=lambda settings: next(name for name, value in flatten(settings).items() if flatten(SETTINGS)[name] != value),
)
def test_each_threshold_of_a_shift_decides(stricter: LabelShiftSettings) -> None:
    assert shifted(natural=False, settings=stricter).shifts == ()


@pytest.mark.parametrize(("carriers", "found"), [(30, 1), (29, 0)])
def test_thirty_carriers_are_enough_and_fewer_are_not(carriers: int, found: int) -> None:
    model, (feature,) = made(natural=False)
    few = Feature(feature.family, feature.name, feature.texts[:carriers])
    assert len(_strong(model, few)) == found


def _strong(model: HeldOutModel, feature: Feature) -> tuple[object, ...]:
    """Give the shifts of one feature where only the number of carriers can be too small."""
    lenient = replace(SETTINGS, least_shift=0.0, least_ratio=0.0, largest_q=1.0)
    return cover_shifts(model, [feature], np.ones(1, np.bool_), lenient).shifts


@pytest.mark.parametrize(
    "stricter",
    [
        FrameGrowthSettings(rounds=0),
        FrameGrowthSettings(least_posterior=1.0),
    ],
)
def test_growth_keeps_the_seeds_whatever_the_settings(stricter: FrameGrowthSettings) -> None:
    from scipy import sparse

    random = np.random.default_rng(5)
    own = np.arange(400) % 2 == 0
    seeds = np.flatnonzero(own)[:40]
    frames = sparse.csr_matrix((random.random((400, 20)) < 0.2).astype(float))
    assert grow(frames, own, np.arange(400), seeds, stricter, 5).tolist() == seeds.tolist()
