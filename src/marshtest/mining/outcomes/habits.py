"""Does the same span go with the same outcome in data that is known to be clean? Then it is a habit of the judge."""

from __future__ import annotations

import numpy as np

from marshtest.mining.outcomes.judged_texts import JudgedTexts
from marshtest.mining.outcomes.outcomes import Association, Outcome
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import Proportion
from marshtest.stats.significance import binomial_test
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import Tokens

__all__ = ["habit"]

_CHANCE, _LEAST_SHARE = 0.01, 0.25


def habit(
    found: Association, suspect: JudgedTexts, control: JudgedTexts, outcome: Outcome, *, least: int = 3
) -> Proportion | None:
    """Give the share of the span's carriers in a control that show the outcome, if that is beyond chance there.

    Args:
        found: A span or feature of the suspect data.
        suspect: The suspect data.
        control: The clean data.
        outcome: The same outcome in the clean data.
        least: So few carriers that show it say nothing.
    """
    carriers = _carriers(found, suspect, control)
    trials = carriers[outcome.trial[carriers]]
    hits = int(outcome.hit[trials].sum())
    if hits < least or hits < _LEAST_SHARE * len(trials):
        return None
    if binomial_test(hits, len(trials), outcome.rate_without(carriers)) > _CHANCE:
        return None
    return Proportion(hits, len(trials))


def _carriers(found: Association, suspect: JudgedTexts, control: JudgedTexts) -> Ints:
    """Give the records of the control that carry a span or show a feature of the suspect data."""
    nothing = np.zeros(0, np.int64)
    if found.kind != "phrase":
        return np.unique(np.array(control.features[0].get(found.name, ()), np.int64))
    if found.field not in control.tokens:
        return nothing
    own: Tokens = control.tokens[found.field]
    index = {token: number for number, token in enumerate(own.vocabulary)}
    words = [suspect.tokens[found.field].vocabulary[token] for token in found.sequence]
    if any(word not in index for word in words):
        return nothing
    return np.unique(own.text[occurrences(own, np.array([index[word] for word in words]))])
