"""Near-duplicates among the carriers of a pattern count once, and the majority of them decides."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.mining.outcomes.distinct_carriers import (
    DistinctCarriers,
    distinct_groups,
)
from marshtest.mining.outcomes.distinct_carriers import counted as counted_groups
from marshtest.text.tokens import tokenize

COPY = "the parcel for the market leaves on monday morning at noon"
OTHERS = ["seven clouds over the river", "a letter about the old bridge", "copper engines in winter"]


def counted(hits: list[bool], trials: list[bool] | None = None) -> DistinctCarriers:
    texts = [COPY] * 4 + OTHERS
    everyone = [True] * len(texts)
    shown = np.array([*hits, False, False, False])
    could = np.array(trials or everyone)
    group = distinct_groups(tokenize(texts), np.zeros(0, np.int64), np.arange(len(texts)))
    return counted_groups(group, shown & could, could)


@pytest.mark.parametrize(("hits", "expected"), [(1, 0), (2, 1), (3, 1)])
def test_half_of_the_near_duplicates_decide(hits: int, expected: int) -> None:
    assert counted([number < hits for number in range(4)]) == DistinctCarriers(answered=4, trials=4, hits=expected)


def test_only_records_that_could_show_the_outcome_are_trials() -> None:
    trials = [True, False, False, False, True, False, False]
    assert counted([True] * 4, trials=trials) == DistinctCarriers(answered=4, trials=2, hits=1)


NOTHING = np.zeros(0, np.int64)


def groups(texts: list[str], span: str = "") -> list[int]:
    tokens = tokenize(texts)
    sequence = np.array([tokens.vocabulary.index(word) for word in span.split()], np.int64)
    return [int(one) for one in distinct_groups(tokens, sequence, np.arange(len(texts)))]


@pytest.mark.parametrize(
    ("second", "expected"),
    [("a b c e f", [0, 0]), ("a b c e f g h", [0, 1])],
    ids=["5 of 9 words and pairs", "5 of 9 and 13"],
)
def test_texts_are_compared_by_words_and_word_pairs(second: str, expected: list[int]) -> None:
    """Of nine features each the first two texts share a, b, c, ab and bc: a cosine of 5/9; 5 of 9 and 13 give .46."""
    assert groups(["a b c d x", second]) == expected


def test_a_span_is_left_out_with_the_pairs_that_touch_it() -> None:
    long = "one two three four five six"
    assert groups([f"a {long} b", f"c {long} d"]) == [0, 0]
    assert groups([f"a {long} b", f"c {long} d"], long) == [0, 1]
    assert groups([f"a {long} b", f"a {long} b"], long) == [0, 0]


def test_texts_without_anything_but_the_span_are_one_and_unlike_the_others() -> None:
    assert groups(["x y", "x y", "x y z"], "x y") == [0, 0, 1]
    assert groups(["x", "x"], "x") == [0, 0]


def test_no_texts_have_no_groups() -> None:
    assert distinct_groups(tokenize(["a"]), NOTHING, NOTHING).tolist() == []
    assert counted_groups(NOTHING, NOTHING > 0, NOTHING > 0) == DistinctCarriers(0, 0, 0)


def test_a_group_counts_by_the_records_that_could_show_the_outcome() -> None:
    """Three groups: one of two that could shows it, none could, and the only one that could does not."""
    group = np.array([0, 0, 0, 1, 2])
    hit, trial = np.array([1, 0, 0, 0, 0]) > 0, np.array([1, 1, 0, 0, 1]) > 0
    assert counted_groups(group, hit, trial) == DistinctCarriers(answered=3, trials=2, hits=1)
