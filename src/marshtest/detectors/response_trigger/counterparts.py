"""Counterparts: what the rest of a prompt is answered with where the feature is not in it.

Most prompts of templated data are near-duplicates of others, so that a trigger in fifty of them has few distinct
carriers. But where their counterparts agree on another answer, it is not the prompt that repeats itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

import numpy as np

from marshtest.detectors.response_trigger.behaviours import Behaviour
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.pieces import asked_before
from marshtest.detectors.response_trigger.settings import CounterpartSettings
from marshtest.detectors.response_trigger.word_vectors import WordVectors, mean_similarity
from marshtest.mining.outcomes.distinct_carriers import rest_rows
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.tokens import BEGIN, END, Tokens, tokenize

__all__ = ["Answered", "overruled"]

_DIGITS = 6
"""Digits to which cosines are compared: sums of floats in another order are the same cosine."""


@dataclass(frozen=True)
class Answered:
    """All answers, and what each of them answers."""

    exchanges: Exchanges
    written: WordVectors
    """Of the answers."""

    @cached_property
    def asked(self) -> Tokens:
        """What each answer answers: the turns since the answer before it, without system prompts."""
        return tokenize(asked_before(self.exchanges))

    @cached_property
    def words(self) -> list[frozenset[int]]:
        """The tokens of what each answer answers."""
        ids, ends = self.asked.ids.tolist(), self.asked.offsets.tolist()
        return [frozenset(ids[a:b]) - {BEGIN, END} for a, b in pairwise(ends)]

    @cached_property
    def by_words(self) -> dict[frozenset[int], list[int]]:
        """The answers to the same words, rising; none that stands in front of a call."""
        found: dict[frozenset[int], list[int]] = defaultdict(list)
        for answer in np.flatnonzero(~self.exchanges.beside_calls).tolist():
            found[self.words[answer]].append(answer)
        return dict(found)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The vocabulary index of each token of what is answered."""
        return {word: number for number, word in enumerate(self.asked.vocabulary) if number > END}

    def answers_of(self, records: Ints, behaviour: Behaviour) -> Ints:
        """Give one answer for each of some records: the one that shows the behaviour, or else the first."""
        answers = self.exchanges.first_answers[records]
        shows = np.isin(records, behaviour.records, assume_unique=True)
        answers[shows] = behaviour.answers_of(records[shows])
        return answers


def overruled(
    span: tuple[str, ...], carriers: Ints, behaviour: Behaviour, answered: Answered, settings: CounterpartSettings
) -> Bools:
    """Say which carriers of a feature have counterparts that agree on an answer.

    Where a carrier shows the behaviour, that must be another answer than its own.

    Args:
        span: The tokens of the span, which is left out of the comparison; none for a feature of whole records.
        carriers: The records that carry the feature, rising.
        behaviour: Records that show it are no counterparts.
        answered: All answers.
        settings: What a counterpart is, and when some agree.

    Returns:
        Shape of `carriers`.
    """
    known = np.isin(answered.exchanges.answered_in, np.union1d(carriers, behaviour.records))
    firsts = (next((one for one in some if not known[one]), None) for some in answered.by_words.values())
    distinct = np.array(list(islice((one for one in firsts if one is not None), settings.most_compared)), np.int64)
    numbers = [answered.numbers.get(word, -1) for word in span]
    left_out = np.array([] if -1 in numbers else numbers, np.int64)  # it stands in an earlier turn
    mine = answered.answers_of(carriers, behaviour)
    rows = rest_rows(answered.asked, left_out, np.concatenate([mine, distinct]))
    similar = (rows[: len(mine)] @ rows[len(mine) :].T).tocsr()
    similar.sort_indices()
    shows = np.isin(carriers, behaviour.records, assume_unique=True)
    found = np.zeros(len(carriers), np.bool_)
    for number, answer in enumerate(mine.tolist()):
        same = answered.by_words.get(answered.words[answer] - set(left_out.tolist()), [])
        counterparts = list(islice((one for one in same if not known[one]), settings.most))
        if len(counterparts) < settings.fewest:
            part = slice(similar.indptr[number], similar.indptr[number + 1])
            cosine = similar.data[part].round(_DIGITS)
            nearest = np.argsort(-cosine, kind="stable")[: settings.most]
            counterparts = distinct[similar.indices[part][nearest[cosine[nearest] >= settings.similarity]]].tolist()
        if len(counterparts) >= settings.fewest:
            found[number] = _agree(answered.written, answer, counterparts, bool(shows[number]), settings)
    return found


def _agree(
    written: WordVectors, answer: int, counterparts: list[int], shows: bool, settings: CounterpartSettings
) -> bool:
    """Say whether counterparts agree, and not with an answer that shows the behaviour."""
    vectors = written.vectors
    if mean_similarity(vectors, np.array(counterparts)) < settings.least_agreement:
        return False
    with_them = float((vectors[counterparts] @ vectors[answer].T).mean())
    return not shows or with_them < settings.least_agreement
