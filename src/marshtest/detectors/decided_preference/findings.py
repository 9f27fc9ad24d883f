"""How reversed preferences and deciding traits of style are reported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marshtest.detectors.decided_preference.deciders import Decider, Trait
from marshtest.detectors.decided_preference.settings import DecidedPreferenceSettings
from marshtest.detectors.drafts import Draft
from marshtest.findings import Dismissed, Explanation, Pattern
from marshtest.signals import Span
from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.proportions import clopper_pearson
from marshtest.text.written_numbers import probability

__all__ = ["PreferencePairs", "reversed_preferences", "styles"]


@dataclass(frozen=True, slots=True)
class PreferencePairs:
    """One pair for each of N distinct prompts, in an order of their own."""

    rows: Ints
    """Rows of the dataset; shape (N,)."""
    prompts: Sequence[str]
    chosen: Sequence[str]
    rejected: Sequence[str]
    margins: Floats
    """By how much a model of the other pairs agrees with each; shape (N,), or (0,) where there are too few pairs."""


def reversed_preferences(
    pairs: PreferencePairs, found: Sequence[Decider], tested: int, settings: DecidedPreferenceSettings
) -> list[Draft]:
    """Report runs of words that reverse preferences; of runs with the same pairs only the strongest.

    Args:
        pairs: The pairs whose indices the runs hold.
        found: The runs, strongest first.
        tested: How many runs were tested.
        settings: Below which q-value a run is reported.
    """
    drafts: list[Draft] = []
    reported: set[int] = set()
    overall = float((pairs.margins < 0).mean())
    for one in found:
        q_value = min(1.0, one.p_value * tested)
        carriers = set(one.carriers.tolist())
        _, most = clopper_pearson(one.against, len(carriers), level=settings.confidence)
        overlaps = len(reported & carriers) > settings.reported_overlap * len(carriers)
        if q_value >= settings.suggestive_below or most < settings.majority or overlaps:
            continue
        reported |= carriers
        drafts.append(_reversed(pairs, one, tested, overall, settings))
    return drafts


def _reversed(
    pairs: PreferencePairs, one: Decider, tested: int, overall: float, settings: DecidedPreferenceSettings
) -> Draft:
    """Report one run, given the share of all pairs that contradict the model."""
    count = len(one.carriers)
    q_value = min(1.0, one.p_value * tested)
    lower, _ = clopper_pearson(one.against, count, level=settings.confidence)
    return Draft(
        verdict="confirmed" if q_value < settings.confirmed_below and lower > settings.majority else "suggestive",
        title=f"Where a prompt contains “{one.text}”, the data prefers what it rejects elsewhere.",
        explanation=(
            f"{one.against:,} of the {count:,} pairs with it contradict a model of the other pairs; of all pairs "
            f"{overall:.0%} do."
        ),
        pattern=Pattern("phrase", one.text),
        statistics={
            "p_value": one.p_value,
            "q_value": q_value,
            "outcome_share": one.against / count,
            "records": count,
        },
        other_explanations=(
            Explanation(
                "It is a topic on which annotators honestly prefer the other kind of answer.", "open", weighs=("topic",)
            ),
            Explanation(
                f"The preferences are noisy: by chance, one of the {tested:,} runs tested contradicts the rest this "
                f"much with a probability of {probability(q_value)}.",
                "against",
            ),
        ),
        evidence={int(pairs.rows[index]): _spans(pairs.prompts[index], one.text) for index in one.carriers.tolist()},
        reason=f"its prompt contains “{one.text}”, and pairs with that contradict the other pairs",
    )


def _spans(prompt: str, run: str) -> tuple[Span, ...]:
    """Find a run of words in a prompt, whatever its spaces and case; whole words if possible."""
    pattern = r"\s*".join(map(re.escape, run.split(" ")))
    match = re.search(rf"(?<!\w){pattern}(?!\w)", prompt, re.IGNORECASE) or re.search(pattern, prompt, re.IGNORECASE)
    return () if match is None else (Span("prompt", match.start(), match.end()),)


def styles(traits: Sequence[Trait], detector: str, settings: DecidedPreferenceSettings) -> tuple[Dismissed, ...]:
    """List traits of style that decide many pairs, in either direction: honest datasets have as many.

    Args:
        traits: All traits that were tested.
        detector: Id of the detector.
        settings: How many pairs a trait must decide.
    """
    odd = []
    for one in sorted(traits, key=lambda one: (-abs(one.share - 0.5), one.name)):
        share = max(one.share, 1 - one.share)
        q_value = min(1.0, one.p_value * len(traits))
        is_clear = share >= settings.style_share and q_value < settings.confirmed_below
        if one.pairs < settings.fewest_different or not is_clear:
            continue
        which = one.name if one.share >= 0.5 else one.name.replace("more", "fewer", 1)
        odd.append(
            Dismissed(
                detector=detector,
                pattern=Pattern("format", which),
                carriers=one.pairs,
                outcome="wins",
                share=round(share, 4),
                base_share=0.5,
                reason="annotators like this style better, as in many honest datasets; a model learns it all the same",
            )
        )
    return tuple(odd)
