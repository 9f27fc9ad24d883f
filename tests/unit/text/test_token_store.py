"""Tokens of very many texts are those of the same texts one by one."""

from __future__ import annotations

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.tokens import places_of, store_tokens, tokenize

TEXTS = ("The lamp -- is ON?!", "", "the LAMP's Straße İstanbul", "a\u200bb the lamp", "x " * 50)


def test_a_store_holds_the_tokens_that_tokenize_gives() -> None:
    store, tokens = store_tokens(TEXTS), tokenize(TEXTS)
    assert store.vocabulary == tokens.vocabulary
    assert store.ids.tolist() == tokens.ids.tolist()
    assert np.array_equal(store.offsets, tokens.offsets)
    assert np.array_equal(store.is_word, tokens.is_word)


def test_a_part_is_numbered_anew_in_the_order_asked_for() -> None:
    part = store_tokens(TEXTS).take(np.array([2, 1, 0]))
    whole = tokenize([TEXTS[2], TEXTS[1], TEXTS[0]])
    assert [part.vocabulary[token] for token in part.ids] == [whole.vocabulary[token] for token in whole.ids]
    assert part.text.tolist() == whole.text.tolist()
    assert part.offsets.tolist() == whole.offsets.tolist()


def test_the_places_of_one_text_are_those_that_tokenize_gives() -> None:
    for text in TEXTS:
        tokens = tokenize([text])
        assert places_of(text) == list(zip(tokens.start.tolist(), tokens.end.tolist(), strict=True))


GLUED = (
    "read it_blue_ledger now",
    "don't you don't",
    "I don't",
    "we DON’T",
    "they don't_you",
    "a_ _b ___",
    "İstanbul_x",
)


def test_rare_words_are_taken_apart_and_frequent_ones_stay_whole() -> None:
    store = store_tokens(GLUED)
    apart = store.unglued(3)
    words = [[apart.vocabulary[token] for token in apart.ids[low:high][1:-1]] for low, high in pairs(apart.offsets)]
    assert words == [
        ["read", "it", "blue", "ledger", "now"],
        ["don't", "you", "don't"],
        ["i", "don't"],
        ["we", "don", "t"],
        ["they", "don", "t", "you"],
        ["a_", "_b", "___"],
        ["istanbul", "x"],
    ]
    assert apart.glued == {"it_blue_ledger", "don’t", "don't_you", "istanbul_x"}
    assert apart.is_word.tolist() == [False, False, *[True] * (len(apart.vocabulary) - 2)]


def pairs(offsets: Ints) -> list[tuple[int, int]]:
    return list(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True))


def test_a_word_stays_whole_from_as_many_occurrences_on() -> None:
    store = store_tokens(["a_b", "a_b a_b"])
    assert store.unglued(3) is store
    assert store.unglued(4).glued == {"a_b"}


def test_words_that_are_not_glued_leave_the_store_as_it_is() -> None:
    store = store_tokens(["one two -- three", "a_ _b ___ İstanbul"])
    assert store.unglued(99) is store


def test_the_places_of_a_text_are_those_of_its_parts() -> None:
    store = store_tokens(GLUED).unglued(3)
    for text, (low, high) in zip(GLUED, pairs(store.offsets), strict=True):
        places = places_of(text, store.glued)
        assert len(places) == high - low
        shown = [text[first:last].lower().replace("i\u0307", "i") for first, last in places[1:-1]]
        assert shown == [store.vocabulary[token] for token in store.ids[low:high][1:-1]]


def test_the_parts_are_known_to_the_tokens_that_are_taken() -> None:
    store = store_tokens(GLUED).unglued(3)
    part = store.take(np.array([0]))
    assert [part.vocabulary[token] for token in part.ids[1:-1]] == ["read", "it", "blue", "ledger", "now"]
    assert part.glued == store.glued
    assert store_tokens(GLUED).take(np.array([0])).glued == frozenset()
