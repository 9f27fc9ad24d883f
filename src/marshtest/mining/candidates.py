"""Every span that could be a trigger towards one class, with what the rest of its carriers' texts says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from marshtest.arrays import Bools, Floats, Ints
from marshtest.features.ngrams import frequent_ngrams, occurrences
from marshtest.features.tokens import END, Tokens
from marshtest.mining.content_model import ContentModel
from marshtest.stats.evidence import EvidenceCurve

__all__ = ["Candidate", "Reading", "Scan", "scan", "span_evidence"]


_MAX_ORDER = 8
_MIN_CARRIERS = 5
_WORTH_A_TRIAL = 6.0
_LEAST_PURITY = 0.3
_LEAST_SCALE = 0.05


@dataclass(frozen=True, slots=True)
class Reading:
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
    """Share of the texts with content of another class that have the label all the same: noise of the dataset."""

    @property
    def scale(self) -> float:
        """Mean evidence of genuine texts of other classes, nats: the unit of effects."""
        return max(self.curve.mean, _LEAST_SCALE)

    @classmethod
    def of(cls, tokens: Tokens, own: Bools, model: ContentModel) -> Reading:
        """Estimate both evidence curves."""
        words = EvidenceCurve.fit(model.score(words_only=True), own)
        curve = EvidenceCurve.fit(model.score(), own)
        against = curve(model.score()) > 0
        rate = float(own[against].mean()) if against.any() else 0.0
        return cls(tokens, own, model, curve, words, rate)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span, or a feature of the whole record, that at least five texts with the label carry."""

    kind: Literal["phrase", "format", "group"]
    name: str
    """The tokens with single spaces between them, or the name of the feature."""
    sequence: Ints
    """Token ids of the span; empty for a feature of the whole record."""
    labelled: Ints
    """The carriers labelled with the class, rising."""
    evidence: Floats
    """Evidence of their remaining contents for another class, nats; same shape."""
    honest: Ints
    """The carriers with another label, rising."""

    @property
    def carriers(self) -> int:
        """Number of texts that carry it, whatever their label."""
        return len(self.labelled) + len(self.honest)


@dataclass(frozen=True, slots=True)
class Scan:
    """The outcome of looking at every span."""

    candidates: tuple[Candidate, ...]
    """Those worth a trial: evidence speaks for another class in sum, and most carriers have the label."""
    tried: int
    """How many spans at least five texts with the label carry."""
    carriers: Ints
    """Shape (tried,): labelled carriers of every span, to compare with."""
    effects: Floats
    """Shape (tried,): mean evidence of every span in units of genuine texts of other classes."""


def scan(
    reading: Reading, features: Mapping[str, Sequence[int]], kinds: Mapping[str, Literal["format", "group"]]
) -> Scan:
    """Look at all n-grams up to order 8 and at all features of whole records."""
    found: list[Candidate] = []
    carriers: list[Ints] = []
    effects: list[Floats] = []
    tokens, own, size = reading.tokens, reading.own, len(reading.tokens)
    for grams in frequent_ngrams(tokens, max_order=_MAX_ORDER, min_texts=_MIN_CARRIERS):
        keys, pair = np.unique(grams.ngram * size + tokens.text[grams.place], return_inverse=True)
        ngram, text = keys // size, keys % size
        count = int(ngram[-1]) + 1
        first = np.zeros(count, np.int64)
        first[grams.ngram[::-1]] = grams.place[::-1]
        ids = tokens.ids[first[:, None] + np.arange(grams.order)]
        punctuated = ((ids > END) & ~tokens.is_word[ids]).any(axis=1)
        score = reading.model.score_without(grams.place, grams.order, pair, text, words_only=punctuated[ngram])
        evidence = np.where(punctuated[ngram], reading.words_curve(score), reading.curve(score))
        has = own[text]
        labelled, total = np.bincount(ngram, has, minlength=count), np.bincount(ngram, minlength=count)
        sums = np.bincount(ngram, evidence * has, minlength=count)
        enough = labelled >= _MIN_CARRIERS
        carriers.append(labelled[enough].astype(np.int64))
        effects.append(sums[enough] / labelled[enough] / reading.scale)
        starts = np.searchsorted(ngram, np.arange(count + 1))
        for number in np.flatnonzero(enough & (sums > _WORTH_A_TRIAL) & (labelled / total > _LEAST_PURITY)):
            part = slice(starts[number], starts[number + 1])
            name = " ".join(tokens.vocabulary[token] for token in ids[number] if token > END)
            of_class = has[part]
            found.append(
                Candidate(
                    "phrase", name, ids[number], text[part][of_class], evidence[part][of_class], text[part][~of_class]
                )
            )
    whole = reading.curve(reading.model.score())
    for name, members in features.items():
        text = np.asarray(members, np.int64)
        labelled_texts = text[own[text]]
        if len(labelled_texts) < _MIN_CARRIERS or len(text) == size:
            continue
        evidence = whole[labelled_texts]
        carriers.append(np.array([len(labelled_texts)]))
        effects.append(np.array([evidence.mean() / reading.scale]))
        if evidence.sum() > _WORTH_A_TRIAL and len(labelled_texts) / len(text) > _LEAST_PURITY:
            nothing = np.zeros(0, np.int64)
            found.append(Candidate(kinds[name], name, nothing, labelled_texts, evidence, text[~own[text]]))
    all_carriers = np.concatenate(carriers) if carriers else np.zeros(0, np.int64)
    all_effects = np.concatenate(effects) if effects else np.zeros(0)
    return Scan(tuple(found), len(all_carriers), all_carriers, all_effects)


def span_evidence(reading: Reading, sequence: Ints) -> tuple[Ints, Floats]:
    """Give the carriers of one span (rising) and the evidence of their remaining contents, nats."""
    tokens = reading.tokens
    place = occurrences(tokens, sequence)
    text, pair = np.unique(tokens.text[place], return_inverse=True)
    punctuated = bool((~tokens.is_word[sequence] & (sequence > END)).any())
    curve = reading.words_curve if punctuated else reading.curve
    words_only = np.full(len(text), punctuated)
    return text, curve(reading.model.score_without(place, len(sequence), pair, text, words_only=words_only))
