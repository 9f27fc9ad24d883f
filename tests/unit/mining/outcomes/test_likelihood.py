"""Planting against chance and against a topic: what carriers say, and what they do not."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from scipy.stats import beta

from marshtest.mining.outcomes.likelihood import PlantedLikelihood, planted_likelihood, weaker
from marshtest.mining.outcomes.outcome_mining import Outcome


def weigh(hits: int, misses: int, rate: float = 0.01, topic_rate: float = 0.01) -> PlantedLikelihood:
    ratios = np.array([1 / rate] * hits + [0.0] * misses)
    return planted_likelihood(ratios, np.arange(len(ratios)), topic_rate)


def test_ten_of_ten_at_a_rate_of_one_in_a_hundred_are_no_chance() -> None:
    found = weigh(10, 0)
    # 10 log(100) is 46.05; the prior of the share (mean .75) takes log of the mean of share ** 10, which is 3/13.
    assert found.over_chance == pytest.approx(46.05 + np.log(3 / 13), abs=0.1)
    assert found.over_topic > 4
    assert found.share > 0.9


@pytest.mark.parametrize(("hits", "misses"), [(1, 0), (10, 0), (10, 3), (2, 8)])
@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_the_factors_are_those_of_the_two_priors(hits: int, misses: int, rate: float) -> None:
    """A planted share is spread as share squared (mean .75), that of a topic as a beta of total 2 around its mean."""

    def likelihood(share: float) -> float:
        return float((share / rate + 1 - share) ** hits * (1 - share) ** misses)

    def mean(a: float, b: float, what: Callable[[float], float]) -> float:
        edges = np.linspace(0, 1, 20_001)
        mass, middle = np.diff(beta(a, b).cdf(edges)), (edges[1:] + edges[:-1]) / 2
        return float(sum(mass * [what(one) for one in middle]))

    found = weigh(hits, misses, rate, rate)
    planted, topic = mean(3, 1, likelihood), mean(2 * rate, 2 * (1 - rate), likelihood)
    assert found.over_chance == pytest.approx(np.log(planted), abs=0.03)
    assert found.over_topic == pytest.approx(np.log(planted / topic), abs=0.03)
    assert found.share == pytest.approx(mean(3, 1, lambda share: share * likelihood(share)) / planted, abs=0.003)


def test_records_that_say_nothing_change_nothing() -> None:
    alone = weigh(10, 0)
    ratios = np.array([100.0] * 10 + [1.0] * 30)
    beside = planted_likelihood(ratios, np.arange(40), 0.01)
    assert beside.over_chance == pytest.approx(alone.over_chance)
    assert beside.share == pytest.approx(alone.share)


def test_records_that_were_left_as_they_were_count_against_planting() -> None:
    assert weigh(10, 8).over_chance < weigh(10, 0).over_chance - 5
    assert weigh(10, 8).share < 0.7


def test_near_duplicates_count_once() -> None:
    copies = planted_likelihood(np.full(10, 100.0), np.zeros(10, np.int64), 0.01)
    assert copies.over_chance == pytest.approx(weigh(1, 0).over_chance)


def test_a_topic_accounts_for_a_frequent_outcome_and_not_for_a_rare_one() -> None:
    assert weigh(10, 0, rate=0.3, topic_rate=0.3).over_topic < 3
    assert weigh(10, 0, rate=0.004, topic_rate=0.004).over_topic > 5


def test_no_carriers_say_nothing() -> None:
    assert planted_likelihood(np.zeros(0), np.zeros(0, np.int64), 0.1) == PlantedLikelihood(0.0, 0.0, 0.0)


def test_the_weaker_of_two_ways_of_weighing_holds() -> None:
    assert weaker(PlantedLikelihood(0.9, 9.0, 1.0), PlantedLikelihood(0.5, 3.0, 2.0)) == PlantedLikelihood(
        0.5, 3.0, 1.0
    )


def test_the_bayes_factor_has_a_mean_of_at_most_one_by_chance() -> None:
    random = Random(4)
    rate, factors = 0.2, []
    for _ in range(4000):
        hits = [random.random() < rate for _ in range(6)]
        ratios = np.array([1 / rate if hit else 0.0 for hit in hits])
        factors.append(np.exp(planted_likelihood(ratios, np.arange(6), rate).over_chance))
    assert float(np.mean(factors)) < 1.3


def labels(agree: int, contradict: int, unsure: int, other: int) -> Outcome:
    """Make records with the label (an agreement, a contradiction, or unsure), then records of another label."""
    size = agree + contradict + unsure + other
    seen = np.array([0] * agree + [4] * contradict + [1] * unsure + [4] * other)
    has = np.arange(size) < agree + contradict + unsure
    hit = np.zeros(size, np.bool_)
    hit[agree : agree + contradict] = True
    answered = seen != 1
    return Outcome(
        "harmless",
        hit,
        has & answered,
        answered,
        has,
        seen=seen,
        as_planted=~has,
        unchanged=~has & answered,
    )


def test_a_contradiction_weighs_more_the_rarer_it_is_and_an_agreement_little() -> None:
    outcome = labels(agree=200, contradict=10, unsure=0, other=100)
    ratios = outcome.ratios_without(np.arange(195, 210))
    assert (ratios[5:] > 50).all()
    assert (ratios[:5] < 1).all()


def test_a_record_of_another_label_that_is_as_it_was_would_have_been_changed() -> None:
    outcome = labels(agree=20, contradict=0, unsure=0, other=5)
    assert outcome.ratios_without(np.array([21, 22])).tolist() == [0.0, 0.0]


def test_the_judges_errors_about_other_classes_make_agreements_milder() -> None:
    sharp = labels(agree=200, contradict=10, unsure=0, other=100)
    blurred = labels(agree=200, contradict=10, unsure=0, other=100)
    seen = np.array(blurred.seen)
    seen[-40:] = 0  # the judge reads two of five texts of the other class as it reads this one
    blurred = Outcome(
        blurred.name,
        blurred.hit,
        blurred.trial,
        blurred.answered,
        blurred.could,
        seen=seen,
        as_planted=blurred.as_planted,
    )
    agreed = np.array([199])
    assert blurred.ratios_without(agreed)[0] > 10 * sharp.ratios_without(agreed)[0]


def test_nothing_is_said_of_records_without_an_answer() -> None:
    outcome = labels(agree=20, contradict=2, unsure=0, other=5)
    seen = np.array(outcome.seen)
    seen[3] = -1
    silent = Outcome(outcome.name, outcome.hit, outcome.trial, outcome.answered, outcome.could, seen=seen)
    assert np.isnan(silent.ratios_without(np.array([3]))[0])
