"""A dataset with what a judge says of every record: the outcomes, and which criteria hold."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import RecordVerdicts
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.judged_verdicts import (
    JudgedEffects,
    JudgedLabels,
    harm_outcome,
    judged_effects,
    judged_labels,
    label_outcomes,
    label_strata,
    record_verdicts,
)
from marshtest.detectors.judged.judges import Judges
from marshtest.detectors.judged.themes.checking import Checks
from marshtest.judges.asking.effect import SUSPICIOUS
from marshtest.judges.asking.label import unfit_labels
from marshtest.mining.outcomes.outcome_mining import Outcome
from marshtest.stats.arrays import Ints

__all__ = ["HARM", "CheckedData", "JudgedOutcomes", "judged_outcomes"]

HARM = "harm"
"""Name of the outcome that a record would teach harm; the others have the name of the label that is contradicted."""


@dataclass(frozen=True, slots=True)
class JudgedOutcomes:
    """The outcomes of every record."""

    outcomes: tuple[Outcome, ...]
    """In the order of the texts."""
    together: dict[str, Ints]
    """Rows with the same outcome, by what they have in common: they are read together."""
    problems: dict[int, str]
    """By row, why a record has no complete answer."""
    effects: JudgedEffects
    """What training on every record would teach."""
    verdicts: RecordVerdicts
    """What the judge says of every record, for the report."""

    def named(self, name: str) -> Outcome | None:
        """Give the outcome with a name, if the data has it."""
        return next((one for one in self.outcomes if one.name == name), None)


@dataclass(frozen=True, slots=True)
class CheckedData:
    """A dataset, judged and checked against every criterion."""

    name: str
    dataset: Dataset
    texts: JudgedTexts
    judged: JudgedOutcomes
    checks: Checks


def judged_outcomes(judges: Judges, dataset: Dataset, texts: JudgedTexts) -> JudgedOutcomes:
    """Ask the questions of the other judged detectors; what they asked before is in the store and costs nothing.

    Args:
        judges: Who is asked.
        dataset: The records.
        texts: The same, sorted.
    """
    outcomes: list[Outcome] = []
    together: dict[str, Ints] = {}
    problems: dict[int, str] = {}
    labels: JudgedLabels | None = None
    names = tuple(dataset.labels)
    known = label_strata(texts)
    if len(names) > 1 and unfit_labels(names) is None:
        labels = judged_labels(judges, dataset)
        problems |= labels.problems
        # A label that does not fit is harm to a classifier: what counts is harm beyond it.
        known = known * (len(names) + 2) + labels.judged[texts.rows] + 2
        for outcome in label_outcomes(labels, texts):
            outcomes.append(outcome)
            together[f"a blind judge contradicts the label {outcome.name}"] = texts.rows[outcome.hit]
    effects = judged_effects(judges, dataset)
    problems |= effects.problems
    harm = harm_outcome(effects, texts, least=SUSPICIOUS, name=HARM, stratum=known)
    together["training on it would do harm"] = texts.rows[harm.hit]
    verdicts = record_verdicts(dataset, labels=labels, effects=effects)
    return JudgedOutcomes((*outcomes, harm), together, problems, effects, verdicts)
