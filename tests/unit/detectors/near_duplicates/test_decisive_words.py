"""A word decides labels where it varies in enough groups and nearly always has one label."""

from __future__ import annotations

import pytest

from marshtest.detectors.near_duplicates import NearDuplicatesSettings
from marshtest.detectors.near_duplicates.decisive_words import DecisiveWord, decisive_words

SETTINGS = NearDuplicatesSettings()


def found_in(groups: int, exceptions: int) -> tuple[list[DecisiveWord], int]:
    """Test groups of two, of which one text has the word; in the exceptions that one is labelled bad."""
    pairs = [(2 * number, 2 * number + 1) for number in range(groups)]
    words = {index: frozenset("abcde") | ({"word"} if index % 2 else set()) for pair in pairs for index in pair}
    labels = [
        label for number in range(groups) for label in (("good", "bad") if number < exceptions else ("bad", "good"))
    ]
    return decisive_words(pairs, words, labels, SETTINGS)


def test_the_p_values_of_the_groups_are_multiplied() -> None:
    (found,), tested = found_in(6, 0)
    assert (found.word, found.label, found.groups, found.carriers) == ("word", "good", 6, (1, 3, 5, 7, 9, 11))
    assert found.p_value == pytest.approx(0.5**6)
    assert tested == 2


@pytest.mark.parametrize(("groups", "tested"), [(3, 0), (4, 2)])
def test_a_word_must_vary_in_four_groups(groups: int, tested: int) -> None:
    assert found_in(groups, 0)[1] == tested


@pytest.mark.parametrize(("groups", "is_found"), [(9, False), (10, True)])
def test_nine_in_ten_texts_with_the_word_must_have_the_label(groups: int, is_found: bool) -> None:
    found, _ = found_in(groups, 1)
    assert [one.label for one in found] == ["good"] * is_found
