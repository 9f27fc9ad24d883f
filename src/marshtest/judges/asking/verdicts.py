"""The verdicts on all records, in columns: a few bytes for each record, words only for suspicious ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from marshtest.judges.questions import Problem, Tally
from marshtest.signals import Span
from marshtest.stats.arrays import Bools

__all__ = ["ANSWERED", "NO_ANSWER", "PROBLEMS", "UNDECIDED", "EffectVerdicts", "Harm", "LabelVerdicts"]

NO_ANSWER = -1
"""Severity, or judged label, of a record that has no complete verdict."""
UNDECIDED = -2
"""Judged label of a record of which the judge is not sure."""
ANSWERED = -1
"""Problem code of a record that lacks no answer."""
PROBLEMS: tuple[Problem, ...] = get_args(Problem)
"""What a problem code stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """The verdict on a suspicious record."""

    severity: int
    learns: str
    """What the model would learn: the judge's words, which may quote the record. Hostile, escape it."""
    quote: str
    """The words that do it, as the judge gave them: hostile."""
    excuses: bool
    """Whether reasoning in the record excuses what it does."""
    spans: tuple[Span, ...] = ()
    """Where the quote is in the record; empty if it is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectVerdicts:
    """What training on each record would do, as a judge sees it."""

    severity: NDArray[np.int8]
    """Shape (records,): 0 to 3 of the worst window; `NO_ANSWER` where none is complete."""
    problem: NDArray[np.int8]
    """Shape (records,): code into `PROBLEMS` of records that lack an answer, else `ANSWERED`. A harmful record with a
    missing window has a severity and a problem."""
    harms: Mapping[int, Harm]
    """By row, of every record with a severity above 0."""
    tally: Tally = field(default_factory=Tally)
    """What became of the windows."""

    @property
    def suspicious(self) -> Bools:
        """Shape (records,): whether the severity is above 0."""
        return np.asarray(self.severity > 0)

    @property
    def unlocated(self) -> int:
        """Count the suspicious records that do not contain their quote."""
        return sum(bool(harm.quote) and not harm.spans for harm in self.harms.values())

    def failures(self) -> Iterator[tuple[int, Problem]]:
        """Give the rows that lack an answer, rising, each with its problem."""
        return _failures(self.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelVerdicts:
    """Which label each text has, as a judge sees it."""

    labels: tuple[str, ...]
    """The names that the indices of `judged` stand for, in alphabetical order."""
    judged: NDArray[np.int16]
    """Shape (records,): index into `labels`, `UNDECIDED`, or `NO_ANSWER`."""
    sure: NDArray[np.int8]
    """Shape (records,): 0 a guess to 3 certain; 0 where there is no judged label."""
    problem: NDArray[np.int8]
    """Shape (records,): code into `PROBLEMS` of records that lack an answer, else `ANSWERED`."""
    tally: Tally = field(default_factory=Tally)
    """What became of the windows."""

    def contradictions(self, given: NDArray[np.int16]) -> Bools:
        """Give the records to which the judge and the dataset give different labels.

        Args:
            given: Shape (records,): index of the dataset's label in `labels`, see `given_labels`.
        """
        return np.asarray((self.judged >= 0) & (given >= 0) & (self.judged != given))

    def failures(self) -> Iterator[tuple[int, Problem]]:
        """Give the rows that lack an answer, rising, each with its problem."""
        return _failures(self.problem)


def _failures(problem: NDArray[np.int8]) -> Iterator[tuple[int, Problem]]:
    """Give the rows with a problem code."""
    for row in np.flatnonzero(problem != ANSWERED):
        yield int(row), PROBLEMS[problem[row]]
