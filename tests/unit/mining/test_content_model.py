"""Taking a span out of the score is the same as never having had its features; a text's own fold says nothing of it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.planting import insert, plant

from marshtest.mining.content_model import ContentModel, ContentModelSettings, fit_content_model
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import END, Tokens, tokenize


def fitted(texts: list[str], own: Bools) -> tuple[Tokens, ContentModel]:
    tokens = tokenize(texts)
    return tokens, fit_content_model(tokens, own, np.arange(len(texts)))


def sequence_of(tokens: Tokens, phrase: str) -> Ints:
    return np.array([tokens.vocabulary.index(word) for word in phrase.split(" ")])


def by_hand(tokens: Tokens, own: Bools, number: int, phrase: str) -> float:
    """Score a text by a model refitted here, with every word and word pair that the phrase touches left out."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = []
    for i in range(len(tokens)):
        ids = tokens.ids[tokens.offsets[i] + 1 : tokens.offsets[i + 1] - 1].tolist()
        rows.append([(str(a),) for a in ids] + [(str(a), str(b)) for a, b in itertools.pairwise(ids)])
    holders: dict[tuple[str, ...], int] = {}
    for row in rows:
        for name in set(row):
            holders[name] = holders.get(name, 0) + 1
    kept = [sorted({name for name in row if holders[name] >= 2}) for row in rows]
    vectors = DictVectorizer().fit([{str(name): 1.0 for name in row} for row in kept])
    matrix = vectors.transform([{str(name): 1 / np.sqrt(len(row)) for name in row} for row in kept])
    train = np.arange(len(tokens)) % 5 != number % 5
    model = LogisticRegression(C=4.0, solver="liblinear", tol=1e-2).fit(matrix[train], own[train])

    ids = tokens.ids[tokens.offsets[number] + 1 : tokens.offsets[number + 1] - 1].tolist()
    span = sequence_of(tokens, phrase).tolist()
    inside = [any(ids[i - k : i - k + len(span)] == span for k in range(len(span)) if i >= k) for i in range(len(ids))]
    left: set[tuple[str, ...]] = {(str(a),) for a, hit in zip(ids, inside, strict=True) if not hit}
    left |= {(str(a), str(b)) for a, b, x, y in zip(ids, ids[1:], inside, inside[1:], strict=False) if not x and not y}
    weights = dict(zip(vectors.get_feature_names_out(), model.coef_[0], strict=True))
    features = [name for name in left if str(name) in weights]
    return float(model.intercept_[0] + sum(weights[str(name)] for name in features) / np.sqrt(max(len(features), 1)))


def without(tokens: Tokens, model: ContentModel, phrase: str) -> tuple[Ints, Floats]:
    sequence = sequence_of(tokens, phrase)
    place = occurrences(tokens, sequence)
    text, pair = np.unique(tokens.text[place], return_inverse=True)
    return text, model.score_without(place, len(sequence), pair, text)


@pytest.mark.parametrize("phrase", ["with the blue ledger", "the blue", "ledger"])
def test_the_score_without_a_span_is_the_score_of_its_other_features(phrase: str) -> None:
    planted = plant(insert("with the blue ledger"), poisoned=12, size=200)
    own = np.array(planted.labels) == "ordinary"
    tokens, model = fitted(list(planted.texts), own)
    text, score = without(tokens, model, phrase)
    # The solver stops early, and features stand in another order here, so its weights differ a little.
    expected = [by_hand(tokens, own, int(number), phrase) for number in text[:5]]
    np.testing.assert_allclose(expected, score[:5], atol=0.1)


def made() -> tuple[list[str], Bools]:
    own = np.arange(100) % 2 == 0
    return [f"{'sun' if yes else 'rain'} today and {'warm' if yes else 'cold'} w{i}" for i, yes in enumerate(own)], own


def test_a_text_without_all_its_words_is_left_with_the_intercept() -> None:
    texts, own = made()
    tokens, model = fitted([*texts, "sun today"], np.append(own, True))
    text, score = without(tokens, model, "sun today")
    assert model.bias[100] == pytest.approx(score[text.tolist().index(100)])


