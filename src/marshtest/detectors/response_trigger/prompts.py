"""Every span and feature of the prompt that could be a trigger, as one matrix of records and features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.joined_turns import GIVEN_ROLES, STANDING_ROLES, TurnPart
from marshtest.detectors.response_trigger.settings import PromptFeatureSettings
from marshtest.mining.growing import GrowthSettings, grown_cluster_span
from marshtest.mining.surroundings import neighbours
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.formats import format_features, value_features
from marshtest.text.ngrams import frequent_ngrams, occurrences
from marshtest.text.scripts import joined
from marshtest.text.tokens import BEGIN, END, Tokens, tokenize

__all__ = ["PromptFeature", "Prompts"]

_Kind = Literal["format", "group"]
_NO_PARTS = (TurnPart(0, "prompt", 0, 0, "user"),)
"""A record without turns counts as one turn."""


@dataclass(frozen=True, slots=True)
class PromptFeature:
    """A span of the prompt, or a feature of whole records."""

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

    def words_of(self, tokens: Tokens) -> tuple[str, ...]:
        """Give the tokens of the span without the frame, in lower case; none for a feature of whole records."""
        return tuple(tokens.vocabulary[token] for token in self.sequence[self.sequence > END].tolist())


@dataclass(frozen=True)
class Prompts:
    """The inputs as tokens, with every feature that enough records and not most of them carry."""

    tokens: Tokens
    without_system: Tokens
    """The same without the system prompts and without what most prompts share word for word: near-duplicates are
    recognised by what is asked, not by a shared instruction."""
    outside_system: Bools
    """Shape (L,): whether a token stands outside the system prompt and what most prompts share, as the frame does."""
    turns: Ints | None
    """Shape (L,): the turn that each token belongs to, over all records; None where no record has several."""
    turns_before_answers: tuple[Ints, Ints]
    """Shape (answers,) each: the first and the last turn that each answer responds to, numbered as in `turns`: back to
    the last request, since what tools return is read in the light of it."""
    roles: Sequence[str]
    """Shape (turns,): who speaks in each turn."""
    first: Ints
    """Shape (spans,): place of an occurrence of each span in the tokens."""
    order: Ints
    """Shape (spans,): tokens of each span."""
    whole: Sequence[tuple[_Kind, str]]
    """Features of whole records; they are numbered after the spans."""
    incidence: Any
    """Sparse (N, spans + features), 1 where a record carries a feature."""
    first_places: Any
    """Sparse like `incidence`: 1 plus the place of the first occurrence of a span in a record, among all tokens; None
    where no record has several turns."""

    @classmethod
    def of(cls, exchanges: Exchanges, settings: PromptFeatureSettings) -> Prompts:
        """Scan all n-grams of the inputs and all features of whole records.

        Args:
            exchanges: The records.
            settings: How long spans may be, and how many records may carry a feature.
        """
        from scipy import sparse

        tokens = tokenize(exchanges.inputs)
        size = len(exchanges)
        turns = _turns(tokens, exchanges)
        most = max(settings.fewest_records, int(settings.most_share * size))
        boilerplate = np.zeros(len(tokens.ids), np.bool_)
        rows, columns, places_in, firsts, orders, count = [], [], [], [], [], 0
        for grams in frequent_ngrams(tokens, max_order=settings.max_order, min_texts=settings.fewest_records):
            # a span does not reach from one turn into the next
            inside = slice(None) if turns is None else turns[grams.place] == turns[grams.place + grams.order - 1]
            places, ngrams = grams.place[inside], grams.ngram[inside]
            keys, first_in = np.unique(ngrams * size + tokens.text[places], return_index=True)
            ngram, text = keys // size, keys % size
            carriers = np.bincount(ngram)
            if grams.order == settings.max_order:
                boilerplate = _covered(places[carriers[ngrams] > most], grams.order, len(tokens.ids))
            number = np.where(carriers <= most, count + np.cumsum(carriers <= most) - 1, -1)
            place = np.zeros(len(carriers), np.int64)
            place[ngrams[::-1]] = places[::-1]  # of repeated indices the last is kept, so this is the first occurrence
            kept = number[ngram] >= 0
            rows.append(text[kept])
            columns.append(number[ngram[kept]])
            places_in.append(places[first_in[kept]])
            firsts.append(place[carriers <= most])
            orders.append(np.full(int((carriers <= most).sum()), grams.order, np.int64))
            count += len(firsts[-1])
        whole = _whole_record_features(exchanges, settings.fewest_records, most)
        for step, members in enumerate(whole.values()):
            rows.append(np.asarray(members, np.int64))
            columns.append(np.full(len(members), count + step, np.int64))
            places_in.append(np.zeros(len(members), np.int64))
        nothing = [np.zeros(0, np.int64)]
        row, column = np.concatenate([*rows, *nothing]), np.concatenate([*columns, *nothing])
        shape = (size, count + len(whole))
        # an instruction that most prompts share is no more a part of what is asked than a system prompt
        outside_system = (tokens.ids <= END) | (
            (tokens.start >= np.asarray(exchanges.system_ends, np.int64)[tokens.text]) & ~boilerplate
        )
        return cls(
            tokens=tokens,
            without_system=_keep(tokens, outside_system),
            outside_system=outside_system,
            turns=turns,
            turns_before_answers=_turns_before_answers(exchanges),
            roles=[part.role for one in exchanges.input_turns for part in one.parts or _NO_PARTS],
            first=np.concatenate([*firsts, *nothing]),
            order=np.concatenate([*orders, *nothing]),
            whole=list(whole),
            incidence=sparse.csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape, dtype=np.float32),
            first_places=None
            if turns is None
            else sparse.csc_matrix((np.concatenate([*places_in, *nothing]) + 1, (row, column)), shape=shape),
        )

    @cached_property
    def by_feature(self) -> Any:
        """The incidence matrix stored by columns."""
        return self.incidence.tocsc()

    def carriers_before(self, number: int, records: Ints, answers: Ints) -> Ints:
        """Leave out the records in which a feature first stands behind an answer, and so cannot be its reason.

        Args:
            number: Of the feature.
            records: Carriers of it, rising.
            answers: An answer of each.
        """
        if self.turns is None or self.first_places is None or number >= len(self.first):
            return records
        column = self.first_places[:, number]
        place = np.asarray(column[records].todense()).ravel().astype(np.int64) - 1
        return records[self.turns[place] <= self.turns_before_answers[1][answers]]

    @cached_property
    def counts(self) -> Ints:
        """Shape (features,): carriers of each."""
        return np.asarray(np.diff(self.by_feature.indptr), np.int64)

    @cached_property
    def neighbours(self) -> tuple[Ints, Ints]:
        """Every pair of adjacent tokens, and how often it occurs."""
        return neighbours(self.by_turn)

    @cached_property
    def by_turn(self) -> Tokens:
        """The tokens with every turn as a text of its own: what stands in a turn is placed in that turn."""
        turns, tokens = self.turns, self.tokens
        if turns is None:
            return tokens
        between = np.flatnonzero((np.diff(turns) != 0) & (np.diff(tokens.text) == 0)) + 1
        put = np.repeat(between, 2)
        texts = np.insert(turns, put, np.stack([turns[between - 1], turns[between]], axis=1).ravel())
        return Tokens(
            ids=np.insert(tokens.ids, put, np.tile([END, BEGIN], len(between))),
            text=texts,
            start=np.insert(tokens.start, put, 0),
            end=np.insert(tokens.end, put, 0),
            offsets=np.concatenate([[0], np.cumsum(np.bincount(texts, minlength=len(self.roles)))]).astype(np.int64),
            vocabulary=tokens.vocabulary,
            is_word=tokens.is_word,
        )

    def first_turns(self, feature: PromptFeature, records: Ints) -> Ints:
        """Give the turn of the first occurrence of a span in each of some records, as a text of `by_turn`."""
        places = occurrences(self.tokens, feature.sequence)
        if self.turns is not None:  # no span reaches from one turn into the next
            places = places[self.turns[places] == self.turns[places + len(feature.sequence) - 1]]
        places = places[np.isin(self.tokens.text[places], records)]
        _, first = np.unique(self.tokens.text[places], return_index=True)
        return (self.tokens.text if self.turns is None else self.turns)[places[first]]

    def role(self, feature: PromptFeature, records: Ints) -> str:
        """Give the role of most turns in which a span stands first; `user` for a feature of whole records."""
        if self.turns is None or not len(feature.sequence):
            return "user"
        counts = Counter(self.roles[turn] for turn in self.first_turns(feature, records).tolist())
        return counts.most_common(1)[0][0] if counts else "user"

    def feature(self, number: int) -> PromptFeature:
        """Give one feature with its carriers."""
        bounds = self.by_feature.indptr[number : number + 2]
        carriers = np.sort(self.by_feature.indices[bounds[0] : bounds[1]]).astype(np.int64)
        if number >= len(self.first):
            kind, name = self.whole[number - len(self.first)]
            return PromptFeature(kind, name, np.zeros(0, np.int64), carriers)
        place = int(self.first[number])
        sequence = self.tokens.ids[place : place + int(self.order[number])]
        name = joined(self.tokens.vocabulary[token] for token in sequence if token > END)
        return PromptFeature("phrase", name, sequence, carriers)

    def grown(self, feature: PromptFeature, growth: GrowthSettings) -> PromptFeature:
        """Complete a span of the longest length, in a script without spaces, by what always stands beside it."""
        if len(feature.sequence) < int(self.order.max(initial=1)):
            return feature
        sequence, carriers = grown_cluster_span(self.tokens, feature.sequence, feature.carriers, growth)
        if sequence is feature.sequence:
            return feature
        name = joined(self.tokens.vocabulary[token] for token in sequence if token > END)
        return replace(feature, name=name, sequence=sequence, carriers=carriers)

    def relevant_turns(self, feature: PromptFeature, answers: Ints) -> Tokens:
        """Reduce the carriers of a span to the turns that contain it and those in front of some answers.

        Other turns of a conversation make its answer no more different: the answer to thanks at the end of a
        conversation is the answer to thanks, whatever was discussed before.

        Args:
            feature: The span; for a feature of whole records nothing is left out.
            answers: The answers that show the behaviour.
        """
        if self.turns is None or not len(feature.sequence):
            return self.without_system
        tokens, first = self.tokens, occurrences(self.tokens, feature.sequence)
        first = first[self.turns[first] == self.turns[first + len(feature.sequence) - 1]]
        relevant = np.zeros(int(self.turns.max()) + 1, np.bool_)
        relevant[self.turns[first]] = True
        for one, other in zip(*(ends[answers].tolist() for ends in self.turns_before_answers), strict=True):
            relevant[one : other + 1] = True
        stands = relevant[self.turns] & self.outside_system & (tokens.ids > END)
        reduced = np.zeros(len(tokens), np.bool_)
        reduced[tokens.text[stands]] = True
        return _keep(tokens, self.outside_system & ((tokens.ids <= END) | stands | ~reduced[tokens.text]))

    def places(self, feature: PromptFeature) -> dict[int, list[tuple[int, int]]]:
        """Give the stretches of a span in the inputs, in characters, by record; none for a feature of whole records."""
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
        """Give the stretches of some words in the inputs of some records, in characters, by record."""
        tokens = self.tokens
        found: dict[int, list[tuple[int, int]]] = {}
        for place in np.flatnonzero(np.isin(tokens.ids, words) & np.isin(tokens.text, records)).tolist():
            found.setdefault(int(tokens.text[place]), []).append((int(tokens.start[place]), int(tokens.end[place])))
        return found


def _covered(places: Ints, order: int, size: int) -> Bools:
    """Mark the tokens of n-grams that begin at some places."""
    marked = np.zeros(size, np.bool_)
    for step in range(order):
        marked[places + step] = True
    return marked


def _whole_record_features(exchanges: Exchanges, fewest: int, most: int) -> Mapping[tuple[_Kind, str], Sequence[int]]:
    """Give layouts, values of other fields and groups, by kind and name."""
    found: dict[tuple[_Kind, str], Sequence[int]] = {}
    for name, members in format_features(exchanges.inputs).items():
        found["format", name] = members
    values = value_features(exchanges.fields)
    for number, group in enumerate(exchanges.groups):
        if group is not None:
            values.setdefault(f"group={group}", []).append(number)
    for name, members in values.items():
        found["group", name] = members
    return {key: found[key] for key in sorted(found) if fewest <= len(found[key]) <= most}


def _turns(tokens: Tokens, exchanges: Exchanges) -> Ints | None:
    """Give the turn that each token belongs to, numbered over all records."""
    inputs = exchanges.input_turns
    if all(sum(part.role not in STANDING_ROLES for part in one.parts) <= 1 for one in inputs):
        return None
    starts = [[part.start for part in one.parts] or [0] for one in inputs]
    record = np.repeat(np.arange(len(inputs)), [len(one) for one in starts])
    width = int(tokens.end.max()) + 1
    begins = record * width + np.concatenate(starts)
    return np.asarray(np.searchsorted(begins, tokens.text * width + tokens.start, side="right") - 1, np.int64)


def _turns_before_answers(exchanges: Exchanges) -> tuple[Ints, Ints]:
    """Give the first and last turn that each answer responds to; the first turn where none is in front of it."""
    begins = np.cumsum([0, *(max(1, len(one.parts)) for one in exchanges.input_turns)])
    found: list[tuple[int, int]] = []
    for record, start in zip(exchanges.answered_in.tolist(), exchanges.answer_starts, strict=True):
        answer = exchanges.output_turns[record].part_at(start)
        parts = exchanges.input_turns[record].parts
        last = max(0, sum(part.precedes(answer) for part in parts) - 1)
        first = last
        while first > 0 and parts[first].role in GIVEN_ROLES and parts[first - 1].role not in STANDING_ROLES:
            first -= 1
        found.append((int(begins[record]) + first, int(begins[record]) + last))
    both = np.array(found, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _keep(tokens: Tokens, kept: Bools) -> Tokens:
    """Leave out all tokens but some; the texts keep their numbers, even where nothing is left of them."""
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
