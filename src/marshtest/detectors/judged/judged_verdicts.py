"""The verdicts on every record, by one judge or two, as outcomes that patterns are tested against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import RecordVerdicts
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.judges import Judges
from marshtest.judges.asking.cascade import Missed, cascade_effects, cascade_labels
from marshtest.judges.asking.items import EFFECT, LABEL
from marshtest.judges.asking.judge_records import given_labels, judge_effects, judge_labels
from marshtest.judges.asking.verdicts import UNDECIDED, Harm
from marshtest.judges.questions import Problem, Tally
from marshtest.mining.outcomes.outcome_mining import Outcome
from marshtest.report import JudgedQuestion, MissedBound
from marshtest.signals import Failure
from marshtest.stats.arrays import Ints

__all__ = [
    "JudgedEffects",
    "JudgedLabels",
    "failed_records",
    "harm_outcome",
    "judged_effects",
    "judged_labels",
    "label_outcomes",
    "label_strata",
    "record_verdicts",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLabels:
    """The label of each record, as given and as judged without seeing it."""

    labels: tuple[str, ...]
    """The names that the indices stand for, sorted."""
    given: NDArray[np.int16]
    """Shape (records,): index of the dataset's label; negative where it has none."""
    judged: NDArray[np.int16]
    """Shape (records,): index of the judge's label; negative where it gave none."""
    sure: NDArray[np.int8]
    """Shape (records,): 0 a guess to 3 certain."""
    problems: dict[int, str]
    """By row, why a record has no complete answer."""
    questions: tuple[JudgedQuestion, ...]
    missed: tuple[MissedBound, ...]

    @property
    def undecided(self) -> int:
        """Count the labelled records of which the judge is not sure."""
        return int(((self.given >= 0) & (self.judged == UNDECIDED)).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEffects:
    """What training on each record would teach, as judged."""

    severity: NDArray[np.int8]
    """Shape (records,): 0 to 3, negative where there is no answer."""
    harms: Mapping[int, Harm]
    """By row, of every record with a severity above 0."""
    problems: dict[int, str]
    """By row, why a record has no complete answer."""
    questions: tuple[JudgedQuestion, ...]
    missed: tuple[MissedBound, ...]


def judged_labels(judges: Judges, dataset: Dataset, *, stage: str = "judging labels") -> JudgedLabels:
    """Ask for the label of every labelled record; with two judges as a cascade.

    Args:
        judges: Who is asked.
        dataset: Labelled records.
        stage: Name for the progress bar.
    """
    given = given_labels(dataset)
    missed: Missed | None = None
    if judges.strong is None:
        rows = np.flatnonzero(given >= 0).tolist()
        verdicts = judge_labels(judges.judge, dataset, judges.charter, rows=rows, stage=stage)
    else:
        verdicts, missed = cascade_labels(
            judges.judge, judges.strong, dataset, judges.charter, seed=judges.seed, stage=stage
        )
    return JudgedLabels(
        labels=verdicts.labels,
        given=given,
        judged=verdicts.judged,
        sure=verdicts.sure,
        problems=_named(verdicts.failures()),
        questions=_questions(judges, LABEL, verdicts.tally, missed),
        missed=_bounds(judges, LABEL, missed),
    )


def judged_effects(judges: Judges, dataset: Dataset, *, stage: str = "judging effects") -> JudgedEffects:
    """Ask what training on every record would teach; with two judges as a cascade. See `judged_labels`."""
    missed: Missed | None = None
    if judges.strong is None:
        verdicts = judge_effects(judges.judge, dataset, judges.charter, stage=stage)
    else:
        verdicts, missed = cascade_effects(
            judges.judge, judges.strong, dataset, judges.charter, seed=judges.seed, stage=stage
        )
    return JudgedEffects(
        severity=verdicts.severity,
        harms=verdicts.harms,
        problems=_named(verdicts.failures()),
        questions=_questions(judges, EFFECT, verdicts.tally, missed),
        missed=_bounds(judges, EFFECT, missed),
    )


def label_outcomes(verdicts: JudgedLabels, texts: JudgedTexts) -> list[Outcome]:
    """Give the contradictions of every label, named by the label.

    What is seen of a text is whether the judge agrees with its label, contradicts it (and how sure it is), or is
    unsure. The same of texts with other labels says how the judge sees a text that was given a wrong label.
    """
    given, judged = verdicts.given[texts.rows], verdicts.judged[texts.rows]
    answered, unsure = judged >= 0, judged == UNDECIDED
    sure = verdicts.sure[texts.rows].astype(np.int64)
    outcomes = []
    for number, label in enumerate(verdicts.labels):
        has = given == number
        trial, otherwise = answered & has, answered & (judged != number)
        seen = np.select([unsure, otherwise, answered], [1, 2 + sure, 0], -1)
        same = Outcome(
            name=label, hit=otherwise & has, trial=otherwise, answered=otherwise, could=otherwise, stratum=sure
        )
        outcomes.append(
            Outcome(
                name=label,
                hit=trial & otherwise,
                trial=trial,
                answered=answered,
                could=has,
                seen=seen,
                as_planted=(given >= 0) & ~has,
                unchanged=otherwise & (given >= 0) & ~has,
                same_reading=same,
            )
        )
    return outcomes


def harm_outcome(
    verdicts: JudgedEffects,
    texts: JudgedTexts,
    *,
    least: int,
    name: str,
    stratum: Ints | None = None,
    label: str | None = None,
) -> Outcome:
    """Give the outcome that a record would teach harm of at least some severity.

    Args:
        verdicts: What training on each record would teach.
        texts: The records.
        least: Severity from which a record shows the outcome.
        name: Name of the outcome.
        stratum: Shape (N,): what else is known of each record; where not given, its label.
        label: Only records with this label could show the outcome.
    """
    severity = verdicts.severity[texts.rows]
    answered = severity >= 0
    could = np.ones(len(severity), np.bool_) if label is None else np.asarray(texts.labels == label, np.bool_)
    trial = answered & could
    known = label_strata(texts) if stratum is None else stratum
    return Outcome(
        name=name, hit=trial & (severity >= least), trial=trial, answered=answered, could=could, stratum=known
    )


def label_strata(texts: JudgedTexts) -> Ints:
    """Number the labels of the texts from 1 in sorted order, 0 for none; shape (N,)."""
    names = sorted({label for label in texts.labels.tolist() if label is not None})
    number = {label: place for place, label in enumerate(names, start=1)}
    return np.array([number.get(label, 0) for label in texts.labels.tolist()], np.int64)


def failed_records(detector: str, dataset: Dataset, reasons: Mapping[int, str]) -> tuple[Failure, ...]:
    """Give a failure for each record that could not be examined, in source order: it is counted and never ordinary.

    Args:
        detector: Id of the detector.
        dataset: The records.
        reasons: Why a record could not be examined, by row.
    """
    rows = sorted(reasons)
    table = dataset.table(["record_id", "source_path", "source_line"]).take(rows) if rows else None
    places = [] if table is None else table.to_pylist()
    return tuple(
        Failure(
            detector=detector,
            message=reasons[row],
            record_id=place["record_id"],
            source_path=place["source_path"],
            source_line=place["source_line"],
        )
        for row, place in zip(rows, places, strict=True)
    )


def record_verdicts(
    dataset: Dataset, *, labels: JudgedLabels | None = None, effects: JudgedEffects | None = None
) -> RecordVerdicts:
    """Give the verdicts on a dataset for the report.

    Args:
        dataset: The records.
        labels: The labels that the judge gives, if it was asked for them.
        effects: What training would teach, if it was asked about that.
    """
    found = RecordVerdicts(fingerprint=dataset.fingerprint)
    if labels is not None:
        found = replace(
            found,
            labels=labels.labels,
            given=tuple(labels.given.tolist()),
            judged=tuple(labels.judged.tolist()),
            sure=tuple(labels.sure.tolist()),
        )
    if effects is not None:
        found = replace(found, severity=tuple(effects.severity.tolist()), harms=effects.harms)
    return found


def _named(failures: Iterable[tuple[int, Problem]]) -> dict[int, str]:
    return {row: str(problem) for row, problem in failures}


def _questions(judges: Judges, question: str, tally: Tally, missed: Missed | None) -> tuple[JudgedQuestion, ...]:
    """Say what became of a question that was asked of every record."""
    first = judges.asked(question, judges.judge, tally)
    if judges.strong is None or missed is None:
        return (first,)
    return first, judges.asked(f"{question}, second judge", judges.strong, missed.tally)


def _bounds(judges: Judges, question: str, missed: Missed | None) -> tuple[MissedBound, ...]:
    """Say what the cheap judge may have missed, as the report gives it."""
    if missed is None:
        return ()
    return (
        MissedBound(
            detector=judges.detector,
            question=question,
            passed=missed.rest,
            audited=missed.audited,
            missed=missed.found,
            at_most=missed.at_most,
        ),
    )
