"""Sketches agree as often as sets of words overlap, whatever the order, and stay the same from version to version."""

from __future__ import annotations

import numpy as np

from marshtest.text.minhash import minhash

WORDS = [f"word{number}" for number in range(600)]


def test_sketches_agree_as_often_as_the_words_do() -> None:
    one, other = minhash([WORDS[:400], WORDS[200:]], 4_000)
    assert abs(np.mean(one == other) - 200 / 600) < 0.03


def test_order_and_repetition_change_nothing() -> None:
    one, other = minhash([["a", "b", "c"], ["c", "a", "b", "a"]], 60)
    assert one.tolist() == other.tolist()


def test_the_other_texts_change_nothing() -> None:
    alone = minhash([["a", "b"]], 8)
    together = minhash([["x"], ["a", "b"], ["b", "c"]], 8)
    assert together[1].tolist() == alone[0].tolist()


def test_a_sketch_is_the_same_in_every_version() -> None:
    """Findings depend on it. The numbers are those of Daft 0.7.26, which sketched before."""
    assert minhash([["the", "naïve", "fox", "日本語"]], 4).tolist() == [[389077530, 634948764, 1536041145, 2573587398]]
