"""Similarities, separability and expected rates of texts as bags of words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from marshtest.detectors.response_trigger.settings import GradingSettings
from marshtest.detectors.response_trigger.word_vectors import (
    WordVectors,
    expected_rates,
    mean_similarity,
    separability,
)
from marshtest.text.tokens import tokenize


def vectors_of(*texts: str) -> WordVectors:
    return WordVectors(tokenize(texts))


def test_equal_texts_are_similar_and_different_ones_are_not() -> None:
    vectors = vectors_of("red fox", "fox red", "blue owl", "", "").vectors
    assert mean_similarity(vectors, np.array([0, 1])) == pytest.approx(1)
    assert mean_similarity(vectors, np.array([0, 2])) == 0
    assert mean_similarity(vectors, np.array([3, 4])) == 1  # of two empty texts neither has anything of its own
    assert mean_similarity(vectors, np.array([0])) == 0


def test_the_words_of_a_span_can_be_left_out() -> None:
    words = vectors_of("red fox", "red owl")
    red = np.array([words.tokens.vocabulary.index("red")])
    assert mean_similarity(words.vectors, np.array([0, 1])) > 0
    assert mean_similarity(words.without(red), np.array([0, 1])) == 0


def test_a_topic_is_separable_and_members_drawn_at_random_are_not() -> None:
    topic = [f"sea boat {i}" for i in range(20)]
    vectors = vectors_of(*topic, *(f"hill goat {i}x" for i in range(80))).vectors
    assert separability(vectors, np.arange(20)) == 1
    assert separability(vectors, np.arange(0, 100, 4)) < 0.6
    assert separability(vectors, np.arange(1)) == 1  # one text is no group


def test_expected_rates_stay_between_their_bounds() -> None:
    settings = GradingSettings()
    texts = ["sea boat"] * 60 + ["hill goat"] * 60
    shows = np.arange(120) < 60
    rates = expected_rates(vectors_of(*texts).vectors, shows, np.array([0, 119]), replace(settings))
    assert 0.9 < rates[0] <= settings.highest_expected_rate
    low = replace(settings, highest_expected_rate=0.7)
    assert expected_rates(vectors_of(*texts).vectors, shows, np.array([0]), low)[0] == 0.7
    high = replace(settings, lowest_expected_rate=0.6)
    assert expected_rates(vectors_of(*texts).vectors, shows, np.array([119]), high)[0] == 0.6


def test_without_two_records_that_show_it_the_rate_is_that_of_the_others() -> None:
    shows = np.zeros(101, np.bool_)
    shows[50] = True
    rates = expected_rates(vectors_of(*["sea boat"] * 101).vectors, shows, np.array([0]), GradingSettings())
    assert rates.tolist() == [2 / 102]
