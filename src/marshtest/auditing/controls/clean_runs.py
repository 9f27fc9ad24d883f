"""Run the same detectors on clean data and compare every finding with what they find there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marshtest.auditing.controls.rungs import best_rung, rung_of
from marshtest.auditing.runner import Examined, Runner
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Tools
from marshtest.findings import Explanation, Finding, Rung
from marshtest.report import ControlSet

__all__ = ["ControlRun", "hold_against", "run_control", "run_controls", "run_each", "same_pattern"]

_TITLES = 10
"""Findings of a control that the report names; the counts cover all of them. Convention: a screenful."""


@dataclass(frozen=True, slots=True)
class ControlRun:
    """One control with everything that the detectors found in it."""

    summary: ControlSet
    examined: Examined


def run_controls(
    detectors: Sequence[Detector], suspect: Dataset, controls: Sequence[Dataset], runner: Runner, *, clean: bool = True
) -> list[ControlRun]:
    """Run the detectors on controls that the user gave."""
    named = [
        (control, ", ".join(control.source) or "memory", rung_of(suspect, control, clean=clean)) for control in controls
    ]
    return run_each(detectors, named, runner)


def run_control(
    detectors: Sequence[Detector], control: Dataset, runner: Runner, *, name: str, rung: Rung
) -> ControlRun:
    """Run the detectors on one control."""
    return run_each(detectors, [(control, name, rung)], runner)[0]


def run_each(
    detectors: Sequence[Detector], controls: Sequence[tuple[Dataset, str, Rung]], runner: Runner
) -> list[ControlRun]:
    """Run the detectors on several controls, each with its name and rung."""
    alone = [detector for detector in detectors if not detector.needs_control]
    examined = runner.examine_each(alone, [(control, _called(name, runner.tools)) for control, name, _ in controls])
    return [_summed_up(*control, one) for control, one in zip(controls, examined, strict=True)]


def _called(name: str, tools: Tools) -> Tools:
    def progress(stage: str, fraction: float) -> None:
        tools.progress(f"control {name}: {stage}", fraction)

    return replace(tools, progress=progress, controls=(), sisters=())


def _summed_up(control: Dataset, name: str, rung: Rung, examined: Examined) -> ControlRun:
    confirmed = sum(finding.verdict == "confirmed" for finding in examined.findings)
    summary = ControlSet(
        name=name,
        rung=rung,
        records=len(control),
        confirmed=confirmed,
        suggestive=len(examined.findings) - confirmed,
        titles=tuple(finding.title for finding in examined.findings[:_TITLES]),
        complete=examined.complete,
    )
    return ControlRun(summary, examined)


def hold_against(findings: Sequence[Finding], runs: Sequence[ControlRun]) -> list[Finding]:
    """Compare every finding with the controls.

    A pattern that a control shows too is no sign of poison: such a finding is at most suggestive. Every finding reports
    what its detectors found in the controls, and how strong these controls are.
    """
    return [_held(finding, runs) for finding in findings] if runs else list(findings)


def _held(finding: Finding, runs: Sequence[ControlRun]) -> Finding:
    if not _was_run(finding, runs):
        return replace(finding, rung=best_rung([run.summary.rung for run in runs]))  # it compares with them by itself
    same = [run for run in runs if any(same_pattern(finding, other) for other in run.examined.findings)]
    rung = best_rung([run.summary.rung for run in runs])
    detectors = {finding.detector, *(line.detector for line in finding.lines)}
    alarms = sum(
        any(other.detector in detectors and other.verdict == "confirmed" for other in run.examined.findings)
        for run in runs
    )
    if same:
        names = ", ".join(run.summary.name for run in same)
        text = (
            f"The control ({names}), which is presumed clean, shows the same pattern: it is a property of the inputs."
        )
        explanation = Explanation(text, "for")
    else:
        records = sum(run.summary.records for run in runs)
        what = "one control" if len(runs) == 1 else f"{len(runs)} controls"
        text = (
            f"The same detectors do not find this pattern in {what} ({records:,} records, {rung}), "
            f"and confirm something else in {alarms} of {len(runs)}."
        )
        explanation = Explanation(text, "against")
    return replace(
        finding,
        verdict="suggestive" if same else finding.verdict,
        rung=rung,
        other_explanations=(*finding.other_explanations, explanation),
    )


def _was_run(finding: Finding, runs: Sequence[ControlRun]) -> bool:
    """Say whether the detector of a finding was run on the controls; one that compares with controls has none there."""
    return any(finding.detector == one.id for run in runs for one in run.examined.runs)


def same_pattern(one: Finding, other: Finding) -> bool:
    """Tell whether two findings are about the same pattern: one text inside the other, capitals aside."""
    texts = [" ".join(finding.pattern.text.casefold().split()) for finding in (one, other)]
    return one.pattern.type == other.pattern.type and (
        f" {texts[0]} " in f" {texts[1]} " or f" {texts[1]} " in f" {texts[0]} "
    )
