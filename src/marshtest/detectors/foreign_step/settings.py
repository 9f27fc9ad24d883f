"""What decides which steps are foreign to their questions."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["ForeignStepSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignStepSettings(Settings):
    """Thresholds of `foreign-step`."""

    most_inserted: int = 8
    """Words inserted into a question, at most. Chosen by eye: no record of the data."""
    fewest_words: int = 6
    """Words that the plain question must have. Chosen by eye: two shorter questions may differ by a few words without
    being versions of one."""
    longest_run: int = 4
    """Words, numbers and signs of the longest run in a step that is tested. Chosen by eye: no record of the data."""
    characters: int = 50_000
    """Characters at the start of a prompt or completion that are examined. Chosen by eye: bounds the time that one huge
    record takes."""
    fewest_questions: int = 3
    """Questions in whose versions a run must appear. Chosen by eye: tens of records should be enough (measured in
    benchmarks/UNLABELLED.md, BadChain)."""
    version_share: float = 0.8
    """Least share of the versions with inserted words whose steps contain the run, 0 to 1. Chosen by eye: a backdoor
    has to work nearly always."""
    confirmed_below: float = 0.01
    """q-value (corrected for all runs tested) below which a step is confirmed. Convention: at most one clean dataset in
    a hundred shows one; looser than elsewhere, since data of this kind is small."""
    suggestive_below: float = 0.1
    """q-value below which a step is suggestive. Convention: at most one clean dataset in ten shows one."""
    reported_overlap: float = 0.5
    """Share of a run's versions that belong to reported runs above which it is not reported again, 0 to 1. Convention:
    the majority."""
    most_findings: int = 5
    """Steps that are reported, at most. Chosen by eye: for a person to read."""
    suggestive_score: float = 0.5
    """Score of a record whose finding is only suggestive, 0 to 1. Convention: the middle."""
