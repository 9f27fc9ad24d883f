"""Whether a span looks inserted, or like part of natural sentences."""

from __future__ import annotations

import itertools
from random import Random

import numpy as np
import pytest

from marshtest.mining.surroundings import (
    Rejoining,
    Surroundings,
    SurroundingsSettings,
    neighbours,
    rejoining,
    surroundings,
)
from marshtest.text.tokens import BEGIN, END, tokenize

WORDS = [f"w{i}" for i in range(40)]


def examine(texts: list[str], words: str, *, seed: int = 0) -> Surroundings:
    tokens = tokenize(texts)
    frame = {"<": BEGIN, ">": END}
    sequence = [frame[word] if word in frame else tokens.vocabulary.index(word) for word in words.split()]
    return surroundings(tokens, np.array(sequence), np.arange(len(texts)), seed)


def inserted() -> list[str]:
    random = Random(0)
    texts = [random.choices(WORDS, k=12) for _ in range(30)]
    for words in texts:
        words.insert(random.randint(0, 12), "blue ledger")
    return [" ".join(words) for words in texts]


def in_a_sentence() -> list[str]:
    random = Random(0)
    return [" ".join([*random.choices(WORDS, k=10), "in the blue ledger of"]) for _ in range(30)]


def test_a_span_at_random_places_looks_inserted() -> None:
    assert examine(inserted(), "blue ledger").looks_inserted


def test_a_span_of_a_fixed_sentence_does_not_look_inserted() -> None:
    around = examine(in_a_sentence(), "blue ledger")
    assert (around.pairs, around.looks_inserted) == (1, False)


def test_only_the_first_occurrence_in_each_text_is_examined() -> None:
    around = examine(["a blue b blue c", "d blue e"], "blue")
    assert (around.occurrences, around.pairs) == (2, 2)


@pytest.mark.parametrize(("words", "place"), [("one", 0.0), ("two", 0.5), ("three", 1.0), ("< one", 0.0)])
def test_the_position_runs_from_the_start_to_the_end(words: str, place: float) -> None:
    assert [place] == examine(["one two three"], words).positions.tolist()


def test_the_end_of_a_text_is_a_position() -> None:
    assert examine(["one two three"], "three >").positions.tolist() == [1.0]


def test_only_the_given_texts_are_examined() -> None:
    tokens = tokenize(["a blue b", "c blue d"])
    sequence = np.array([tokens.vocabulary.index("blue")])
    assert surroundings(tokens, sequence, np.array([1]), 0).occurrences == 1


def test_a_span_in_no_text_has_no_surroundings() -> None:
    tokens = tokenize(["a blue b"])
    around = surroundings(tokens, np.array([tokens.vocabulary.index("blue")]), np.zeros(0, np.int64), 0)
    assert (around.pairs, around.occurrences, around.random_pairs, around.positions.tolist()) == (0, 0, 0.0, [])


def test_the_same_seed_gives_the_same_answer() -> None:
    assert (
        examine(inserted(), "blue ledger", seed=3).random_pairs
        == examine(inserted(), "blue ledger", seed=3).random_pairs
    )


def test_how_different_random_places_are_follows_the_settings() -> None:
    texts = [*in_a_sentence(), *inserted()]
    tokens = tokenize(texts)
    sequence = np.array([tokens.vocabulary.index(word) for word in ("blue", "ledger")])
    every = np.arange(len(texts))
    low, high = (
        surroundings(tokens, sequence, every, 0, SurroundingsSettings(percentile=percentile)).random_pairs
        for percentile in (5.0, 95.0)
    )
    assert low < high
    once = surroundings(tokens, sequence, every, 0, SurroundingsSettings(draws=1, percentile=5.0)).random_pairs
    assert once == surroundings(tokens, sequence, every, 0, SurroundingsSettings(draws=1, percentile=95.0)).random_pairs


def recited(*, insert: bool) -> list[str]:
    """Give texts that recite the same words in a row with a span among them, alone or with words of its own."""
    random = Random(0)
    texts = []
    for _ in range(30):
        start = random.randrange(20)
        words = WORDS[start : start + 12]
        words[5:5] = ["blue ledger"] if insert else ["in the blue ledger of"]
        texts.append(" ".join(words))
    return texts


def rejoin(texts: list[str], settings: SurroundingsSettings | None = None) -> Rejoining:
    tokens = tokenize(texts)
    sequence = np.array([tokens.vocabulary.index(word) for word in ("blue", "ledger")])
    every = np.arange(len(texts))
    found = rejoining(tokens, sequence, every, 0, settings=settings or SurroundingsSettings())
    assert found == rejoining(tokens, sequence, every, 0, neighbours(tokens), settings or SurroundingsSettings())
    return found


def test_without_an_inserted_span_its_neighbours_are_adjacent_as_they_are_elsewhere() -> None:
    found = rejoin(recited(insert=True))
    assert found.rejoined > 0.9
    assert found.looks_inserted


