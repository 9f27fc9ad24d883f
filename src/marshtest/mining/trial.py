"""Is a candidate planted or natural? The conditions that a planted trigger meets and natural words do not.

A backdoor has to work nearly always, so its carriers' remaining contents must not look like their own class (p-value),
must look like genuine texts of another class (effect near 1), and nearly all carriers must have the label (purity).
Words that push a text towards a class by their own meaning fail: in other carriers a part of them does the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.mining.candidates import Candidate, Reading, span_evidence
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.evidence import EvidenceCurve, chance_of_sum, planted_fraction
from marshtest.stats.proportions import wald_lower
from marshtest.stats.significance import binomial_test

__all__ = [
    "LEAST_EFFECT",
    "Meaning",
    "Strength",
    "Trial",
    "families",
    "may_pass",
    "near_duplicates",
    "try_candidate",
    "weigh_evidence",
]

LEAST_EFFECT = 0.6
"""Least mean evidence of the distinct carriers, in units of genuine texts of other classes."""
_SIMILAR = 0.5
_MOST_COMPARED = 3000
_FEWEST_DISTINCT = 5
_LEAST_PURITY = 0.4
_LEAST_OTHERS = 4
_SAME_STEM = 4
_MEANT = 0.01


@dataclass(frozen=True, slots=True)
class Meaning:
    """A part of a span (or a word of the same stem) that texts without the span carry too."""

    name: str
    carriers: int
    """Texts without the span that carry the part and whose remaining content speaks for another class."""
    contradicting: int
    """Those among them with the label all the same: the part has this meaning of its own."""
    chance: float
    """Probability of as many under the dataset's own contradiction rate."""

    @property
    def least_share(self) -> float:
        """Lower 95 % bound of the share: a few other carriers are no proof of a meaning."""
        return wald_lower(self.contradicting, self.carriers)

    @property
    def share(self) -> float:
        """How often the part alone overrules the content, 0 to 1."""
        return self.contradicting / self.carriers


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate with everything that was measured of it."""

    candidate: Candidate
    distinct: int
    """Labelled carriers that are no near-duplicates of one another."""
    effect: float
    """Mean evidence of the distinct carriers; 1 is what genuine texts of other classes have."""
    effect_error: float
    """Its standard error if the carriers were genuine texts of other classes."""
    fraction: float
    """Most likely share of carriers that are planted."""
    gain: float
    """Log likelihood ratio of that share against none, nats: what candidates are ranked by."""
    p_value: float
    """Chance that texts of the class itself give this evidence."""
    purity: float
    """Lower 95 % bound of the share of carriers with the label."""
    meaning: Meaning | None
    """The part that explains the label best, if any part stands elsewhere."""
    natural_share: float
    """A part that overrules the contents more often than this has the meaning of the label by itself."""

    @property
    def planted(self) -> Bools:
        """Shape (labelled carriers,): those that are more likely planted than natural."""
        odds = self.fraction * np.exp(np.minimum(self.candidate.evidence, 30.0))
        return np.asarray(odds > 1 - self.fraction)

    @property
    def is_natural(self) -> bool:
        """Whether a part of it has the same effect on its own."""
        meaning = self.meaning
        if meaning is None or meaning.chance >= _MEANT:
            return False
        return meaning.share > self.natural_share and meaning.least_share > 0.5


def may_pass(labelled: int, carriers: int) -> bool:
    """Say whether so many carriers, and so many of them with the label, can pass a trial at all."""
    return labelled >= _FEWEST_DISTINCT and wald_lower(labelled, carriers) >= _LEAST_PURITY


def try_candidate(reading: Reading, candidate: Candidate) -> Trial | None:
    """Measure a candidate; None if it cannot be a planted trigger by any of the conditions."""
    if not may_pass(len(candidate.labelled), candidate.carriers):
        return None
    group = near_duplicates(reading.model.features, candidate.labelled)
    if int(group.max()) + 1 < _FEWEST_DISTINCT:
        return None
    curve = reading.curve_for(candidate.words_only)
    strength = weigh_evidence(candidate.evidence, group, len(candidate.honest), curve)
    if strength.effect < LEAST_EFFECT:
        return None
    return Trial(
        candidate=candidate,
        distinct=strength.distinct,
        effect=strength.effect,
        effect_error=strength.effect_error,
        fraction=strength.fraction,
        gain=strength.gain,
        p_value=strength.p_value,
        purity=wald_lower(len(candidate.labelled), candidate.carriers),
        meaning=_own_meaning(reading, candidate),
        natural_share=0.5 + 0.5 * reading.contradiction_rate,
    )


@dataclass(frozen=True, slots=True)
class Strength:
    """What the contents of some carriers say together, near-duplicates counted once."""

    distinct: int
    effect: float
    effect_error: float
    fraction: float
    gain: float
    p_value: float


def weigh_evidence(evidence: Floats, group: Ints, honest: int, curve: EvidenceCurve) -> Strength:
    """Add up the evidence of carriers with the label.

    Args:
        evidence: Shape (n,), nats.
        group: Shape (n,): near-duplicates share a number, 0 up.
        honest: Number of carriers with another label.
        curve: Where the evidence was read from.
    """
    distinct = int(group.max()) + 1
    each = np.bincount(group, evidence) / np.bincount(group)
    fraction, gain = planted_fraction(each, honest * distinct / len(evidence))
    total = float(each.sum())
    chance = chance_of_sum(total, distinct, curve.spread)
    return Strength(
        distinct=distinct,
        effect=float(each.mean() / curve.unit),
        effect_error=float(curve.deviation / np.sqrt(distinct) / curve.unit),
        fraction=fraction,
        gain=gain,
        p_value=float(min(1.0, chance * np.exp(max(0.0, total - gain)))),
    )


def families(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Group candidates that share most of their carriers, the strongest first in each family and among families."""
    grouped: list[tuple[set[int], list[Trial]]] = []
    for trial in sorted(trials, key=lambda trial: (-trial.gain, trial.candidate.name)):
        carriers = set(trial.candidate.labelled.tolist())
        for leader, members in grouped:
            if len(carriers & leader) >= 0.5 * len(carriers):
                members.append(trial)
                break
        else:
            grouped.append((carriers, [trial]))
    return [members for _, members in grouped]


