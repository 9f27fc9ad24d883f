"""What in a prompt goes with preferences against the rest, and which traits of a completion win."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.significance import binomial_test
from marshtest.text.words import WORD_OR_MARKS

__all__ = ["TRAITS", "Decider", "Trait", "prompt_deciders", "winning_traits"]

_FEWEST, _MOST_SHARE = 8, 0.2
_LONGEST = 4
_KEPT = 20
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
    """A run of words in prompts whose pairs go against the rest."""

    text: str
    """Words and signs with one space between them."""
    carriers: Ints
    """Pairs whose prompt has it, rising."""
    against: int
    """Those that go against the rest."""
    p_value: float
    """Not corrected."""


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait of style, and how often the completion with more of it wins."""

    name: str
    wins: int
    pairs: int
    """Pairs whose completions differ in it."""
    p_value: float
    """Two-sided, not corrected."""

    @property
    def share(self) -> float:
        """How often more of it wins."""
        return self.wins / self.pairs


def prompt_deciders(prompts: Sequence[str], margins: Floats, scores: Floats) -> tuple[list[Decider], int]:
    """Find runs of one to four words whose pairs go most against the rest, and count the runs tried.

    Args:
        prompts: Distinct prompts.
        margins: By how much the rest of the data agrees with each pair.
        scores: The same as normal scores, so that no pair weighs too much.
    """
    from scipy.special import ndtr
    from sklearn.feature_extraction.text import CountVectorizer

    most = int(_MOST_SHARE * len(prompts))
    if most < _FEWEST:
        return [], 0
    vectorizer = CountVectorizer(
        token_pattern=WORD_OR_MARKS.pattern,
        ngram_range=(1, _LONGEST),
        min_df=_FEWEST,
        max_df=most,
        binary=True,
        dtype=np.float64,
    )
    try:
        matrix = vectorizer.fit_transform(prompts).tocsc()
    except ValueError:  # no run stands in enough prompts and yet in few enough
        return [], 0
    names = vectorizer.get_feature_names_out()
    counts = np.diff(matrix.indptr)
    deviation = (matrix.T @ scores) / np.sqrt(counts)
    chances = ndtr(deviation)
    order = sorted(np.argsort(chances, kind="stable")[: 10 * _KEPT], key=lambda one: (chances[one], -len(names[one])))
    found = []
    for one in order[:_KEPT]:
        carriers = np.sort(matrix.indices[matrix.indptr[one] : matrix.indptr[one + 1]]).astype(np.int64)
        found.append(Decider(str(names[one]), carriers, int((margins[carriers] < 0).sum()), float(chances[one])))
    return found, len(names)


def winning_traits(chosen: Sequence[str], rejected: Sequence[str]) -> list[Trait]:
    """Count how often the completion with more of each trait wins (sign test)."""
    found = []
    for name, count in TRAITS.items():
        more = np.array([count(one) - count(other) for one, other in zip(chosen, rejected, strict=True)])
        wins, pairs = int((more > 0).sum()), int((more != 0).sum())
        if pairs:
            chance = min(1.0, 2 * binomial_test(max(wins, pairs - wins), pairs, 0.5))
            found.append(Trait(name, wins, pairs, chance))
    return found
