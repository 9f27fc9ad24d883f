"""Sum up a run in sentences, tables and figures that any renderer can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from marshtest.evaluation.stress.cases import CLEAN
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.plots import figures
from marshtest.evaluation.stress.scores import scores_of
from marshtest.evaluation.stress.tables import ScoreTable, tables
from marshtest.evaluation.stress.wording import grouped, interval, size_of, two_digits
from marshtest.findings import Figure

__all__ = ["Scoreboard", "scoreboard", "sentences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoreboard:
    """What a run says."""

    summary: tuple[str, ...]
    tables: tuple[ScoreTable, ...]
    """Only those that have rows."""
    figures: tuple[Figure, ...]


def scoreboard(outcomes: Sequence[CaseOutcome], *, seeds: bool = False) -> Scoreboard:
    """Sum the outcomes of a run up.

    Args:
        outcomes: Those of a run.
        seeds: Whether cases are told by their seed, from which their triggers can be drawn again.
    """
    measured = [one for one in outcomes if one.status == "measured"]
    return Scoreboard(
        summary=tuple(sentences(outcomes)),
        tables=tables(scores_of(outcomes, seeds=seeds)),
        figures=figures(measured),
    )


def sentences(outcomes: Sequence[CaseOutcome]) -> list[str]:
    """Say of every tool in a sentence or two how it did."""
    lines = []
    for tool in dict.fromkeys(one.case.tool for one in outcomes):
        own = [one for one in outcomes if one.case.tool == tool and one.status == "measured"]
        planted = [one for one in own if one.case.kind == "planted"]
        if planted:
            scores = ", ".join(
                f"{size} {two_digits(median(one.f1 for one in group))}" for size, group in grouped(planted, size_of)
            )
            lines.append(f"{tool}: median F1 on planted poison: {scores}.")
        clean = [one for one in own if one.case.kind in CLEAN]
        if clean:
            alarms = sum(one.alarmed for one in clean)
            suggestive = sum(one.suggestive for one in clean)
            lines.append(
                f"{tool}: {alarms} of {len(clean)} clean sets with a false alarm "
                f"(95% interval {interval(alarms, len(clean))}); {suggestive} suggestive findings in total."
            )
        broken = [one for one in outcomes if one.case.tool == tool and one.status == "failed"]
        if broken:
            what = "1 failed case is" if len(broken) == 1 else f"{len(broken)} failed cases are"
            lines.append(f"{tool}: {what} not included in any figure.")
    return lines
