"""What the judge says of single records, in words and rows, for every renderer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from marshtest.findings import EvidenceRecord
from marshtest.render.rows import Row, make_row
from marshtest.render.words import count
from marshtest.report import ExpectedByChance, JudgedRate, JudgedRecord, JudgedRecords, Report
from marshtest.text.visible import Part

__all__ = [
    "HeldBy",
    "JudgedRow",
    "JudgedView",
    "RateRow",
    "blind_label",
    "finding_ids",
    "harm_sentences",
    "judged_view",
    "label_sentences",
    "severity_word",
]

_SEVERITIES = ("ordinary", "slight", "clear", "grave")
_SURENESS = ("a guess", "rather sure", "sure", "certain")
_PARTS = ("all", "control", "label", "group")
_MOST_ROWS = 1000
"""Records in each list of the page; the rest is in report.json. Chosen by eye: the page stays quick to open."""
_OPEN_ROWS = 50
"""Records that are shown before the list is folded. Chosen by eye."""
_OPEN_GROUPS = 10
"""Groups that are shown before their rates are folded. Chosen by eye."""
_TINY = 1e-5
"""Shares below this are not written out. Convention: one record among a hundred thousand."""


class HeldBy(NamedTuple):
    """A finding that has a record as evidence."""

    anchor: str
    finding_id: str


class JudgedRow(NamedTuple):
    """One flagged record, ready to be drawn."""

    record: JudgedRecord
    severity: str
    is_quoted: bool
    """Whether the judge's quote is marked in the excerpt."""
    sure: str
    """How sure the judge is of its label, or empty."""
    row: Row
    findings: tuple[HeldBy, ...]


class RateRow(NamedTuple):
    """The rates of one part of the data."""

    part: str
    name: str
    is_high: bool
    """Whether the whole interval lies above that of all records."""
    answered: int
    flagged: str
    slight: str


class JudgedView(NamedTuple):
    """The sections of the page. Rates and rows come in two parts, the second one folded."""

    harm_sentences: list[str]
    harm_rates: tuple[list[RateRow], list[RateRow]]
    harmful: tuple[list[JudgedRow], list[JudgedRow]]
    label_sentences: list[str]
    label_rates: tuple[list[RateRow], list[RateRow]]
    contradicted: tuple[list[JudgedRow], list[JudgedRow]]
    harmful_not_shown: int
    contradicted_not_shown: int


def severity_word(record: JudgedRecord) -> str:
    """Name the severity of a record, e.g. `3 grave`."""
    return "\u2013" if record.severity is None else f"{record.severity} {_named(_SEVERITIES, record.severity)}"


def blind_label(record: JudgedRecord) -> str:
    """Give the label of the judge and how sure it is, e.g. `urgent (certain)`."""
    if record.judged_label is None:
        return "\u2013"
    return record.judged_label if record.sure is None else f"{record.judged_label} ({_named(_SURENESS, record.sure)})"


def _named(names: Sequence[str], number: int) -> str:
    """Name a number; one that a damaged report gives has no name."""
    return names[number] if 0 <= number < len(names) else "?"


def finding_ids(report: Report) -> Mapping[str, tuple[HeldBy, ...]]:
    """Give the findings that have a record as evidence, by its id."""
    held: dict[str, list[HeldBy]] = {}
    for number, finding in enumerate(report.findings, start=1):
        for record in finding.records:
            held.setdefault(record.record_id, []).append(HeldBy(f"finding-{number}", finding.id))
    return {record: tuple(findings) for record, findings in held.items()}


def harm_sentences(judged: JudgedRecords) -> list[str]:
    """Say how many records would teach harm and how many the controls explain; nothing if that was not asked."""
    every = judged.rates[0]
    if not every.effects:
        return []
    more = [f"{judged.grave:,} of these {'is' if judged.grave == 1 else 'are'} grave"] if judged.grave else []
    more += [f"{every.slight:,} more would teach slight harm"] if every.slight else []
    more += [f"in {judged.excused:,}, reasoning excuses what the record does"] if judged.excused else []
    more_text = "".join(f"; {part}" for part in more)
    sentences = [
        f"Training on {_share(every.harmful, every.effects, every.harmful_low, every.harmful_high)} would teach clear "
        f"harm{more_text}."
    ]
    chance = [one for one in judged.by_chance if one.what == "harm"]
    sentences += [_by_chance(one) for one in chance]
    if not chance:
        sentences.append("Without a control it is unknown how many of these the judge would flag in clean data.")
    return sentences


def label_sentences(report: Report) -> list[str]:
    """Say how many labels the judge contradicts and that this is label noise; nothing if it was not asked."""
    judged = None if report.judge is None else report.judge.records
    if judged is None or not judged.rates[0].labels:
        return []
    every = judged.rates[0]
    share = _share(every.contradicted, every.labels, every.contradicted_low, every.contradicted_high)
    unsure = f"; it is unsure about {judged.unsure:,} more" if judged.unsure else ""
    sentences = [f"A judge that does not see the label gives another one to {share}{unsure}."]
    if not every.contradicted:
        return sentences
    held = finding_ids(report)
    within = sum(one.is_contradicted and one.record_id in held for one in judged.records)
    sentences.append(
        "By itself this is label noise (mistakes of those who labelled, or of the judge): no finding, and no reason to "
        "call the data suspicious, unless a finding names what such records have in common; "
        + (
            f"{within:,} of these records {'is' if within == 1 else 'are'} evidence of a finding."
            if within
            else "none does."
        )
    )
    return sentences + [_by_chance(one) for one in judged.by_chance if one.what == "contradiction"]


