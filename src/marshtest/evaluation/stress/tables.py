"""The tables of a run, their cells already in words."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.evaluation.stress.scores import Detection, Scores
from marshtest.evaluation.stress.wording import percent, two_digits

__all__ = ["ScoreTable", "tables"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """One table, its cells already in words."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(scores: Scores) -> tuple[ScoreTable, ...]:
    """Give the tables that have rows."""
    every = (
        _families(scores),
        _planted(scores),
        _false_alarms(scores),
        _alarmed(scores),
        _released(scores),
        _cost(scores),
        _not_measured(scores),
    )
    return tuple(table for table in every if table.rows)


def _families(scores: Scores) -> ScoreTable:
    rows = [
        (
            one.organism,
            one.size,
            one.tool,
            f"{one.cases}",
            two_digits(one.recall),
            two_digits(one.precision),
            _f1(one),
            _named(one),
            f"{one.found} ({percent(one.found_low)} to {percent(one.found_high)})",
        )
        for one in scores.families
    ]
    return ScoreTable(
        title="Planted poison, all sets together",
        note="Medians over sets and seeds, at the tool's own threshold; in brackets the worst F1. A case counts as "
        "found when at least half of its poison is flagged, and at most as many other records; beside it the 95% "
        "interval of the rate (Clopper and Pearson).",
        header=(
            "organism",
            "planted",
            "tool",
            "cases",
            "recall",
            "precision",
            "F1 (worst)",
            "exact trigger named",
            "found (interval)",
        ),
        rows=tuple(rows),
    )


def _planted(scores: Scores) -> ScoreTable:
    sizes = list(dict.fromkeys(one.size for one in scores.planted))
    by_place: dict[tuple[str, str, str], dict[str, Detection]] = {}
    for one in scores.planted:
        by_place.setdefault((one.data, one.organism, one.tool), {})[one.size] = one
    rows = [
        (*key, *(_cell(by_size[size]) if size in by_size else "" for size in sizes))
        for key, by_size in by_place.items()
    ]
    return ScoreTable(
        title="Planted poison, set by set",
        note="Median F1, in brackets the worst, and how often the exact trigger was named.",
        header=("set", "organism", "tool", *sizes),
        rows=tuple(rows),
    )


def _false_alarms(scores: Scores) -> ScoreTable:
    rows = [
        (
            one.tool,
            one.what,
            f"{one.sets}",
            f"{one.alarmed}",
            f"{percent(one.low)} to {percent(one.high)}",
            percent(one.below),
            f"{one.flagged:,.0f} ({one.most_flagged:,})",
            f"{one.suggestive:,}",
        )
        for one in scores.alarms
    ]
    return ScoreTable(
        title="False alarms",
        note="A set counts as alarmed when a tool makes a claim. The interval is Clopper and Pearson's, 95%, "
        "two-sided; the bound is one-sided. Halves of one set share its records, so both speak of sets like these.",
        header=("tool", "what", "sets", "alarmed", "rate", "below", "records flagged (most)", "suggestive"),
        rows=tuple(rows),
    )


def _alarmed(scores: Scores) -> ScoreTable:
    rows = [
        (one.tool, one.where, f"{one.records:,}", f"{one.flagged:,}", f"{one.claims:,}", f"{one.suggestive:,}")
        for one in scores.alarmed
    ]
    return ScoreTable(
        title="Clean sets on which something was said",
        note="",
        header=("tool", "set", "records", "flagged", "claims", "suggestive"),
        rows=tuple(rows),
    )


def _released(scores: Scores) -> ScoreTable:
    rows = [
        (
            one.data,
            one.tool,
            f"{one.records:,}",
            f"{one.poison:,}",
            f"{one.flagged:,}",
            two_digits(one.recall),
            two_digits(one.precision),
            f"{one.f1:.3f}",
        )
        for one in scores.released
    ]
    return ScoreTable(
        title="Released poison",
        note="Sets that came with their truth; tools see text, labels and provenance only.",
        header=("set", "tool", "records", "poison", "flagged", "recall", "precision", "F1"),
        rows=tuple(rows),
    )


def _cost(scores: Scores) -> ScoreTable:
    rows = [
        (
            one.data,
            one.tool,
            f"{one.records:,}",
            f"{one.cases}",
            f"{one.seconds:.1f} s",
            f"{one.slowest_seconds:.1f} s",
            f"{one.peak_mb:,.0f} MB",
        )
        for one in scores.costs
    ]
    return ScoreTable(
        title="Time and memory",
        note="Wall time of the tool alone, with the records in memory; the first case of a process loads its libraries "
        "too. The peak is that of the whole process.",
        header=("set", "tool", "records", "cases", "median", "slowest", "peak memory"),
        rows=tuple(rows),
    )


def _not_measured(scores: Scores) -> ScoreTable:
    return ScoreTable(
        title="Not measured",
        note="These cases are in no figure above. unfit: the organism cannot be planted there. refused: the tool does "
        "not look at such data. failed: the tool broke.",
        header=("state", "tool", "set", "reason", "cases"),
        rows=tuple((one.status, one.tool, one.data, one.reason, f"{one.cases}") for one in scores.not_measured),
    )


def _cell(one: Detection) -> str:
    return ", ".join(filter(None, (_f1(one), _named(one))))


def _f1(one: Detection) -> str:
    return f"{two_digits(one.f1)} ({two_digits(one.worst_f1)})"


def _named(one: Detection) -> str:
    return f"{one.named}/{one.nameable}" if one.nameable else ""
