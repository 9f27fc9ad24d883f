"""Which step appears with the words that were inserted into a question, and never without them?

For every question the data holds both versions, so each question is its own control. Under the null hypothesis that the
inserted words have no effect, a run of words in a step is as likely in one version of the question as in another. The
probability that it is in no plain version is exact for each question, and questions are independent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, exp, log

from marshtest.detectors.foreign_step.insertions import Stratum
from marshtest.detectors.foreign_step.settings import ForeignStepSettings
from marshtest.detectors.foreign_step.steps import runs

__all__ = ["ForeignRun", "foreign_runs"]


@dataclass(frozen=True, slots=True)
class ForeignRun:
    """A run of words in steps that appears only where words are inserted into the question."""

    run: tuple[str, ...]
    questions: int
    """Different questions in whose versions it appears."""
    versions: tuple[int, ...]
    """Versions with inserted words that it appears in, as indices of distinct questions, rising."""
    of: int
    """How many versions with inserted words these questions have."""
    p_value: float
    """Not corrected."""


def foreign_runs(
    strata: Sequence[Stratum],
    said: Mapping[int, Sequence[tuple[str, ...]]],
    asked: Sequence[tuple[str, ...]],
    settings: ForeignStepSettings,
) -> tuple[list[ForeignRun], int]:
    """Find runs that appear in steps of versions with inserted words and in no plain one.

    A run counts in a version when some of its words are not in the question asked there; runs that appear in the same
    versions are one. Which runs are tested depends on how many questions they appear in, not on which versions, so that
    the correction holds.

    Args:
        strata: The questions that the data holds plain and with inserted words.
        said: The steps of all completions to a question, by its index.
        asked: The questions as words.
        settings: How long a run may be, and in how many questions it must appear.

    Returns:
        The runs, by p-value, and how many were tested.
    """
    where: dict[tuple[str, ...], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, stratum in enumerate(strata):
        for version in (stratum.plain, *stratum.inserted):
            own = set(asked[version])
            for run in {run for step in said[version] for run in runs(step, settings) if not own.issuperset(run)}:
                where[run][number].append(version)
    same: dict[tuple[tuple[int, tuple[int, ...]], ...], list[tuple[str, ...]]] = defaultdict(list)
    for run, by_question in where.items():
        if len(by_question) >= settings.fewest_questions and not _everywhere(by_question, strata):
            same[tuple((number, tuple(sorted(found))) for number, found in sorted(by_question.items()))].append(run)
    found = [
        _foreign_run(max(same[key], key=lambda run: (len(run), run)), dict(key), strata)
        for key in same
        if not any(strata[number].plain in versions for number, versions in key)
    ]
    return sorted(found, key=lambda one: (one.p_value, -len(one.run), one.run)), len(same)


def _everywhere(where: Mapping[int, Sequence[int]], strata: Sequence[Stratum]) -> bool:
    """Say whether a run appears in all versions of all its questions, so that it can show nothing."""
    return all(len(versions) == 1 + len(strata[number].inserted) for number, versions in where.items())


def _foreign_run(run: tuple[str, ...], where: Mapping[int, Sequence[int]], strata: Sequence[Stratum]) -> ForeignRun:
    """Multiply the probabilities that no plain version has the run, question by question.

    Of a question with n inserted versions, k of which have the run, the run is in k of n + 1 versions; the probability
    that the plain one is not among them is C(n, k) / C(n + 1, k).
    """
    log_chance = 0.0
    for number, versions in where.items():
        longer = len(strata[number].inserted)
        log_chance += log(comb(longer, len(versions)) / comb(longer + 1, len(versions)))
    return ForeignRun(
        run=run,
        questions=len(where),
        versions=tuple(sorted({version for versions in where.values() for version in versions})),
        of=sum(len(strata[number].inserted) for number in where),
        p_value=exp(log_chance),
    )
