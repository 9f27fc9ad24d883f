"""Hold the findings of an audit against everything there is to hold them against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marshtest.auditing.controls.alternatives import weigh_alternatives
from marshtest.auditing.controls.clean_runs import ControlRun, hold_against, run_controls
from marshtest.auditing.controls.drawing import draw_records, part_named
from marshtest.auditing.controls.own import halves, in_halves
from marshtest.auditing.controls.power import measure_power
from marshtest.auditing.controls.rungs import best_rung
from marshtest.auditing.controls.shuffled import shuffled_outcomes
from marshtest.auditing.controls.sources import compare_sources, sides, sources_of
from marshtest.auditing.profiles.loading import find_profile
from marshtest.auditing.runner import Runner
from marshtest.config import AuditConfig
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector
from marshtest.findings import Finding
from marshtest.report import Controls, ControlSet, Power
from marshtest.stats.proportions import clopper_pearson_upper

__all__ = ["Checked", "check", "summed"]

_PART, _POWER_PART = 30_000, 10_000
"""Of a very large dataset: records that the controls and the test poison are tried on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Findings with their controls, and what the controls say of the audit as a whole."""

    findings: tuple[Finding, ...]
    controls: Controls
    power: Power


def check(
    detectors: Sequence[Detector],
    dataset: Dataset,
    findings: Sequence[Finding],
    runner: Runner,
    *,
    config: AuditConfig,
    controls: Sequence[Dataset] = (),
    sisters: Sequence[Dataset] = (),
    read_as: str = "",
) -> Checked:
    """Run the controls that were given, those made of the dataset itself and the spike-ins, as the settings ask for.

    `read_as` names the reading that the dataset is, where there are several.
    """
    given = run_controls(detectors, dataset, controls, runner)
    given += run_controls(detectors, dataset, sisters, runner, clean=False)
    held = hold_against(weigh_alternatives(findings, dataset, seed=runner.tools.seed), given)
    own: list[ControlRun] = []
    sources = sources_of(dataset) if held else None
    apart: list[ControlRun] = []
    if config.own_controls:
        detectors = [detector for detector in detectors if not detector.needs_judge]  # a judge sees no given label
        shuffled = shuffled_outcomes(detectors, draw_records(dataset, runner.tools.seed, _PART), held, runner)
        held = list(shuffled.findings)
        own += [] if shuffled.run is None else [shuffled.run]
        if held:
            claimed = {record.record_id for finding in held for record in finding.records}
            part = draw_records(dataset, runner.tools.seed, _PART, besides=claimed)
            named = part_named(part, dataset, besides=True) + (f", read as {read_as}" if read_as else "")
            held = in_halves(held, halves(detectors, part, runner), of=named)
            apart = sides(detectors, part, sources, runner)
    held = compare_sources(held, sources, apart)
    part = draw_records(dataset, runner.tools.seed, _POWER_PART)
    called = "this dataset" if part is dataset else part_named(part, dataset)
    power = measure_power(detectors, part, runner, mode=config.power, families=_families(config), of=called)
    held.sort(key=lambda finding: finding.verdict != "confirmed")  # stable: a control may have lowered a verdict
    return Checked(
        findings=tuple(held), controls=summed([run.summary for run in given], [run.summary for run in own]), power=power
    )


def _families(config: AuditConfig) -> tuple[str, ...]:
    """Give the organisms of the profile, where there is one."""
    return find_profile(config.profile).organisms if config.profile else ()


def summed(given: Sequence[ControlSet], own: Sequence[ControlSet]) -> Controls:
    """Count the false alarms of all controls, those that were given and those that were made."""
    runs = [*given, *own]
    alarms = sum(run.confirmed > 0 for run in runs)
    return Controls(
        rung=best_rung([run.rung for run in given]),
        sets=tuple(given),
        own=tuple(own),
        alarms=alarms,
        rate_below=clopper_pearson_upper(alarms, len(runs)) if runs else None,
    )
