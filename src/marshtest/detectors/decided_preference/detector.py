"""Preferences that a few words of the prompt turn round, and style that decides them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.decided_preference.deciders import Decider, Trait, prompt_deciders, winning_traits
from marshtest.detectors.decided_preference.margins import cross_fitted_margins, normal_scores
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, FindingVerdict, Pattern
from marshtest.signals import Signal, Span
from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.proportions import clopper_pearson

__all__ = ["DecidedPreference"]

_FEWEST_PAIRS = 100
_SURE, _PERHAPS = 1e-3, 1e-2
_STYLE_DECIDES = 2 / 3
_FEWEST_DIFFERENT = 50


@dataclass(frozen=True, slots=True)
class _Pairs:
    """One pair for each distinct prompt, in an order of their own."""

    rows: Ints
    prompts: Sequence[str]
    chosen: Sequence[str]
    rejected: Sequence[str]
    margins: Floats


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is told, before it has a number."""

    verdict: FindingVerdict
    title: str
    explanation: str
    pattern: Pattern
    statistics: Mapping[str, float | int | str | None]
    other: tuple[Explanation, ...]
    spans: Mapping[int, tuple[Span, ...]]
    """Evidence by row of the dataset."""


@detector
class DecidedPreference(Detector):
    """Find preferences that a few words of the prompt turn round, and traits of style that decide them.

    Looks for: a run of one to four words in prompts whose pairs prefer what the rest of the data would reject; and
        traits of style (length, lists, apologies and others) that decide two pairs in three by themselves.
    How: a cross-fitted linear model on the difference of the two completions gives every pair a margin, by which the
        rest of the data agrees with it. The normal scores of the margins of a run's pairs are added up and compared
        with chance, corrected for all runs. Confirmed below .001 when the lower bound of pairs against the rest is
        above one half. Style is a sign test over pairs that differ in the trait, and never more than suggestive.
    Blind spots: preferences that no word of the completions tells, so that the margins are noise: on real harmlessness
        data the model is right for 6 pairs in 10, and a trigger needs 60 to 200 pairs to be seen. Single swapped
        pairs, and a bias that a few swaps add to one that the data has anyway.
    False alarms: topics on which people honestly prefer otherwise come out as suggestive. Length decides many.
    Needs: preference pairs, at least 100.
    Cost per 1,000 records: about 2 s for conversations of a hundred words.
    Source: our own; against Wang et al. 2023 (RLHFPoison) and Rando and Tramer 2024 (universal jailbreak backdoors).
    """

    id: ClassVar[str] = "decided-preference"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Preferences that a few words of the prompt or a trait of style decide"

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out what has no pairs."""
        return None if dataset.kind == "preference" else f"the records are of the kind {dataset.kind}, not preferences"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse too few pairs."""
        if len(dataset) < _FEWEST_PAIRS:
            return f"{len(dataset)} pairs are too few; it needs {_FEWEST_PAIRS}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Fit the model, try every run of words, and count styles."""
        tools.progress("weighing preferences", 0.0)
        pairs = _pairs(dataset)
        if len(pairs.rows) < _FEWEST_PAIRS:
            return Examination(diagnostics={"distinct_pairs": len(pairs.rows)})
        found, tried = prompt_deciders(pairs.prompts, pairs.margins, normal_scores(pairs.margins))
        traits = winning_traits(pairs.chosen, pairs.rejected)
        claims = [*_turned(pairs, found, tried), *_styles(traits)]
        findings = tuple(
            _finding(f"{self.id}-{number}", claim, dataset) for number, claim in enumerate(claims, start=1)
        )
        return Examination(
            signals=_signals(claims, dataset),
            findings=findings,
            tried=tried + len(traits),
            diagnostics={
                "distinct_pairs": len(pairs.rows),
                "pairs_the_model_agrees_with": round(float((pairs.margins > 0).mean()), 3),
            },
        )


