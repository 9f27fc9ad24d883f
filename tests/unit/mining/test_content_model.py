"""Taking a span out of the score is the same as never having had its features; a text's own fold says nothing of it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.planting import insert, plant

from marshtest.mining.content_model import ContentModel, ContentModelSettings, fit_content_model, lay_out
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


def bound_by_hand(tokens: Tokens, model: ContentModel, text: int, longest: int) -> float:
    """Take out every run of a text of different words, and then the most features where the rest is negative."""
    weights = model.weights
    ids = tokens.ids[tokens.offsets[text] + 1 : tokens.offsets[text + 1] - 1].tolist()
    size = len(tokens.vocabulary)
    features = {(a,): a for a in ids}
    known = {pair: size + number for number, pair in enumerate(weights.pairs.tolist())}
    features |= {(a, b): known[a * size + b] for a, b in itertools.pairwise(ids)}
    share = {
        name: float(weights.weights[text % 5, weights.column[feature]])
        for name, feature in features.items()
        if weights.column[feature] >= 0
    }
    runs = [set(ids[start : start + length]) for length in range(1, longest + 1) for start in range(len(ids))]
    most = max(0.0, *(sum(value for name, value in share.items() if set(name) & run) for run in runs))
    rest = sum(share.values()) - most
    count = len(share) - (2 * longest + 1 if rest < 0 else 0)
    return float(weights.intercepts[text % 5] + rest / np.sqrt(max(count, 1)))


@pytest.mark.parametrize("longest", [1, 2, 4])
def test_the_lower_bound_is_that_of_the_run_that_speaks_most_for_the_class(longest: int) -> None:
    planted = plant(insert("with the blue ledger"), poisoned=12, size=200)
    own = np.array(planted.labels) == "ordinary"
    tokens, model = fitted(list(planted.texts), own)
    bound = model.lowest_without(tokens, longest)
    words = [tokens.ids[tokens.offsets[text] : tokens.offsets[text + 1]].tolist() for text in range(200)]
    different = [text for text in range(200) if len(set(words[text])) == len(words[text])][:25]
    assert len(different) > 5
    expected = [bound_by_hand(tokens, model, text, longest) for text in different]
    assert bound[different].tolist() == pytest.approx(expected)


def test_read_again_the_texts_score_as_before_and_unknown_pairs_say_nothing() -> None:
    texts, own = made()
    tokens, model = fitted(texts, own)
    again = model.weights.read(tokens, np.arange(100))
    assert again.score().tolist() == pytest.approx(model.score().tolist())
    assert again.features.toarray().tolist() == model.features.toarray().tolist()
    assert model.weights.read(tokens, np.arange(100), features=False).features is None
    fewer = lay_out(tokens, pairs=model.weights.pairs[1:-1])
    known = np.isin(lay_out(tokens).feature, np.arange(len(tokens.vocabulary)))
    pairs = lay_out(tokens).feature[~known] - len(tokens.vocabulary)
    inside = (pairs > 0) & (pairs < len(model.weights.pairs) - 1)
    assert len(fewer.feature) == int(known.sum() + inside.sum())
    assert len(lay_out(tokens, pairs=np.zeros(0, np.int64)).feature) == int(known.sum())


def test_a_row_of_features_has_unit_length_and_each_word_and_pair_once() -> None:
    tokens, model = fitted(["a b a b", "a b", "c", "c a b"] * 10, np.arange(40) % 2 == 0)
    squares = np.asarray(model.features.multiply(model.features).sum(axis=1)).ravel()
    assert squares.tolist() == pytest.approx([1.0] * 40)
    assert np.diff(model.features.indptr)[:4].tolist() == [4, 3, 1, 5]
    assert len(tokens) == 40


def test_of_one_class_nothing_is_learned_and_the_score_is_zero() -> None:
    _, model = fitted(["a b", "c d"] * 20, np.zeros(40, np.bool_))
    assert model.score().tolist() == [0.0] * 40


def test_only_the_sample_is_learned_from() -> None:
    texts, own = made()
    tokens = tokenize(texts)
    sample = np.arange(100) < 60
    flipped = np.where(sample, own, ~own)
    one, other = (
        fit_content_model(tokens, each, np.arange(100), sample=sample).score().tolist() for each in (own, flipped)
    )
    assert one == other
    opposite = fit_content_model(tokens, own, np.arange(100)).opposite().score()
    assert opposite.tolist() == (-fit_content_model(tokens, own, np.arange(100)).score()).tolist()


def test_masked_words_are_no_features_alone_or_in_pairs() -> None:
    texts, own = made()
    tokens = tokenize(texts)
    sun = tokens.vocabulary.index("sun")
    model = fit_content_model(tokens, own, np.arange(100)).masking(tokens, np.arange(100), frozenset([sun]))
    lone, plain = model.weights.column, fit_content_model(tokens, own, np.arange(100)).weights
    gone = np.flatnonzero((lone < 0) & (plain.column >= 0))
    size = len(tokens.vocabulary)
    holds = [sun] + [size + n for n, pair in enumerate(plain.pairs.tolist()) if sun in divmod(pair, size)]
    assert gone.tolist() == sorted(one for one in holds if plain.column[one] >= 0)
    assert model.weights.masked == {sun}
