"""Findings before they are numbered, and the signals of the records that they rest on.

Detectors that weigh several kinds of claim first gather drafts, sort them, and then turn all into findings and signals
in one way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.findings import Explanation, Finding, FindingVerdict, Pattern
from marshtest.settings import SettingValue
from marshtest.signals import Signal, Span

__all__ = ["Draft", "findings_from", "signals_from"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A finding before it has an id and before its evidence is read from the dataset."""

    verdict: FindingVerdict
    title: str
    explanation: str
    pattern: Pattern
    statistics: Mapping[str, SettingValue]
    other_explanations: tuple[Explanation, ...]
    evidence: Mapping[int, tuple[Span, ...]]
    """Spans by row of the dataset, in the order in which the records are shown."""
    reason: str = ""
    """Why a record of the evidence is suspicious, as its signal says it."""


def findings_from(drafts: Sequence[Draft], detector: str, dataset: Dataset) -> tuple[Finding, ...]:
    """Number drafts in their order and read their evidence.

    Args:
        drafts: Strongest first.
        detector: Id of the detector that made them.
        dataset: The dataset that their rows belong to.
    """
    return tuple(
        Finding(
            id=f"{detector}-{number}",
            detector=detector,
            verdict=draft.verdict,
            title=draft.title,
            explanation=draft.explanation,
            pattern=draft.pattern,
            statistics=draft.statistics,
            other_explanations=draft.other_explanations,
            records=tuple(evidence_record(dataset.record(row), spans) for row, spans in draft.evidence.items()),
        )
        for number, draft in enumerate(drafts, start=1)
    )


def signals_from(
    drafts: Sequence[Draft], detector: str, dataset: Dataset, *, suggestive_score: float
) -> tuple[Signal, ...]:
    """Give each record of the evidence one signal, from the first draft that it belongs to, in the order of the rows.

    Args:
        drafts: Strongest first.
        detector: Id of the detector that made them.
        dataset: The dataset that their rows belong to.
        suggestive_score: Score of the evidence of a suggestive draft, 0 to 1; that of a confirmed one scores 1.
    """
    names = dataset.table(["record_id"])["record_id"]
    found: dict[int, Signal] = {}
    for draft in drafts:
        score = 1.0 if draft.verdict == "confirmed" else suggestive_score
        for row, spans in draft.evidence.items():
            if row not in found:
                found[row] = Signal(
                    record_id=names[row].as_py(), detector=detector, score=score, spans=spans, reason=draft.reason
                )
    return tuple(found[row] for row in sorted(found))
