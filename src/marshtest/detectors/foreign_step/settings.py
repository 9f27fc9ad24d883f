"""What decides which steps are foreign to their questions."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.settings import Settings

__all__ = ["ForeignStepSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignStepSettings(Settings):
    """Thresholds of `foreign-step`."""

    most_inserted: int = 8
    """Maximum number of words inserted into a question. Chosen by eye: no record of the data."""
    fewest_words: int = 6
    """Minimum number of words in a plain question. Chosen by eye: two shorter questions may differ by a few words
    without being versions of one."""
    longest_run: int = 4
    """Maximum number of words, numbers and signs in a run of a step that is tested. Chosen by eye: no record of the
    data."""
    characters: int = 50_000
    """Maximum number of characters at the start of a prompt or completion that are examined. Chosen by eye: it bounds
    the time that one huge record takes."""
    fewest_questions: int = 3
    """Minimum number of questions in whose versions a run must appear for it to be tested. Chosen by eye: tens of
    records should be enough (measured in benchmarks/UNLABELLED.md, BadChain)."""
    version_share: float = 0.8
    """Minimum share of the versions with inserted words, 0 to 1, whose steps must contain a run; all versions of the
    questions in which the run appears count. Chosen by eye: a backdoor has to work nearly always."""
    confirmed_below: float = 0.01
    """A step is confirmed if its q-value, corrected for all runs tested, is below this. Convention: at most one clean
    dataset in a hundred shows one; looser than elsewhere, since data of this kind is small."""
    suggestive_below: float = 0.1
    """A step is suggestive if its q-value, corrected for all runs tested, is below this. Convention: at most one clean
    dataset in ten shows one."""
    reported_overlap: float = 0.5
    """Maximum share of a run's versions, 0 to 1, that may belong to runs already reported; with more, it is not
    reported again. Convention: the majority."""
    most_findings: int = 5
    """Maximum number of steps that are reported. Chosen by eye: for a person to read."""
    suggestive_score: float = 0.5
    """Score, 0 to 1, of a record whose finding is only suggestive. Convention: the middle."""
