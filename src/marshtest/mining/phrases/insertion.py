"""How inserted does a span look? Signs that need neither labels nor a content model.

A span that somebody put into finished texts leaves traces: the tokens around it belong together (the text closes where
it is taken out), it stands at any place of its texts, and its neighbours differ from text to text. Natural spans have
some of this, so each sign is a rank among the natural spans of the same dataset that are about as frequent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.ngrams import Hashes, NgramOrder, frequent_ngrams, occurrences
from marshtest.text.tokens import BEGIN, END, Tokens, distinct

__all__ = [
    "NOWHERE",
    "Adjacency",
    "FrequencyRanks",
    "InsertionRanks",
    "InsertionSigns",
    "SpanIndex",
    "SpanOrder",
]

_FREQUENT = 200
"""Occurrences from which a token is a word class of its own. Convention: pairs of such tokens are seen often enough."""
_BACKING = 5.0
"""Weight of the word classes against the pair's own count, in occurrences. Convention: as in interpolated smoothing."""
_PRIOR = 0.5
"""Added to every count of word classes (Jeffreys)."""
_EDGE = 0.999
"""Keeps the last position of a text inside the unit interval."""


class Adjacency:
    """How well two tokens follow one another: pointwise mutual information, backed off to word classes.

    A word class is the token itself where it is frequent; otherwise its kind (word, number, marks) and the logarithm of
    its frequency. So tokens that were never seen together still have an estimate.
    """

    def __init__(self, tokens: Tokens) -> None:
        """Count the adjacent tokens of all texts."""
        size = len(tokens.vocabulary)
        self._single = np.bincount(tokens.ids, minlength=size).astype(np.float64)
        self._class = _word_classes(tokens, self._single)
        inside = tokens.text[:-1] == tokens.text[1:]
        self._size = size
        self._pairs, self._counts = _counted((tokens.ids[:-1] * size + tokens.ids[1:])[inside])
        self._classes = int(self._class.max()) + 1
        of = self._class[tokens.ids]
        self._class_count = np.bincount(of, minlength=self._classes).astype(np.float64)
        self._class_pairs, self._class_counts = _counted((of[:-1] * self._classes + of[1:])[inside])

    def closing(self, left: Ints, right: Ints) -> Floats:
        """Give the pointwise mutual information of tokens with the tokens after them, nats; the shape of both."""
        a, b = self._class[left], self._class[right]
        of_classes = _look_up(self._class_pairs, self._class_counts, a * self._classes + b)
        of_class = (of_classes + _PRIOR) / (self._class_count[a] + _PRIOR * self._classes)
        backed = _BACKING * of_class * self._single[right] / self._class_count[b]
        pairs = _look_up(self._pairs, self._counts, left * self._size + right)
        rate = (pairs + backed) / (self._single[left] + _BACKING)
        return np.asarray(np.log(rate * self._single.sum() / (self._single[right] + 1)))


@dataclass(frozen=True, slots=True)
class InsertionSigns:
    """How inserted `G` spans look; the larger, the more."""

    closing: Floats
    """Shape (G,): mean pointwise mutual information of the tokens around it, nats; NaN for spans with a frame."""
    uniform: Floats
    """Shape (G,): minus the Kolmogorov-Smirnov distance of its positions from uniform, times the root of carriers."""
    varied: Floats
    """Shape (G,): share of carriers with different neighbours, on the side with fewer."""

    def take(self, spans: Ints) -> InsertionSigns:
        """Give the signs of some of the spans."""
        return InsertionSigns(self.closing[spans], self.uniform[spans], self.varied[spans])


@dataclass(frozen=True, slots=True)
class InsertionRanks:
    """How inserted a span looks among natural spans about as frequent; each above 0 (most inserted) and at most 1."""

    closing: float
    """Do the tokens around it belong together?"""
    uniform: float
    """Does it stand anywhere in its texts?"""
    varied: float
    """Do its neighbours differ?"""


NOWHERE = InsertionRanks(0.02, 0.02, 0.02)
"""The ranks of what stands at no place: a layout, a field value. Chosen by eye: as inserted as planted spans are, so
that contents alone decide; no calibration data have other fields yet."""


