"""What the judge says of every record: its answers to all questions together, with rates and what chance explains.

Several detectors put the same questions; the store answers them once, and here they count once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Judging, RecordVerdicts
from marshtest.judges.asking.effect import CLEAR, GRAVEST, SUSPICIOUS
from marshtest.judges.asking.label import UNSURE
from marshtest.judges.asking.verdicts import NO_ANSWER, UNDECIDED, Harm
from marshtest.report import ExpectedByChance, JudgedRate, JudgedRecord, JudgedRecords
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.proportions import Proportion, predicted_upper

__all__ = ["judged_records"]

_MOST_RECORDS = 20_000
"""Records that are listed. Convention: as many as the page has evidence records; some ten megabytes of JSON."""
_MOST_GROUPS = 200
"""Groups with a row of their own. Chosen by eye: more than anybody reads."""
_EXCERPT, _BEFORE = 400, 120
"""Characters of an excerpt, and how many of them stand before the quote. Chosen by eye: about five lines."""
_MOST_WORDS = 500
"""Characters of what a judge says or quotes. It is asked for at most 30 words; a judge that copies whole records must
not fill the report."""


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """The verdicts on one dataset, whoever asked. Every array has one number for each record."""

    severity: Ints
    """Negative where the judge was not asked or gave no answer."""
    harms: Mapping[int, Harm]
    labels: tuple[str, ...]
    given: Ints
    judged: Ints
    sure: Ints

    @classmethod
    def of(cls, dataset: Dataset, judging: Sequence[Judging], *, labels: frozenset[str]) -> _Verdicts | None:
        """Take what is said of a dataset; None where the judge was asked nothing about its records.

        Args:
            dataset: The data or a control.
            judging: What every detector asked.
            labels: The labels of the data: contradictions of other labels are not compared.
        """
        found = [one for part in judging for one in part.verdicts if one.fingerprint == dataset.fingerprint]
        if not found:
            return None
        nothing = RecordVerdicts(fingerprint=dataset.fingerprint)
        effects = next((one for one in found if one.severity), nothing)
        blind = next((one for one in found if one.labels and frozenset(one.labels) == labels), nothing)
        size = len(dataset)

        def column(values: Sequence[int]) -> Ints:
            return np.array(values, np.int64) if values else np.full(size, NO_ANSWER, np.int64)

        return cls(
            severity=column(effects.severity),
            harms=effects.harms,
            labels=blind.labels,
            given=column(blind.given),
            judged=column(blind.judged),
            sure=column(blind.sure),
        )

    @property
    def decided(self) -> Bools:
        """Labelled records for which the judge decided on a label."""
        return np.asarray((self.given >= 0) & (self.judged >= 0))

    @property
    def undecided(self) -> Bools:
        """Labelled records of which the judge is unsure."""
        return np.asarray((self.given >= 0) & (self.judged == UNDECIDED))

    @property
    def contradicted(self) -> Bools:
        """Records that have another label than the judge gives."""
        return np.asarray(self.decided & (self.judged != self.given))

    @property
    def flagged(self) -> Bools:
        """Records with any harm or a contradicted label."""
        return np.asarray(self.contradicted | (self.severity >= SUSPICIOUS))

    @property
    def answered(self) -> Bools:
        """Records with at least one answer."""
        return np.asarray(self.decided | self.undecided | (self.severity >= 0))


def judged_records(
    judging: Sequence[Judging], dataset: Dataset, controls: Sequence[Dataset] = ()
) -> JudgedRecords | None:
    """Sum up what the judge says of every record; None where it was not asked about single records.

    Args:
        judging: What every detector asked of a judge.
        dataset: The audited data.
        controls: The controls; one that nobody asked about is left out.
    """
    labels = frozenset(dataset.labels)
    verdicts = _Verdicts.of(dataset, judging, labels=labels)
    if verdicts is None:
        return None
    clean = [
        (_name(one), found)
        for one in {control.fingerprint: control for control in controls}.values()
        if (found := _Verdicts.of(one, judging, labels=labels)) is not None
    ]
    rates, left_out = _rates(verdicts, dataset, clean)
    rows = _ranked(verdicts)
    return JudgedRecords(
        judged=len(rows),
        unanswered=len(dataset) - len(rows),
        flagged=int(verdicts.flagged.sum()),
        grave=int((verdicts.severity >= GRAVEST).sum()),
        excused=sum(harm.excuses for harm in verdicts.harms.values()),
        unsure=int(verdicts.undecided.sum()),
        rates=rates,
        groups_left_out=left_out,
        by_chance=_by_chance(rates),
        records=_listed(verdicts, dataset, rows[:_MOST_RECORDS]),
        left_out=max(0, len(rows) - _MOST_RECORDS),
    )


def _name(dataset: Dataset) -> str:
    return ", ".join(dataset.source) or "memory"


def _ranked(verdicts: _Verdicts) -> Ints:
    """Give the rows with an answer: gravest first, then the surest contradictions, then as in the source."""
    rows = np.flatnonzero(verdicts.answered)
    severity = np.maximum(verdicts.severity[rows], 0)
    contradiction = np.where(verdicts.contradicted, 1 + verdicts.sure, 0)[rows]
    return np.asarray(rows[np.lexsort((rows, -contradiction, -severity))])


def _rates(
    verdicts: _Verdicts, dataset: Dataset, controls: Sequence[tuple[str, _Verdicts]]
) -> tuple[tuple[JudgedRate, ...], int]:
    """Count all records, those of every label, group and control; give the rows and how many groups have none."""
    everything = np.zeros(len(dataset), np.int64)
    rates = _counted("all", ("",), everything, verdicts)
    table = dataset.table(["label", "group"]).to_pydict()
    if dataset.labels:
        names = tuple(dataset.labels)
        rates += _counted("label", names, _codes(table["label"], names), verdicts)
    groups = tuple(sorted({name for name in table["group"] if name is not None}))
    by_group = _counted("group", groups, _codes(table["group"], groups), verdicts) if groups else []
    by_group.sort(key=lambda one: (-max(one.harmful_low, one.contradicted_low), -one.records, one.name))
    rates += by_group[:_MOST_GROUPS]
    for name, control in controls:
        rates += _counted("control", (name,), np.zeros(len(control.severity), np.int64), control)
    return tuple(rates), max(0, len(by_group) - _MOST_GROUPS)


def _codes(values: Sequence[str | None], names: Sequence[str]) -> Ints:
    """Give the place of every value among the names; the number of names where it is none."""
    places = {name: place for place, name in enumerate(names)}
    return np.array([len(names) if value is None else places[value] for value in values], np.int64)


def _counted(
    by: Literal["all", "label", "group", "control"], names: Sequence[str], codes: Ints, verdicts: _Verdicts
) -> list[JudgedRate]:
    """Count the records of every part of the data; the code of a record is the place of its part's name."""

    def count(chosen: Bools) -> list[int]:
        counts: list[int] = np.bincount(codes[chosen], minlength=len(names)).tolist()
        return counts

    columns = zip(
        names,
        count(np.ones(len(codes), np.bool_)),
        count(verdicts.severity >= 0),
        count(verdicts.severity >= CLEAR),
        count((verdicts.severity >= SUSPICIOUS) & (verdicts.severity < CLEAR)),
        count(verdicts.decided),
        count(verdicts.contradicted),
        strict=False,  # the counts have one number more where some records belong to no part
    )
    rates = []
    for name, records, effects, harmful, slight, labels, contradicted in columns:
        harm, doubt = Proportion(harmful, effects).interval, Proportion(contradicted, labels).interval
        rates.append(
            JudgedRate(
                by=by,
                name=name,
                records=records,
                effects=effects,
                harmful=harmful,
                harmful_low=harm[0],
                harmful_high=harm[1],
                slight=slight,
                labels=labels,
                contradicted=contradicted,
                contradicted_low=doubt[0],
                contradicted_high=doubt[1],
            )
        )
    return rates


