"""Records that ask the same without the feature: what the rest of a prompt is usually answered with.

Most prompts of templated data are near-duplicates of others, so that a trigger in fifty of them has few distinct
carriers. But where their twins without the trigger agree on another answer, it is not the prompt that repeats itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.prompts import PromptFeature
from marshtest.detectors.response_trigger.settings import TwinSettings
from marshtest.detectors.response_trigger.word_vectors import WordVectors, mean_similarity
from marshtest.mining.outcomes.distinct_carriers import rest_rows
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.tokens import Tokens

__all__ = ["Answered", "overruled"]

_DIGITS = 6
"""Digits to which cosines are compared: sums of floats in another order are the same cosine."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How every record is answered."""

    vectors: Any
    """Sparse (answers, vocabulary), rows of unit length."""
    first: Ints
    """Shape (N,): number of the first answer of each record."""
    same: Ints
    """Shape (N,): equal for records that ask the same to the letter."""

    @classmethod
    def of(cls, exchanges: Exchanges, written: WordVectors) -> Answered:
        """Read the answers.

        Args:
            exchanges: The records.
            written: All answers.
        """
        _, same = np.unique(np.array(exchanges.inputs, np.object_), return_inverse=True)
        return cls(written.vectors, exchanges.first_answers, same)


def overruled(asked: Tokens, feature: PromptFeature, shown: Ints, answered: Answered, settings: TwinSettings) -> Bools:
    """Say which carriers have twins without the feature that agree on another answer.

    Args:
        asked: The N prompts.
        feature: The feature, which is left out of the comparison.
        shown: Records with the behaviour, rising: they are no twins.
        answered: How the records are answered.
        settings: Which records are twins, and when they agree.

    Returns:
        Shape (carriers,).
    """
    carriers = feature.carriers
    others = np.setdiff1d(np.arange(len(asked)), np.union1d(carriers, shown))
    first = np.zeros(len(others), np.bool_)
    first[np.unique(answered.same[others], return_index=True)[1]] = True
    others = np.concatenate([others[first], others[~first]])[
        : settings.most_compared
    ]  # each text once before any twice
    found = np.zeros(len(carriers), np.bool_)
    if len(others) < settings.fewest:
        return found
    rows = rest_rows(asked, feature.sequence, np.concatenate([carriers, others]))
    similar = (rows[: len(carriers)] @ rows[len(carriers) :].T).tocsr()
    similar.sort_indices()
    for number in range(len(carriers)):
        part = slice(similar.indptr[number], similar.indptr[number + 1])
        near = np.flatnonzero(similar.data[part] >= settings.similarity)
        if len(near) < settings.fewest:
            continue
        nearest = near[np.argsort(-similar.data[part][near].round(_DIGITS), kind="stable")]
        cosines = similar.data[part][nearest].round(_DIGITS)
        as_near = min(max(int((cosines == cosines[0]).sum()), settings.fewest), settings.most)
        twins = others[similar.indices[part][nearest[:as_near]]]
        found[number] = mean_similarity(answered.vectors, answered.first[twins]) >= settings.least_agreement
    return found
