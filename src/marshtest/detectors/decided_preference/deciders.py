"""Which words of a prompt are associated with preferences against the model, and which traits of style win."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.detectors.decided_preference.settings import DecidedPreferenceSettings
from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.significance import binomial_test
from marshtest.text.words import WORD_OR_MARKS

__all__ = ["TRAITS", "Decider", "Trait", "prompt_deciders", "winning_traits"]

_TIES = 10
"""Times as many runs as are kept that are sorted by length too. The parts of a phrase have the same prompts and so the
same p-value, and the longest of them should lead."""
TRAITS: Mapping[str, Callable[[str], int]] = {
    "more words": lambda text: len(text.split()),
    "more lines": lambda text: text.count("\n"),
    "more exclamation marks": lambda text: text.count("!"),
    "more question marks": lambda text: text.count("?"),
    "more digits": lambda text: sum(map(str.isdigit, text)),
    "more marks of lists and headings": lambda text: len(re.findall(r"^\s*(?:[-*#]|\d+[.)])", text, re.MULTILINE)),
    "more apologies and refusals": lambda text: len(
        re.findall(r"\b(?:sorry|apologi[sz]e|i can(?:no|')t|i won't|unable to)\b", text, re.IGNORECASE)
    ),
}
"""Traits of style that often decide preferences, each as a count."""


@dataclass(frozen=True, slots=True)
class Decider:
    """A run of words in prompts whose pairs contradict the model of the other pairs."""

    text: str
    """Words and signs with one space between them."""
    carriers: Ints
    """Pairs whose prompt has it, rising; shape (n,)."""
    against: int
    """Those that contradict the model."""
    p_value: float
    """Not corrected."""


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait of style, and how often the completion with more of it is preferred."""

    name: str
    wins: int
    pairs: int
    """Pairs whose completions differ in the trait."""
    p_value: float
    """Two-sided, not corrected."""

    @property
    def share(self) -> float:
        """Share of these pairs that more of it wins, 0 to 1."""
        return self.wins / self.pairs


def prompt_deciders(
    prompts: Sequence[str], margins: Floats, scores: Floats, settings: DecidedPreferenceSettings
) -> tuple[list[Decider], int]:
    """Find the runs of words whose pairs contradict the model most.

    Under the null hypothesis the scores of a run's pairs are independent draws from a standard normal distribution, so
    their sum divided by the root of their number is one as well.

    Args:
        prompts: Distinct prompts.
        margins: By how much the model agrees with each pair; shape (N,).
        scores: The same as normal scores, so that no pair weighs too much; shape (N,).
        settings: How long and how frequent runs are.

    Returns:
        The runs, by p-value, and how many were tested.
    """
    from scipy.special import ndtr
    from sklearn.feature_extraction.text import CountVectorizer

    most = int(settings.most_share * len(prompts))
    if most < settings.fewest_carriers:
        return [], 0
    vectorizer = CountVectorizer(
        tokenizer=WORD_OR_MARKS.findall,
        token_pattern=None,
        ngram_range=(1, settings.longest_run),
        min_df=settings.fewest_carriers,
        max_df=most,
        binary=True,
        dtype=np.float64,
    )
    try:
        matrix = vectorizer.fit_transform(prompts).tocsc()
    except ValueError:  # no run is in enough prompts and yet in few enough
        return [], 0
    names = vectorizer.get_feature_names_out()
    counts = np.diff(matrix.indptr)
    deviation = (matrix.T @ scores) / np.sqrt(counts)
    chances = ndtr(deviation)
    smallest = np.argsort(chances, kind="stable")[: _TIES * settings.most_runs]
    order = sorted(smallest, key=lambda one: (chances[one], -len(names[one])))
    found = []
    for one in order[: settings.most_runs]:
        carriers = np.sort(matrix.indices[matrix.indptr[one] : matrix.indptr[one + 1]]).astype(np.int64)
        found.append(Decider(str(names[one]), carriers, int((margins[carriers] < 0).sum()), float(chances[one])))
    return found, len(names)


def winning_traits(chosen: Sequence[str], rejected: Sequence[str]) -> list[Trait]:
    """Count how often the completion with more of each trait is preferred (two-sided sign test).

    Args:
        chosen: The completions that won.
        rejected: The completions that lost, in the same order.
    """
    found = []
    for name, count in TRAITS.items():
        more = np.array([count(one) - count(other) for one, other in zip(chosen, rejected, strict=True)])
        wins, pairs = int((more > 0).sum()), int((more != 0).sum())
        if pairs:
            chance = min(1.0, 2 * binomial_test(max(wins, pairs - wins), pairs, 0.5))
            found.append(Trait(name, wins, pairs, chance))
    return found
