"""Tokens of very many texts are those of the same texts one by one."""

from __future__ import annotations

import numpy as np

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
