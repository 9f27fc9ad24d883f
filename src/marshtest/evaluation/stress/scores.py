"""The figures of a run as numbers: what the tables say in words and a study keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from marshtest.evaluation.stress.cases import CLEAN
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.wording import grouped
from marshtest.stats.proportions import clopper_pearson, clopper_pearson_upper

__all__ = ["Alarmed", "Alarms", "Cost", "Detection", "NotMeasured", "Released", "Scores", "scores_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What a tool finds of one organism, planted in one size, over seeds and sets."""

    data: str
    """The set; empty for all sets together."""
    organism: str
    size: str
    tool: str
    cases: int
    recall: float
    """Medians over the cases, of records at the tool's own threshold."""
    precision: float
    f1: float
    worst_f1: float
    found: int
    """Cases in which at least half of the poison was flagged, and at most as many other records."""
    found_low: float
    """The 95% interval of the rate of such cases (Clopper and Pearson)."""
    found_high: float
    named: int
    """Cases in which the exact trigger was named."""
    nameable: int
    """Cases with a trigger to name and a tool that names triggers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """How often a tool raises an alarm on data without poison."""

    tool: str
    what: Literal["clean sets and halves", "honest twins"]
    sets: int
    alarmed: int
    """Sets about which the tool makes a claim."""
    low: float
    """The 95% interval of the rate (Clopper and Pearson)."""
    high: float
    below: float
    """One-sided 95% bound of the rate."""
    flagged: float
    """Median of the records flagged."""
    most_flagged: int
    suggestive: int
    """Claims below the tool's own threshold, all sets together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarmed:
    """Data without poison about which a tool said something."""

    tool: str
    where: str
    records: int
    flagged: int
    claims: int
    suggestive: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What a tool finds in a set that came with its truth."""

    data: str
    tool: str
    records: int
    poison: int
    flagged: int
    hits: int
    """Flagged records that are poison."""
    recall: float
    precision: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a tool takes on one set."""

    data: str
    tool: str
    records: int
    cases: int
    seconds: float
    """Median wall time."""
    slowest_seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """Cases that are in no figure."""

    status: Literal["unfit", "refused", "failed"]
    tool: str
    """`any` where the case could not be made at all."""
    data: str
    reason: str
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """All figures of a run."""

    families: tuple[Detection, ...] = ()
    """All sets together."""
    planted: tuple[Detection, ...] = ()
    """Set by set."""
    alarms: tuple[Alarms, ...] = ()
    alarmed: tuple[Alarmed, ...] = ()
    released: tuple[Released, ...] = ()
    costs: tuple[Cost, ...] = ()
    not_measured: tuple[NotMeasured, ...] = ()


def scores_of(outcomes: Sequence[CaseOutcome], *, seeds: bool = False, reasons: bool = True) -> Scores:
    """Count outcomes.

    Args:
        outcomes: Those of a run.
        seeds: Whether cases are told by their seed.
        reasons: Whether it is told why cases were not measured; a tool may quote the data there.
    """
    measured = [one for one in outcomes if one.status == "measured"]
    planted = [one for one in measured if one.case.kind == "planted"]
    return Scores(
        families=tuple(
            _detection("", *key, group)
            for key, group in grouped(planted, lambda one: (one.case.organism, one.case.size, one.case.tool))
        ),
        planted=tuple(
            _detection(*key, group)
            for key, group in grouped(
                planted, lambda one: (one.case.data, one.case.organism, one.case.size, one.case.tool)
            )
        ),
        alarms=tuple(_alarms(measured)),
        alarmed=tuple(
            Alarmed(
                tool=one.case.tool,
                where=_where(one, seeds=seeds),
                records=one.records,
                flagged=one.flagged,
                claims=one.claims,
                suggestive=one.suggestive,
            )
            for one in measured
            if one.case.kind in (*CLEAN, "twin") and (one.alarmed or one.suggestive)
        ),
        released=tuple(_released(one) for one in measured if one.case.kind == "released"),
        costs=tuple(
            _cost(data, tool, group)
            for (data, tool), group in grouped(measured, lambda one: (one.case.data, one.case.tool))
        ),
        not_measured=tuple(_not_measured(outcomes, reasons=reasons)),
    )


def _detection(data: str, organism: str, size: str, tool: str, group: Sequence[CaseOutcome]) -> Detection:
    found, nameable = sum(one.found for one in group), [one.named for one in group if one.named is not None]
    low, high = clopper_pearson(found, len(group))
    return Detection(
        data=data,
        organism=organism,
        size=size,
        tool=tool,
        cases=len(group),
        recall=median(one.recall for one in group),
        precision=median(one.precision for one in group),
        f1=median(one.f1 for one in group),
        worst_f1=min(one.f1 for one in group),
        found=found,
        found_low=low,
        found_high=high,
        named=sum(nameable),
        nameable=len(nameable),
    )


def _alarms(measured: Sequence[CaseOutcome]) -> list[Alarms]:
    rows = []
    for tool, own in grouped(measured, lambda one: one.case.tool):
        clean = [one for one in own if one.case.kind in CLEAN]
        rows += [_rate(tool, "clean sets and halves", clean)] if clean else []
        twins = [one for one in own if one.case.kind == "twin"]
        rows += [_rate(tool, "honest twins", twins)] if twins else []
    return rows


def _rate(tool: str, what: Literal["clean sets and halves", "honest twins"], group: Sequence[CaseOutcome]) -> Alarms:
    alarmed = sum(one.alarmed for one in group)
    low, high = clopper_pearson(alarmed, len(group))
    flagged = [one.flagged for one in group]
    return Alarms(
        tool=tool,
        what=what,
        sets=len(group),
        alarmed=alarmed,
        low=low,
        high=high,
        below=clopper_pearson_upper(alarmed, len(group)),
        flagged=float(median(flagged)),
        most_flagged=max(flagged),
        suggestive=sum(one.suggestive for one in group),
    )


def _released(one: CaseOutcome) -> Released:
    return Released(
        data=one.case.data,
        tool=one.case.tool,
        records=one.records,
        poison=one.poison,
        flagged=one.flagged,
        hits=one.hits,
        recall=one.recall,
        precision=one.precision,
        f1=one.f1,
    )


def _cost(data: str, tool: str, group: Sequence[CaseOutcome]) -> Cost:
    seconds = [one.seconds for one in group]
    return Cost(
        data=data,
        tool=tool,
        records=max(one.records for one in group),
        cases=len(group),
        seconds=median(seconds),
        slowest_seconds=max(seconds),
        peak_mb=max(one.peak_mb for one in group),
    )


def _not_measured(outcomes: Sequence[CaseOutcome], *, reasons: bool) -> list[NotMeasured]:
    counts = Counter(
        (
            one.status,
            one.case.tool if one.status != "unfit" else "any",
            one.case.data,
            one.reason if reasons else "",
        )
        for one in outcomes
    )
    return [
        NotMeasured(status=status, tool=tool, data=data, reason=reason, cases=cases)
        for (status, tool, data, reason), cases in counts.items()
        if status != "measured"
    ]


def _where(one: CaseOutcome, *, seeds: bool) -> str:
    case = one.case
    if case.kind == "half":
        return f"{case.data}, half {case.half} of draw {case.seed}" if seeds else f"{case.data}, a half"
    if case.kind == "twin":
        drawn = f", seed {case.seed}" if seeds else ""
        return f"{case.data}, honest twin of {case.organism}, {case.size}{drawn}"
    return f"{case.data}, its poison taken out" if case.kind == "without" else case.data
