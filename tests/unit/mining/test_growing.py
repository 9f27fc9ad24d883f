"""A span grows while nearly all of its places go on alike, and never over the border of a text."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.mining.growing import GrowthSettings, grown, grown_cluster_span
from marshtest.stats.arrays import Ints
from marshtest.text.tokens import BEGIN, END, Tokens, tokenize


def ids(tokens: Tokens, words: str) -> Ints:
    """Give the ids of words; `<` and `>` stand for the start and the end of a text."""
    frame = {"<": BEGIN, ">": END}
    return np.array([frame[word] if word in frame else tokens.vocabulary.index(word) for word in words.split(" ")])


def said(tokens: Tokens, sequence: Ints) -> str:
    """Write a span of ids as words."""
    return " ".join({BEGIN: "<", END: ">"}.get(one, tokens.vocabulary[one]) for one in sequence.tolist())


@pytest.mark.parametrize(("others", "expected"), [(0, "red b blue"), (1, "red b blue"), (2, "b")])
def test_it_grows_both_ways_while_nineteen_of_twenty_places_go_on_alike(others: int, expected: str) -> None:
    texts = [f"x{number} red b blue y{number}" for number in range(20 - others)]
    tokens = tokenize([*texts, *(f"m{number} n{number} b o{number}" for number in range(others))])
    assert said(tokens, grown(tokens, ids(tokens, "b"), GrowthSettings())) == expected


def test_places_that_were_lost_on_the_way_still_count() -> None:
    """Of forty places two go on otherwise at the first step and one at the second: 37 of 40 are too few."""
    texts = ["a b c d"] * 37 + ["a b c e", "a b f g", "a b f h"]
    tokens = tokenize(texts)
    sequence = grown(tokens, ids(tokens, "a b"), GrowthSettings())
    assert said(tokens, sequence) == "< a b c"


@pytest.mark.parametrize("longest", [2, 3, 4])
def test_it_grows_to_the_longest_length(longest: int) -> None:
    tokens = tokenize(["a b c d e"] * 3)
    assert len(grown(tokens, ids(tokens, "c"), GrowthSettings(longest=longest))) == longest


def test_by_default_it_grows_to_64_tokens() -> None:
    tokens = tokenize([" ".join(f"w{number}" for number in range(80))] * 2)
    assert len(grown(tokens, ids(tokens, "w40"), GrowthSettings())) == 64


def test_a_span_at_a_border_grows_away_from_it_alone() -> None:
    tokens = tokenize(["a b", "a b"])
    assert said(tokens, grown(tokens, ids(tokens, "< a"), GrowthSettings())) == "< a b >"
    assert said(tokens, grown(tokens, ids(tokens, "b >"), GrowthSettings())) == "< a b >"


CLUSTERED = "\u0e01\u0e02\u0e04\u0e07"
"""Thai letters, each a token."""


def clustered(texts: list[str], words: str) -> tuple[str, list[int]]:
    """Grow a span that all texts carry: the span, and the texts that carry it whole."""
    tokens = tokenize(texts)
    sequence, carriers = grown_cluster_span(tokens, ids(tokens, words), np.arange(len(texts)), GrowthSettings())
    return said(tokens, sequence), carriers.tolist()


def test_words_with_spaces_stay_as_they_are() -> None:
    assert clustered(["a b c"] * 3, "b") == ("b", [0, 1, 2])


def test_letters_without_spaces_grow_but_not_over_the_border() -> None:
    first, last = CLUSTERED[0], CLUSTERED[-1]
    assert clustered([CLUSTERED] * 3, CLUSTERED[1]) == (" ".join(CLUSTERED), [0, 1, 2])
    assert clustered([CLUSTERED] * 3, f"< {first}") == (f"< {' '.join(CLUSTERED)}", [0, 1, 2])
    assert clustered([CLUSTERED] * 3, f"{last} >") == (f"{' '.join(CLUSTERED)} >", [0, 1, 2])


def test_carriers_have_the_whole_of_what_has_grown() -> None:
    one, two, three, four = list(CLUSTERED)
    texts = [f"{one}{two}{three}"] * 20 + [f"{four}{two}{four}"]
    assert clustered(texts, two) == (f"{one} {two} {three}", list(range(20)))
