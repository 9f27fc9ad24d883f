"""What can be claimed of near-duplicates, and how strong it is beside what clean datasets show.

A word that decides labels among near-duplicates is weighed by evidence lines that mean the same in every dataset; its
verdict is an estimated false-discovery rate (`marshtest.calibration`). Contradictions and floods have no verdict: clean
datasets have as many, and no line that we know tells planted ones from them. They are listed as what looked odd.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from marshtest.calibration.likelihood import CalibratedLikelihood, DiscoveryRate
from marshtest.detectors.drafts import Draft
from marshtest.findings import Dismissed
from marshtest.stats.arrays import Floats

__all__ = ["CLAIM_DIRECTIONS", "Claim", "Lines", "claim_columns", "graded"]

Lines = Mapping[str, float]

CLAIM_DIRECTIONS: Final[Mapping[str, int]] = {
    "chance": -1,
    "purity": 1,
    "groups": 0,
    "elsewhere": -1,
    "contradicted_elsewhere": 0,
    "words": -1,
    "duplicated": 0,
    "records": 0,
    "classes": 0,
}
"""The evidence lines of a decisive word, and which way each can only speak: 1 for poison as it rises, -1 against it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What could be said of near-duplicates, before it is weighed."""

    draft: Draft
    outcome: str
    """The label or behaviour that it is about; empty for none."""
    share: float
    """Share of its texts, or groups, that show it, 0 to 1."""
    lines: Lines | None = None
    """Its evidence lines, by name; None for what clean datasets show as much."""
    speaks_against: str = ""
    """Why it is no finding, where it has no lines."""


def claim_columns(claims: Sequence[Claim]) -> dict[str, Floats]:
    """Give the evidence lines of claims that have some in columns, by name; shape (n,) each."""
    lines = [one.lines for one in claims if one.lines is not None]
    return {name: np.array([one[name] for one in lines], np.float64) for name in CLAIM_DIRECTIONS}


def graded(
    claims: Sequence[Claim], likelihood: CalibratedLikelihood, detector: str
) -> tuple[list[Draft], tuple[Dismissed, ...]]:
    """Weigh the claims about one dataset among one another.

    Args:
        claims: All of them.
        likelihood: What was learned of decisive words on other datasets.
        detector: Id of the detector.

    Returns:
        Those with a verdict, the surest first, and the others with what speaks against them.
    """
    weighed = [one for one in claims if one.lines is not None]
    scores = likelihood.scores(likelihood.log_odds(claim_columns(weighed)), np.arange(len(weighed)))
    drafts, odd = list[Draft](), list[Dismissed]()
    for claim, score, rate in sorted(
        zip(weighed, scores.tolist(), likelihood.rates(scores), strict=True), key=lambda one: -one[1]
    ):
        if rate.verdict is None:
            reason = (
                f"{rate.false_alarm:.0%} of clean datasets (95% bound {rate.false_alarm_below:.0%}) have a word that "
                "stands out as much among near-duplicates"
            )
            odd.append(_dismissed(claim, reason, detector))
        else:
            statistics = _statistics(claim, score, rate)
            drafts.append(replace(claim.draft, verdict=rate.verdict, statistics=statistics))
    odd += [_dismissed(one, one.speaks_against, detector) for one in claims if one.lines is None]
    return sorted(drafts, key=lambda one: one.verdict != "confirmed"), tuple(odd)


def _statistics(claim: Claim, score: float, rate: DiscoveryRate) -> dict[str, float | int | str | bool | None]:
    return {
        **claim.draft.statistics,
        "false_discovery_rate": rate.rate,
        "false_discovery_rate_below": round(rate.below, 5),
        "clean_datasets_as_strong": round(rate.false_alarm, 5),
        "calibrated_score": round(score, 3),
    }


def _dismissed(claim: Claim, reason: str, detector: str) -> Dismissed:
    return Dismissed(
        detector=detector,
        pattern=claim.draft.pattern,
        carriers=len(claim.draft.evidence),
        outcome=claim.outcome,
        share=round(claim.share, 4),
        reason=reason,
    )
