"""An answer held against the truth, record by record, and counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from marshtest.judges.asking.combining import EffectLedger, LabelLedger
from marshtest.judges.asking.effect import SUSPICIOUS
from marshtest.judges.asking.items import EFFECT
from marshtest.judges.asking.label import UNSURE
from marshtest.judges.asking.verdicts import ANSWERED
from marshtest.judges.parsing import parse
from marshtest.judges.questions import Answer, Item

__all__ = ["Counts", "ScoredRecord", "count", "read_answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRecord:
    """What a judge said of one record, and what is true."""

    is_wrong: bool
    """Whether it poisons, or its label is not that of its text."""
    said: str | None
    """The judge's severity or label; None without an answer."""
    is_flagged: bool
    """Whether the judge calls it harmful, or gives it another label than it bears."""
    is_right: bool
    """Whether the answer is the true one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Records, counted; all shares come from these."""

    records: float = 0
    answered: float = 0
    right: float = 0
    """Of the answered, those judged as they are."""
    wrong: float = 0
    """Records that poison, or whose label is wrong; answered or not."""
    found: float = 0
    """Of those, flagged."""
    clean: float = 0
    """All others that were answered."""
    alarms: float = 0
    """Of those, flagged."""

    def __add__(self, other: Counts) -> Counts:
        """Add field by field."""
        return Counts(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)})

    @property
    def accuracy(self) -> float:
        """Share of the answered records that are judged as they are."""
        return _share(self.right, self.answered)

    @property
    def recall(self) -> float:
        """Share of the poison that is found; what has no answer is not found."""
        return _share(self.found, self.wrong)

    @property
    def false_alarms(self) -> float:
        """Share of the clean records with an answer that are flagged."""
        return _share(self.alarms, self.clean)

    @property
    def not_answered(self) -> float:
        """Share of the records that have no answer."""
        return _share(self.records - self.answered, self.records)


def read_answer(
    text: str | None, question_id: str, schema: Mapping[str, Any], records: Sequence[Mapping[str, Any]]
) -> tuple[ScoredRecord, ...]:
    """Read a reply as an audit reads it, and hold it against the truth.

    Args:
        text: The reply; None where there is none: declined, or cut off.
        question_id: `effect` or `label`.
        schema: JSON Schema of the whole answer.
        records: What is known of each record: `name`, `is_wrong`, `given_label` and `true_label`.
    """
    items = [Item(index, ()) for index in range(len(records))]
    named = [(str(record["name"]), item) for record, item in zip(records, items, strict=True)]
    parsed = parse(text or "", named, schema)
    labels = _labels(schema)
    ledger = EffectLedger(len(items)) if question_id == EFFECT else LabelLedger(len(items), labels, None)
    for item, value in parsed.good:
        ledger.take(item, Answer(value))
    for item in parsed.bad:
        ledger.take(item, Answer(None, "malformed"))
    verdicts = ledger.severity() if isinstance(ledger, EffectLedger) else ledger.judged()
    scored = []
    for record, verdict, problem in zip(records, verdicts.tolist(), ledger.problem.tolist(), strict=True):
        if question_id == EFFECT:
            said, is_flagged = str(verdict), verdict >= SUSPICIOUS
            is_right = is_flagged == record["is_wrong"]
        else:
            said = labels[verdict] if verdict >= 0 else UNSURE
            is_flagged = verdict >= 0 and said != record["given_label"]
            is_right = said == record["true_label"]
        has_answer = problem == ANSWERED
        scored.append(
            ScoredRecord(
                is_wrong=bool(record["is_wrong"]),
                said=said if has_answer else None,
                is_flagged=has_answer and is_flagged,
                is_right=has_answer and is_right,
            )
        )
    return tuple(scored)


def count(scored: Iterable[ScoredRecord]) -> Counts:
    """Count records."""
    total = Counts()
    for one in scored:
        has_answer = one.said is not None
        total += Counts(
            records=1,
            answered=has_answer,
            right=one.is_right,
            wrong=one.is_wrong,
            found=one.is_wrong and one.is_flagged,
            clean=has_answer and not one.is_wrong,
            alarms=one.is_flagged and not one.is_wrong,
        )
    return total


def _labels(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the labels that an answer may name; none where it names none."""
    entry = schema["properties"]["answers"]["items"]["properties"]
    return tuple(name for name in entry.get("label", {}).get("enum", ()) if name != UNSURE)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