def _by_chance(rates: Sequence[JudgedRate]) -> tuple[ExpectedByChance, ...]:
    """Say how many records would be flagged at the rate of the controls."""
    here, controls = rates[0], [one for one in rates if one.by == "control"]
    effects, labels = sum(one.effects for one in controls), sum(one.labels for one in controls)
    return (
        *_expected("harm", (here.harmful, here.effects), (sum(one.harmful for one in controls), effects)),
        *_expected("slight harm", (here.slight, here.effects), (sum(one.slight for one in controls), effects)),
        *_expected(
            "contradiction", (here.contradicted, here.labels), (sum(one.contradicted for one in controls), labels)
        ),
    )


def _expected(
    what: Literal["harm", "slight harm", "contradiction"], here: tuple[int, int], there: tuple[int, int]
) -> tuple[ExpectedByChance, ...]:
    """Compare one count with the controls; nothing where either has no answers.

    Args:
        what: What is counted.
        here: Flagged records and all records of the data.
        there: The same of the controls.
    """
    rate = Proportion(*there)
    if rate.value is None or not here[1]:
        return ()
    return (
        ExpectedByChance(
            what=what,
            flagged=here[0],
            records=here[1],
            control_flagged=rate.hits,
            control_records=rate.trials,
            expected=round(rate.value * here[1], 2),
            at_most=predicted_upper(rate.hits, rate.trials, here[1]),
        ),
    )


