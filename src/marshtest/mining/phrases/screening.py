"""Which of very many texts have to be mined, so that no trigger among them is lost?

A content model learns from a sample and reads all texts. The evidence of a text can be at most what remains when the
run of tokens that speaks most for its label is removed: its potential. The carriers of a span that can be a finding
have potentials that reach what is asked of their evidence, so spans whose sum stays below are ruled out untested. Few
are left; all their carriers are mined, together with the sample.

The potentials are added up in a sketch of fixed size first (count-min with one row, Cormode and Muthukrishnan 2005),
whose sums can only be too large, and exactly for what passes the sketch. The bound removes one run from a text: a
trigger that most of its carriers hold twice may be missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading
from marshtest.mining.drawing import draw_texts
from marshtest.mining.phrases.hash_table import HashTable
from marshtest.mining.phrases.mine import Screened
from marshtest.mining.phrases.settings import PhraseSettings, ScreeningSettings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.ngrams import Hashes, RollingHashes
from marshtest.text.tokens import END, Tokens, TokenStore

__all__ = ["Screening", "screen"]

_PIECE = 20_000
"""Texts read at once: at 50 words a text, an array of their spans of one length takes 8 MB."""
_SLOT_BITS = 22
"""Logarithm of the slots of the sketch: 16 MiB for each length of a span. With fewer, more spans pass to the exact
sums; no finding changes."""
_HASH_BITS = 64
"""Bits of the span hashes: a shift by fewer keeps the upper ones, which the multiplication mixes best."""
_MIX = np.uint64(0xD6E8FEB86659FD93)
"""An odd multiplier unlike that of the span hashes, so that their upper bits are spread once more."""
_RULE_OF_THREE = 3.0
"""Upper 95% bound of a count of which none was seen."""


@dataclass(frozen=True, slots=True)
class Screening:
    """The texts that have to be mined."""

    rows: Ints
    """The texts, rising."""
    screened: Mapping[str, Screened]
    """By class."""
    drawn: int
    """Texts that were drawn at random, to learn from."""
    features: Mapping[str, Mapping[str, Ints]]
    """By class: the features of whole records that are not ruled out, with their carriers among the rows."""


def screen(
    store: TokenStore,
    labels: Sequence[str],
    classes: Sequence[str],
    fold_key: Ints,
    features: Mapping[str, Sequence[int]],
    seed: int,
    settings: PhraseSettings,
) -> Screening:
    """Rule out what cannot be a trigger towards any class.

    Args:
        store: All texts.
        labels: Their labels.
        classes: The classes that triggers may lead to.
        fold_key: Shape (N,): equal for equal texts.
        features: Texts that show each feature of whole records, by its name.
        seed: Seed of the sample.
        settings: What a candidate must reach, and how the screening draws and counts.
    """
    sample = draw_texts(labels, fold_key, seed, settings.screening.drawn)
    number = {label: place for place, label in enumerate(classes)}
    of_class = np.array([number.get(label, -1) for label in labels], np.int64)
    readings = _readings(store, of_class, len(classes), fold_key, sample, settings)
    # What labelled carriers need on average: the least content effect, in nats by the lower of both units.
    least = [
        settings.screening.least_effect * min(reading.curve.unit, reading.words_curve.unit) for reading in readings
    ]
    potential = _potentials(store, of_class, fold_key, readings, settings.longest_span)
    tables = _hopeful_spans(store, of_class, len(classes), potential, settings)
    sums = _sums(store, tables, of_class, len(classes), potential)
    spans = [
        [table.keys[_can_pass(part, place, least[place], settings)] for table, part in zip(tables, sums, strict=True)]
        for place in range(len(classes))
    ]
    kept = {
        label: {
            name: np.asarray(texts, np.int64)
            for name, texts in features.items()
            if _can_pass(_feature_sums(texts, of_class, len(classes), potential), place, least[place], settings)[0]
        }
        for label, place in number.items()
    }
    carriers, tested = _carriers(store, spans, of_class, len(classes), settings)
    shown = [np.asarray(texts) for by_name in kept.values() for texts in by_name.values()]
    rows = np.unique(np.concatenate([sample, carriers, *shown]))
    drawn = np.isin(rows, sample)
    return Screening(
        rows=rows,
        drawn=len(sample),
        screened={
            label: Screened(readings[place].model.weights, drawn, spans[place], int(tested[place]) + len(features))
            for label, place in number.items()
        },
        features={
            label: {name: np.searchsorted(rows, texts) for name, texts in by_name.items()}
            for label, by_name in kept.items()
        },
    )


def _pieces(rows: Ints) -> Iterator[Ints]:
    """Cut rows into pieces that fit in memory."""
    return (rows[start : start + _PIECE] for start in range(0, len(rows), _PIECE))


def _potentials(
    store: TokenStore, of_class: Ints, fold_key: Ints, readings: Sequence[ContentReading], longest: int
) -> Floats:
    """Give the largest evidence that each text could have against its own label; 0 where it has none."""
    potential = np.zeros(len(store))
    for number, reading in enumerate(readings):
        for rows in _pieces(np.flatnonzero(of_class == number)):
            texts = store.take(rows)
            read = reading.model.weights.read(texts, fold_key[rows], features=False)
            score = [read.lowest_without(texts, longest, words_only=words_only) for words_only in (False, True)]
            potential[rows] = np.maximum(reading.curve(score[0]), reading.words_curve(score[1]))
    return np.maximum(potential, 0.0)


def _readings(
    store: TokenStore, of_class: Ints, classes: int, fold_key: Ints, sample: Ints, settings: PhraseSettings
) -> list[ContentReading]:
    """Learn from the sample what contents say of each class."""
    tokens, readings = store.take(sample), list[ContentReading]()
    for number in range(classes):
        own = of_class[sample] == number
        two = classes == 2 and (of_class >= 0).all() and readings
        if two:
            model = readings[0].model.opposite()
        else:
            model = fit_content_model(tokens, own, fold_key[sample], settings=settings.content)
        readings.append(ContentReading.of(tokens, own, model))
    return readings


def _spans(tokens: Tokens, longest: int) -> Iterator[tuple[int, Ints, Hashes]]:
    """Give all spans order by order: the order, places and hashes."""
    rolling = RollingHashes(tokens)
    everywhere = np.ones(len(tokens.ids), np.bool_)
    for order in range(1, longest + 1):
        yield order, *rolling.next_order(everywhere)


def _hopeful_spans(
    store: TokenStore, of_class: Ints, classes: int, potential: Floats, settings: PhraseSettings
) -> list[HashTable]:
    """Give the spans, by order, whose carriers with one label may have enough potential together."""
    longest = settings.longest_span
    found: list[list[Hashes]] = [[] for _ in range(longest)]
    for number in range(classes):
        rows = np.flatnonzero((of_class == number) & (potential > 0))
        sketch = np.zeros((longest, 1 << _SLOT_BITS), np.float32)
        for piece in _pieces(rows):
            tokens = store.take(piece)
            for order, place, hashes in _spans(tokens, longest):
                weights = potential[piece][tokens.text[place]].astype(np.float32)
                np.add.at(sketch[order - 1], _slots(hashes), weights)
        for piece in _pieces(rows):
            for order, _, hashes in _spans(store.take(piece), longest):
                hopeful = sketch[order - 1][_slots(hashes)] > settings.screening.least_evidence
                found[order - 1].append(np.unique(hashes[hopeful]))
    return [HashTable(np.unique(np.concatenate([*parts, np.zeros(0, np.uint64)]))) for parts in found]


def _slots(hashes: Hashes) -> Ints:
    return ((hashes * _MIX) >> np.uint64(_HASH_BITS - _SLOT_BITS)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Carriers of some spans or features, and their potentials."""

    labelled: Floats
    """Shape (spans, classes)."""
    potential: Floats
    """Shape (spans, classes)."""
    total: Floats
    """Shape (spans,)."""

    @classmethod
    def of(cls, spans: int, classes: int) -> _Sums:
        """Begin at 0."""
        return cls(np.zeros((spans, classes)), np.zeros((spans, classes)), np.zeros(spans))


