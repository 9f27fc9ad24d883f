"""What contents say to a model that has not seen the carriers."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from marshtest.mining.structures.held_out_model import HeldOutModel, content_words
from marshtest.text.tokens import tokenize

FOLDS = 5
GOOD, BAD = ["bright", "warm", "lovely", "gentle"], ["grim", "cold", "dreadful", "harsh"]


def sets(seed: int = 1, size: int = 400) -> tuple[list[str], np.ndarray]:
    """Make texts of two classes; the last 40 of the class carry a word of their own and read like the others."""
    random = Random(seed)
    own = np.array([i % 2 == 0 for i in range(size)])
    texts = [" ".join([*random.choices(GOOD if label else BAD, k=4), f"thing{random.randrange(30)}"]) for label in own]
    planted = np.flatnonzero(own)[-40:]
    for i in planted:
        texts[i] = " ".join(["zorble", *random.choices(BAD, k=3), f"thing{random.randrange(30)}"])
    return texts, own


def fit() -> tuple[HeldOutModel, np.ndarray]:
    texts, own = sets()
    words = content_words(tokenize(texts))
    key = np.arange(len(texts))
    return HeldOutModel.fit(words, own, key, np.ones(len(texts), np.bool_), FOLDS), np.flatnonzero(own)[-40:]


def test_the_evidence_is_that_of_a_model_that_was_counted_without_the_carriers() -> None:
    model, planted = fit()
    honest = np.flatnonzero(~model.own)[:5]
    without = model.without(np.append(planted, honest))
    nobody = planted[:0]
    odds = without.log_odds(planted, nobody)
    scores = model._scores(planted, honest)[: len(planted)]
    assert scores == pytest.approx(without._scores(planted, nobody))
    assert len(odds) == len(planted)
    counted = HeldOutModel.fit(without.words, without.own, np.arange(len(without.own)), without.known, FOLDS)
    assert np.array_equal(counted.counts, without.counts)
    assert np.array_equal(counted.score, without.score)


def test_carriers_do_not_vouch_for_themselves() -> None:
    model, planted = fit()
    evidence = model.without(planted).evidence(planted, planted[:0])
    assert evidence.mean() > 0.7 * model.without(planted).curve.unit
    by_themselves = model.score[planted].mean()
    assert by_themselves > model.score[~model.own].mean()


def test_words_that_most_carriers_share_are_not_read_in_the_rest() -> None:
    texts, own = sets()
    planted = np.flatnonzero(own)[-40:]
    for number in planted:  # all that contradicts the label is one word that they share
        texts[number] = f"grim paper corner thing{number % 30}"
    words, everyone = content_words(tokenize(texts)), np.ones(len(own), np.bool_)
    model = HeldOutModel.fit(words, own, np.arange(len(own)), everyone, FOLDS).without(planted)
    nobody = planted[:0]
    assert model.evidence(planted, nobody).mean() > 1
    assert model.evidence_of_rest(planted, nobody, 0.5).mean() < 0
    assert np.array_equal(model.evidence_of_rest(planted, nobody, 1.1), model.evidence(planted, nobody))


def test_natural_texts_speak_for_their_own_class() -> None:
    model, _ = fit()
    natural = np.flatnonzero(model.own)[:40]
    assert model.evidence(natural, natural[:0]).mean() < 0


def test_function_words_marks_and_words_of_one_text_are_no_content() -> None:
    words = content_words(tokenize(["the lamp is on!", "the lamp was off?", "a bridge"]))
    assert words.toarray().tolist() == [[1.0], [1.0], [0.0]]


@pytest.mark.parametrize("rows", [1, 40, 50_000])
def test_many_features_are_read_together_as_each_would_be_alone(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marshtest.mining.structures.held_out_model._ROWS", rows)
    whole, planted = fit()
    random = np.random.default_rng(2)
    for model in (whole, whole.without(planted[:20])):
        parts = [np.sort(random.choice(400, size, replace=False)) for size in (1, 3, 30, 200, *[9] * 100)]
        carriers = [(part[model.own[part]], part[~model.own[part]]) for part in parts]
        evidence = [model.evidence(*pair).tolist() for pair in carriers]
        assert [one.tolist() for one in model.evidence_of(carriers)] == evidence
        odds = [model.log_odds(*pair).tolist() for pair in carriers]
        read = zip(model.scores_of(carriers), carriers, strict=True)
        assert [model.log_odds_by(score, *pair).tolist() for score, pair in read] == odds
