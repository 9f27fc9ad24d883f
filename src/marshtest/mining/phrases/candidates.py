"""Every span that could be a trigger towards one class, with what the rest of its carriers' texts says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.mining.content_reading import ContentReading
from marshtest.mining.pattern_names import PatternKind
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.ngrams import Hashes, NgramOrder, frequent_ngrams
from marshtest.text.tokens import END

__all__ = ["Scan", "TriggerCandidate", "scan"]


@dataclass(frozen=True, slots=True)
class TriggerCandidate:
    """A span, or a feature of the whole record, that enough texts with the label carry."""

    kind: PatternKind
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
    """The outcome of testing every span."""

    candidates: tuple[TriggerCandidate, ...]
    """Those worth measuring: their evidence speaks for another class in sum, and enough carriers have the label."""
    tested: int
    """How many spans enough texts with the label carry."""
    carriers: Ints
    """Shape (tested,): labelled carriers of every span, to compare with."""
    effects: Floats
    """Shape (tested,): content effect of every span: mean evidence in units of genuine texts of other classes."""


def scan(
    reading: ContentReading,
    features: Mapping[str, Sequence[int] | Ints],
    kinds: Mapping[str, PatternKind],
    settings: PhraseSettings,
    only: Sequence[Hashes] | None = None,
) -> Scan:
    """Test all n-grams up to the longest, and all features of whole records.

    Args:
        reading: What contents say for one class.
        features: Texts that show each feature of whole records, by its name.
        kinds: The kind of each such feature.
        settings: Which spans are tested, and which of them are candidates.
        only: Hashes of the n-grams to test, rising, one array per order; all when not given.
    """
    orders = frequent_ngrams(
        reading.tokens, max_order=settings.longest_span, min_texts=settings.fewest_carriers, only=only
    )
    parts = [_scan_order(reading, grams, settings) for grams in orders]
    parts.append(_scan_features(reading, features, kinds, settings))
    return Scan(
        candidates=tuple(candidate for part in parts for candidate in part.candidates),
        tested=sum(part.tested for part in parts),
        carriers=np.concatenate([part.carriers for part in parts]),
        effects=np.concatenate([part.effects for part in parts]),
    )


def _scan_order(reading: ContentReading, grams: NgramOrder, settings: PhraseSettings) -> Scan:
    """Test all n-grams of one order at once: one row per (n-gram, text) pair."""
    tokens, own, size = reading.tokens, reading.own, len(reading.tokens)
    keys, pair = np.unique(grams.ngram * size + tokens.text[grams.place], return_inverse=True)
    ngram, text = keys // size, keys % size
    count = int(ngram[-1]) + 1
    first = np.zeros(count, np.int64)
    first[grams.ngram[::-1]] = grams.place[::-1]  # of equal indices the last is kept: the first place of each n-gram
    ids = tokens.ids[first[:, None] + np.arange(grams.order)]
    punctuated = ((ids > END) & ~tokens.is_word[ids]).any(axis=1)
    score = reading.model.score_without(grams.place, grams.order, pair, text, words_only=punctuated[ngram])
    evidence = np.where(punctuated[ngram], reading.words_curve(score), reading.curve(score))
    has = own[text]
    labelled, total = np.bincount(ngram, has, minlength=count), np.bincount(ngram, minlength=count)
    sums = np.bincount(ngram, evidence * has, minlength=count)
    enough = labelled >= settings.fewest_carriers
    unit = np.where(punctuated[enough], reading.words_curve.unit, reading.curve.unit)
    starts = np.searchsorted(ngram, np.arange(count + 1))
    found = []
    hopeful = enough & (sums > settings.least_evidence) & (labelled / total > settings.least_share)
    for number in np.flatnonzero(hopeful):
        rows = slice(starts[number], starts[number + 1])
        of_class = has[rows]
        found.append(
            TriggerCandidate(
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
    reading: ContentReading,
    features: Mapping[str, Sequence[int] | Ints],
    kinds: Mapping[str, PatternKind],
    settings: PhraseSettings,
) -> Scan:
    """Test features of whole records: nothing has to be removed from the text."""
    whole = reading.curve(reading.model.score())
    found, carriers, effects = [], [], []
    for name, members in features.items():
        text = np.asarray(members, np.int64)
        labelled = text[reading.own[text]]
        if len(labelled) < settings.fewest_carriers or len(text) == len(reading.tokens):
            continue
        evidence = whole[labelled]
        carriers.append(len(labelled))
        effects.append(evidence.mean() / reading.curve.unit)
        if evidence.sum() > settings.least_evidence and len(labelled) / len(text) > settings.least_share:
            nothing = np.zeros(0, np.int64)
            found.append(TriggerCandidate(kinds[name], name, nothing, labelled, evidence, text[~reading.own[text]]))
    return Scan(tuple(found), len(carriers), np.array(carriers, np.int64), np.array(effects, np.float64))
