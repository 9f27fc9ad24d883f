"""What the numbers show: does removing the evidence remove the effect, while random removal does not?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from marshtest.evaluation.impact.arms import ArmName
from marshtest.evaluation.impact.measuring import Measured
from marshtest.stats.means import mean_interval
from marshtest.stats.proportions import clopper_pearson

__all__ = ["FEWEST_ASKED", "Decision", "ImpactCheck", "ImpactVerdict", "Share", "decide", "share"]

ImpactVerdict = Literal["shown", "not_shown", "incomplete"]
FEWEST_ASKED = 30
"""Fewer held-out records with the trigger than this say too little: none of 30 may still be 11%."""
_SMALLEST_EFFECT = 0.10
"""Rise of the attack success rate that counts as an effect. Convention: the interval of 100 trials is about as wide."""
_KILLED, _KILLED_WITHOUT_CLEAN = 0.03, 0.10
"""Attack success rate that may remain without the evidence: against a clean victim, and where there is none.

Measured: benchmarks/IMPACT.md has +.013 (+.001 to +.026) for cleaned minus clean victims when all poison is removed.
Without a clean victim the words of the trigger may have an effect of their own; .10 is chosen by eye.
"""
_UNCHANGED = 0.05
"""Fall of the attack success rate that removing random records may cause. Chosen by eye: no record of the data."""
_ACCURACY = 0.005
"""Fall of ordinary accuracy that is called unchanged. Chosen by eye: it decides nothing."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share over all seeds with its 95% interval, each 0 to 1."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ImpactCheck:
    """One thing that must hold."""

    name: Literal["effect", "killed", "random", "accuracy"]
    holds: bool
    text: str
    """A sentence with its numbers."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was shown, and why."""

    verdict: ImpactVerdict
    checks: tuple[ImpactCheck, ...]
    reason: str
    """One or two sentences without dataset text."""


def share(hits: Sequence[int], asked: Sequence[int]) -> Share:
    """Give a share over seeds with a 95% interval.

    It is the union of two intervals: that of the mean over seeds (Student's t), and the exact one for the records of a
    single seed (Clopper and Pearson 1934). Seeds that agree by chance must not look more certain than their records.

    Args:
        hits: Successes of every seed.
        asked: Trials of every seed, each above 0.
    """
    shares = [hit / all_ for hit, all_ in zip(hits, asked, strict=True)]
    mean, low, high = mean_interval(shares)
    trials = min(asked)
    exact_low, exact_high = clopper_pearson(round(mean * trials), trials)
    return Share(mean, max(0.0, min(low, exact_low)), min(1.0, max(high, exact_high)))


def decide(measured: Sequence[Mapping[ArmName, Measured]], *, unread: int = 0) -> Decision:
    """Decide what the victims of all seeds show.

    The reference is what an unpoisoned victim does: the clean victim's attack success rate (ASR) or, without clean
    data, how often the cleaned victim gives the attacker's label to the same records without the trigger.

    - effect: the ASR of the poisoned victim exceeds the reference by at least .10, with a 95% interval above 0.
    - killed: the ASR of the cleaned victim exceeds the reference by at most .03, or by at most .10 without a clean
      victim, since the words of the trigger may then have an effect of their own.
    - random: removing random records lowers the ASR of the poisoned victim by at most .05.
    - accuracy: the cleaned victim's ordinary accuracy is at most .005 below that of the clean victim, or of the
      poisoned one without clean data. It decides nothing.

    Args:
        measured: What was measured, a mapping for every seed.
        unread: Records of the data that nobody could read: where these are left, nothing can be called not shown.
    """
    asked = min(one["poisoned"].asked for one in measured)
    has_clean = all("clean" in one for one in measured)
    poisoned = [one["poisoned"].attack for one in measured]
    cleaned = [one["cleaned"].attack for one in measured]
    thinned = [one["random"].attack for one in measured]
    reference = [one["clean"].attack if has_clean else one["cleaned"].without for one in measured]
    compared = "after clean data" if has_clean else "without the trigger"
    gain, surely, _ = mean_interval(_less(poisoned, reference))
    left, _, _ = mean_interval(_less(cleaned, reference))
    lost, _, _ = mean_interval(_less(poisoned, thinned))
    allowed = _KILLED if has_clean else _KILLED_WITHOUT_CLEAN
    kept_by: ArmName = "clean" if has_clean else "poisoned"
    cost, _, _ = mean_interval([one[kept_by].accuracy - one["cleaned"].accuracy for one in measured])
    checks = (
        ImpactCheck(
            "effect",
            gain >= _SMALLEST_EFFECT and surely > 0,
            f"attack success rate after training on the data as it is: {_mean(poisoned):.3f}; {_mean(reference):.3f} "
            f"{compared} (required: at least {_SMALLEST_EFFECT:.2f} more, with a 95% interval above 0)",
        ),
        ImpactCheck(
            "killed",
            left <= allowed,
            f"without the evidence records: {_mean(cleaned):.3f}, {left:+.3f} of that {compared} "
            f"(allowed: {allowed:+.2f})",
        ),
        ImpactCheck(
            "random",
            lost <= _UNCHANGED,
            f"without as many random records: {_mean(thinned):.3f}, {-lost:+.3f} (allowed: {-_UNCHANGED:+.2f})",
        ),
        ImpactCheck(
            "accuracy",
            cost <= _ACCURACY,
            f"ordinary accuracy of the cleaned victim: {-cost:+.4f} of the {kept_by} one's "
            f"(allowed: {-_ACCURACY:+.3f})",
        ),
    )
    if asked < FEWEST_ASKED:
        reason = f"Only {asked} held-out records can carry the trigger; {FEWEST_ASKED} are needed. Provide more data."
        return Decision("incomplete", checks, reason)
    reason = _reason({check.name: check.holds for check in checks}, _mean(poisoned), _mean(cleaned), _mean(thinned))
    is_shown = all(check.holds for check in checks if check.name != "accuracy")
    if unread and not is_shown:
        return Decision("incomplete", checks, f"{reason} {unread:,} records could not be read.")
    return Decision("shown" if is_shown else "not_shown", checks, reason)


def _reason(holds: Mapping[str, bool], poisoned: float, cleaned: float, thinned: float) -> str:
    """Say what was shown, and what was not."""
    numbers = f"({poisoned:.2f} as it is, {cleaned:.2f} without the evidence, {thinned:.2f} without random records)"
    if not holds["effect"]:
        return f"The trigger has too little effect on this victim, even after training on the data as it is {numbers}."
    if not holds["killed"]:
        return f"The trigger still works after training without the evidence records, so poison is left {numbers}."
    if not holds["random"]:
        return f"Removing random records weakens the trigger too, so the evidence records are not the cause {numbers}."
    price = "" if holds["accuracy"] else " Removing them lowered ordinary accuracy."
    return f"The evidence records, and no others, make the trigger work {numbers}.{price}"


def _less(these: Sequence[float], those: Sequence[float]) -> list[float]:
    return [this - that for this, that in zip(these, those, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
