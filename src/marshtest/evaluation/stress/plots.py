"""The figures of a run: numbers for any renderer to draw."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from marshtest.evaluation.stress.cases import CLEAN
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.findings import Figure, Series

__all__ = ["figures"]


def figures(measured: Sequence[CaseOutcome]) -> tuple[Figure, ...]:
    """Give the figures for which there are numbers."""
    planted = [one for one in measured if one.case.kind == "planted"]
    drawn = [_f1_bars(planted, size) for size in dict.fromkeys(one.case.size for one in planted)]
    drawn += [_points(planted)] if planted else []
    clean = [one for one in measured if one.case.kind in CLEAN]
    drawn += [_alarm_bars(clean)] if clean else []
    drawn += [_time(measured)] if measured else []
    return tuple(drawn)


def _f1_bars(planted: Sequence[CaseOutcome], size: str) -> Figure:
    """Compare the tools, organism by organism, at one size."""
    group = [one for one in planted if one.case.size == size]
    organisms = tuple(dict.fromkeys(one.case.organism for one in group))
    series = []
    for number, tool in enumerate(_tools(group)):
        own = [one for one in group if one.case.tool == tool]
        names = tuple(name for name in organisms if any(one.case.organism == name for one in own))
        scores = [median(one.f1 for one in own if one.case.organism == name) for name in names]
        points = tuple((0.0, round(score, 3)) for score in scores)
        series.append(Series(tool, points, highlight=number == 0, names=names))
    return Figure(
        type="bars", title=f"Median F1, {size}", x_label="organism", y_label="median F1", series=tuple(series)
    )


def _points(planted: Sequence[CaseOutcome]) -> Figure:
    series = []
    for tool in _tools(planted):
        own = [one for one in planted if one.case.tool == tool]
        points = tuple((float(one.poison), one.recall) for one in own)
        series.append(Series(tool, points, names=tuple(f"{one.case.organism} in {one.case.data}" for one in own)))
    return Figure(
        type="scatter",
        title="Recall, case by case",
        x_label="planted records",
        y_label="recall",
        series=tuple(series),
    )


def _alarm_bars(clean: Sequence[CaseOutcome]) -> Figure:
    tools = _tools(clean)
    points = []
    for tool in tools:
        own = [one for one in clean if one.case.tool == tool]
        points.append((0.0, round(sum(one.alarmed for one in own) / len(own), 3)))
    return Figure(
        type="bars",
        title="Share of clean sets with a false alarm",
        x_label="tool",
        y_label="share of clean sets",
        series=(Series("clean sets", tuple(points), highlight=True, names=tools),),
    )


def _time(measured: Sequence[CaseOutcome]) -> Figure:
    return Figure(
        type="scatter",
        title="Time, case by case",
        x_label="records",
        y_label="seconds",
        series=tuple(
            Series(tool, tuple((float(one.records), one.seconds) for one in measured if one.case.tool == tool))
            for tool in _tools(measured)
        ),
    )


def _tools(outcomes: Sequence[CaseOutcome]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.case.tool for one in outcomes))
