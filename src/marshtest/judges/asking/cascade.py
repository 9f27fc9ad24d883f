"""A cheap judge reads every record; a strong one reads the suspicious records and a random audit of the rest.

Where the strong judge was asked, its verdict stands. The audit bounds what the cheap judge missed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.judges.asking.judge_records import given_labels, judge_effects, judge_labels
from marshtest.judges.asking.sampling import content_keys, draw
from marshtest.judges.asking.verdicts import ANSWERED, NO_ANSWER, EffectVerdicts, LabelVerdicts
from marshtest.judges.asking.windows import WINDOW_TOKENS
from marshtest.judges.questions import Inquiry, Tally
from marshtest.stats.arrays import Bools, Ints

__all__ = ["AUDITED", "Missed", "cascade_effects", "cascade_labels"]

AUDITED = 300
"""Records that the cheap judge calls ordinary and the strong one reads too, drawn at random. No suspicious record among
300 bounds the share of missed records at 1% (one-sided, 95%)."""

_DOUBT = 0.05
"""Convention: the bound on missed records holds in 19 of 20 audits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What the audit says of the records that the cheap judge called ordinary."""

    rest: int
    """Records that the cheap judge called ordinary."""
    audited: int
    """Of these, records that were drawn for the audit and answered by the strong judge."""
    found: int
    """Audited records that the strong judge calls suspicious."""
    unanswered: int
    """Records that were drawn for the audit and have no answer of the strong judge."""
    tally: Tally = field(default_factory=Tally)
    """What became of the windows that the strong judge was asked about."""

    @property
    def at_most(self) -> int:
        """Exact one-sided upper 95% bound of the suspicious records among the rest, those found included.

        The audit draws without replacement, so the bound is hypergeometric: the greatest number of suspicious records
        with which an audit would find as few with a probability of at least .05. It is exact where all were audited.
        """
        from scipy.stats import hypergeom

        low, high = self.found, self.rest - (self.audited - self.found)
        while low < high:
            middle = (low + high + 1) // 2
            if hypergeom.cdf(self.found, self.rest, middle, self.audited) >= _DOUBT:
                low = middle
            else:
                high = middle - 1
        return low


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
    """Ask a cheap judge what training on each record would teach, and a strong one where it matters.

    Suspicious is a severity above 0, or no answer. Where the strong judge has no answer the cheap verdict stands, and
    the record counts as a failure if it was suspicious.

    Args:
        cheap: Reads every record.
        strong: Reads the suspicious records and the audit.
        dataset: The records.
        charter: What is trained and what harm would look like.
        audit: How many of the other records the strong judge reads too.
        seed: Seed of the audit.
        window_tokens: A longer record is judged in overlapping windows.
        stage: Name for the progress bar.

    Returns:
        The final verdicts with the tally of the cheap judge, and the audit: None while answers of the cheap judge wait
        in a batch file.
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
    """Ask a cheap judge for the label of every text, and a strong one where it is not the dataset's.

    Suspicious is a contradiction, an undecided text, or no answer; else see `cascade_effects`.

    Args:
        cheap: Reads every text.
        strong: Reads the suspicious texts and the audit.
        dataset: Labelled records.
        charter: The policy and what the labels mean.
        audit: How many of the other records the strong judge reads too.
        seed: Seed of the audit.
        window_tokens: A longer text is judged in overlapping windows.
        stage: Name for the progress bar.

    Returns:
        The final verdicts with the tally of the cheap judge, and the audit: None while answers of the cheap judge wait
        in a batch file.
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
    """Give the rows that the strong judge is asked about, rising, so that it cannot tell which are the audit."""
    chosen = unclear.copy()
    chosen[audited] = True
    return [int(row) for row in np.flatnonzero(chosen)]


def _missed(ordinary: Bools, audited: Ints, answered: Bools, suspicious: Bools, tally: Tally) -> Missed:
    """Count what the strong judge found in the audit."""
    seen = int(answered[audited].sum())
    return Missed(
        rest=int(ordinary.sum()),
        audited=seen,
        found=int((suspicious & answered)[audited].sum()),
        unanswered=len(audited) - seen,
        tally=tally,
    )
