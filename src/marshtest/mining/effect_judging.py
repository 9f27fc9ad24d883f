"""Ask a judge, or two, what training on each record would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marshtest.asking.outcomes import judge_effects
from marshtest.asking.verdicts import ANSWERED, Harm
from marshtest.charter import Charter
from marshtest.dataset import Dataset
from marshtest.judges.questions import Inquiry
from marshtest.mining.cascading import audit_rows, missed_bound
from marshtest.mining.label_judging import asked
from marshtest.report import JudgedQuestion, MissedBound

__all__ = ["JudgedEffects", "judged_effects"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEffects:
    """What training on each record would do, as one or two judges see it."""

    severity: NDArray[np.int8]
    """Shape (records,): 0 to 3, negative where there is no answer."""
    harms: Mapping[int, Harm]
    """By row, of every record with a severity above 0."""
    problems: dict[int, str]
    """Records without a complete answer, and why."""
    questions: tuple[JudgedQuestion, ...]
    missed: tuple[MissedBound, ...]


def judged_effects(
    inquiry: Inquiry,
    strong: Inquiry | None,
    dataset: Dataset,
    charter: Charter | None,
    *,
    detector: str,
    seed: int,
    stage: str = "judging effects",
) -> JudgedEffects:
    """Ask of every record; with a second judge, ask that one about the suspicious and an audit of the rest."""
    verdicts = judge_effects(inquiry, dataset, charter, stage=stage)
    severity, harms = verdicts.severity.copy(), dict(verdicts.harms)
    questions = [asked(detector, "effect", inquiry, verdicts.tally)]
    missed: list[MissedBound] = []
    if strong is not None:
        doubtful, audited = audit_rows(verdicts.suspicious, verdicts.severity >= 0, seed)
        rows = np.union1d(doubtful, audited)
        second = judge_effects(strong, dataset, charter, rows=rows.tolist(), stage=f"{stage}, second judge")
        questions.append(asked(detector, "effect, second judge", strong, second.tally))
        known = rows[second.problem[rows] == ANSWERED]
        severity[known] = second.severity[known]
        for row in known.tolist():
            harms.pop(row, None)
            if row in second.harms:
                harms[row] = second.harms[row]
        seen = np.intersect1d(audited, known)
        missed.append(
            missed_bound(
                detector,
                "effect",
                passed=int((verdicts.severity == 0).sum()),
                audited=len(seen),
                missed=int(second.suspicious[seen].sum()),
            )
        )
    return JudgedEffects(
        severity=severity,
        harms=harms,
        problems={row: str(problem) for row, problem in verdicts.failures()},
        questions=tuple(questions),
        missed=tuple(missed),
    )
