"""Tokens of very many texts are those of the same texts one by one."""

from __future__ import annotations

import numpy as np

from marshtest.features.tokens import store_tokens, tokenize

TEXTS = ("The lamp -- is ON?!", "", "the LAMP's Straße İstanbul", "a\u200bb the lamp", "x " * 50)


def test_a_store_holds_the_tokens_that_tokenize_gives() -> None:
    store, tokens = store_tokens(TEXTS), tokenize(TEXTS)
    assert store.vocabulary == tokens.vocabulary
    assert store.ids.tolist() == tokens.ids.tolist()
    assert np.array_equal(store.offsets, tokens.offsets)
    assert np.array_equal(store.is_word, tokens.is_word)


def test_a_part_is_numbered_anew_in_the_order_asked_for() -> None:
    part = store_tokens(TEXTS).take(np.array([2, 1, 0]))
    whole = tokenize([TEXTS[2], TEXTS[1], TEXTS[0]], store_tokens(TEXTS).vocabulary)
    assert part.ids.tolist() == whole.ids.tolist()
    assert part.text.tolist() == whole.text.tolist()
    assert part.offsets.tolist() == whole.offsets.tolist()


def test_a_known_vocabulary_keeps_its_numbers() -> None:
    known = tokenize(["one two three"]).vocabulary
    tokens = tokenize(["three new one"], known)
    assert tokens.vocabulary == (*known, "new")
    assert tokens.ids.tolist() == [0, known.index("three"), len(known), known.index("one"), 1]
