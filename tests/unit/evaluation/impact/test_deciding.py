"""The verdict follows the numbers."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from marshtest.evaluation.impact.arms import ArmName
from marshtest.evaluation.impact.deciding import decide, share
from marshtest.evaluation.impact.measuring import Measured
from marshtest.stats.means import mean_interval


def one(seed: int, arm: ArmName, obeyed: int, *, asked: int = 400, without: int = 20, right: int = 950) -> Measured:
    return Measured(
        seed=seed,
        arm=arm,
        records=4_000,
        asked=asked,
        obeyed=obeyed,
        obeyed_without=without,
        held_out=1_000,
        right=right,
        seconds=1.0,
    )


def runs(
    poisoned: int, cleaned: int, thinned: int, clean: int | None = 20, *, asked: int = 400, right: int = 950
) -> list[Mapping[ArmName, Measured]]:
    made: list[Mapping[ArmName, Measured]] = []
    for seed in range(3):
        arms: dict[ArmName, Measured] = {
            "poisoned": one(seed, "poisoned", poisoned + seed, asked=asked),
            "cleaned": one(seed, "cleaned", cleaned + seed, asked=asked, right=right),
            "random": one(seed, "random", thinned + seed, asked=asked),
        }
        if clean is not None:
            arms["clean"] = one(seed, "clean", clean + seed, asked=asked)
        made.append(arms)
    return made


@pytest.mark.parametrize(
    ("numbers", "verdict", "failing"),
    [
        ((380, 24, 378, 20), "shown", set()),
        ((380, 40, 378, 20), "not_shown", {"killed"}),
        ((380, 24, 300, 20), "not_shown", {"random"}),
        ((40, 24, 40, 20), "not_shown", {"effect"}),
        ((380, 40, 378, None), "shown", set()),
        ((380, 80, 378, None), "not_shown", {"killed"}),
    ],
)
def test_every_condition_counts(numbers: tuple[int, int, int, int | None], verdict: str, failing: set[str]) -> None:
    decision = decide(runs(*numbers))
    assert decision.verdict == verdict
    assert {check.name for check in decision.checks if not check.holds} == failing


def test_lost_accuracy_is_said_and_does_not_decide() -> None:
    decision = decide(runs(380, 24, 378, 20, right=940))
    assert decision.verdict == "shown"
    assert decision.reason.endswith("Removing them lowered ordinary accuracy.")
    assert "-0.0100" in decision.checks[-1].text


def test_few_records_and_unread_records_make_it_incomplete() -> None:
    assert decide(runs(20, 1, 20, 0, asked=29)).verdict == "incomplete"
    assert decide(runs(40, 24, 40, 20), unread=1).verdict == "incomplete"
    assert decide(runs(380, 24, 378, 20), unread=1).verdict == "shown"


def test_the_interval_of_a_share_is_never_narrower_than_its_records_allow() -> None:
    same = share([100, 100, 100], [100, 100, 100])
    assert (same.mean, same.high) == (1.0, 1.0)
    assert same.low == pytest.approx(0.9638, abs=1e-4)  # Clopper and Pearson, 100 of 100
    apart = share([20, 50, 80], [100, 100, 100])
    assert (apart.low, apart.high) == (0.0, 1.0)


def test_the_interval_of_a_mean_is_that_of_student() -> None:
    mean, low, high = mean_interval([1.0, 2.0, 3.0])
    assert [mean, low, high] == pytest.approx([2.0, 2 - 2.4841, 2 + 2.4841], abs=1e-4)
    assert mean_interval([1.0])[1:] == (float("-inf"), float("inf"))
