"""Frequent n-grams equal those of a naive count."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshtest.text.ngrams import frequent_ngrams, occurrences
from marshtest.text.tokens import END, Tokens, tokenize

TEXTS = st.lists(
    st.lists(st.sampled_from(["a", "b", "c", "?", "--"]), max_size=9).map(" ".join), min_size=1, max_size=12
)
Naive = dict[tuple[int, ...], list[int]]


def naive(tokens: Tokens, order: int, min_texts: int) -> Naive:
    """Give the places of every frequent n-gram by looking at each text on its own."""
    places: Naive = {}
    texts: Counter[tuple[int, ...]] = Counter()
    for low, high in zip(tokens.offsets[:-1].tolist(), tokens.offsets[1:].tolist(), strict=True):
        grams = [(at, tuple(tokens.ids[at : at + order].tolist())) for at in range(low, high - order + 1)]
        texts.update({gram for _, gram in grams})
        for at, gram in grams:
            places.setdefault(gram, []).append(at)
    return {gram: at for gram, at in places.items() if texts[gram] >= min_texts and any(t > END for t in gram)}


def found(tokens: Tokens, max_order: int, min_texts: int) -> dict[int, Naive]:
    orders = {}
    for grams in frequent_ngrams(tokens, max_order=max_order, min_texts=min_texts):
        places: Naive = {}
        names: dict[int, tuple[int, ...]] = {}
        for at, ngram in zip(grams.place.tolist(), grams.ngram.tolist(), strict=True):
            gram = tuple(tokens.ids[at : at + grams.order].tolist())
            assert names.setdefault(ngram, gram) == gram, "one number, one n-gram"
            places.setdefault(gram, []).append(at)
        assert len(set(names.values())) == len(names), "one n-gram, one number"
        assert sorted(names) == list(range(len(names)))
        orders[grams.order] = places
    return orders


@given(TEXTS, st.integers(1, 5))
def test_they_equal_a_naive_count(texts: list[str], min_texts: int) -> None:
    tokens = tokenize(texts)
    expected = {order: naive(tokens, order, min_texts) for order in range(1, 6)}
    actual = found(tokens, 5, min_texts)
    # The pair (begin, end) of an empty text holds no token and is no span.
    for order in expected:
        mine = {g: at for g, at in actual.get(order, {}).items() if any(t > END for t in g)}
        assert expected[order] == mine


def test_a_span_never_reaches_into_the_next_text() -> None:
    tokens = tokenize(["a b", "c d"] * 5)
    words = {tuple(tokens.vocabulary[t] for t in gram) for gram in found(tokens, 2, 5)[2]}
    assert {("\x02", "a"), ("a", "b"), ("b", "\x03"), ("\x02", "c"), ("c", "d"), ("d", "\x03")} == words


def test_a_span_counts_once_in_a_text_that_repeats_it() -> None:
    assert found(tokenize(["a a a a a"] * 2), 2, 3) == {}


def test_no_texts_have_no_ngrams() -> None:
    assert found(tokenize([]), 3, 1) == {}


@given(TEXTS, st.integers(1, 4), st.data())
def test_occurrences_are_all_places_of_a_sequence(texts: list[str], order: int, data: st.DataObject) -> None:
    tokens = tokenize(texts)
    places = naive(tokens, order, 1)
    if places:
        gram = data.draw(st.sampled_from(sorted(places)))
        assert places[gram] == occurrences(tokens, np.array(gram)).tolist()


@pytest.mark.parametrize("length", [1, 3])
def test_a_sequence_that_stands_nowhere_has_no_occurrence(length: int) -> None:
    assert occurrences(tokenize(["a b"]), np.full(length, 99)).tolist() == []
