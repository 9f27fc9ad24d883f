"""What decides which texts are near-duplicates and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.labelled_texts import ClassSettings
from marshtest.settings import Settings

__all__ = ["NearDuplicatesSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicatesSettings(Settings):
    """Thresholds of `near-duplicates`."""

    similarity: float = 0.75
    """Minimum Jaccard similarity (0 to 1) of the sets of words of two texts for them to count as near-duplicates.
    Chosen by eye: no record of the data."""
    fewest_words: int = 5
    """Minimum number of different words and signs in a text; with fewer, it is too short to compare. Chosen by eye: no
    record of the data."""
    characters: int = 20_000
    """Maximum number of characters at the start of a prompt that are compared. Chosen by eye: many times the length of
    a usual prompt, so that one huge record costs no more time than many."""
    hashes: int = 60
    """Number of hashes in the sketch of a text, for up to 50,000 texts. Derived: 15 bands of 4 equal hashes propose
    99.7% of the pairs with a similarity of .75."""
    band: int = 4
    """Number of hashes in a band, all of which two texts must share to be compared, for up to 50,000 texts. Derived:
    see `hashes`."""
    many_hashes: int = 128
    """Number of hashes in the sketch of a text, for more than 50,000 texts. Derived: 16 bands of 8 equal hashes propose
    81.5% of the pairs with a similarity of .75 and 99.99% of those with .9 (decision 0012)."""
    many_band: int = 8
    """Number of hashes in a band, all of which two texts must share to be compared, for more than 50,000 texts.
    Derived: see `many_hashes`; with 4, too many pairs of so many texts share a band by chance."""
    fewest_groups: int = 4
    """Minimum number of groups of near-duplicates with several labels in which a word must vary for it to be tested for
    one of these labels. Chosen by eye: no record of the data."""
    purity: float = 0.9
    """Minimum share of the texts with a word that decides labels, 0 to 1, that must have its label. Chosen by eye: no
    record of the data."""
    weighed_below: float = 1e-2
    """A word that decides labels is weighed if its q-value, corrected for all words and labels tested, is below this.
    Convention: the 1% level; it decides what is weighed, not what is found."""
    same_carriers: float = 0.8
    """Minimum Jaccard similarity (0 to 1) of the texts of two words for the words to be reported as one phrase. Chosen
    by eye: no record of the data."""
    reported_overlap: float = 0.5
    """Minimum Jaccard similarity (0 to 1) of a word's texts to those of a reported word for it not to be reported
    again. Chosen by eye: no record of the data."""
    fewest_mixed: int = 5
    """Minimum number of groups with several labels for contradictions to be weighed. Chosen by eye: no record of the
    data."""
    mixed_share: float = 0.1
    """Minimum lower 95% bound on the share of groups with several labels, 0 to 1, for contradictions to be weighed.
    Chosen by eye: no record of the data."""
    flood_size: int = 16
    """Minimum number of different variants of one text for them to count as a flood. Chosen by eye: the flood of 30
    variants planted in tests/unit/detectors/near_duplicates is well above."""
    flood_ratio: float = 3
    """Minimum ratio of the number of variants in a flood to that in the next largest group of near-duplicates. Chosen
    by eye: no record of the data."""
    flood_share: float = 0.2
    """Maximum number of different variants in a flood, as a share of all records, 0 to 1. Chosen by eye: data of which
    one text makes up more than that is built from a template."""
    flood_purity: float = 0.9
    """Minimum share of a flood's texts, 0 to 1, that must have the same outcome. Chosen by eye: no record of the
    data."""
    suggestive_score: float = 0.4
    """Score, 0 to 1, of a record whose finding is only suggestive. Convention: below .5, more likely honest."""
    classes: ClassSettings = ClassSettings()
