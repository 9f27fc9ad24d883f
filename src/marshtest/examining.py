"""Run detectors over one dataset: the same way for the suspect data, its controls and its spike-in copies."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from marshtest.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.registry import docstring_section
from marshtest.findings import Finding
from marshtest.joining import join_findings
from marshtest.judges.protocol import JudgeError
from marshtest.provenance.lines import with_provenance
from marshtest.report import DetectorRun
from marshtest.signals import Coverage, Failure
from marshtest.workers.base import Lost

__all__ = ["Examined", "examine", "examine_each", "run_detector"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """Everything that the detectors had to say of one dataset."""

    runs: tuple[DetectorRun, ...]
    coverage: Mapping[str, Coverage]
    findings: tuple[Finding, ...]
    """Joined over detectors; confirmed ones first."""
    failures: tuple[Failure, ...]
    judging: tuple[Judging, ...] = ()
    """What every detector asked of a judge."""

    @property
    def complete(self) -> bool:
        """Whether every detector that suits the data looked at every record, and there is one that does."""
        statuses = {run.status for run in self.runs}
        return not self.failures and "ran" in statuses and statuses <= {"ran", "unsuited"}


def examine(detectors: Sequence[Detector], dataset: Dataset, tools: Tools) -> Examined:
    """Run every detector over the dataset and join what they say of the same records."""
    return examine_each(detectors, [(dataset, tools)])[0]


def examine_each(detectors: Sequence[Detector], parts: Sequence[tuple[Dataset, Tools]]) -> list[Examined]:
    """Run every detector over every dataset, each with tools of its own, and join what they say of each.

    With workers, all runs that need nothing but a dataset are theirs, and the others are done here meanwhile. What is
    said does not depend on who ran what, nor on which run ended first.
    """
    looks = [(detector, dataset, tools) for dataset, tools in parts for detector in detectors]
    said = iter(_run_all(looks))
    return [_joined([(detector, *next(said)) for detector in detectors], dataset) for dataset, _ in parts]


def _joined(said: Sequence[tuple[Detector, DetectorRun, Examination]], dataset: Dataset) -> Examined:
    """Join what all detectors say of a dataset."""
    findings = [finding for _, _, examination in said for finding in examination.findings]
    return Examined(
        runs=tuple(run for _, run, _ in said),
        coverage={
            detector.id: _coverage(run, examination, len(dataset))
            for detector, run, examination in said
            if run.status in ("ran", "failed")
        },
        findings=tuple(with_provenance(join_findings(findings), dataset)),
        failures=(*dataset.failures, *(one for _, _, examination in said for one in examination.failures)),
        judging=tuple(examination.judging for _, _, examination in said),
    )


_Look = tuple[Detector, Dataset, Tools]
_Said = tuple[DetectorRun, Examination]


def _run_all(looks: Sequence[_Look]) -> list[_Said]:
    """Run detectors, here or where the workers are; give what they say in the order of the list."""
    workers = looks[0][2].workers if looks else None
    if workers is None:
        return [_run_kept(*look) for look in looks]
    said = {number: known for number, look in enumerate(looks) if (known := _without_running(*look)) is not None}
    away = [number for number, (detector, _, _) in enumerate(looks) if number not in said and detector.is_alone]
    results = workers.start(run_detector, [_travelling(*looks[number]) for number in away])
    here = set(range(len(looks))) - said.keys() - set(away)
    said |= {number: _run_kept(*looks[number]) for number in sorted(here)}
    for ended, (place, result) in enumerate(results, start=1):
        detector, dataset, tools = looks[away[place]]
        tools.progress("detectors on workers", ended / len(away))
        if isinstance(result, Lost):
            said[away[place]] = _broken(detector, result.reason, seconds=0.0)
            continue
        said[away[place]] = result
        _keep(detector, dataset, tools, result)
    return [said[number] for number in range(len(looks))]


def _run_kept(detector: Detector, dataset: Dataset, tools: Tools) -> _Said:
    """Run one detector here, unless it is known what it says."""
    known = _without_running(detector, dataset, tools)
    if known is not None:
        return known
    said = run_detector(detector, dataset, tools)
    _keep(detector, dataset, tools, said)
    return said


def _without_running(detector: Detector, dataset: Dataset, tools: Tools) -> _Said | None:
    """Give what a detector says where it does not run: it declines, or has been run before. None where it has to."""
    if unsuited := detector.unsuited(dataset):
        return _run(detector, "unsuited", Examination(), reason=unsuited), Examination()
    if refused := detector.refuses(dataset):
        return _run(detector, "skipped", Examination(), reason=refused), Examination()
    known = None if tools.kept is None else tools.kept.known(detector, dataset)
    return None if known is None else (_run(detector, "ran", known), known)


def _keep(detector: Detector, dataset: Dataset, tools: Tools, said: _Said) -> None:
    run, examination = said
    if tools.kept is not None and run.status == "ran":
        tools.kept.keep(detector, dataset, examination)


def _travelling(detector: Detector, dataset: Dataset, tools: Tools) -> _Look:
    """Leave behind what stays here: the progress, what is kept, judges and other datasets."""
    return detector, dataset, Tools(seed=tools.seed, charter=tools.charter)


def run_detector(detector: Detector, dataset: Dataset, tools: Tools) -> _Said:
    """Run one detector, whatever it takes; one that breaks is a counted failure of the whole dataset, never silence."""
    started = time.perf_counter()
    try:
        examination = detector.examine(dataset, tools)
    except JudgeError:
        raise  # no call can succeed: the user has to do something about it
    except Exception as error:  # noqa: BLE001  the one guard: what breaks is reported as not looked at
        return _broken(detector, f"{type(error).__name__}: {error}", seconds=time.perf_counter() - started)
    return _run(detector, "ran", examination, seconds=time.perf_counter() - started), examination


def _broken(detector: Detector, reason: str, *, seconds: float) -> _Said:
    examination = Examination(failures=(Failure(detector=detector.id, message=reason),))
    return _run(detector, "failed", examination, reason=reason, seconds=seconds), examination


def _run(
    detector: Detector,
    status: Literal["ran", "unsuited", "skipped", "failed"],
    examination: Examination,
    *,
    reason: str = "",
    seconds: float = 0.0,
) -> DetectorRun:
    """Tell how a detector was run."""
    return DetectorRun(
        id=detector.id,
        version=detector.version,
        status=status,
        reason=reason,
        settings=examination.settings,
        tried=examination.tried,
        seconds=round(seconds, 3),
        blind_spots=docstring_section(type(detector), "Blind spots"),
    )


def _coverage(run: DetectorRun, examination: Examination, records: int) -> Coverage:
    """Count what became of every record that was looked at."""
    planned = records if examination.looked_at is None else examination.looked_at
    failed = records if run.status == "failed" else len(examination.failures)
    signals = len(examination.signals)
    return Coverage(planned=planned, signals=signals, ordinary=planned - signals - failed, failures=failed)