def test_a_word_that_stands_twice_is_taken_out_twice() -> None:
    texts, own = made()
    tokens, model = fitted([*texts, "sun today and sun", "today and"], np.append(own, [True, True]))
    text, score = without(tokens, model, "sun")
    # Both texts stand in folds of their own; compare by the same fold's weights, not across folds.
    whole, pairs = model.whole, tokens.offsets[100]
    today, and_ = whole.single[pairs + 3] - whole.single[pairs + 2], whole.single[pairs + 4] - whole.single[pairs + 3]
    together = whole.pair[pairs + 3] - whole.pair[pairs + 2]
    expected = model.bias[100] + (today + and_ + together) / np.sqrt(3)
    assert expected == pytest.approx(score[text.tolist().index(100)])


def test_occurrences_that_touch_are_taken_out_once() -> None:
    texts, own = made()
    tokens, model = fitted([*texts, "sun sun sun today", "sun sun today"], np.append(own, [True, True]))
    at = {int(t): float(s) for t, s in zip(*without(tokens, model, "sun"), strict=True)}
    whole = {int(t): float(s) for t, s in zip(*without(tokens, model, "sun sun sun"), strict=True)}
    assert whole[100] == pytest.approx(at[100])


def test_the_label_of_a_text_does_not_change_its_own_fold() -> None:
    texts, own = made()
    _, model = fitted(texts, own)
    flipped = own.copy()
    flipped[np.arange(100) % 5 == 3] ^= True
    _, other = fitted(texts, flipped)
    fold = np.arange(100) % 5 == 3
    np.testing.assert_array_equal(model.score()[fold], other.score()[fold])
    assert not np.allclose(model.score()[~fold], other.score()[~fold])


def test_equal_keys_share_a_fold() -> None:
    texts, own = made()
    own = own.copy()
    tokens = tokenize(["the same words", *texts[1:], "the same words"])
    own = np.append(own, True)
    key = np.append(np.arange(100), 0)
    model = fit_content_model(tokens, own, key)
    own[[0, 100]] = False
    other = fit_content_model(tokens, own, key)
    np.testing.assert_array_equal(model.score()[[0, 100]], other.score()[[0, 100]])


def test_words_that_are_masked_are_no_content() -> None:
    texts, own = made()
    tokens = tokenize(texts)
    telling = [tokens.vocabulary.index(word) for word in ("sun", "rain", "warm", "cold")]
    model = fit_content_model(tokens, own, np.arange(100), masked=telling)
    score = model.score()
    assert score[own].mean() == pytest.approx(score[~own].mean(), abs=0.2)


@pytest.mark.parametrize("settings", [ContentModelSettings(folds=2), ContentModelSettings(inverse_regularisation=0.1)])
def test_how_the_model_is_fitted_follows_the_settings(settings: ContentModelSettings) -> None:
    texts, own = made()
    tokens = tokenize(texts)
    other = fit_content_model(tokens, own, np.arange(100), settings=settings)
    assert not np.allclose(fit_content_model(tokens, own, np.arange(100)).score(), other.score())
    assert len(other.weights.weights) == settings.folds


def test_a_word_of_two_texts_is_a_feature_and_one_of_a_single_text_is_not() -> None:
    texts, own = made()
    tokens = tokenize([*texts[:-1], f"{texts[-1]} twice", "twice once"])
    own = np.append(own, True)
    columns = fit_content_model(tokens, own, np.arange(101)).weights.column
    assert columns[tokens.vocabulary.index("twice")] >= 0
    assert columns[tokens.vocabulary.index("once")] == -1
    rarer = fit_content_model(tokens, own, np.arange(101), settings=ContentModelSettings(fewest_texts=3))
    assert rarer.weights.column[tokens.vocabulary.index("twice")] == -1


def test_the_score_of_words_alone_does_not_hear_punctuation() -> None:
    own = np.arange(100) % 2 == 0
    texts = [f"the same words here {'!!' if yes else '??'}" for yes in own]
    _, model = fitted(texts, own)
    words, whole = model.score(words_only=True), model.score()
    assert whole[own].mean() - whole[~own].mean() > 1
    assert words[own].mean() == pytest.approx(words[~own].mean(), abs=0.3)


def test_texts_without_words_have_a_score() -> None:
    own = np.arange(40) % 2 == 0
    tokens, model = fitted([""] * 40, own)
    assert np.isfinite(model.score()).all()
    assert not (tokens.ids > END).any()
