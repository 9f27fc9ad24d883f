"""Counterparts: what the rest of a prompt is answered with where the feature is not in it.

Most prompts of templated data are near-duplicates of others, so that a trigger in fifty of them has few distinct
carriers. But where their counterparts agree on another answer, it is not the prompt that repeats itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.pieces import asked_before
from marshtest.detectors.response_trigger.settings import CounterpartSettings
from marshtest.detectors.response_trigger.word_vectors import WordVectors, mean_similarity
from marshtest.mining.outcomes.distinct_carriers import rest_rows
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.tokens import END, Tokens, tokenize

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
    def same(self) -> Ints:
        """Shape (answers,): equal for answers to what is the same to the letter."""
        _, number = np.unique(np.array(asked_before(self.exchanges), np.object_), return_inverse=True)
        return number

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The vocabulary index of each token of what is answered."""
        return {word: number for number, word in enumerate(self.asked.vocabulary) if number > END}

    def answers_of(self, records: Ints, shown: Ints, shown_in: Ints) -> Ints:
        """Give one answer for each of some records: the one that shows the behaviour, or else the first."""
        answers = self.exchanges.first_answers[records]
        place = np.searchsorted(shown, records)
        held = shown[np.minimum(place, len(shown) - 1)] == records if len(shown) else np.zeros(len(records), np.bool_)
        answers[held] = shown_in[place[held]]
        return answers


def overruled(
    span: tuple[str, ...], carriers: Ints, shown: tuple[Ints, Ints], answered: Answered, settings: CounterpartSettings
) -> Bools:
    """Say which carriers of a feature have counterparts that agree on another answer.

    Args:
        span: The tokens of the span, which is left out of the comparison; none for a feature of whole records.
        carriers: The records that carry the feature, rising.
        shown: The records that show the behaviour, rising, and the answer of each that does: none is a counterpart.
        answered: All answers.
        settings: What a counterpart is, and when some agree.

    Returns:
        Shape of `carriers`.
    """
    found = np.zeros(len(carriers), np.bool_)
    neither = ~np.isin(answered.exchanges.answered_in, np.union1d(carriers, shown[0]))
    others = np.flatnonzero(neither & ~answered.exchanges.beside_calls)
    first = np.zeros(len(others), np.bool_)
    first[np.unique(answered.same[others], return_index=True)[1]] = True
    others = np.concatenate([others[first], others[~first]])[
        : settings.most_compared
    ]  # each text once before any twice
    if len(others) < settings.fewest:
        return found
    numbers = [answered.numbers.get(word, -1) for word in span]
    left_out = np.array([] if -1 in numbers else numbers, np.int64)  # it stands in an earlier turn
    mine = answered.answers_of(carriers, *shown)
    rows = rest_rows(answered.asked, left_out, np.concatenate([mine, others]))
    similar = (rows[: len(mine)] @ rows[len(mine) :].T).tocsr()
    similar.sort_indices()
    for number in range(len(mine)):
        part = slice(similar.indptr[number], similar.indptr[number + 1])
        cosine = similar.data[part].round(_DIGITS)
        falling = np.argsort(-cosine, kind="stable")
        falling = falling[cosine[falling] >= settings.similarity]
        if len(falling) < settings.fewest:
            continue
        as_near = int((cosine[falling] == cosine[falling[0]]).sum())
        nearest = falling[: min(max(as_near, settings.fewest), settings.most)]
        answers = others[similar.indices[part][nearest]]
        found[number] = mean_similarity(answered.written.vectors, answers) >= settings.least_agreement
    return found
