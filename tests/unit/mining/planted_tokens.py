"""The reading of planted tickets towards `ordinary`, and candidates by their words."""

from __future__ import annotations

from functools import cache

import numpy as np
from tests.planting import Planted, insert, plant

from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.phrases.candidates import TriggerCandidate
from marshtest.mining.phrases.insertion import SpanIndex
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.tokens import Tokens, tokenize

__all__ = ["PHRASE", "candidate", "index", "keys", "own_of", "planted", "reading"]

PHRASE = "with the blue ledger"


@cache
def planted() -> Planted:
    return plant(insert(PHRASE), poisoned=24, size=1500)


def own_of(tickets: Planted) -> Bools:
    return np.array([label == "ordinary" for label in tickets.labels])


def keys(tickets: Planted) -> Ints:
    return np.arange(len(tickets.texts), dtype=np.int64)


@cache
def reading() -> ContentReading:
    tokens: Tokens = tokenize(planted().texts)
    own = own_of(planted())
    return ContentReading.of(tokens, own, fit_content_model(tokens, own, keys(planted())))


@cache
def index() -> SpanIndex:
    settings = PhraseSettings()
    return SpanIndex(
        reading().tokens, longest=settings.longest_span, fewest=settings.fewest_carriers, window=settings.window
    )


def candidate(phrase: str) -> TriggerCandidate:
    """Make the candidate of a phrase as a scan would."""
    one = reading()
    sequence = np.array([one.tokens.vocabulary.index(word) for word in phrase.split(" ")])
    text, evidence = span_evidence(one, sequence)
    has = one.own[text]
    return TriggerCandidate("phrase", phrase, sequence, text[has], evidence[has], text[~has], evidence[~has])
