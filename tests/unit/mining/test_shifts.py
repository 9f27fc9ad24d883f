"""Structures that settle the label where contents leave it open."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from marshtest.features.tokens import tokenize
from marshtest.mining.growing import grow
from marshtest.mining.left_out import LeftOut, content_words
from marshtest.mining.rules import Feature
from marshtest.mining.shifts import Shifted, cover_shifts, gain_of_shift

GOOD, BAD, NEUTRAL = ["bright", "warm", "lovely"], ["grim", "cold", "dreadful"], ["paper", "table", "corner", "window"]


SOURCE = ["anchor", "ballast", "capstan", "dinghy", "frigate"]


def shifted(*, natural: bool, words: list[str] = NEUTRAL) -> Shifted:
    """Plant 120 texts that say nothing and are all of the class; `natural` has as many of the other one too."""
    random = Random(3)
    own = np.array([i % 2 == 0 for i in range(1200)])
    texts = [" ".join(random.choices((GOOD if label else BAD) + NEUTRAL, k=5)) for label in own]
    blank = np.flatnonzero(own)[:120]
    other = np.flatnonzero(~own)[:120]
    for i in [*blank, *(other if natural else [])]:
        texts[i] = " ".join(random.choices(words, k=5))
    features = [Feature(0, "clauses: ⊢ ‹conjunction› … ,", blank)]
    if natural:
        features.append(Feature(0, "clauses: … ?", other))
    model = LeftOut.fit(content_words(tokenize(texts)), own, np.arange(1200), np.ones(1200, np.bool_))
    return cover_shifts(model, features, np.ones(len(features), np.bool_))


def test_a_structure_that_settles_the_label_is_found_with_all_its_records() -> None:
    (shift,) = shifted(natural=False).shifts
    assert len(shift.labelled) == 120
    assert shift.towards > 2
    assert 0.2 < shift.expected < 0.8


def test_where_structures_settle_labels_both_ways_nothing_is_told() -> None:
    found = shifted(natural=True)
    assert found.shifts == ()
    assert found.opposite > 1


def test_a_source_with_contents_of_its_own_settles_nothing() -> None:
    assert shifted(natural=False, words=SOURCE).shifts == ()
    (shift,) = shifted(natural=False, words=[*NEUTRAL, *NEUTRAL, *NEUTRAL, *SOURCE[:1]]).shifts
    assert len(shift.labelled) == 120


@pytest.mark.parametrize(("hits", "least", "most"), [(50, 0.0, 1e-6), (100, 60.0, 75.0), (90, 30.0, 50.0)])
def test_the_gain_is_the_likelihood_ratio_of_the_best_shift(hits: int, least: float, most: float) -> None:
    assert least <= gain_of_shift(np.zeros(100), hits) <= most


def test_records_of_the_same_making_are_found_from_half_of_them() -> None:
    from scipy import sparse

    random = np.random.default_rng(5)
    own = np.arange(2000) % 2 == 0
    made = np.flatnonzero(own)[:300]
    frames = (random.random((2000, 60)) < 0.1).astype(float)
    frames[made[:, None], np.arange(8)] = random.random((300, 8)) < 0.7
    found = grow(sparse.csr_matrix(frames), own, np.arange(2000), made[:150])
    assert set(made[:150].tolist()) <= set(found.tolist())
    assert len(np.intersect1d(found, made)) > 270
    assert len(np.setdiff1d(found, made)) < 30
