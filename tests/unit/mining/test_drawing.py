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
