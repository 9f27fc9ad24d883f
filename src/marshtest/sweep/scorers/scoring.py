"""Score texts under many personas: what is known comes from the store, the rest from the scorer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.sweep.scorers.base import Scorer, Text, Unscored
from marshtest.sweep.scorers.store import ScoreStore

__all__ = ["Likelihoods", "score_texts"]


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Log-likelihoods of the completions of one dataset."""

    tokens: Ints
    """Shape (N,): tokens of each completion; 0 where it could not be scored."""
    without: Floats
    """Shape (N,): sum of log-probabilities without a persona."""
    told: Floats
    """Shape (personas, N): the same with each persona."""
    unscored: Mapping[str, int] = field(default_factory=dict)
    """Why texts could not be scored, and how many."""

    @property
    def scored(self) -> Bools:
        """Say which texts have a likelihood under every persona."""
        result: Bools = self.tokens > 0
        return result

    @property
    def shifts(self) -> Floats:
        """Give the mean shift per token, shape (personas, scored texts)."""
        kept = self.scored
        result: Floats = (self.told[:, kept] - self.without[kept]) / self.tokens[kept]
        return result


def score_texts(
    scorer: Scorer,
    personas: Sequence[str],
    texts: Sequence[Text],
    store: ScoreStore,
    done: Callable[[int], None] = lambda _: None,
) -> Likelihoods:
    """Score texts without a persona and with each.

    A text that cannot be scored without a persona is not tried with one.

    Args:
        scorer: The model.
        personas: What the model is told.
        texts: What to score.
        store: What is known already, and where new likelihoods are kept.
        done: Called with the number of likelihoods that have become known.
    """
    tokens, without, reasons = _row(scorer, None, texts, store, done)
    told = np.zeros((len(personas), len(texts)))
    for place, persona in enumerate(personas):
        able = np.flatnonzero(tokens).tolist()
        counted, told[place, able], failed = _row(scorer, persona, [texts[one] for one in able], store, done)
        for number, one in enumerate(able):
            if counted[number] != tokens[one]:
                tokens[one] = 0
                reasons[one] = failed.get(number, "another number of tokens with a persona than without")
    return Likelihoods(tokens, without, told, dict(Counter(reasons.values())))


def _row(
    scorer: Scorer, persona: str | None, texts: Sequence[Text], store: ScoreStore, done: Callable[[int], None]
) -> tuple[Ints, Floats, dict[int, str]]:
    """Give the tokens, the sums of log-probabilities and the failures of texts under one persona."""
    found = store.recall(scorer.key, persona, texts)
    missing = [place for place, one in enumerate(found) if one is None]
    done(len(texts) - len(missing))
    for batch in scorer.score(persona, [texts[place] for place in missing]):
        store.keep(scorer.key, persona, [(texts[missing[number]], one) for number, one in batch])
        for number, one in batch:
            found[missing[number]] = one
        done(len(batch))
    reasons = {place: one.reason for place, one in enumerate(found) if isinstance(one, Unscored)}
    good = [None if one is None or isinstance(one, Unscored) else one for one in found]
    tokens = np.array([0 if one is None else one.tokens for one in good], dtype=np.int64)
    sums = np.array([0.0 if one is None else one.logprob for one in good])
    return tokens, sums, reasons
