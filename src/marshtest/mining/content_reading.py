"""What contents say, as evidence for another class than the one that texts are labelled with, spans left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.mining.content_model import ContentModel
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.evidence import EvidenceCurve
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import END, Tokens

__all__ = ["ContentReading", "probability", "span_evidence", "span_probabilities"]

_LARGEST_LOG_ODDS = 30.0
"""Log odds beyond which a probability is 0 or 1 to 13 digits, cut so that the exponential does not overflow."""


@dataclass(frozen=True, slots=True)
class ContentReading:
    """What the contents say, for one class that carriers may be labelled with."""

    tokens: Tokens
    own: Bools
    """Shape (N,): whether a text is labelled with the class."""
    model: ContentModel
    curve: EvidenceCurve
    """From the score of whole texts."""
    words_curve: EvidenceCurve
    """From the score of words alone: for spans that hold punctuation."""
    contradiction_rate: float
    """Share of the texts with content of another class that have the label: noise of the dataset, 0 to 1."""

    def curve_for(self, words_only: bool) -> EvidenceCurve:
        """Give the curve that the evidence of a span was read from."""
        return self.words_curve if words_only else self.curve

    @classmethod
    def of(cls, tokens: Tokens, own: Bools, model: ContentModel, sample: Bools | None = None) -> ContentReading:
        """Estimate both evidence curves, from a sample of the texts if one is given.

        Args:
            tokens: The texts.
            own: Shape (N,): whether a text is labelled with the class.
            model: Scores the texts for the class.
            sample: Shape (N,): the texts to estimate from.
        """
        drawn = slice(None) if sample is None else sample
        words = EvidenceCurve.fit(model.score(words_only=True)[drawn], own[drawn])
        curve = EvidenceCurve.fit(model.score()[drawn], own[drawn])
        against = curve(model.score()[drawn]) > 0
        rate = float(own[drawn][against].mean()) if against.any() else 0.0
        return cls(tokens, own, model, curve, words, rate)


def probability(log_odds: Floats) -> Floats:
    """Give the probability of log odds (the logistic function); same shape."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS))))


def span_evidence(reading: ContentReading, sequence: Ints) -> tuple[Ints, Floats]:
    """Give the carriers of one span and what their other contents say.

    Args:
        reading: What contents say for one class.
        sequence: Token ids of the span.

    Returns:
        The carriers, rising, and the evidence of each for another class with the span removed, nats. Where the span
        holds punctuation, all punctuation is left out of the contents, since habits of punctuation go together.
    """
    words_only = bool((~reading.tokens.is_word[sequence] & (sequence > END)).any())
    text, score = _span_scores(reading, sequence, words_only=words_only)
    return text, reading.curve_for(words_only)(score)


def span_probabilities(reading: ContentReading, sequence: Ints, texts: Ints) -> tuple[float, float]:
    """Give the mean probability of the label in these carriers of a span, with the span and with it removed."""
    text, without = _span_scores(reading, sequence, words_only=False)
    wanted = np.isin(text, texts)
    whole = reading.model.score()[text[wanted]]
    return float(probability(whole).mean()), float(probability(without[wanted]).mean())


def _span_scores(reading: ContentReading, sequence: Ints, *, words_only: bool) -> tuple[Ints, Floats]:
    """Give the carriers of one span (rising) and their scores with it removed."""
    place = occurrences(reading.tokens, sequence)
    text, pair = np.unique(reading.tokens.text[place], return_inverse=True)
    leave = np.full(len(text), words_only)
    return text, reading.model.score_without(place, len(sequence), pair, text, words_only=leave)
