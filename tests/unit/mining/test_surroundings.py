"""Whether a span looks inserted or like part of natural sentences."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from marshtest.mining.surroundings import Surroundings, surroundings
from marshtest.text.tokens import BEGIN, END, tokenize

WORDS = [f"w{i}" for i in range(40)]


def look(texts: list[str], words: str, *, seed: int = 0) -> Surroundings:
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
    assert look(inserted(), "blue ledger").looks_inserted


def test_a_span_of_a_fixed_sentence_does_not_look_inserted() -> None:
    around = look(in_a_sentence(), "blue ledger")
    assert (around.pairs, around.looks_inserted) == (1, False)


def test_only_the_first_occurrence_in_each_text_is_looked_at() -> None:
    around = look(["a blue b blue c", "d blue e"], "blue")
    assert (around.occurrences, around.pairs) == (2, 2)


@pytest.mark.parametrize(("words", "place"), [("one", 0.0), ("two", 0.5), ("three", 1.0), ("< one", 0.0)])
def test_the_place_runs_from_the_start_to_the_end(words: str, place: float) -> None:
    assert [place] == look(["one two three"], words).positions.tolist()


def test_the_end_of_a_text_is_a_place() -> None:
    assert look(["one two three"], "three >").positions.tolist() == [1.0]


def test_only_the_given_texts_are_looked_at() -> None:
    tokens = tokenize(["a blue b", "c blue d"])
    sequence = np.array([tokens.vocabulary.index("blue")])
    assert surroundings(tokens, sequence, np.array([1]), 0).occurrences == 1


def test_a_span_in_no_text_has_no_surroundings() -> None:
    tokens = tokenize(["a blue b"])
    around = surroundings(tokens, np.array([tokens.vocabulary.index("blue")]), np.zeros(0, np.int64), 0)
    assert (around.pairs, around.occurrences, around.random_pairs, around.positions.tolist()) == (0, 0, 0.0, [])


def test_the_same_seed_gives_the_same_answer() -> None:
    assert look(inserted(), "blue ledger", seed=3).random_pairs == look(inserted(), "blue ledger", seed=3).random_pairs