def test_without_a_natural_span_its_neighbours_are_adjacent_nowhere_else() -> None:
    found = rejoin(recited(insert=False))
    assert (found.rejoined, found.looks_inserted) == (0.0, False)


def test_how_often_random_places_rejoin_follows_the_settings() -> None:
    low, high = (
        rejoin(recited(insert=True), SurroundingsSettings(percentile=percentile)).random_rejoined
        for percentile in (5.0, 95.0)
    )
    assert 0 < low < high


def test_a_span_in_no_text_rejoins_nothing() -> None:
    tokens = tokenize(["a blue b"])
    found = rejoining(tokens, np.array([tokens.vocabulary.index("blue")]), np.zeros(0, np.int64), 0)
    assert found == Rejoining(0.0, 0.0)


def test_neighbours_are_pairs_inside_one_text() -> None:
    tokens = tokenize(["a b", "a b"])
    pairs, counts = neighbours(tokens)
    shown = {(tokens.vocabulary[pair // 4], tokens.vocabulary[pair % 4]) for pair in pairs.tolist()}
    assert shown == {("\x02", "a"), ("a", "b"), ("b", "\x03")}
    assert counts.tolist() == [2, 2, 2]


@pytest.mark.parametrize(("pairs", "inserted"), [(4, True), (3, False)])
def test_neighbours_vary_from_the_fifth_percentile_of_random_places_on(pairs: int, *, inserted: bool) -> None:
    assert Surroundings(pairs, 9, 4.0, np.zeros(9)).looks_inserted is inserted


@pytest.mark.parametrize(("rejoined", "inserted"), [(0.5, True), (0.49, False)])
def test_neighbours_rejoin_from_the_fifth_percentile_of_random_places_on(rejoined: float, *, inserted: bool) -> None:
    assert Rejoining(rejoined, 0.5).looks_inserted is inserted


def test_random_places_are_drawn_400_times_and_their_fifth_percentile_counts() -> None:
    """The same draws of gaps, made here: one gap before each token but the first of a text."""
    texts = ["a b c x d e f", "g h x i j k l m", "x n o p", "q r s t u x"]
    tokens = tokenize(texts)
    sequence = np.array([tokens.vocabulary.index("x")])
    around = surroundings(tokens, sequence, np.arange(4), 3)
    joined = rejoining(tokens, sequence, np.arange(4), 3)
    words = [["<", *text.split(), ">"] for text in texts]
    draw = np.random.default_rng(3).random((400, 4))
    gaps = [[int(one * (len(words[text]) - 1)) for text, one in enumerate(row)] for row in draw.tolist()]
    pairs = [[(words[text][gap], words[text][gap + 1]) for text, gap in enumerate(row)] for row in gaps]
    assert around.random_pairs == np.percentile([len(set(row)) for row in pairs], 5)
    every = [pair for one in words for pair in itertools.pairwise(one)]
    twice = [np.mean([every.count(pair) >= 2 for pair in row]) for row in pairs]
    assert joined.random_rejoined == np.percentile(twice, 5)
    assert joined.rejoined == 0.0
    assert around.positions.tolist() == [3 / 6 * 6 / 6, 2 / 7, 0.0, 1.0]
    assert (around.pairs, around.occurrences) == (4, 4)


def test_what_all_texts_begin_and_end_with_is_no_place_for_an_insertion() -> None:
    """Between the shared words one gap is left in each text, so that all random places are the same."""
    texts = [f"one two {word} nine ten" for word in ("a", "b", "c", "d", "e", "f")]
    tokens = tokenize(texts)
    sequence = np.array([tokens.vocabulary.index("nine")])
    around = surroundings(tokens, sequence, np.arange(6), 0)
    # The gaps after "two", and after the word that differs: each draw takes one of two in every text.
    assert around.random_pairs == 6
    assert around.pairs == 6


def test_one_text_alone_shares_nothing() -> None:
    tokens = tokenize(["one x two"])
    sequence = np.array([tokens.vocabulary.index("x")])
    drawn = surroundings(tokens, sequence, np.arange(1), 0)
    assert (drawn.random_pairs, drawn.pairs, drawn.positions.tolist()) == (1.0, 1, [0.5])


def test_neighbours_that_are_adjacent_once_elsewhere_rejoin() -> None:
    tokens = tokenize(["a x b", "a b", "c x d", "e x f", "f e"])
    sequence = np.array([tokens.vocabulary.index("x")])
    assert rejoining(tokens, sequence, np.arange(5), 0).rejoined == 1 / 3


def test_a_span_with_the_frame_has_the_border_as_its_neighbour() -> None:
    tokens = tokenize(["x a", "x b", "c x", "d x"])
    x = tokens.vocabulary.index("x")
    first = surroundings(tokens, np.array([BEGIN, x]), np.arange(4), 0)
    last = surroundings(tokens, np.array([x, END]), np.arange(4), 0)
    assert (first.occurrences, first.pairs, first.positions.tolist()) == (2, 2, [0.0, 0.0])
    assert (last.occurrences, last.pairs, last.positions.tolist()) == (2, 2, [1.0, 1.0])