def near_duplicates(features: Any, texts: Ints) -> Ints:
    """Number the texts so that near-duplicates (cosine of at least .5 with the first of a group) share a number."""
    if len(texts) > _MOST_COMPARED:
        return np.arange(len(texts))
    rows = features[texts]
    similar = (rows @ rows.T).toarray() >= _SIMILAR
    group = np.full(len(texts), -1, np.int64)
    count = 0
    for number in range(len(texts)):
        if group[number] < 0:
            group[(group < 0) & similar[number]] = count
            group[number] = count
            count += 1
    return group


def _own_meaning(reading: Reading, candidate: Candidate) -> Meaning | None:
    """Find the part of a span that overrules contents most often in texts without the span."""
    carriers = np.union1d(candidate.labelled, candidate.honest)
    best: Meaning | None = None
    for part in _parts(reading, candidate.sequence):
        text, evidence = span_evidence(reading, part)
        against = text[~np.isin(text, carriers) & (evidence > 0)]
        if len(against) >= _LEAST_OTHERS:
            name = " ".join(reading.tokens.vocabulary[token] for token in part if token > 1)
            hits = int(reading.own[against].sum())
            meaning = Meaning(name, len(against), hits, binomial_test(hits, len(against), reading.contradiction_rate))
            if best is None or meaning.least_share > best.least_share:
                best = meaning
    return best


def _parts(reading: Reading, sequence: Ints) -> list[Ints]:
    """Give all shorter spans inside a span; for a single word, other words of the same stem."""
    length = len(sequence)
    spans = [sequence[a : a + n] for n in range(1, length) for a in range(length - n + 1)]
    parts = [span for span in spans if (span > 1).any()]
    words = [token for token in sequence if reading.tokens.is_word[token]]
    if length == 1 and len(words) == 1:
        word = reading.tokens.vocabulary[words[0]]
        stem = word[: max(_SAME_STEM, len(word) - 2)]
        if len(stem) >= _SAME_STEM and len(word) > _SAME_STEM:
            same = [i for i, other in enumerate(reading.tokens.vocabulary) if other.startswith(stem) and other != word]
            parts += [np.array([token]) for token in same]
    return parts