@dataclass(frozen=True, slots=True)
class SpanOrder:
    """The spans of one length: `G` spans with `C` (span, text) pairs, in the order of the spans."""

    grams: NgramOrder
    pair: Ints
    """Shape (P,): the (span, text) pair of every place."""
    span: Ints
    """Shape (C,): the span of each pair, rising."""
    text: Ints
    """Shape (C,): its text."""
    carriers: Ints
    """Shape (G,): texts with the span."""
    signs: InsertionSigns
    punctuated: Bools
    """Shape (G,): whether it holds a mark."""
    ids: Ints
    """Shape (G, order): its tokens."""


class SpanIndex:
    """All spans that enough texts carry, and how inserted each looks; the same for every class."""

    def __init__(
        self, tokens: Tokens, *, longest: int, fewest: int, window: int, only: Sequence[Hashes] | None = None
    ) -> None:
        """Find the spans.

        Args:
            tokens: The texts.
            longest: Length of the longest spans, in tokens.
            fewest: Texts that must carry a span.
            window: Spans that each is ranked among, at least.
            only: Hashes of the spans to give, one array per order; all where not given.
        """
        self._tokens, self._adjacency = tokens, Adjacency(tokens)
        every = frequent_ngrams(tokens, max_order=longest, min_texts=fewest, only=only)
        self.orders = tuple(_order(tokens, grams, self._adjacency) for grams in every)
        carriers = np.concatenate([*(one.carriers for one in self.orders), np.zeros(0, np.int64)])
        self._ranks = [
            FrequencyRanks(
                carriers, np.concatenate([*(getattr(one.signs, sign) for one in self.orders), np.zeros(0)]), window
            )
            for sign in _SIGNS
        ]

    def ranks_of(self, signs: InsertionSigns, carriers: Ints) -> Floats:
        """Rank spans by their signs among all spans.

        Args:
            signs: Of G spans.
            carriers: Shape (G,): texts with each.

        Returns:
            Shape (G, 3): the rank by closing, uniform and varied.
        """
        values = (getattr(signs, sign) for sign in _SIGNS)
        return np.column_stack([rank(carriers, each) for rank, each in zip(self._ranks, values, strict=True)])

    def ranks_of_sequence(self, sequence: Ints) -> InsertionRanks:
        """Rank any one span by its first place in each of its texts."""
        tokens, order = self._tokens, len(sequence)
        every = occurrences(tokens, sequence)
        text, first = np.unique(tokens.text[every], return_index=True)
        carriers = np.array([len(text)])
        signs = _signs(tokens, self._adjacency, every[first], order, np.zeros(len(text), np.int64), carriers)
        closing, uniform, varied = self.ranks_of(signs, carriers)[0].tolist()
        return InsertionRanks(closing, uniform, varied)


_SIGNS = ("closing", "uniform", "varied")


def _order(tokens: Tokens, grams: NgramOrder, adjacency: Adjacency) -> SpanOrder:
    size, order = len(tokens), grams.order
    keys, first, pair = np.unique(grams.ngram * size + tokens.text[grams.place], return_index=True, return_inverse=True)
    span, text = keys // size, keys % size
    place = grams.place[first]
    count = int(span[-1]) + 1
    carriers = np.bincount(span, minlength=count)
    shown = np.zeros(count, np.int64)
    shown[span[::-1]] = place[::-1]
    ids = tokens.ids[shown[:, None] + np.arange(order)]
    signs = _signs(tokens, adjacency, place, order, span, carriers)
    return SpanOrder(
        grams=grams,
        pair=pair,
        span=span,
        text=text,
        carriers=carriers,
        signs=signs,
        punctuated=((ids > END) & ~tokens.is_word[ids]).any(axis=1),
        ids=ids,
    )


def _signs(tokens: Tokens, adjacency: Adjacency, place: Ints, order: int, span: Ints, carriers: Ints) -> InsertionSigns:
    """Measure the signs of spans of one length from the first place in each text; `span` says whose it is."""
    count, text = len(carriers), tokens.text[place]
    left = tokens.ids[np.maximum(place - 1, 0)]
    right = tokens.ids[np.minimum(place + order, len(tokens.ids) - 1)]
    closing = np.bincount(span, adjacency.closing(left, right), minlength=count) / carriers
    framed = np.bincount(span, (tokens.ids[place] == BEGIN) | (tokens.ids[place + order - 1] == END), minlength=count)
    low, high = tokens.offsets[text], tokens.offsets[text + 1] - 1
    at = np.clip((place - low - 1) / np.maximum(high - low - 1 - order, 1) * _EDGE, 0, 1)
    unlike = np.minimum(_different(span, left, count), _different(span, right, count)) / carriers
    return InsertionSigns(
        closing=np.where(framed > 0, np.nan, closing),
        uniform=-_distance(span, at, carriers) * np.sqrt(carriers),
        varied=unlike,
    )


