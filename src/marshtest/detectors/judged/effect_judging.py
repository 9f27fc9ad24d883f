"""Ask a judge, or two, what training on each record would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.detectors.judged.cascading import missed_bound
from marshtest.detectors.judged.label_judging import asked
from marshtest.judges.asking.cascade import Missed, cascade_effects
from marshtest.judges.asking.outcomes import judge_effects
from marshtest.judges.asking.verdicts import Harm
from marshtest.judges.questions import Inquiry
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
    missed: Missed | None = None
    if strong is None:
        verdicts = judge_effects(inquiry, dataset, charter, stage=stage)
    else:
        verdicts, missed = cascade_effects(inquiry, strong, dataset, charter, seed=seed, stage=stage)
    questions = [asked(detector, "effect", inquiry, verdicts.tally)]
    if strong is not None and missed is not None:
        questions.append(asked(detector, "effect, second judge", strong, missed.tally))
    return JudgedEffects(
        severity=verdicts.severity,
        harms=verdicts.harms,
        problems={row: str(problem) for row, problem in verdicts.failures()},
        questions=tuple(questions),
        missed=() if missed is None else (missed_bound(detector, "effect", missed),),
    )
