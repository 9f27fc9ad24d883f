"""What contents say for a class, spans left out."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, own_of, planted, reading

from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading, probability, span_evidence, span_probabilities
from marshtest.stats.evidence import EvidenceCurve
from marshtest.text.tokens import BEGIN, END, tokenize


def test_the_noise_is_the_share_with_the_label_of_the_texts_that_read_like_another_class() -> None:
    one = reading()
    against = one.curve(one.model.score()) > 0
    assert one.contradiction_rate == own_of(planted())[against].mean()
    assert 0 < one.contradiction_rate < 0.2


def test_curves_and_noise_come_from_the_sample() -> None:
    one = reading()
    sample = np.arange(len(planted().texts)) % 3 == 0
    some = ContentReading.of(one.tokens, one.own, one.model, sample)
    score, words = one.model.score()[sample], one.model.score(words_only=True)[sample]
    curve = EvidenceCurve.fit(score, one.own[sample])
    assert some.curve.evidence.tolist() == curve.evidence.tolist()
    assert some.words_curve.score.tolist() == EvidenceCurve.fit(words, one.own[sample]).score.tolist()
    assert some.contradiction_rate == one.own[sample][curve(score) > 0].mean()


@pytest.mark.parametrize("odds", [-29.0, -1.0, 0.0, 2.0, 29.5])
def test_the_probability_of_log_odds_is_the_logistic_function(odds: float) -> None:
    assert probability(np.array([odds]))[0] == pytest.approx(1 / (1 + np.exp(-odds)), rel=1e-9)


def test_log_odds_beyond_thirty_are_cut() -> None:
    ends = probability(np.array([-30.0, -31.0, -1e9, 1e9]))
    assert ends[0] == ends[1] == ends[2] == 1 / (1 + np.exp(30.0))
    assert ends[3] == 1 / (1 + np.exp(-30.0))


@pytest.mark.parametrize(("mark", "frame"), [(".", ""), ("", "<"), ("", ">")])
def test_beside_a_mark_words_alone_are_read_and_the_frame_is_no_mark(mark: str, frame: str) -> None:
    one = reading()
    tokens, vocabulary = one.tokens, one.tokens.vocabulary
    if mark:
        sequence = np.array([vocabulary.index(mark)])
    else:
        place = 1 if frame == "<" else int(tokens.offsets[1]) - 2
        word = int(tokens.ids[place])
        sequence = np.array([BEGIN, word] if frame == "<" else [word, END])
    text, evidence = span_evidence(one, sequence)
    assert (np.diff(text) > 0).all()
    curve = one.words_curve if mark else one.curve
    assert one.curve_for(bool(mark)) is curve
    starts = [
        place for place in range(len(tokens.ids) - len(sequence) + 1)
        if (tokens.ids[place : place + len(sequence)] == sequence).all()
    ]  # fmt: skip
    first = np.array([place for place in starts if tokens.text[place] == text[-1]])
    pair, words_only = np.zeros(len(first), np.int64), np.array([bool(mark)])
    score = one.model.score_without(first, len(sequence), pair, text[-1:], words_only=words_only)
    assert evidence[-1] == pytest.approx(curve(score)[0])


def test_probabilities_are_means_over_the_given_carriers_with_and_without_the_span() -> None:
    one, sequence = reading(), candidate(PHRASE).sequence
    carriers = candidate(PHRASE).labelled
    with_it, without = span_probabilities(one, sequence, carriers[:5])
    assert with_it == pytest.approx(probability(one.model.score()[carriers[:5]]).mean())
    assert without < with_it
    every = span_probabilities(one, sequence, carriers)
    assert every != (with_it, without)


def test_texts_that_say_nothing_speak_for_no_other_class() -> None:
    own = np.arange(100) % 2 == 0
    tokens = tokenize([""] * 100)
    one = ContentReading.of(tokens, own, fit_content_model(tokens, own, np.arange(100)))
    assert (one.curve(np.zeros(1))[0], one.contradiction_rate) == (0.0, 0.0)
