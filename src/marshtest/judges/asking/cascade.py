"""A cheap judge on every record, a strong one on what it calls suspicious and on a random audit of the rest.

The strong judge's word is the last wherever it was asked. The audit says how much the cheap judge may have missed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.judges.asking.outcomes import given_labels, judge_effects, judge_labels
from marshtest.judges.asking.sampling import content_keys, draw
from marshtest.judges.asking.verdicts import ANSWERED, NO_ANSWER, EffectVerdicts, LabelVerdicts
from marshtest.judges.asking.windows import WINDOW_TOKENS
from marshtest.judges.questions import Inquiry, Tally
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.proportions import clopper_pearson

__all__ = ["AUDITED", "Missed", "cascade_effects", "cascade_labels"]

AUDITED = 300
"""How many of the records that the cheap judge calls ordinary the strong one sees too: no miss among 300 bounds the
share of missed records at 1.2 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """How much the cheap judge missed among the records that it called ordinary."""

    rest: int
    """Records that the cheap judge called ordinary."""
    audited: int
    """Of these, how many the strong judge was asked about, drawn at random, and answered."""
    found: int
    """Of the audited, how many the strong judge calls suspicious."""
    unanswered: int
    """Drawn for the audit, but without an answer of the strong judge."""
    low: float
    """Lower end of the 95 % interval of the share that was missed."""
    high: float
    """Upper end of it."""
    tally: Tally = field(default_factory=Tally)
    """What became of the windows that the strong judge was asked about."""

    @property
    def still_missed_at_most(self) -> int:
        """Give how many suspicious records may still be among those that only the cheap judge saw, at 97.5 %."""
        return math.ceil(self.high * (self.rest - self.audited) - 1e-9)


def cascade_effects(
    cheap: Inquiry,
    strong: Inquiry,
    dataset: Dataset,
    charter: Charter | None,
    *,
    audit: int = AUDITED,
    seed: int = 0,
    window_tokens: int = WINDOW_TOKENS,
    stage: str = "judging effects",
) -> tuple[EffectVerdicts, Missed | None]:
    """Ask a cheap judge what each record would teach, and a strong one where it matters.

    Suspicious is a severity above 0, or no answer. Where the strong judge has no answer the cheap verdict stands, and
    the record counts as a failure if it was suspicious.

    Args:
        cheap: Judge of every record.
        strong: Judge of the suspicious ones and of the audit.
        dataset: The records.
        charter: What is trained and what harm would look like.
        audit: How many of the others the strong judge sees too.
        seed: Seed of the audit.
        window_tokens: A longer record is judged in overlapping windows.
        stage: Name for the progress bar.

    Returns:
        The final verdicts with the tally of the cheap judge, and what the audit says: None while answers of the cheap
        judge are still to come.
    """
    first = judge_effects(cheap, dataset, charter, window_tokens=window_tokens, stage=stage)
    if first.tally.problems.get("waiting"):
        return first, None
    unclear = np.asarray(first.severity != 0)
    audited = _audited(dataset, ~unclear, audit, seed)
    rows = _rows(unclear, audited)
    second = judge_effects(
        strong, dataset, charter, window_tokens=window_tokens, rows=rows, stage=f"{stage}, second judge"
    )
    answered = np.asarray(second.severity != NO_ANSWER)
    severity = np.where(answered, second.severity, first.severity)
    harms = {row: harm for row, harm in first.harms.items() if not answered[row]}
    final = EffectVerdicts(
        severity=severity,
        problem=np.where(unclear, second.problem, ANSWERED).astype(np.int8),
        harms=dict(sorted({**harms, **second.harms}.items())),
        tally=first.tally,
    )
    return final, _missed(~unclear, audited, answered, second.suspicious, second.tally)


def cascade_labels(
    cheap: Inquiry,
    strong: Inquiry,
    dataset: Dataset,
    charter: Charter | None,
    *,
    audit: int = AUDITED,
    seed: int = 0,
    window_tokens: int = WINDOW_TOKENS,
    stage: str = "judging labels",
) -> tuple[LabelVerdicts, Missed | None]:
    """Ask a cheap judge for every text's label, and a strong one where that is not the dataset's.

    Suspicious is a contradiction, an undecided text, or no answer. See `cascade_effects`.

    Args:
        cheap: Judge of every text.
        strong: Judge of the suspicious ones and of the audit.
        dataset: Labelled records.
        charter: The policy and what the labels mean.
        audit: How many of the others the strong judge sees too.
        seed: Seed of the audit.
        window_tokens: A longer text is judged in overlapping windows.
        stage: Name for the progress bar.

    Returns:
        The final verdicts with the tally of the cheap judge, and what the audit says: None while answers of the cheap
        judge are still to come.
    """
    given = given_labels(dataset)
    labelled = np.asarray(given != NO_ANSWER)
    rows = [int(row) for row in np.flatnonzero(labelled)]
    first = judge_labels(cheap, dataset, charter, window_tokens=window_tokens, rows=rows, stage=stage)
    if first.tally.problems.get("waiting"):
        return first, None
    unclear = np.asarray((first.judged != given) & labelled)
    audited = _audited(dataset, ~unclear & labelled, audit, seed)
    rows = _rows(unclear, audited)
    second = judge_labels(
        strong, dataset, charter, window_tokens=window_tokens, rows=rows, stage=f"{stage}, second judge"
    )
    answered = np.asarray(second.judged != NO_ANSWER)
    final = replace(
        first,
        judged=np.where(answered, second.judged, first.judged),
        sure=np.where(answered, second.sure, first.sure),
        problem=np.where(unclear, second.problem, ANSWERED).astype(np.int8),
    )
    return final, _missed(~unclear & labelled, audited, answered, second.contradictions(given), second.tally)


def _audited(dataset: Dataset, ordinary: Bools, size: int, seed: int) -> Ints:
    """Draw the audit among the records that the cheap judge calls ordinary."""
    return draw(content_keys(dataset, seed), np.flatnonzero(ordinary), size)


def _rows(unclear: Bools, audited: Ints) -> list[int]:
    """Give the rows that the strong judge is asked about, rising: it cannot tell which are the audit."""
    chosen = unclear.copy()
    chosen[audited] = True
    return [int(row) for row in np.flatnonzero(chosen)]


def _missed(ordinary: Bools, audited: Ints, answered: Bools, suspicious: Bools, tally: Tally) -> Missed:
    """Bound what the cheap judge missed by what the strong one found in the audit."""
    rest, seen = int(ordinary.sum()), int(answered[audited].sum())
    found = int((suspicious & answered)[audited].sum())
    low, high = clopper_pearson(found, seen)
    if rest and seen == rest:  # all of it was seen: nothing is left to be unsure of
        low = high = found / rest
    return Missed(
        rest=rest,
        audited=seen,
        found=found,
        unanswered=len(audited) - seen,
        low=low,
        high=high if rest else 0.0,
        tally=tally,
    )
