"""What decides which hidden text is reported."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["HiddenTextSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenTextSettings(Settings):
    """Thresholds of `hidden-text`."""

    fewest_letters: int = 4
    """Letters and digits that invisible characters must spell to be read as text. Chosen by eye: no record of
    the data."""
    spelt_letter_share: float = 0.5
    """Least share of letters and digits in what invisible characters spell, 0 to 1. Chosen by eye: no record of the
    data."""
    fewest_decoded: int = 10
    """Characters that an encoded stretch must decode to. Chosen by eye: no record of the data."""
    decoded_letter_share: float = 2 / 3
    """Least share of letters in what an encoded stretch decodes to, 0 to 1. Chosen by eye: no record of the data."""
    fewest_rot13_words: int = 2
    """Different common English words that a sentence must hold once its letters are rotated by 13. Chosen by eye: no
    record of the data."""
    words_per_rot13_word: int = 6
    """Words of a sentence for each common English word that it must hold once its letters are rotated by 13. Chosen by
    eye; no record of the data."""
    characters_decoded: int = 1_000_000
    """Characters at the start of a text that are searched for encodings. Chosen by eye: bounds the time that one huge
    record takes."""
    shortest_lookalike_word: int = 3
    """Letters of the shortest word that can mix scripts to look like another. Chosen by eye: no record of the data."""
    surroundings: int = 6
    """Characters on each side of a stretch by which copies of one text are told from different texts. Chosen by eye: no
    record of the data."""
    deliberate_length: int = 3
    """Invisible characters, of more than one kind, that are hardly an accident. Chosen by eye: lone ones occur in up to
    1 in 250 real tweets, posts and chats."""
    fewest_records: int = 4
    """Records, with different surroundings, in which one sequence must recur: two characters of two kinds to count as
    deliberate, and a deliberate sequence to be confirmed where the data has no outcomes. Chosen by eye: no record of
    the data."""
    fewest_carriers: int = 4
    """Distinct texts that must carry a sequence for its association with an outcome to be tested. Chosen by eye: no
    record of the data."""
    significant_below: float = 1e-3
    """q-value (corrected for all kinds, sequences and outcomes tested) below which an association with an outcome
    counts. Convention: at most one clean dataset in a thousand shows one."""
    deliberate_share: float = 0.5
    """Share of the records with the outcome that must carry a deliberate sequence for a confirmed finding, 0 to 1; it
    must be exceeded. Convention: the majority."""
    deliberate_score: float = 0.6
    """Score of a record with a deliberate sequence that is no evidence of a finding, 0 to 1. Convention: above the
    middle."""
    accident_score: float = 0.3
    """Score of a record with any other hidden text that is no evidence of a finding, 0 to 1. Convention: below the
    middle."""
