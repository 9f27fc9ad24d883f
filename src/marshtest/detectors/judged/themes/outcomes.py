"""What the judge said of each record, as outcomes that criteria are tested against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.detectors.judged.effect_judging import judged_effects
from marshtest.detectors.judged.label_judging import judged_labels
from marshtest.judges.asking.label import unfit_labels
from marshtest.judges.questions import Inquiry
from marshtest.mining.outcomes.judged_texts import JudgedTexts
from marshtest.mining.outcomes.outcomes import Outcome
from marshtest.stats.arrays import Ints

__all__ = ["HARM", "JudgedOutcomes", "judged_outcomes"]

HARM = "harm"
"""Name of the outcome that a record would teach harm; the others are called by the label that is contradicted."""


@dataclass(frozen=True, slots=True)
class JudgedOutcomes:
    """What was said of every record."""

    outcomes: tuple[Outcome, ...]
    """In the order of the texts."""
    together: dict[str, Ints]
    """Rows that share an outcome: they are read together."""
    problems: dict[int, str]
    """Rows without a complete answer, and why."""


def judged_outcomes(
    inquiry: Inquiry,
    strong: Inquiry | None,
    dataset: Dataset,
    texts: JudgedTexts,
    charter: Charter | None,
    *,
    detector: str,
    seed: int,
) -> JudgedOutcomes:
    """Ask what the other judged detectors ask: what was answered before costs nothing."""
    outcomes: list[Outcome] = []
    together: dict[str, Ints] = {}
    problems: dict[int, str] = {}
    labels = tuple(dataset.labels)
    if len(labels) > 1 and unfit_labels(labels) is None:
        said = judged_labels(inquiry, strong, dataset, charter, detector=detector, seed=seed)
        problems |= said.problems
        given, judged = said.given[texts.rows], said.judged[texts.rows]
        for number, label in enumerate(said.labels):
            trial = (judged >= 0) & (given == number)
            outcome = Outcome(label, trial & (judged != number), trial, judged >= 0, given == number)
            outcomes.append(outcome)
            together[f"a blind judge contradicts the label {label}"] = texts.rows[outcome.hit]
    effects = judged_effects(inquiry, strong, dataset, charter, detector=detector, seed=seed)
    problems |= effects.problems
    severity = effects.severity[texts.rows]
    answered, everyone = severity >= 0, np.ones(len(severity), np.bool_)
    harm = Outcome(HARM, severity >= 1, answered, answered, everyone)
    together["training on it would do harm"] = texts.rows[harm.hit]
    return JudgedOutcomes((*outcomes, harm), together, problems)