def _listed(verdicts: _Verdicts, dataset: Dataset, rows: Ints) -> tuple[JudgedRecord, ...]:
    """Give the records of some rows; the text only of flagged ones."""
    places = dataset.table(["record_id", "source_path", "source_line", "label", "group"]).take(rows).to_pylist()
    flagged = rows[verdicts.flagged[rows]]
    table = dataset.table(["prompt", "completion", "rejected", "fields", "label"]).take(flagged)
    texts = dict(zip(flagged.tolist(), table.to_pylist(), strict=True))
    listed = []
    for row, place in zip(rows.tolist(), places, strict=True):
        harm, severity, judged = verdicts.harms.get(row), int(verdicts.severity[row]), int(verdicts.judged[row])
        is_decided = place["label"] is not None and judged >= 0
        listed.append(
            JudgedRecord(
                **place,
                **(_excerpt(texts[row], harm) if row in texts else {}),
                severity=severity if severity >= 0 else None,
                learns="" if harm is None else harm.learns[:_MOST_WORDS],
                quote="" if harm is None else harm.quote[:_MOST_WORDS],
                excuses=harm is not None and harm.excuses,
                judged_label=verdicts.labels[judged] if is_decided else UNSURE if judged == UNDECIDED else None,
                sure=int(verdicts.sure[row]) if is_decided else None,
            )
        )
    return tuple(listed)


def _excerpt(record: Mapping[str, str | None], harm: Harm | None) -> dict[str, Any]:
    """Give a piece of text around the quote, as fields of a judged record.

    Without a quote it is what a model learns to produce: the completion, or the prompt of a labelled record.
    """
    spans = () if harm is None else harm.spans
    field = spans[0].field if spans else "prompt" if record["label"] is not None else "completion"
    text = record[field] or ""
    if not text:
        field, text = "prompt", record["prompt"] or ""
    spans = tuple(span for span in spans if span.field == field)
    start = max(0, min(spans[0].start - _BEFORE, len(text) - _EXCERPT)) if spans and len(text) > _EXCERPT else 0
    return {
        "excerpt_field": field,
        "excerpt": text[start : start + _EXCERPT],
        "excerpt_start": start,
        "excerpt_is_cut": start + _EXCERPT < len(text),
        "spans": spans,
    }
