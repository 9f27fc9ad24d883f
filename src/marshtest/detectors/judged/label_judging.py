"""Ask a judge, or two, which label each text has, and say which labels it contradicts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.detectors.judged.cascading import missed_bound
from marshtest.judges.asking.cascade import Missed, cascade_labels
from marshtest.judges.asking.outcomes import given_labels, judge_labels
from marshtest.judges.questions import Inquiry, Tally
from marshtest.report import JudgedQuestion, MissedBound
from marshtest.stats.arrays import Bools

__all__ = ["JudgedLabels", "asked", "judged_labels"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedLabels:
    """The label of each record, as given and as judged without seeing it."""

    labels: tuple[str, ...]
    """What the numbers stand for."""
    given: NDArray[np.int16]
    """Shape (records,): the dataset's label; negative where it has none."""
    judged: NDArray[np.int16]
    """Shape (records,): the judge's label; negative where it gave none."""
    sure: NDArray[np.int8]
    """Shape (records,): 0 a guess to 3 certain."""
    problems: dict[int, str]
    """Records without a complete answer, and why."""
    questions: tuple[JudgedQuestion, ...]
    missed: tuple[MissedBound, ...]

    @property
    def contradicted(self) -> Bools:
        """Whether the judge gives another label than the dataset."""
        return np.asarray((self.given >= 0) & (self.judged >= 0) & (self.given != self.judged))


def judged_labels(
    inquiry: Inquiry,
    strong: Inquiry | None,
    dataset: Dataset,
    charter: Charter | None,
    *,
    detector: str,
    seed: int,
    stage: str = "judging labels",
) -> JudgedLabels:
    """Ask of every labelled record; with a second judge, ask that one about contradictions and an audit of the rest."""
    given = given_labels(dataset)
    missed: Missed | None = None
    if strong is None:
        rows = np.flatnonzero(given >= 0).tolist()
        verdicts = judge_labels(inquiry, dataset, charter, rows=rows, stage=stage)
    else:
        verdicts, missed = cascade_labels(inquiry, strong, dataset, charter, seed=seed, stage=stage)
    questions = [asked(detector, "label", inquiry, verdicts.tally)]
    if strong is not None and missed is not None:
        questions.append(asked(detector, "label, second judge", strong, missed.tally))
    return JudgedLabels(
        labels=verdicts.labels,
        given=given,
        judged=verdicts.judged,
        sure=verdicts.sure,
        problems={row: str(problem) for row, problem in verdicts.failures()},
        questions=tuple(questions),
        missed=() if missed is None else (missed_bound(detector, "label", missed),),
    )


def asked(detector: str, question: str, inquiry: Inquiry, tally: Tally) -> JudgedQuestion:
    """Say what became of a question, for the report."""
    return JudgedQuestion(
        detector=detector,
        question=question,
        model=inquiry.model,
        planned=tally.planned,
        answered=tally.answered,
        remembered=tally.remembered,
        problems={str(name): count for name, count in sorted(tally.problems.items()) if count},
    )
