"""The tables of a run, their cells already in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from marshtest.stats.evidence import rate_bound
from marshtest.stress.cases import CLEAN
from marshtest.stress.outcome import Outcome
from marshtest.stress.wording import grouped, interval, percent, size_of, two_digits

__all__ = ["ScoreTable", "tables"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """One table, its cells already in words."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(outcomes: Sequence[Outcome]) -> tuple[ScoreTable, ...]:
    """Give the tables that have rows."""
    measured = [one for one in outcomes if one.status == "measured"]
    every = (
        _by_organism(measured),
        _by_set(measured),
        _false_alarms(measured),
        _alarmed(measured),
        _released(measured),
        _cost(measured),
        _not_measured(outcomes),
    )
    return tuple(table for table in every if table.rows)


def _by_organism(measured: Sequence[Outcome]) -> ScoreTable:
    planted = [one for one in measured if one.case.kind == "planted"]
    rows = [
        (*key, f"{len(group)}", *_scores(group), _named(group))
        for key, group in grouped(planted, lambda one: (one.case.organism, one.case.size, one.case.tool))
    ]
    return ScoreTable(
        title="Planted poison, all sets together",
        note="Medians over sets and seeds, at the tool's own threshold; in brackets the worst F1.",
        header=("organism", "planted", "tool", "cases", "recall", "precision", "F1 (worst)", "exact trigger named"),
        rows=tuple(rows),
    )


def _by_set(measured: Sequence[Outcome]) -> ScoreTable:
    planted = [one for one in measured if one.case.kind == "planted"]
    sizes = list(dict.fromkeys(one.case.size for one in planted))
    rows = []
    for key, group in grouped(planted, lambda one: (one.case.data, one.case.organism, one.case.tool)):
        by_size = dict(grouped(group, size_of))
        rows.append((*key, *(_cell(by_size.get(size, [])) for size in sizes)))
    return ScoreTable(
        title="Planted poison, set by set",
        note="Median F1, in brackets the worst, and how often the exact trigger was named.",
        header=("set", "organism", "tool", *sizes),
        rows=tuple(rows),
    )


def _false_alarms(measured: Sequence[Outcome]) -> ScoreTable:
    rows = []
    for tool, own in grouped(measured, lambda one: one.case.tool):
        for what, kinds in (("clean sets and halves", CLEAN), ("honest twins", ("twin",))):
            group = [one for one in own if one.case.kind in kinds]
            if not group:
                continue
            alarms = sum(one.alarmed for one in group)
            flagged = [one.flagged for one in group]
            rows.append(
                (
                    tool,
                    what,
                    f"{len(group)}",
                    f"{alarms}",
                    interval(alarms, len(group)),
                    f"{percent(rate_bound(alarms, len(group)))}",
                    f"{median(flagged):,.0f} ({max(flagged):,})",
                    f"{sum(one.suggestive for one in group):,}",
                )
            )
    return ScoreTable(
        title="False alarms",
        note="A set counts as alarmed when a tool makes a claim. The interval is Clopper and Pearson's, 95 %, "
        "two-sided; the bound is one-sided. Halves of one set share its records, so both speak of sets like these.",
        header=("tool", "what", "sets", "alarmed", "rate", "below", "records flagged (most)", "suggestive"),
        rows=tuple(rows),
    )


def _alarmed(measured: Sequence[Outcome]) -> ScoreTable:
    group = [one for one in measured if one.case.kind in (*CLEAN, "twin") and (one.alarmed or one.suggestive)]
    rows = [
        (one.case.tool, _where(one), f"{one.records:,}", f"{one.flagged:,}", f"{one.claims:,}", f"{one.suggestive:,}")
        for one in group
    ]
    return ScoreTable(
        title="Clean sets on which something was said",
        note="",
        header=("tool", "set", "records", "flagged", "claims", "suggestive"),
        rows=tuple(rows),
    )


def _released(measured: Sequence[Outcome]) -> ScoreTable:
    group = [one for one in measured if one.case.kind == "released"]
    rows = [
        (
            one.case.data,
            one.case.tool,
            f"{one.records:,}",
            f"{one.poison:,}",
            f"{one.flagged:,}",
            two_digits(one.recall),
            two_digits(one.precision),
            f"{one.f1:.3f}",
        )
        for one in group
    ]
    return ScoreTable(
        title="Released poison",
        note="Sets that came with their truth; tools see text, labels and provenance only.",
        header=("set", "tool", "records", "poison", "flagged", "recall", "precision", "F1"),
        rows=tuple(rows),
    )


def _cost(measured: Sequence[Outcome]) -> ScoreTable:
    rows = []
    for (data, tool), group in grouped(measured, lambda one: (one.case.data, one.case.tool)):
        seconds = [one.seconds for one in group]
        rows.append(
            (
                data,
                tool,
                f"{max(one.records for one in group):,}",
                f"{len(group)}",
                f"{median(seconds):.1f} s",
                f"{max(seconds):.1f} s",
                f"{max(one.peak_mb for one in group):,.0f} MB",
            )
        )
    return ScoreTable(
        title="Time and memory",
        note="Wall time of the tool alone, with the records in memory; the first case of a process loads its libraries "
        "too. The peak is that of the whole process.",
        header=("set", "tool", "records", "cases", "median", "slowest", "peak memory"),
        rows=tuple(rows),
    )


def _not_measured(outcomes: Sequence[Outcome]) -> ScoreTable:
    counts = Counter(
        (one.status, one.case.tool if one.status != "unfit" else "any", one.case.data, one.reason)
        for one in outcomes
        if one.status != "measured"
    )
    rows = [(*key, f"{number}") for key, number in counts.items()]
    return ScoreTable(
        title="Not measured",
        note="These cases are in no figure above. unfit: the organism cannot be planted there. refused: the tool does "
        "not look at such data. failed: the tool broke.",
        header=("state", "tool", "set", "reason", "cases"),
        rows=tuple(rows),
    )


def _scores(group: Sequence[Outcome]) -> tuple[str, str, str]:
    f1 = [one.f1 for one in group]
    recall, precision = median(one.recall for one in group), median(one.precision for one in group)
    return two_digits(recall), two_digits(precision), f"{two_digits(median(f1))} ({two_digits(min(f1))})"


def _cell(group: Sequence[Outcome]) -> str:
    if not group:
        return ""
    named = _named(group)
    return _scores(group)[2] + (f", {named}" if named else "")


def _named(group: Sequence[Outcome]) -> str:
    asked = [one.named for one in group if one.named is not None]
    return f"{sum(asked)}/{len(asked)}" if asked else ""


def _where(one: Outcome) -> str:
    case = one.case
    if case.kind == "half":
        return f"{case.data}, half {case.half} of draw {case.seed}"
    if case.kind == "twin":
        return f"{case.data}, honest twin of {case.organism}, {case.size}, seed {case.seed}"
    return f"{case.data}, its poison taken out" if case.kind == "without" else case.data
