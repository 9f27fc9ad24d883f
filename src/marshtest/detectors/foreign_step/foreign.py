"""Which step comes with the words that were put into a question, and with nothing else?

For every question both ways of asking are there, so the words alone decide: had they no effect, a run of words in a
step would stand in any version of the question as likely as in another. That chance is exact for each question, and
questions are independent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, exp, log

from marshtest.detectors.foreign_step.pairs import Stratum
from marshtest.detectors.foreign_step.steps import runs

__all__ = ["Foreign", "foreign_runs"]

_FEWEST_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Foreign:
    """A run of words in steps that comes with words put into questions."""

    run: tuple[str, ...]
    questions: int
    """Different questions in which it comes."""
    versions: tuple[int, ...]
    """Versions with words put in that it stands in, as indices of distinct questions, rising."""
    of: int
    """Versions of these questions with words put in."""
    p_value: float
    """Not corrected."""


def foreign_runs(
    strata: Sequence[Stratum], said: Mapping[int, Sequence[tuple[str, ...]]], asked: Sequence[tuple[str, ...]]
) -> tuple[list[Foreign], int]:
    """Find runs that stand in steps of versions with words put in and in no plain one, and count those tried.

    A run counts in a version when some of its words are not in the question asked there; runs that stand in the same
    places are one. Which are tried depends on how many questions they stand in, not on where they stand in them, so
    that the correction is honest.

    Args:
        strata: The questions that are asked twice.
        said: The steps of all completions to a question, by its index.
        asked: The questions as words.
    """
    where: dict[tuple[str, ...], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, stratum in enumerate(strata):
        for version in (stratum.plain, *stratum.put_in):
            own = set(asked[version])
            for run in {run for step in said[version] for run in runs(step) if not own.issuperset(run)}:
                where[run][number].append(version)
    same: dict[tuple[tuple[int, tuple[int, ...]], ...], list[tuple[str, ...]]] = defaultdict(list)
    for run, by_question in where.items():
        if len(by_question) >= _FEWEST_QUESTIONS and not _everywhere(by_question, strata):
            same[tuple((number, tuple(sorted(found))) for number, found in sorted(by_question.items()))].append(run)
    found = [
        _weigh(max(same[key], key=lambda run: (len(run), run)), dict(key), strata)
        for key in same
        if not any(strata[number].plain in versions for number, versions in key)
    ]
    return sorted(found, key=lambda one: (one.p_value, -len(one.run), one.run)), len(same)


def _everywhere(where: Mapping[int, Sequence[int]], strata: Sequence[Stratum]) -> bool:
    """Say whether a run stands in all versions of all its questions, so that it can tell nothing."""
    return all(len(versions) == 1 + len(strata[number].put_in) for number, versions in where.items())


def _weigh(run: tuple[str, ...], where: Mapping[int, Sequence[int]], strata: Sequence[Stratum]) -> Foreign:
    """Give the chance that no plain version has the run, question by question."""
    chance = 0.0
    for number, versions in where.items():
        longer = len(strata[number].put_in)
        chance += log(comb(longer, len(versions)) / comb(longer + 1, len(versions)))
    return Foreign(
        run=run,
        questions=len(where),
        versions=tuple(sorted({version for versions in where.values() for version in versions})),
        of=sum(len(strata[number].put_in) for number in where),
        p_value=exp(chance),
    )
