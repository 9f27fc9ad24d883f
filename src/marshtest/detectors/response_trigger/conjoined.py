"""Two words that lead to one behaviour only together, each honest alone: triggers of two parts.

All pairs of words would be too many to look at, so for each behaviour only those are paired that its records have more
often than others. The correction is for all pairs of all words nevertheless.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.detectors.response_trigger.base import Behaviour
from marshtest.detectors.response_trigger.contents import Contents
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import wald_lower
from marshtest.stats.significance import binomial_test

__all__ = ["Conjoined", "find_conjoined"]

_FEWEST = 10
_SHARE_HERE, _LIFT, _MOST_WORDS = 0.2, 1.3, 30
_PURITY, _ALONE = 0.6, 0.3
_SUGGESTIVE_Q = 1e-3


@dataclass(frozen=True, slots=True)
class Conjoined:
    """A behaviour, shown where two words meet."""

    behaviour: Behaviour
    """With the records that have both words and show it."""
    words: Ints
    """The token ids of the two."""
    carriers: int
    """Records that have both words."""
    p_value: float
    q_value: float


def find_conjoined(behaviours: Sequence[Behaviour], asked: Contents) -> list[Conjoined]:
    """Give for every behaviour the two words that lead to it together best, if any do; the surest first.

    Args:
        behaviours: Those that may be told.
        asked: The words of what is asked.
    """
    words = asked.words
    everywhere = np.asarray(words.sum(axis=0)).ravel()
    known = int((everywhere >= _FEWEST).sum())
    tried = max(1, known * (known - 1) // 2 * len(behaviours))
    found: list[Conjoined] = []
    for behaviour in behaviours:
        if len(behaviour.records) >= _FEWEST:
            pairs = _pairs(behaviour, asked, everywhere, tried)
            best = min(pairs, key=lambda one: (one.p_value, one.words.tolist()), default=None)
            found += [] if best is None else [best]
    return sorted(found, key=lambda one: (one.p_value, one.behaviour.rank, one.behaviour.name))


def _pairs(behaviour: Behaviour, asked: Contents, everywhere: Ints, tried: int) -> Iterator[Conjoined]:
    """Give the pairs that hardly ever lead to anything else, where neither word does so alone."""
    words, records = asked.words, behaviour.records
    size = words.shape[0]
    chosen = _candidates(asked, records, everywhere)
    if len(chosen) < 2:
        return
    some = words[:, chosen]
    with_both = np.asarray((some.T @ some).todense()).round().astype(np.int64)
    shown = some[records]
    both = np.asarray((shown.T @ shown).todense()).round().astype(np.int64)
    for one, other in zip(*np.nonzero(np.triu(both >= _FEWEST, k=1)), strict=True):
        hits, carriers = int(both[one, other]), int(with_both[one, other])
        if wald_lower(hits, carriers) < _PURITY:
            continue
        without = [(int(both[n, n]) - hits, int(with_both[n, n]) - carriers) for n in (one, other)]
        if any(carrying and showing > _ALONE * carrying for showing, carrying in without):
            continue
        if not all(carrying >= hits // 2 for _, carrying in without):
            continue  # a word that stands nowhere else decides by itself
        rate = (len(records) - hits + 1) / (size - carriers + 2)
        chance = float(binomial_test(hits, carriers, rate))
        if chance * tried <= _SUGGESTIVE_Q:
            pair = chosen[[one, other]]
            having = np.asarray(words[:, pair].sum(axis=1)).ravel()[records] == 2
            kept = Behaviour(behaviour.family, behaviour.name, records[having], behaviour.answers[having])
            yield Conjoined(kept, pair, carriers, chance, min(1.0, chance * tried))


def _candidates(asked: Contents, records: Ints, everywhere: Ints) -> Ints:
    """Give the words that the records have more often than others, the most telling first."""
    size, count = asked.words.shape[0], len(records)
    here = np.asarray(asked.words[records].sum(axis=0)).ravel()
    share, usual = here / count, (everywhere - here + 1) / (size - count + 2)
    fit = (share >= _SHARE_HERE) & (here >= _FEWEST) & (share >= _LIFT * usual) & asked.tokens.is_word
    weight = np.where(fit, here * np.log(np.maximum(share, 1e-9) / usual), -1.0)
    order = np.lexsort((np.arange(len(weight)), -weight))[:_MOST_WORDS]
    return np.asarray(np.sort(order[weight[order] > 0]), np.int64)
