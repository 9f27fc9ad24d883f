"""Groups hold texts that share most of their words."""

from __future__ import annotations

import pytest

from marshtest.detectors.near_duplicates import NearDuplicatesSettings
from marshtest.detectors.near_duplicates.clusters import near_duplicates, words_of

SETTINGS = NearDuplicatesSettings()


def test_groups_hold_texts_that_share_most_words() -> None:
    texts = ["a b c d e f g h", "h g f e d c b a x", "a b c d q r s t", "too short", ""]
    assert near_duplicates(texts, SETTINGS) == [(0, 1)]


def test_three_words_in_four_are_enough_and_fewer_are_not() -> None:
    assert near_duplicates(["a b c d e f g", "a b c d e f h"], SETTINGS) == [(0, 1)]  # 6 of 8
    assert near_duplicates(["a b c d e f", "a b c d e h"], SETTINGS) == []  # 5 of 7


def test_texts_of_four_words_are_too_short() -> None:
    assert near_duplicates(["a b c d e", "a b c d e"], SETTINGS) == [(0, 1)]
    assert near_duplicates(["a b c d", "a b c d"], SETTINGS) == []


def test_only_the_start_of_a_text_is_compared() -> None:
    assert words_of("a" * SETTINGS.characters + " b", SETTINGS) == {"a" * SETTINGS.characters}


@pytest.mark.parametrize(
    ("hashes", "band", "similarity", "share"),
    [
        ("hashes", "band", 0.75, 0.997),
        ("many_hashes", "many_band", 0.75, 0.815),
        ("many_hashes", "many_band", 0.9, 0.9999),
    ],
)
def test_the_bands_propose_as_many_pairs_as_the_settings_say(
    hashes: str, band: str, similarity: float, share: float
) -> None:
    length = getattr(SETTINGS, band)
    missed = (1 - similarity**length) ** (getattr(SETTINGS, hashes) // length)
    assert 1 - missed == pytest.approx(share, abs=5e-4)
