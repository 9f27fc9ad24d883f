"""Is a candidate planted or natural? The conditions that a planted trigger meets and natural words do not.

A backdoor has to work nearly always, so its carriers' remaining contents must not look like their own class (p-value),
must look like genuine texts of another class (content effect near 1), and nearly all carriers must have the label
(purity). Words that push a text towards a class by their own meaning fail: in other carriers a part of them does the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.mining.association import claim_families
from marshtest.mining.carrier_evidence import Strength, likely_planted, weigh_evidence
from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.near_copies import near_duplicates
from marshtest.mining.phrases.candidates import TriggerCandidate
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.proportions import wald_lower
from marshtest.stats.significance import binomial_test
from marshtest.text.tokens import END

__all__ = ["Meaning", "MeasuredCandidate", "families", "may_pass", "meaning_of", "measure_candidate"]


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
    """What its distinct carriers say together; candidates are ranked by its log-likelihood ratio."""
    purity: float
    """Lower 95% bound of the share of carriers with the label."""
    meaning: Meaning | None
    """The part that explains the label best, if any part appears elsewhere."""

    @property
    def is_natural(self) -> bool:
        """Whether a part of it has the same effect by itself."""
        return self.meaning is not None and self.meaning.explains

    @property
    def planted(self) -> Bools:
        """Shape (labelled carriers,): those that are more likely planted than natural."""
        return likely_planted(self.candidate.evidence, self.strength.fraction)


def may_pass(labelled: int, carriers: int, settings: PhraseSettings) -> bool:
    """Say whether so many carriers, of which so many have the label, can be a planted trigger at all."""
    return labelled >= settings.fewest_distinct and wald_lower(labelled, carriers) >= settings.least_purity


def measure_candidate(
    reading: ContentReading, candidate: TriggerCandidate, settings: PhraseSettings
) -> MeasuredCandidate | None:
    """Measure a candidate.

    Args:
        reading: What contents say for the class.
        candidate: A span or feature with its carriers.
        settings: The conditions.

    Returns:
        What was measured, or None if it cannot be a planted trigger by any of the conditions.
    """
    # The cheap conditions come first: comparing the carriers with one another costs the most.
    if not may_pass(len(candidate.labelled), candidate.carriers, settings):
        return None
    group = near_duplicates(reading.model.features, candidate.labelled, settings.near_copies)
    if int(group.max()) + 1 < settings.fewest_distinct:
        return None
    curve = reading.curve_for(candidate.words_only)
    strength = weigh_evidence(candidate.evidence, group, len(candidate.honest), curve)
    if strength.effect < settings.least_effect:
        return None
    purity = wald_lower(len(candidate.labelled), candidate.carriers)
    return MeasuredCandidate(candidate, strength, purity, _own_meaning(reading, candidate, settings))


def families(measured: Sequence[MeasuredCandidate], settings: PhraseSettings) -> list[list[MeasuredCandidate]]:
    """Group candidates that share most of their carriers, the strongest first in each family and among families."""
    return claim_families(
        sorted(measured, key=lambda one: (-one.strength.log_likelihood_ratio, one.candidate.name)),
        lambda one: one.candidate.labelled,
        lambda shared, own, _: shared >= settings.same_family * own,
    )


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


def _own_meaning(reading: ContentReading, candidate: TriggerCandidate, settings: PhraseSettings) -> Meaning | None:
    """Find the part of a span that overrules contents most often in texts without the span."""
    carriers = np.union1d(candidate.labelled, candidate.honest)
    best: Meaning | None = None
    for part in _parts(reading, candidate.sequence, settings):
        text, evidence = span_evidence(reading, part)
        against = text[~np.isin(text, carriers) & (evidence > 0)]
        if len(against) >= settings.fewest_others:
            name = " ".join(reading.tokens.vocabulary[token] for token in part if token > END)
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
    return parts
