"""What decides which hidden text is reported."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["HiddenTextSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenTextSettings(Settings):
    """Thresholds of `hidden-text`."""

    fewest_letters: int = 4
    """Minimum number of letters and digits that invisible characters must spell to be read as text. Chosen by eye: no
    record of the data."""
    spelt_letter_share: float = 0.5
    """Minimum share of letters and digits, 0 to 1, in what invisible characters spell for it to be read as text. Chosen
    by eye: no record of the data."""
    fewest_decoded: int = 10
    """Minimum number of characters that an encoded stretch must decode to for it to be reported. Chosen by eye: no
    record of the data."""
    decoded_letter_share: float = 2 / 3
    """Minimum share of letters, 0 to 1, in what an encoded stretch decodes to for it to be reported. Chosen by eye: no
    record of the data."""
    fewest_rot13_words: int = 2
    """Minimum number of different common English words that a sentence must hold once its letters are rotated by 13.
    Chosen by eye: no record of the data."""
    words_per_rot13_word: int = 6
    """Maximum number of words of a sentence for each common English word that it holds once its letters are rotated by
    13. Chosen by eye: no record of the data."""
    characters_decoded: int = 1_000_000
    """Maximum number of characters at the start of a text that are searched for encodings. Chosen by eye: it bounds the
    time that one huge record takes."""
    shortest_lookalike_word: int = 3
    """Minimum number of letters in a word for it to be reported as mixing or imitating scripts to look like another.
    Chosen by eye: no record of the data."""
    surroundings: int = 6
    """Number of characters on each side of a hidden stretch that are compared to tell copies of one text from different
    texts. Chosen by eye: no record of the data."""
    deliberate_length: int = 3
    """Minimum number of invisible characters, of more than one kind, in a sequence for it to count as deliberate.
    Chosen by eye: lone ones occur in up to 1 in 250 real tweets, posts and chats."""
    fewest_records: int = 4
    """Minimum number of records, not all with the same surroundings, in which one sequence must recur: two characters
    of two kinds to count as deliberate, and a deliberate sequence to be confirmed where the data has no outcomes.
    Chosen by eye: no record of the data."""
    fewest_carriers: int = 4
    """Minimum number of distinct texts that must carry a sequence, or any hidden text of one kind, for its association
    with an outcome to be tested. Chosen by eye: no record of the data."""
    significant_below: float = 1e-3
    """An association with an outcome counts if its q-value, corrected for all kinds, sequences and outcomes tested, is
    below this. Convention: at most one clean dataset in a thousand shows one."""
    deliberate_share: float = 0.5
    """A finding is confirmed if more than this share of the carriers with the outcome, 0 to 1, carry a deliberate
    sequence. Convention: the majority."""
    deliberate_score: float = 0.6
    """Score, 0 to 1, of a record that has a deliberate sequence but is no evidence of a finding. Convention: above the
    middle."""
    accident_score: float = 0.3
    """Score, 0 to 1, of a record that has other hidden text but is no evidence of a finding. Convention: below the
    middle."""
