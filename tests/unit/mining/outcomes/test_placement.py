"""When the place of a span in its records speaks for planting."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.mining.outcomes.placement import Placement, placement_of
from marshtest.mining.surroundings import Rejoining, Surroundings
from marshtest.text.tokens import BEGIN, tokenize


def placed(records: int, words: int, *, pairs: int = 10, rejoined: float = 0.5) -> Placement:
    """Make a placement whose signs need ten pairs and a share of a half."""
    return Placement(Surroundings(pairs, records, 10.0, np.zeros(records)), Rejoining(rejoined, 0.5), words)


@pytest.mark.parametrize(
    ("records", "words", "expected"), [(20, 1, "for"), (19, 1, "open"), (16, 2, "for"), (15, 2, "open"), (16, 3, "for")]
)
def test_a_word_needs_twenty_records_and_a_phrase_sixteen(records: int, words: int, expected: str) -> None:
    assert placed(records, words).stands == expected


@pytest.mark.parametrize(("pairs", "rejoined"), [(9, 0.5), (10, 0.49)])
def test_both_signs_are_needed(pairs: int, rejoined: float) -> None:
    assert placed(40, 2).looks_inserted
    without = placed(40, 2, pairs=pairs, rejoined=rejoined)
    assert (without.looks_inserted, without.stands) == (False, "open")


def test_the_frame_of_a_text_is_no_word_of_a_span() -> None:
    tokens = tokenize(["red b c", "red d e"])
    sequence = np.array([BEGIN, tokens.vocabulary.index("red")])
    assert placement_of(tokens, sequence, np.arange(2), 0).words == 1