def _pairs(dataset: Dataset) -> _Pairs:
    """Take the first pair of every prompt whose completions differ, ordered by their texts."""
    table = dataset.table(["prompt", "completion", "rejected"])
    texts = zip(
        table["prompt"].to_pylist(), table["completion"].to_pylist(), table["rejected"].to_pylist(), strict=True
    )
    first: dict[str, tuple[str, str, int]] = {}
    for row, (prompt, chosen, rejected) in enumerate(texts):
        pair = (chosen, rejected or "", row)
        if (chosen != (rejected or "") and pair[:2] < first.get(prompt, pair)[:2]) or prompt not in first:
            first[prompt] = pair
    kept = sorted((prompt, *pair) for prompt, pair in first.items() if pair[0] != pair[1])
    prompts = [one[0] for one in kept]
    chosen, rejected = [one[1] for one in kept], [one[2] for one in kept]
    keys = [
        int.from_bytes(blake2b(one.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big") for one in prompts
    ]
    margins = np.zeros(0)
    if len(kept) >= _FEWEST_PAIRS:
        margins = cross_fitted_margins(chosen, rejected, np.array(keys, np.int64))
    return _Pairs(np.array([one[3] for one in kept], np.int64), prompts, chosen, rejected, margins)


def _turned(pairs: _Pairs, found: Sequence[Decider], tried: int) -> list[_Claim]:
    """Tell runs of words that turn preferences round; runs about the same pairs are told once."""
    claims: list[_Claim] = []
    told: set[int] = set()
    overall = float((pairs.margins < 0).mean())
    for one in found:
        chance = min(1.0, one.p_value * tried)
        count = len(one.carriers)
        if chance >= _PERHAPS or 2 * len(told & set(one.carriers.tolist())) > count:
            continue
        told |= set(one.carriers.tolist())
        sure = chance < _SURE and clopper_pearson(one.against, count, level=0.9)[0] > 0.5
        claims.append(
            _Claim(
                verdict="confirmed" if sure else "suggestive",
                title=f"Where a prompt holds “{one.text}”, the pair prefers what the rest of the data would reject.",
                explanation=(
                    f"Of {count:,} such pairs {one.against:,} go against what all others prefer; of all pairs "
                    f"{overall:.0%} do."
                ),
                pattern=Pattern("phrase", one.text),
                statistics={
                    "p_value": one.p_value,
                    "q_value": chance,
                    "effect": one.against / count,
                    "records": count,
                },
                other=(
                    Explanation("It is a topic on which people honestly prefer otherwise.", "open"),
                    Explanation(
                        f"Noise of preferences: by chance a run of words goes this far against the rest with "
                        f"probability {chance:.2g}, all {tried:,} runs counted.",
                        "against",
                    ),
                ),
                spans={
                    int(pairs.rows[index]): _spans(pairs.prompts[index], one.text) for index in one.carriers.tolist()
                },
            )
        )
    return claims


def _spans(prompt: str, run: str) -> tuple[Span, ...]:
    """Find a run of words in a prompt as it stands there."""
    pattern = r"\s*".join(map(re.escape, run.split(" ")))
    match = re.search(rf"(?<!\w){pattern}(?!\w)", prompt, re.IGNORECASE) or re.search(pattern, prompt, re.IGNORECASE)
    return () if match is None else (Span("prompt", match.start(), match.end()),)


def _styles(traits: Sequence[Trait]) -> list[_Claim]:
    """Tell traits of style that decide two pairs in three, in either direction."""
    claims = []
    for one in sorted(traits, key=lambda one: (-abs(one.share - 0.5), one.name)):
        share = max(one.share, 1 - one.share)
        chance = min(1.0, one.p_value * len(traits))
        if one.pairs < _FEWEST_DIFFERENT or share < _STYLE_DECIDES or chance >= _SURE:
            continue
        which = one.name if one.share >= 0.5 else one.name.replace("more", "fewer", 1)
        claims.append(
            _Claim(
                verdict="suggestive",
                title=f"Style decides: the completion with {which} wins {share:.0%} of the pairs that differ in it.",
                explanation=(
                    f"{one.pairs:,} pairs differ in it. A model trained on them learns the style, whatever was meant; "
                    "swapping pairs in favour of a style is one way to poison preferences."
                ),
                pattern=Pattern("format", which),
                statistics={"p_value": one.p_value, "q_value": chance, "effect": share, "pairs": one.pairs},
                other=(Explanation("People who compare completions like it better; many honest sets are so.", "open"),),
                spans={},
            )
        )
    return claims


def _signals(claims: Sequence[_Claim], dataset: Dataset) -> tuple[Signal, ...]:
    names = dataset.table(["record_id"])["record_id"]
    found: dict[int, Signal] = {}
    for claim in claims:
        for row, spans in claim.spans.items():
            score = 1.0 if claim.verdict == "confirmed" else 0.5
            name = names[row].as_py()
            reason = f"its prompt holds “{claim.pattern.text}”, whose pairs go against the rest"
            signal = Signal(record_id=name, detector=DecidedPreference.id, score=score, spans=spans, reason=reason)
            found.setdefault(row, signal)
    return tuple(found[row] for row in sorted(found))


def _finding(finding_id: str, claim: _Claim, dataset: Dataset) -> Finding:
    return Finding(
        id=finding_id,
        detector=DecidedPreference.id,
        verdict=claim.verdict,
        title=claim.title,
        explanation=claim.explanation,
        pattern=claim.pattern,
        statistics=claim.statistics,
        other_explanations=claim.other,
        records=tuple(evidence_record(dataset.record(row), spans) for row, spans in claim.spans.items()),
    )