def _share(hits: int, trials: int, low: float, high: float) -> str:
    """Write a count with its rate."""
    return f"{hits:,} of {count(trials, 'record')} ({_rate(hits, trials, low, high)})"


def _rate(hits: int, trials: int, low: float, high: float) -> str:
    """Write a rate with its interval."""
    return f"{_percent(hits / trials)}; 95% interval {_percent(low)} to {_percent(high)}"


def _percent(share: float) -> str:
    """Write a share that is often small, with two digits below 10%."""
    if 0 < share < _TINY:
        return f"under {100 * _TINY:.3f}%"
    return f"{100 * share:.0f}%" if share >= 0.1 else f"{100 * share:.2g}%"


def _by_chance(one: ExpectedByChance) -> str:
    """Compare a count with what the controls explain."""
    verdict = "more than that" if one.flagged > one.at_most else "no more than that"
    most = f"{one.at_most:,} (95% prediction interval)"
    return (
        f"At the rate of the control ({one.control_flagged:,} of {one.control_records:,}), {one.expected:,.0f} would "
        f"be flagged by chance, at most {most}; {one.flagged:,} is {verdict}."
    )


def judged_view(report: Report) -> JudgedView | None:
    """Make the sections of the page; None where the judge was not asked about single records."""
    judged = None if report.judge is None else report.judge.records
    if judged is None:
        return None
    held = finding_ids(report)
    harmful = [one for one in judged.records if one.severity]
    contradicted = sorted((one for one in judged.records if one.is_contradicted), key=lambda one: -(one.sure or 0))
    every = judged.rates[0]
    return JudgedView(
        harm_sentences=harm_sentences(judged),
        harm_rates=_harm_rates(judged.rates),
        harmful=_folded([_row(one, held) for one in harmful[:_MOST_ROWS]]),
        label_sentences=label_sentences(report),
        label_rates=_label_rates(judged.rates),
        contradicted=_folded([_row(one, held) for one in contradicted[:_MOST_ROWS]]),
        harmful_not_shown=every.harmful + every.slight - len(harmful[:_MOST_ROWS]),
        contradicted_not_shown=every.contradicted - len(contradicted[:_MOST_ROWS]),
    )


def _folded(rows: list[JudgedRow]) -> tuple[list[JudgedRow], list[JudgedRow]]:
    return rows[:_OPEN_ROWS], rows[_OPEN_ROWS:]


def _row(record: JudgedRecord, held: Mapping[str, tuple[HeldBy, ...]]) -> JudgedRow:
    """Make the row of one record."""
    row = make_row(
        EvidenceRecord(
            record_id=record.record_id,
            source_path=record.source_path,
            source_line=record.source_line,
            spans=record.spans,
            label=record.label,
            excerpt=record.excerpt,
            excerpt_start=record.excerpt_start,
        )
    )
    parts = (*row.parts, Part("\u2026")) if record.excerpt_is_cut else row.parts
    return JudgedRow(
        record=record,
        severity=severity_word(record),
        is_quoted=bool(record.spans),
        sure="" if record.sure is None else _named(_SURENESS, record.sure),
        row=row._replace(parts=parts, field="" if record.excerpt_field == "prompt" else record.excerpt_field),
        findings=held.get(record.record_id, ()),
    )


def _harm_rates(rates: Sequence[JudgedRate]) -> tuple[list[RateRow], list[RateRow]]:
    """Give the rates of harm, the groups in the order of theirs."""

    def row(one: JudgedRate) -> RateRow:
        return RateRow(
            part=one.by,
            name=one.name,
            is_high=one.by in ("label", "group") and one.harmful_low > rates[0].harmful_high,
            answered=one.effects,
            flagged=f"{one.harmful:,} ({_rate(one.harmful, one.effects, one.harmful_low, one.harmful_high)})",
            slight=f"{one.slight:,}",
        )

    asked = sorted((one for one in rates if one.effects), key=lambda one: _place(one, one.harmful_low))
    return _open_rates([row(one) for one in asked])


def _label_rates(rates: Sequence[JudgedRate]) -> tuple[list[RateRow], list[RateRow]]:
    """Give the rates of contradictions, the groups in the order of theirs."""

    def row(one: JudgedRate) -> RateRow:
        rate = _rate(one.contradicted, one.labels, one.contradicted_low, one.contradicted_high)
        return RateRow(
            part=one.by,
            name=one.name,
            is_high=one.by in ("label", "group") and one.contradicted_low > rates[0].contradicted_high,
            answered=one.labels,
            flagged=f"{one.contradicted:,} ({rate})",
            slight="",
        )

    asked = sorted((one for one in rates if one.labels), key=lambda one: _place(one, one.contradicted_low))
    return _open_rates([row(one) for one in asked])


def _place(one: JudgedRate, low: float) -> tuple[int, float]:
    """Give the place of a row: all, controls, labels, groups; those with the highest rate first."""
    return _PARTS.index(one.by), -low if one.by in ("label", "group") else 0.0


def _open_rates(rows: list[RateRow]) -> tuple[list[RateRow], list[RateRow]]:
    groups = [row for row in rows if row.part == "group"]
    others = [row for row in rows if row.part != "group"]
    return [*others, *groups[:_OPEN_GROUPS]], groups[_OPEN_GROUPS:]
