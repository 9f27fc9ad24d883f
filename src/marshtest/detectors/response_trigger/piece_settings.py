"""Every threshold that decides which pieces of answers are measured."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.near_copies import NearCopySettings
from marshtest.settings import Settings

__all__ = ["PieceSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceSettings(Settings):
    """Which pieces of answers are candidates."""

    fewest_records: int = 5
    """Minimum number of answers that must share a piece. Convention: as for all behaviours."""
    max_order: int = 7
    """Length, in tokens, up to which runs are searched. A longer piece consists of runs with the same answers, which
    are joined. Chosen by eye: it bounds memory."""
    fewest_words: int = 2
    """Minimum number of words in a piece. Derived: a single word is a name or an ordinary word, which other behaviours
    cover."""
    most_share: float = 0.3
    """Maximum share (0 to 1) of all answers that may hold a piece; above it the piece is the form of the data. Chosen
    by eye: the answers of a task begin or end alike."""
    most_measured: int = 120
    """Maximum number of pieces that are measured; those whose runs are found nowhere else come first. Chosen by eye: it
    bounds the time."""
    least_share: float = 0.001
    """Minimum share (0 to 1) of all answers that must share a piece. Chosen by eye: it bounds memory; below 5,000
    answers `fewest_records` decides."""
    near_copies: NearCopySettings = NearCopySettings()
    same_records: float = 0.8
    """Minimum Jaccard similarity (0 to 1) of the answers of two pieces for them to count as one. Chosen by eye: parts
    of one piece are found in nearly the same answers."""
    same_family: float = 0.5
    """Minimum share (0 to 1) of the answers of a piece that a likelier one also has, for the two to be one family.
    Convention: a majority."""
    most_compared: int = 150
    """Number of answers with a piece, and a tenth of the number of others, whose prompts are compared one by one.
    Chosen by eye: it bounds the time."""
    nearest: int = 3
    """Number of prompts with a piece, nearest to each other prompt, whose mean similarity counts. Chosen by eye:
    one may be a copy by chance, many are no longer near."""
    most_findings: int = 8
    """Maximum number of pieces that are findings. Chosen by eye: a report of more is not read."""
