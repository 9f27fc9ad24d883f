"""Every span that could be a trigger towards one class, with what the rest of its carriers' texts says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from marshtest.mining.content_model import ContentModel
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.evidence import EvidenceCurve
from marshtest.text.ngrams import Hashes, NgramOrder, frequent_ngrams, occurrences
from marshtest.text.tokens import END, Tokens

__all__ = [
    "LEAST_PURITY",
    "MAX_ORDER",
    "MIN_CARRIERS",
    "WORTH_A_TRIAL",
    "Candidate",
    "Reading",
    "Scan",
    "scan",
    "span_evidence",
    "span_odds",
]

MAX_ORDER = 8
"""Length of the longest span in tokens."""
MIN_CARRIERS = 5
"""A span is looked at where as many texts with the label carry it."""
WORTH_A_TRIAL = 6.0
"""Least evidence of all its carriers together, nats."""
LEAST_PURITY = 0.3
"""A smaller share of carriers with the label is no trigger."""


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

    def curve_for(self, words_only: bool) -> EvidenceCurve:
        """Give the curve that the evidence of a span was read from."""
        return self.words_curve if words_only else self.curve

    @classmethod
    def of(cls, tokens: Tokens, own: Bools, model: ContentModel, sample: Bools | None = None) -> Reading:
        """Estimate both evidence curves, from a sample of the texts if one is given."""
        drawn = slice(None) if sample is None else sample
        words = EvidenceCurve.fit(model.score(words_only=True)[drawn], own[drawn])
        curve = EvidenceCurve.fit(model.score()[drawn], own[drawn])
        against = curve(model.score()[drawn]) > 0
        rate = float(own[drawn][against].mean()) if against.any() else 0.0
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
    words_only: bool = False
    """Whether punctuation was left out of the contents, because the span holds some."""

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
    reading: Reading,
    features: Mapping[str, Sequence[int] | Ints],
    kinds: Mapping[str, Literal["format", "group"]],
    only: Sequence[Hashes] | None = None,
) -> Scan:
    """Look at all n-grams up to order 8, or only at some by their hashes, and at all features of whole records."""
    parts = [
        _scan_order(reading, grams)
        for grams in frequent_ngrams(reading.tokens, max_order=MAX_ORDER, min_texts=MIN_CARRIERS, only=only)
    ]
    parts.append(_scan_features(reading, features, kinds))
    return Scan(
        candidates=tuple(candidate for part in parts for candidate in part.candidates),
        tried=sum(part.tried for part in parts),
        carriers=np.concatenate([part.carriers for part in parts]),
        effects=np.concatenate([part.effects for part in parts]),
    )


def _scan_order(reading: Reading, grams: NgramOrder) -> Scan:
    """Look at all n-grams of one order at once: one row per (n-gram, text) pair."""
    tokens, own, size = reading.tokens, reading.own, len(reading.tokens)
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
    enough = labelled >= MIN_CARRIERS
    unit = np.where(punctuated[enough], reading.words_curve.unit, reading.curve.unit)
    starts = np.searchsorted(ngram, np.arange(count + 1))
    found = []
    for number in np.flatnonzero(enough & (sums > WORTH_A_TRIAL) & (labelled / total > LEAST_PURITY)):
        rows = slice(starts[number], starts[number + 1])
        of_class = has[rows]
        found.append(
            Candidate(
                kind="phrase",
                name=" ".join(tokens.vocabulary[token] for token in ids[number] if token > END),
                sequence=ids[number],
                labelled=text[rows][of_class],
                evidence=evidence[rows][of_class],
                honest=text[rows][~of_class],
                words_only=bool(punctuated[number]),
            )
        )
    effects = sums[enough] / labelled[enough] / unit
    return Scan(tuple(found), int(enough.sum()), labelled[enough].astype(np.int64), effects)


def _scan_features(
    reading: Reading, features: Mapping[str, Sequence[int] | Ints], kinds: Mapping[str, Literal["format", "group"]]
) -> Scan:
    """Look at features of whole records: nothing has to be taken out of the text."""
    whole = reading.curve(reading.model.score())
    found, carriers, effects = [], [], []
    for name, members in features.items():
        text = np.asarray(members, np.int64)
        labelled = text[reading.own[text]]
        if len(labelled) < MIN_CARRIERS or len(text) == len(reading.tokens):
            continue
        evidence = whole[labelled]
        carriers.append(len(labelled))
        effects.append(evidence.mean() / reading.curve.unit)
        if evidence.sum() > WORTH_A_TRIAL and len(labelled) / len(text) > LEAST_PURITY:
            nothing = np.zeros(0, np.int64)
            found.append(Candidate(kinds[name], name, nothing, labelled, evidence, text[~reading.own[text]]))
    return Scan(tuple(found), len(carriers), np.array(carriers, np.int64), np.array(effects, np.float64))


def span_evidence(reading: Reading, sequence: Ints) -> tuple[Ints, Floats]:
    """Give the carriers of one span (rising) and the evidence of their remaining contents, nats."""
    words_only = bool((~reading.tokens.is_word[sequence] & (sequence > END)).any())
    text, score = _span_scores(reading, sequence, words_only=words_only)
    return text, reading.curve_for(words_only)(score)


def span_odds(reading: Reading, sequence: Ints, texts: Ints) -> tuple[float, float]:
    """Give the mean probability of the label in these carriers of a span, with the span and with it taken out."""
    text, without = _span_scores(reading, sequence, words_only=False)
    wanted = np.isin(text, texts)
    scores = (reading.model.score()[text[wanted]], without[wanted])
    with_span, without_span = ((1 / (1 + np.exp(-np.clip(score, -30, 30)))).mean() for score in scores)
    return float(with_span), float(without_span)


def _span_scores(reading: Reading, sequence: Ints, *, words_only: bool) -> tuple[Ints, Floats]:
    """Give the carriers of one span (rising) and their scores with it taken out."""
    place = occurrences(reading.tokens, sequence)
    text, pair = np.unique(reading.tokens.text[place], return_inverse=True)
    leave = np.full(len(text), words_only)
    return text, reading.model.score_without(place, len(sequence), pair, text, words_only=leave)