def _sums(
    store: TokenStore, tables: Sequence[HashTable], of_class: Ints, classes: int, potential: Floats
) -> list[_Sums]:
    """Count the carriers of every span among all texts, each text once."""
    sums = [_Sums.of(len(table.keys), classes) for table in tables]
    for rows in _pieces(np.arange(len(store))):
        tokens = store.take(rows)
        rolling, alive = RollingHashes(tokens), np.ones(len(tokens.ids), np.bool_)
        for table, sum_ in zip(tables, sums, strict=True):
            place, hashes = rolling.next_order(alive)
            span = table.find(hashes)
            known = span >= 0
            alive = rolling.alive(place[known])  # a span has no more potential than its parts
            pairs = np.sort(span[known] * len(rows) + tokens.text[place[known]])
            pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs
            _add(sum_, pairs // len(rows), rows[pairs % len(rows)], of_class, classes, potential)
    return sums


def _add(sums: _Sums, span: Ints, text: Ints, of_class: Ints, classes: int, potential: Floats) -> None:
    """Add carriers to the sums."""
    sums.total[:] += np.bincount(span, minlength=len(sums.total))
    own = of_class[text] >= 0
    cell = span[own] * classes + of_class[text[own]]
    sums.labelled[:] += np.bincount(cell, minlength=sums.labelled.size).reshape(-1, classes)
    weighed = np.bincount(cell, potential[text[own]], minlength=sums.labelled.size)
    sums.potential[:] += weighed.reshape(-1, classes)


def _feature_sums(texts: Sequence[int], of_class: Ints, classes: int, potential: Floats) -> _Sums:
    sums = _Sums.of(1, classes)
    _add(sums, np.zeros(len(texts), np.int64), np.asarray(texts, np.int64), of_class, classes, potential)
    return sums


def _can_pass(sums: _Sums, number: int, least: float, settings: PhraseSettings) -> Bools:
    """Say which spans could be a finding towards a class by the potentials of their carriers; shape (spans,)."""
    labelled = sums.labelled[:, number]
    return (
        (labelled >= settings.fewest_carriers)
        & (labelled > settings.screening.least_share * sums.total)
        & (sums.potential[:, number] > np.maximum(settings.screening.least_evidence, least * labelled))
    )


class _TestedSpans:
    """Counts how many spans enough texts of each class carry, from a part of all spans.

    Args:
        classes: How many classes there are.
        tokens: How many tokens all texts have.
        settings: How large the part is.
    """

    def __init__(self, classes: int, tokens: int, settings: ScreeningSettings) -> None:
        self._found: list[tuple[Hashes, Ints]] = []
        self._classes = classes
        self._errors = settings.standard_errors
        self._bits = settings.counted_bits + max(0, (tokens - 1) // settings.most_counted_tokens).bit_length()

    def add(self, hashes: Hashes, text: Ints, of_class: Ints) -> None:
        """Take in the spans of one order in some texts.

        Args:
            hashes: Shape (P,): the span at each place.
            text: Shape (P,): the text that it appears in.
            of_class: The class of each text, -1 for none.
        """
        chosen = (hashes * _MIX) >> np.uint64(_HASH_BITS - self._bits) == 0
        hashes, text = hashes[chosen], text[chosen]
        order = np.lexsort((text, hashes))
        hashes, text = hashes[order], text[order]
        first = np.append(True, (hashes[1:] != hashes[:-1]) | (text[1:] != text[:-1]))[: len(hashes)]
        first &= of_class[text] >= 0
        self._found.append((hashes[first], of_class[text[first]]))

    def most(self, fewest_carriers: int) -> Ints:
        """Give, by class, an estimate of how many spans so many texts carry, rather too large than too small."""
        hashes, of_class = (np.concatenate(parts) for parts in zip(*self._found, strict=True))
        different, span = np.unique(hashes, return_inverse=True)
        carriers = np.bincount(span * self._classes + of_class, minlength=len(different) * self._classes)
        counted = (carriers.reshape(-1, self._classes) >= fewest_carriers).sum(axis=0)
        return np.asarray((counted + self._errors * np.sqrt(counted) + _RULE_OF_THREE) * (1 << self._bits), np.int64)


def _carriers(
    store: TokenStore, spans: Sequence[Sequence[Hashes]], of_class: Ints, classes: int, settings: PhraseSettings
) -> tuple[Ints, Ints]:
    """Give all carriers of some spans, and some texts with each of their words, which show its own meaning.

    Returns:
        The texts, rising, and how many spans there are by class.
    """
    longest, screening = settings.longest_span, settings.screening
    wanted = [HashTable(np.unique(np.concatenate([one[order] for one in spans]))) for order in range(longest)]
    carriers, tested = [np.zeros(0, np.int64)], _TestedSpans(classes, len(store.ids), screening)
    parts = np.zeros(len(store.vocabulary), np.bool_)
    for rows in _pieces(np.arange(len(store))):
        tokens = store.take(rows)
        for order, everywhere, hashes in _spans(tokens, longest):
            tested.add(hashes, tokens.text[everywhere], of_class[rows])
            place = everywhere[wanted[order - 1].find(hashes) >= 0]
            carriers.append(rows[np.unique(tokens.text[place])])
            for step in range(order):
                parts[tokens.ids[place + step]] = True
    parts[: END + 1] = False
    carriers.append(_with_words(store, parts, screening.other_texts))
    return np.unique(np.concatenate(carriers)), tested.most(settings.fewest_carriers)


def _with_words(store: TokenStore, wanted: Bools, most: int) -> Ints:
    """Give the first few texts with each of some words; texts are in the order of their hashes, so any will do."""
    missing = np.where(wanted, most, 0)
    found = [np.zeros(0, np.int64)]
    for rows in _pieces(np.arange(len(store))):
        tokens = store.take(rows)
        place = np.flatnonzero(missing[tokens.ids] > 0)
        place = place[np.argsort(tokens.ids[place], kind="stable")]
        word, text = tokens.ids[place], tokens.text[place]
        rank = np.arange(len(word)) - np.searchsorted(word, word)
        chosen = rank < missing[word]
        found.append(rows[np.unique(text[chosen])])
        missing = missing - np.bincount(word[chosen], minlength=len(missing))
    return np.unique(np.concatenate(found))
