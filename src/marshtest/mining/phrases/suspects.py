"""Words that go purely with a label and look inserted: taken out of every text together, and weighed as one trigger.

Several triggers of one attack explain one another: with one of them removed, the others still say what the label is.
So contents are read without any of them. And each holds a part of the poison only, and stands beside others as strong;
together they are one claim, with all of its records.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.mining.content_reading import ContentReading
from marshtest.mining.phrases.candidates import TriggerCandidate
from marshtest.mining.phrases.insertion import InsertionRanks, SpanIndex
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.significance import binomial_tests
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import END

__all__ = ["Suspects"]


@dataclass(frozen=True, slots=True)
class Suspects:
    """The words of a dataset that go purely with one class, or purely with its absence, and look inserted."""

    words: Ints
    """Shape (S,): token ids."""
    towards: Bools
    """Shape (S,): whether a word goes with the class."""
    ranks: Floats
    """Shape (S, 3): how inserted each looks, by closing, uniform and varied."""

    @classmethod
    def of(cls, index: SpanIndex, own: Bools, settings: PhraseSettings) -> Suspects:
        """Find them.

        Args:
            index: The spans of the texts.
            own: Shape (N,): whether a text is labelled with the class.
            settings: Which words are suspects.
        """
        if not index.orders:
            return cls(np.zeros(0, np.int64), np.zeros(0, np.bool_), np.zeros((0, 3)))
        words, limits, own_share = index.orders[0], settings.suspects, float(own.mean())
        labelled = np.bincount(words.span, own[words.text], minlength=len(words.carriers)).astype(np.int64)
        pure = np.zeros((2, len(labelled)), np.bool_)
        for way, (hits, share) in enumerate(((labelled, own_share), (words.carriers - labelled, 1 - own_share))):
            rare = binomial_tests(hits, words.carriers, share) < limits.chance
            pure[way] = rare & (hits >= limits.share * words.carriers)
        chosen = np.flatnonzero(pure.any(axis=0) & (words.carriers <= limits.most * len(own)))
        ranks = index.ranks_of(words.signs.take(chosen), words.carriers[chosen])
        odd = ranks[:, 0] <= limits.closing
        return cls(words.ids[chosen[odd], 0], pure[0, chosen[odd]], ranks[odd])

    def together(self, reading: ContentReading, settings: PhraseSettings) -> TriggerCandidate | None:
        """Give those that go with the class, and whose carriers read like another one, as one candidate.

        Args:
            reading: What contents say without any suspect.
            settings: What contents must say of each word.

        Returns:
            None where fewer than two words are left.
        """
        tokens, has = reading.tokens, reading.own
        evidence = reading.curve(reading.model.score())
        members: list[int] = []
        carriers: list[Ints] = []
        for number in np.flatnonzero(self.towards & (self.words > END)).tolist():
            text = np.unique(tokens.text[occurrences(tokens, self.words[number : number + 1])])
            effect = evidence[text[has[text]]].mean() / reading.curve.unit
            if effect >= settings.suspects.effect:
                members.append(number)
                carriers.append(text)
        if len(members) < 2:
            return None
        text = np.unique(np.concatenate(carriers))
        frequent = sorted(zip((-len(one) for one in carriers), members, strict=True))
        words = self.words[[number for _, number in frequent]]
        labelled, honest = text[has[text]], text[~has[text]]
        closing, uniform, varied = np.exp(np.log(self.ranks[members]).mean(axis=0)).tolist()
        return TriggerCandidate(
            kind="words",
            name=", ".join(tokens.vocabulary[word] for word in words),
            sequence=words,
            labelled=labelled,
            evidence=evidence[labelled],
            honest=honest,
            honest_evidence=evidence[honest],
            ranks=InsertionRanks(closing, uniform, varied),
        )
