"""Verdicts on changed records say whether the judge reacts to the pattern itself; intervals decide, not shares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marshtest.detectors.judged.counterfactual import Counterfactual
from marshtest.detectors.judged.settings import CounterfactualSettings
from marshtest.stats.proportions import Proportion


def counted(reverses: int, induces: int, flips: int = 0, *, of: int = 40, rate: float = 0.03) -> Counterfactual:
    return Counterfactual(Proportion(reverses, of), Proportion(induces, of), Proportion(flips, of), 0, rate)


@pytest.mark.parametrize(
    ("counterfactual", "stands"),
    [
        (counted(1, 1), "against"),
        (counted(40, 0), "for"),
        (counted(0, 30), "for"),
        (counted(0, 0, flips=30), "for"),
        (counted(15, 0), "for"),
        (counted(0, 0, of=3), "open"),
        (counted(0, 0, of=0), "open"),
    ],
)
def test_a_judge_whose_verdicts_change_with_the_pattern_reacts_to_it(
    counterfactual: Counterfactual, stands: str
) -> None:
    assert counterfactual.stands == stands


@pytest.mark.parametrize(
    ("counterfactual", "stands"),
    [
        # Lower ends of the intervals of Wilson: .181 for 12 and .201 for 13 of 40 removals, limit .2.
        (counted(12, 0), "against"),
        (counted(13, 0), "for"),
        # .087 for 7 and .105 for 8 of 40 insertions, limit .1.
        (counted(0, 7), "against"),
        (counted(0, 8), "for"),
        (counted(0, 0, flips=7), "against"),
        (counted(0, 0, flips=8), "for"),
        # .181 for 12 and .201 for 13 of 40 insertions, limit .19 = 2 * .095 where the judge errs often.
        (counted(0, 12, rate=0.095), "against"),
        (counted(0, 13, rate=0.095), "for"),
    ],
)
def test_it_reacts_from_the_limits_on(counterfactual: Counterfactual, stands: str) -> None:
    assert counterfactual.stands == stands


@pytest.mark.parametrize(
    ("counterfactual", "stands"),
    [
        # Upper ends of the intervals: .471 for 1 and .591 for 2 of 8, limit .5.
        (counted(1, 1, of=8), "against"),
        (counted(2, 1, of=8), "open"),
        (counted(1, 2, of=8, rate=0.3), "open"),
        # However few there are, none of them changed; four answers are too few all the same.
        (counted(0, 0, of=5), "against"),
        (counted(0, 0, of=4), "open"),
    ],
)
def test_it_is_cleared_only_if_most_verdicts_surely_stay(counterfactual: Counterfactual, stands: str) -> None:
    assert counterfactual.stands == stands


def test_other_settings_give_another_answer() -> None:
    lenient = CounterfactualSettings(removal_share=0.4, cleared_share=0.6)
    assert replace(counted(15, 0), settings=lenient).stands == "against"
    strict = CounterfactualSettings(cleared_share=0.05)
    assert replace(counted(1, 1), settings=strict).stands == "open"