class FrequencyRanks:
    """Ranks of values among those of spans that are about as frequent: (1 + how many are as large) / (1 + all).

    Spans are divided into bands by how frequent they are; spans with as many carriers share one.
    """

    def __init__(self, carriers: Ints, values: Floats, window: int) -> None:
        """Divide and sort.

        Args:
            carriers: Shape (n,): how frequent each span is.
            values: Shape (n,): the larger, the more it looks inserted; NaN counts as the median.
            window: Spans of a band, at least.
        """
        finite = values[np.isfinite(values)]
        self._middle = float(np.median(finite)) if len(finite) else 0.0
        order = np.argsort(carriers, kind="stable")
        of, filled = carriers[order], self._filled(values)[order]
        ends: list[int] = []
        while (ends or [0])[-1] < len(of):
            end = min((ends or [0])[-1] + window, len(of))
            end = int(np.searchsorted(of, of[end - 1], "right"))
            ends.append(len(of) if len(of) - end < window else end)
        self._most = np.array([of[end - 1] for end in ends], np.int64)
        self._bands = [np.sort(filled[low:high]) for low, high in zip([0, *ends], ends, strict=False)]

    def __call__(self, carriers: Ints, values: Floats) -> Floats:
        """Give the rank of each value, above 0 (the most inserted) and at most 1; the same shape."""
        filled, ranks = self._filled(values), np.ones(len(values))
        if not self._bands:
            return ranks
        of = np.minimum(np.searchsorted(self._most, carriers), len(self._bands) - 1)
        order = np.argsort(of, kind="stable")
        starts = np.searchsorted(of[order], np.arange(len(self._bands) + 1))
        for band, low, high in zip(self._bands, starts, starts[1:], strict=False):
            mine = order[low:high]
            ranks[mine] = (1 + len(band) - np.searchsorted(band, filled[mine])) / (1 + len(band))
        return ranks

    def _filled(self, values: Floats) -> Floats:
        return np.where(np.isnan(values), self._middle, values)


def _distance(span: Ints, at: Floats, carriers: Ints) -> Floats:
    """Give the Kolmogorov-Smirnov distance from uniform of the positions of each span; shape (G,)."""
    order = np.lexsort((at, span))
    position = at[order]
    start = np.concatenate([[0], np.cumsum(carriers)[:-1]])
    rank = np.arange(len(at)) - start[span[order]]
    number = carriers[span[order]]
    apart = np.maximum((rank + 1) / number - position, position - rank / number)
    return np.asarray(np.maximum.reduceat(apart, start), np.float64)


def _different(span: Ints, token: Ints, spans: int) -> Ints:
    """Count the different tokens beside each span; shape (spans,)."""
    top = int(token.max()) + 1
    return np.bincount(distinct(span * top + token) // top, minlength=spans)


def _word_classes(tokens: Tokens, single: Floats) -> Ints:
    """Give every token of the vocabulary a word class; shape (vocabulary,)."""
    size = len(tokens.vocabulary)
    kind = np.array([0 if not word else 2 if word[0].isdigit() else 1 for word in tokens.vocabulary])
    kind[~tokens.is_word] = 0
    bucket = np.log2(single + 1).astype(np.int64) * 3 + kind
    own = (single >= _FREQUENT) | (np.arange(size) <= END)
    offset = int(bucket.max()) + 1
    named = np.where(own, offset + np.arange(size), bucket)
    return np.unique(named, return_inverse=True)[1].astype(np.int64)


def _counted(keys: Ints) -> tuple[Ints, Floats]:
    pairs, counts = np.unique(keys, return_counts=True)
    return pairs, counts.astype(np.float64)


def _look_up(keys: Ints, counts: Floats, wanted: Ints) -> Floats:
    """Give the count of each wanted key, 0 where it is unknown."""
    if len(keys) == 0:
        return np.zeros(len(wanted))
    slot = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[slot] == wanted, counts[slot], 0.0)
