"""What changes when a judge is asked again is counted with its interval."""

from __future__ import annotations

import pytest

from marshtest.detectors.judged.cascading import missed_bound
from marshtest.judges.asking.cascade import Missed
from marshtest.mining.outcomes.counterfactual import Counterfactual
from marshtest.stats.proportions import Proportion


def counted(gone: int, appeared: int, obeyed: int = 0, of: int = 40) -> Counterfactual:
    return Counterfactual(Proportion(gone, of), Proportion(appeared, of), Proportion(obeyed, of), 0, 0.03)


@pytest.mark.parametrize(
    ("second", "stands"),
    [
        (counted(1, 1), "against"),
        (counted(40, 0), "for"),
        (counted(0, 30), "for"),
        (counted(0, 0, obeyed=30), "for"),
        (counted(15, 0), "for"),
        (counted(0, 0, of=3), "open"),
        (counted(0, 0, of=0), "open"),
    ],
)
def test_a_judge_that_changes_its_mind_with_the_span_reacts_to_it(second: Counterfactual, stands: str) -> None:
    assert second.stands == stands


def test_intervals_are_those_of_wilson() -> None:
    assert Proportion(0, 10).interval == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert Proportion(5, 10).interval == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert Proportion(0, 0).interval == (0.0, 1.0)


def test_an_audit_that_finds_nothing_still_bounds_what_was_missed() -> None:
    bound = missed_bound("d", "q", Missed(rest=10_000, audited=300, found=0, unanswered=0, low=0.0, high=1.0))
    assert bound.at_most == 97  # with 98 of ten thousand, 300 draws would show one in more than 19 of 20 audits
    assert missed_bound("d", "q", Missed(rest=40, audited=40, found=2, unanswered=0, low=0.0, high=1.0)).at_most == 2
    assert missed_bound("d", "q", Missed(rest=50, audited=0, found=0, unanswered=0, low=0.0, high=1.0)).at_most == 50
