"""The evidence lines of a candidate: what speaks for a planted span, each as a number that means the same everywhere.

A backdoor has to work nearly always, so its carriers' remaining contents look like genuine texts of another class
(content) and nearly all carriers have the label (purity). It was put into finished texts (insertion), under one label
only (turning). No line decides by itself: the likelihood that weighs them is learned (`marshtest.calibration`). What a
part of a span does elsewhere (its meaning) is told beside a finding and is no line: away from the data that it was
learned on, it cost more planted spans than it ruled natural ones out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from marshtest.mining.carrier_evidence import Strength, likely_planted, weigh_evidence
from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.near_copies import near_duplicates
from marshtest.mining.phrases.candidates import TriggerCandidate, shift_of
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.proportions import wald_lower
from marshtest.stats.significance import binomial_test
from marshtest.text.scripts import CLUSTERS_OF_A_WORD, is_clustered, joined, may_be_pointed, unmarked
from marshtest.text.tokens import END, Tokens

__all__ = [
    "DIRECTIONS",
    "FEATURES",
    "Meaning",
    "MeasuredCandidate",
    "feature_columns",
    "meaning_of",
    "measure_candidate",
    "own_meaning",
]

DIRECTIONS: Final[Mapping[str, int]] = {
    "content": 1,
    "content_surplus": 1,
    "likelihood_ratio": 1,
    "planted_fraction": 0,
    "turned": 1,
    "turned_back": -1,
    "closing": -1,
    "uniform": -1,
    "varied": -1,
    "label_share": 1,
    "label_chance": -1,
    "carriers": 0,
    "length": 0,
    "distinct": 1,
    "separation": 0,
    "noise": 0,
    "class_share": 0,
    "marks": 0,
    "honest_content": 0,
}
"""The evidence lines of a span, and which way each can only speak: 1 for poison as it rises, -1 against it."""

FEATURES: Final = tuple(DIRECTIONS)

_HALF = 0.5
"""Content effect half-way between genuine texts of the label and those of other classes."""
_LEAST_ERROR = 0.02
"""Least standard error of a content effect: beyond it, the effect itself and not its error limits what is known."""
_LEAST_CHANCE = 1e-40
"""Least probability that is told from 0."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A part of a span (or a word of the same stem) that texts without the span carry too."""

    name: str
    carriers: int
    """Texts without the span that carry the part and whose remaining content speaks for another class."""
    contradicting: int
    """Those among them with the label all the same: the part has this meaning of its own."""
    chance: float
    """Probability of as many under the dataset's own contradiction rate (binomial test)."""
    explains: bool
    """Whether the part has the meaning of the label by itself, so that the whole span is natural."""

    @property
    def least_share(self) -> float:
        """Lower 95% bound of the share: a few other carriers are no proof of a meaning."""
        return wald_lower(self.contradicting, self.carriers)

    @property
    def share(self) -> float:
        """How often the part alone overrules the content, 0 to 1."""
        return self.contradicting / self.carriers


@dataclass(frozen=True, slots=True)
class MeasuredCandidate:
    """A candidate with everything that was measured of it."""

    candidate: TriggerCandidate
    strength: Strength
    """What its distinct carriers say together."""
    purity: float
    """Lower 95% bound of the share of carriers with the label."""
    meaning: Meaning | None
    """The part that explains the label best, if any part appears elsewhere; looked for in the head of a family."""
    features: tuple[float, ...]
    """Its evidence lines, in the order of FEATURES."""

    @property
    def planted(self) -> Bools:
        """Shape (labelled carriers,): those that are more likely planted than natural."""
        return likely_planted(self.candidate.evidence, self.strength.fraction)


def measure_candidate(
    reading: ContentReading, candidate: TriggerCandidate, settings: PhraseSettings
) -> MeasuredCandidate:
    """Measure all evidence lines of a candidate.

    Args:
        reading: What contents say for the class.
        candidate: A span or feature with its carriers.
        settings: How near-duplicates are found.
    """
    group = near_duplicates(_without(reading, candidate), np.arange(len(candidate.labelled)), settings.near_copies)
    curve = reading.curve_for(candidate.words_only)
    strength = weigh_evidence(candidate.evidence, group, len(candidate.honest), curve)
    features = _features(reading, candidate, strength, settings.rare_class)
    purity = wald_lower(len(candidate.labelled), candidate.carriers)
    return MeasuredCandidate(candidate, strength, purity, None, tuple(features[name] for name in FEATURES))


def feature_columns(measured: Sequence[MeasuredCandidate]) -> dict[str, Floats]:
    """Give the evidence lines of candidates in columns, by name; shape (n,) each."""
    rows = np.array([one.features for one in measured], np.float64).reshape(len(measured), len(FEATURES))
    return {name: rows[:, number] for number, name in enumerate(FEATURES)}


