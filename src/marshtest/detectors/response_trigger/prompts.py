"""Everything in what is read that could be a trigger: which records carry which span or feature, as one matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.mining.surroundings import neighbours
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.formats import format_features, value_features
from marshtest.text.ngrams import frequent_ngrams, occurrences
from marshtest.text.tokens import BEGIN, END, Tokens, tokenize

__all__ = ["PromptFeature", "Prompts"]

_MAX_ORDER = 8
_FEWEST = 5
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class PromptFeature:
    """A span of what is read, or a feature of whole records."""

    kind: Literal["phrase", "format", "group"]
    name: str
    sequence: Ints
    """Token ids of the span; empty for a feature of whole records."""
    carriers: Ints
    """All records that carry it, rising."""

    @property
    def words(self) -> int:
        """Count the tokens of the span without the frame."""
        return int((self.sequence > END).sum())


@dataclass(frozen=True)
class Prompts:
    """What is read, as tokens, with every feature that at least five records and not most of them carry."""

    tokens: Tokens
    asked: Tokens
    """The same vocabulary without the system prompts: by these copies are known."""
    is_asked: Bools
    """Shape (L,): whether a token stands outside the system prompt, as the frame does."""
    turns: Ints | None
    """Shape (L,): the turn that each token stands in, over all records; None where no record has several."""
    answered: Ints
    """Shape (answers,): the turn in front of each answer, as `turns` numbers them."""
    first: Ints
    """Shape (spans,): place of an occurrence of each span in the tokens."""
    order: Ints
    """Shape (spans,): tokens of each span."""
    features: Sequence[tuple[Literal["format", "group"], str]]
    """Features of whole records; they are numbered after the spans."""
    incidence: Any
    """Sparse (N, spans + features), 1 where a record carries a feature."""

    @classmethod
    def of(cls, exchanges: Exchanges) -> Prompts:
        """Look at all n-grams up to order 8 and at all features of whole records."""
        from scipy import sparse

        tokens = tokenize(exchanges.reads)
        size = len(exchanges)
        turns = _turns(tokens, exchanges)
        most = max(_FEWEST, int(_MOST * size))
        rows, columns, firsts, orders, count = [], [], [], [], 0
        for grams in frequent_ngrams(tokens, max_order=_MAX_ORDER, min_texts=_FEWEST):
            inside = slice(None) if turns is None else turns[grams.place] == turns[grams.place + grams.order - 1]
            places, ngrams = grams.place[inside], grams.ngram[inside]
            keys = np.unique(ngrams * size + tokens.text[places])
            ngram, text = keys // size, keys % size
            carriers = np.bincount(ngram)
            number = np.where(carriers <= most, count + np.cumsum(carriers <= most) - 1, -1)
            place = np.zeros(len(carriers), np.int64)
            place[ngrams[::-1]] = places[::-1]
            kept = number[ngram] >= 0
            rows.append(text[kept])
            columns.append(number[ngram[kept]])
            firsts.append(place[carriers <= most])
            orders.append(np.full(int((carriers <= most).sum()), grams.order, np.int64))
            count += len(firsts[-1])
        whole = _whole_record_features(exchanges, most)
        for step, members in enumerate(whole.values()):
            rows.append(np.asarray(members, np.int64))
            columns.append(np.full(len(members), count + step, np.int64))
        nothing = [np.zeros(0, np.int64)]
        row, column = np.concatenate([*rows, *nothing]), np.concatenate([*columns, *nothing])
        incidence = sparse.csr_matrix(
            (np.ones(len(row), np.float32), (row, column)), shape=(size, count + len(whole)), dtype=np.float32
        )
        is_asked = (tokens.ids <= END) | (tokens.start >= np.asarray(exchanges.asks, np.int64)[tokens.text])
        return cls(
            tokens,
            _only(tokens, is_asked),
            is_asked,
            turns,
            _answered(exchanges),
            np.concatenate([*firsts, *nothing]),
            np.concatenate([*orders, *nothing]),
            list(whole),
            incidence,
        )

    @cached_property
    def by_feature(self) -> Any:
        """The incidence with its columns at hand."""
        return self.incidence.tocsc()

    @cached_property
    def counts(self) -> Ints:
        """Shape (features,): carriers of each."""
        return np.asarray(np.diff(self.by_feature.indptr), np.int64)

    @cached_property
    def neighbours(self) -> tuple[Ints, Ints]:
        """Every pair of tokens that stand side by side, and how often."""
        return neighbours(self.tokens)

    def feature(self, number: int) -> PromptFeature:
        """Give one feature with its carriers."""
        bounds = self.by_feature.indptr[number : number + 2]
        carriers = np.sort(self.by_feature.indices[bounds[0] : bounds[1]]).astype(np.int64)
        if number >= len(self.first):
            kind, name = self.features[number - len(self.first)]
            return PromptFeature(kind, name, np.zeros(0, np.int64), carriers)
        place = int(self.first[number])
        sequence = self.tokens.ids[place : place + int(self.order[number])]
        name = " ".join(self.tokens.vocabulary[token] for token in sequence if token > END)
        return PromptFeature("phrase", name, sequence, carriers)

    def asked_near(self, feature: PromptFeature, answers: Ints) -> Tokens:
        """Give what is asked, of carriers of a span only the turns in which it stands and those in front of answers.

        Other turns of a conversation make its answer no more different: that to thanks at its end is that to thanks.
        """
        if self.turns is None or not len(feature.sequence):
            return self.asked
        tokens, first = self.tokens, occurrences(self.tokens, feature.sequence)
        first = first[self.turns[first] == self.turns[first + len(feature.sequence) - 1]]
        near = np.zeros(int(self.turns.max()) + 1, np.bool_)
        near[self.turns[first]] = True
        near[self.answered[answers]] = True
        stands = near[self.turns] & self.is_asked & (tokens.ids > END)
        carries = np.zeros(len(tokens), np.bool_)
        carries[tokens.text[stands]] = True
        return _only(tokens, self.is_asked & ((tokens.ids <= END) | stands | ~carries[tokens.text]))

    def places(self, feature: PromptFeature) -> dict[int, list[tuple[int, int]]]:
        """Give where a span stands in what is read, in characters, by record."""
        found: dict[int, list[tuple[int, int]]] = {}
        tokens, sequence = self.tokens, feature.sequence
        if feature.kind != "phrase":
            return found
        for place in occurrences(tokens, sequence).tolist():
            last = place + len(sequence) - 1
            first = place + 1 if tokens.ids[place] == BEGIN else place
            last = last - 1 if tokens.ids[last] == END else last
            found.setdefault(int(tokens.text[place]), []).append((int(tokens.start[first]), int(tokens.end[last])))
        return found

    def word_places(self, words: Ints, records: Ints) -> dict[int, list[tuple[int, int]]]:
        """Give where some words stand in what some records read, in characters, by record."""
        tokens = self.tokens
        found: dict[int, list[tuple[int, int]]] = {}
        for place in np.flatnonzero(np.isin(tokens.ids, words) & np.isin(tokens.text, records)).tolist():
            found.setdefault(int(tokens.text[place]), []).append((int(tokens.start[place]), int(tokens.end[place])))
        return found


def _whole_record_features(
    exchanges: Exchanges, most: int
) -> Mapping[tuple[Literal["format", "group"], str], Sequence[int]]:
    """Give layouts, values of other fields and groups, by kind and name."""
    found: dict[tuple[Literal["format", "group"], str], Sequence[int]] = {}
    for name, members in format_features(exchanges.reads).items():
        found["format", name] = members
    values = value_features(exchanges.fields)
    for number, group in enumerate(exchanges.groups):
        if group is not None:
            values.setdefault(f"group={group}", []).append(number)
    for name, members in values.items():
        found["group", name] = members
    return {key: found[key] for key in sorted(found) if _FEWEST <= len(found[key]) <= most}


def _turns(tokens: Tokens, exchanges: Exchanges) -> Ints | None:
    """Give the turn that each token stands in, numbered over all records."""
    sides = exchanges.read_sides
    if all(sum(piece.role != "system" for piece in side.pieces) <= 1 for side in sides):
        return None
    starts = [[piece.start for piece in side.pieces] or [0] for side in sides]
    record = np.repeat(np.arange(len(sides)), [len(one) for one in starts])
    width = int(tokens.end.max()) + 1
    begins = record * width + np.concatenate(starts)
    return np.asarray(np.searchsorted(begins, tokens.text * width + tokens.start, side="right") - 1, np.int64)


def _answered(exchanges: Exchanges) -> Ints:
    """Give the turn in front of each answer, numbered as the turns are; the first where none is in front of it."""
    begins = np.cumsum([0, *(max(1, len(side.pieces)) for side in exchanges.read_sides)])
    found = []
    records = exchanges.answered_in.tolist()
    for record, start in zip(records, exchanges.answer_starts, strict=True):
        act = exchanges.turn_written(record, start).turn
        before = sum(piece.turn < act for piece in exchanges.read_sides[record].pieces)
        found.append(int(begins[record]) + max(0, before - 1))
    return np.array(found, np.int64)


def _only(tokens: Tokens, kept: Bools) -> Tokens:
    """Leave out all tokens but some."""
    sizes = np.bincount(tokens.text[kept], minlength=len(tokens))
    return Tokens(
        ids=tokens.ids[kept],
        text=tokens.text[kept],
        start=tokens.start[kept],
        end=tokens.end[kept],
        offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        vocabulary=tokens.vocabulary,
        is_word=tokens.is_word,
    )
