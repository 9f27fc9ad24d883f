"""What decides which texts are near-duplicates and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["NearDuplicatesSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicatesSettings(Settings):
    """Thresholds of `near-duplicates`."""

    similarity: float = 0.75
    """Least Jaccard similarity of the sets of words of two near-duplicates, 0 to 1. Chosen by eye: no record of the
    data."""
    fewest_words: int = 5
    """Different words and signs below which a text is too short to compare. Chosen by eye: no record of the data."""
    characters: int = 20_000
    """Characters at the start of a prompt that are compared. Chosen by eye: many times the length of a usual prompt,
    so that one huge record costs no more time than many."""
    hashes: int = 60
    """Hashes in the sketch of a text, where there are at most 50,000 texts. Derived: 15 bands of 4 equal hashes propose
    99.7 % of the pairs with a similarity of .75."""
    band: int = 4
    """Hashes that two texts share in one band to be compared, where there are at most 50,000 texts. Derived: see
    `hashes`."""
    many_hashes: int = 128
    """Hashes in the sketch of a text, where there are more than 50,000 texts. Derived: 16 bands of 8 equal hashes
    propose 81.5 % of the pairs with a similarity of .75 and 99.99 % of those with .9 (decision 0012)."""
    many_band: int = 8
    """Hashes that two texts share in one band to be compared, where there are more than 50,000 texts. Derived: see
    `many_hashes`; with 4, too many pairs of so many texts share a band by chance."""
    fewest_groups: int = 4
    """Groups of near-duplicates in which a word must vary to be tested. Chosen by eye: no record of the data."""
    purity: float = 0.9
    """Least share of the texts with the word that have its label, 0 to 1. Chosen by eye: no record of the data."""
    confirmed_below: float = 1e-3
    """q-value (corrected for all words and labels tested) below which a word that decides labels is confirmed.
    Convention: at most one clean dataset in a thousand shows one."""
    suggestive_below: float = 1e-2
    """q-value below which a word that decides labels is suggestive. Convention: at most one clean dataset in a hundred
    shows one."""
    same_carriers: float = 0.8
    """Least Jaccard similarity of the texts of two words that are reported as one phrase, 0 to 1. Chosen by eye: no
    record of the data."""
    reported_overlap: float = 0.5
    """Jaccard similarity to the texts of a reported word from which another word is not reported again, 0 to 1. Chosen
    by eye; no record of the data."""
    fewest_mixed: int = 5
    """Groups with several labels from which contradictions are reported. Chosen by eye: no record of the data."""
    mixed_share: float = 0.1
    """Lower 95 % bound of the share of groups with several labels from which contradictions are reported, 0 to 1.
    Chosen by eye: no record of the data."""
    flood_size: int = 16
    """Different variants of one text from which they can be a flood. Chosen by eye: the flood of 30 variants planted in
    tests/unit/detectors/near_duplicates is well above."""
    flood_ratio: float = 3
    """How many times as large as the next group a flood is. Chosen by eye: no record of the data."""
    flood_share: float = 0.2
    """Largest share of all records that a flood may be, 0 to 1. Chosen by eye: data of which one text is more than
    that is made of a template."""
    flood_purity: float = 0.9
    """Least share of a flood's texts with one outcome, 0 to 1. Chosen by eye: no record of the data."""
    suggestive_score: float = 0.4
    """Score of a record whose finding is only suggestive, 0 to 1. Convention: below .5, since contradictions and floods
    are mostly harmless."""
