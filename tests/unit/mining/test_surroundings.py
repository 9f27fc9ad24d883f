"""Whether a span looks inserted, or like part of natural sentences."""

from __future__ import annotations

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
