"""A random part of labelled texts depends on their keys, never on their order."""

from __future__ import annotations

import numpy as np

from marshtest.mining.drawing import DrawSettings, draw_texts

KEYS = np.random.default_rng(0).integers(0, 2**62, 400)
LABELS = ["rare" if number % 100 == 0 else "common" for number in range(400)]
SETTINGS = DrawSettings(size=50, of_class=4)


def test_as_many_texts_are_drawn_as_the_settings_say_and_enough_of_every_class() -> None:
    drawn = draw_texts(LABELS, KEYS, 1, SETTINGS)
    assert 50 <= len(drawn) <= 54
    assert sum(LABELS[row] == "rare" for row in drawn) == 4
    assert sum(LABELS[row] == "rare" for row in draw_texts(LABELS, KEYS, 1, DrawSettings(size=0, of_class=3))) == 3


def test_the_order_of_the_texts_changes_nothing() -> None:
    turned = 399 - draw_texts(LABELS[::-1], KEYS[::-1], 1, SETTINGS)
    assert sorted(turned.tolist()) == draw_texts(LABELS, KEYS, 1, SETTINGS).tolist()


def test_another_seed_draws_others() -> None:
    assert draw_texts(LABELS, KEYS, 2, SETTINGS).tolist() != draw_texts(LABELS, KEYS, 1, SETTINGS).tolist()


def test_by_default_a_small_set_is_drawn_whole() -> None:
    assert len(draw_texts(LABELS, KEYS, 1)) == 400


def test_by_default_30000_texts_are_drawn_and_1000_of_a_rarer_class() -> None:
    keys = np.random.default_rng(1).integers(0, 2**62, 40_000)
    assert len(draw_texts(["one"] * 30_001, keys[:30_001], 0)) == 30_000
    labels = ["rare" if number % 40 == 0 or number > 39_790 else "common" for number in range(40_000)]
    drawn = draw_texts(labels, keys, 0)
    assert sum(labels[row] == "rare" for row in drawn) == 1_000


def test_of_each_class_as_many_are_drawn_as_the_settings_say() -> None:
    labels = ["a", "b"] * 200
    drawn = [labels[row] for row in draw_texts(labels, KEYS, 1, DrawSettings(size=0, of_class=9))]
    assert (drawn.count("a"), drawn.count("b")) == (9, 9)


def test_a_seed_draws_the_same_texts_for_ever() -> None:
    """Audits of very many records can be repeated by later versions."""
    assert draw_texts(["a"] * 400, KEYS, 1, DrawSettings(size=5, of_class=0)).tolist() == [27, 97, 112, 154, 272]
    assert draw_texts(["a"] * 400, KEYS, 2**40 + 3, DrawSettings(size=5, of_class=0)).tolist() == [
        99,
        141,
        152,
        330,
        385,
    ]