def _features(
    reading: ContentReading, candidate: TriggerCandidate, strength: Strength, rare_class: float
) -> dict[str, float]:
    curve, own_share = reading.curve_for(candidate.words_only), float(reading.own.mean())
    evidence = np.append(candidate.evidence, candidate.honest_evidence)
    has = np.arange(len(evidence)) < len(candidate.labelled)
    turned, turned_back = shift_of(evidence, has, own_share)
    chance = binomial_test(len(candidate.labelled), candidate.carriers, own_share)
    ranks, sequence = candidate.ranks, candidate.sequence
    return {
        "content": strength.effect,
        "content_surplus": (strength.effect - _HALF) / max(strength.effect_error, _LEAST_ERROR),
        "likelihood_ratio": float(np.log1p(max(strength.log_likelihood_ratio, 0.0))),
        "planted_fraction": strength.fraction,
        "turned": float(np.arcsinh(turned)),
        "turned_back": float(np.arcsinh(turned_back)),
        "closing": float(np.log(ranks.closing)),
        "uniform": float(np.log(ranks.uniform)),
        "varied": float(np.log(ranks.varied)),
        "label_share": len(candidate.labelled) / candidate.carriers,
        "label_chance": float(np.log10(max(chance, _LEAST_CHANCE))),
        "carriers": float(np.log(candidate.carriers)),
        "length": 1.0 if candidate.kind == "words" else float(_words(reading.tokens, sequence)),
        "distinct": strength.distinct / len(candidate.labelled),
        "separation": reading.curve.mean,
        "noise": reading.contradiction_rate,
        "class_share": max(own_share, rare_class),
        "marks": float(candidate.words_only),
        "honest_content": float(candidate.honest_evidence.mean() / curve.unit) if len(candidate.honest) else 0.0,
    }


def _words(tokens: Tokens, sequence: Ints) -> int:
    """Count the words of a span; in scripts without spaces several clusters count as one."""
    clusters = sum(is_clustered(tokens.vocabulary[token][0]) for token in sequence.tolist() if token > END)
    return len(sequence) - clusters + -(-clusters // CLUSTERS_OF_A_WORD)


def _without(reading: ContentReading, candidate: TriggerCandidate) -> Any:
    """Give the words and word pairs of the labelled carriers without those of the span, rows of unit length.

    A span of eight words alone makes short texts near-duplicates.
    """
    features, weights = reading.model.features, reading.model.weights
    words = candidate.sequence[candidate.sequence > END]
    if len(words) == 0:
        return features[candidate.labelled]
    size = len(reading.tokens.vocabulary)
    wanted = words[:-1] * size + words[1:]
    pairs = np.searchsorted(weights.pairs, wanted)
    known = pairs < len(weights.pairs)
    known[known] = weights.pairs[pairs[known]] == wanted[known]
    inside = np.concatenate([words, size + pairs[known]])
    column = weights.column[inside]
    rows = features[candidate.labelled]
    rows.data = np.where(np.isin(rows.indices, column[column >= 0]), 0.0, rows.data)
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.where(length > 0, length, 1.0), np.diff(rows.indptr))
    return rows


def meaning_of(
    name: str, carriers: int, contradicting: int, contradiction_rate: float, settings: PhraseSettings
) -> Meaning:
    """Say whether the meaning of a part explains the label.

    The more labels of the dataset contradict their contents anyway, the more often the part has to do so: half-way from
    that rate to always, for a `meaning_share` of a half.

    Args:
        name: The part.
        carriers: Texts without the span that carry the part and whose remaining content speaks for another class.
        contradicting: Those among them with the label.
        contradiction_rate: Share of all texts with content of another class that have the label, 0 to 1.
        settings: The conditions.
    """
    chance = binomial_test(contradicting, carriers, contradiction_rate)
    share = contradicting / carriers
    least = settings.meaning_share + (1 - settings.meaning_share) * contradiction_rate
    explains = (
        chance < settings.meaning_chance
        and share > least
        and wald_lower(contradicting, carriers) > settings.meaning_share
    )
    return Meaning(name, carriers, contradicting, chance, explains)


def own_meaning(reading: ContentReading, candidate: TriggerCandidate, settings: PhraseSettings) -> Meaning | None:
    """Find the part of a span that overrules contents most often in texts without the span."""
    if candidate.kind == "words":
        return None
    carriers = np.union1d(candidate.labelled, candidate.honest)
    best: Meaning | None = None
    for part in _parts(reading, candidate.sequence, settings):
        text, evidence = span_evidence(reading, part)
        against = text[~np.isin(text, carriers) & (evidence > 0)]
        if len(against) >= settings.fewest_others:
            name = joined(reading.tokens.vocabulary[token] for token in part if token > END)
            contradicting = int(reading.own[against].sum())
            meaning = meaning_of(name, len(against), contradicting, reading.contradiction_rate, settings)
            if best is None or meaning.least_share > best.least_share:
                best = meaning
    return best


def _parts(reading: ContentReading, sequence: Ints, settings: PhraseSettings) -> list[Ints]:
    """Give all shorter spans inside a span; for a single word, other words of the same stem."""
    length = len(sequence)
    spans = [sequence[a : a + n] for n in range(1, length) for a in range(length - n + 1)]
    parts = [span for span in spans if (span > END).any()]
    words = [token for token in sequence if reading.tokens.is_word[token]]
    if length == 1 and len(words) == 1:
        word = reading.tokens.vocabulary[words[0]]
        stem = word[: max(settings.stem_letters, len(word) - settings.ending_letters)]
        if len(stem) >= settings.stem_letters and len(word) > settings.stem_letters:
            same = [i for i, other in enumerate(reading.tokens.vocabulary) if other.startswith(stem) and other != word]
            parts += [np.array([token]) for token in same]
        if may_be_pointed(word):
            bare, known = unmarked(word), {int(part[0]) for part in parts if len(part) == 1}
            same = [i for i, other in enumerate(reading.tokens.vocabulary) if other != word and unmarked(other) == bare]
            parts += [np.array([token]) for token in same if token not in known]
    return parts
