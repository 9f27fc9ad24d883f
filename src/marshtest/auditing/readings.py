"""Audit every reading of the data, and put what comes of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marshtest.auditing.controls.checking import Checked, check, summed
from marshtest.auditing.joining import join_readings
from marshtest.auditing.runner import Examined, Runner
from marshtest.config import AuditConfig
from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind
from marshtest.detectors.base import Detector
from marshtest.findings import Finding
from marshtest.report import Controls, DetectorRun, Power

__all__ = ["audit_readings", "reading_of_kind"]


@dataclass(frozen=True, slots=True)
class _Part:
    """What came of one reading."""

    dataset: Dataset
    name: str
    """Its kind; with its number, as `marsh inspect` counts them, where an earlier reading has the same kind."""
    examined: Examined
    checked: Checked


def audit_readings(
    detectors: Sequence[Detector],
    dataset: Dataset,
    runner: Runner,
    *,
    config: AuditConfig,
    controls: Sequence[Dataset] = (),
    sisters: Sequence[Dataset] = (),
) -> tuple[Examined, Checked]:
    """Run the detectors over the dataset and its further readings, each held against the same reading of the controls.

    A reading that brings no text of its own, only a label or a pair, is looked at by the detectors that the first
    reading does not suit. Of a control without such a reading nothing is held against it.
    """
    names = _names(dataset) if dataset.also else ("",)
    first = _audited(detectors, dataset, runner, config, _like(controls, dataset), _like(sisters, dataset), names[0])
    parts, unsuited = [first], {run.id for run in first.examined.runs if run.status == "unsuited"}
    for reading, name in zip(dataset.also, names[1:], strict=True):
        clean, related = _like(controls, reading), _like(sisters, reading)
        held = bool(clean or related)
        sees_more = [one for one in detectors if reading.adds_text or one.id in unsuited]
        suited = [one for one in sees_more if held or not one.needs_control]
        parts.append(_audited(suited, reading, runner, config, clean, related, name))
    return _together(parts) if len(parts) > 1 else (parts[0].examined, parts[0].checked)


def reading_of_kind(dataset: Dataset, kind: Kind) -> Dataset | None:
    """Give the reading of this kind, or None where there is none."""
    return next((one for one in (dataset, *dataset.also) if one.kind == kind), None)


def _names(dataset: Dataset) -> tuple[str, ...]:
    """Name the readings so that no two have the same name."""
    kinds = [dataset.kind, *(one.kind for one in dataset.also)]
    return tuple(
        f"{kind}, reading {number}" if kind in kinds[: number - 1] else str(kind)
        for number, kind in enumerate(kinds, 1)
    )


def _like(others: Sequence[Dataset], reading: Dataset) -> list[Dataset]:
    """Give the readings of other datasets that are of the same kind."""
    return [one for one in (reading_of_kind(other, reading.kind) for other in others) if one is not None]


def _audited(
    detectors: Sequence[Detector],
    dataset: Dataset,
    runner: Runner,
    config: AuditConfig,
    controls: Sequence[Dataset],
    sisters: Sequence[Dataset],
    name: str,
) -> _Part:
    """Audit one reading."""
    runner = runner.with_tools(replace(runner.tools, controls=tuple(controls), sisters=tuple(sisters)))
    examined = runner.examine(detectors, dataset)
    checked = check(
        detectors, dataset, examined.findings, runner, config=config, controls=controls, sisters=sisters, read_as=name
    )
    return _Part(dataset, name, examined, checked)


def _together(parts: Sequence[_Part]) -> tuple[Examined, Checked]:
    """Put the readings together: each run under its reading, findings about the same records as one."""
    runs: list[DetectorRun] = []
    for number, part in enumerate(parts):
        name = part.name if number else ""
        runs += [replace(run, reading=name) for run in part.examined.runs]
    suited = {run.id for run in runs if run.status != "unsuited"}
    kept = [run for run in runs if run.status != "unsuited" or (not run.reading and run.id not in suited)]
    coverage = {
        run.name: part.examined.coverage[run.id]
        for part in parts
        for run in kept
        if run.reading == ("" if part is parts[0] else part.name) and run.id in part.examined.coverage
    }
    examined = Examined(
        runs=tuple(kept),
        coverage=coverage,
        findings=(),
        failures=tuple(dict.fromkeys(one for part in parts for one in part.examined.failures)),
        dismissed=tuple({one.pattern: one for part in parts for one in part.examined.dismissed}.values()),
        judging=tuple(one for part in parts for one in part.examined.judging),
    )
    checked = Checked(
        findings=tuple(join_readings([_named(part, further=number > 0) for number, part in enumerate(parts)])),
        controls=_controls(parts),
        power=_power(parts),
    )
    return examined, checked


def _named(part: _Part, *, further: bool) -> list[Finding]:
    """Give the findings, those of a further reading under ids of their own."""
    if not further:
        return list(part.checked.findings)
    end = part.name.replace(", reading ", "-")
    return [replace(one, id=f"{one.id}-{end}") for one in part.checked.findings]


def _controls(parts: Sequence[_Part]) -> Controls:
    """Give the controls of all readings, those of further ones under the name of their reading."""
    sets, own = list(parts[0].checked.controls.sets), list(parts[0].checked.controls.own)
    for part in parts[1:]:
        named = f" (read as {part.name})"
        sets += [replace(one, name=one.name + named) for one in part.checked.controls.sets]
        own += [replace(one, name=one.name + named) for one in part.checked.controls.own]
    return summed(sets, own)


def _power(parts: Sequence[_Part]) -> Power:
    """Give what would have been caught in each reading."""
    powers = [part.checked.power for part in parts]
    if not any(power.statement for power in powers):
        return powers[0]
    told = [f"Read as {part.name}: {part.checked.power.statement}" for part in parts]
    families = [
        replace(family, reading=part.name if number else "")
        for number, part in enumerate(parts)
        for family in part.checked.power.families
    ]
    return replace(
        powers[0],
        statement=" ".join(told),
        families=tuple(families),
        copies=sum(power.copies for power in powers),
        plantings=sum(power.plantings for power in powers),
        seconds=sum(power.seconds for power in powers),
    )
