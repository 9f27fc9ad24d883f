"""Several ways of ranking are pooled, and those that work badly on the scores at hand weigh less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.sweep.generated import CANDIDATES, generated

from marshtest.sweep.matrices import ScoreMatrices
from marshtest.sweep.pooling import pool, trust_in_ways, ways_of
from marshtest.sweep.settings import PoolingSettings, SweepSettings
from marshtest.sweep.summaries import Summaries, summarise

PERSONAS = [0, 1, 3, 4, 6, 7, 9, 10]
PLACES = np.arange(len(PERSONAS))
POOLING = PoolingSettings()


def summaries_of(matrices: ScoreMatrices) -> Summaries:
    return summarise(list(matrices.scores.values()), SweepSettings())


def firsts(summaries: Summaries) -> tuple[int, int]:
    """Count the datasets whose persona is first in the pool, and by the plain mean minus that of the controls."""
    trust = trust_in_ways(summaries, PLACES, POOLING)
    pooled = plain = 0
    for place, persona in enumerate(PERSONAS):
        others = PLACES[place != PLACES]
        pooled += pool(summaries, place, others, trust, POOLING).best == persona
        plain += int(ways_of(summaries, place, others, POOLING)[0][0].argmax()) == persona
    return pooled, plain


def test_the_pool_is_no_worse_than_the_plain_mean_where_the_plain_mean_is_right() -> None:
    assert firsts(summaries_of(generated(PERSONAS))) == (8, 8)


@pytest.mark.parametrize("seed", range(3))
def test_the_pool_is_no_worse_than_the_plain_mean_where_every_score_of_a_dataset_is_moved(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrices = generated(PERSONAS, seed=seed, tilt=0.6)
    moved = {name: one + rng.normal(0, 0.15, (len(one), 1)) for name, one in matrices.scores.items()}
    pooled, plain = firsts(summaries_of(ScoreMatrices("moved", CANDIDATES, moved)))
    assert pooled >= plain


def test_a_way_that_puts_the_same_candidate_first_everywhere_is_trusted_less() -> None:
    summaries = summaries_of(generated(PERSONAS))
    usual = trust_in_ways(summaries, PLACES, POOLING)
    same = summaries.means.copy()
    same[:, 5] += 40 * np.arange(len(PLACES))  # bounded means of one candidate differ wildly; plain ones do not
    spoiled = trust_in_ways(replace(summaries, means=same), PLACES, POOLING)
    assert usual.distinct[2] == 0.0
    assert spoiled.distinct[2] < 0.0


@pytest.mark.parametrize(("datasets", "weighed"), [(2, False), (3, True)])
def test_ways_are_weighed_by_how_well_they_work_from_three_datasets_on(datasets: int, weighed: bool) -> None:
    trust = trust_in_ways(summaries_of(generated(PERSONAS)), PLACES[:datasets], POOLING)
    assert bool(np.any(trust.clear != 0)) == weighed


def test_some_candidates_alone_have_the_same_summaries() -> None:
    summaries = summaries_of(generated(PERSONAS))
    part = summaries.of(np.array([2, 5, 7]))
    assert part.means.tolist() == summaries.means[:, [2, 5, 7]].tolist()
    assert part.covariances.shape == (8, 3, 3)
    assert part.covariances[0, 1, 2] == summaries.covariances[0, 5, 7]
