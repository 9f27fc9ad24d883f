"""Run detectors over one dataset: the same way for the suspect data, its controls and its spike-in copies."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marshtest.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.registry import docstring_section
from marshtest.findings import Finding
from marshtest.joining import join_findings
from marshtest.judges.protocol import JudgeError
from marshtest.provenance.lines import with_provenance
from marshtest.report import DetectorRun
from marshtest.signals import Coverage, Failure

__all__ = ["Examined", "examine"]


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
    runs: list[DetectorRun] = []
    coverage: dict[str, Coverage] = {}
    findings: list[Finding] = []
    failures: list[Failure] = list(dataset.failures)
    judging: list[Judging] = []
    for detector in detectors:
        run, examination = _run(detector, dataset, tools)
        runs.append(run)
        if run.status in ("ran", "failed"):
            coverage[detector.id] = _coverage(run, examination, len(dataset))
        findings += examination.findings
        failures += examination.failures
        judging.append(examination.judging)
    return Examined(
        runs=tuple(runs),
        coverage=coverage,
        findings=tuple(with_provenance(join_findings(findings), dataset)),
        failures=tuple(failures),
        judging=tuple(judging),
    )


def _run(detector: Detector, dataset: Dataset, tools: Tools) -> tuple[DetectorRun, Examination]:
    """Run one detector; a detector that breaks becomes a counted failure of the whole dataset, never silence."""
    started = time.perf_counter()
    status, reason, examination = "ran", "", Examination()
    if unsuited := detector.unsuited(dataset):
        status, reason = "unsuited", unsuited
    elif refused := detector.refuses(dataset):
        status, reason = "skipped", refused
    else:
        try:
            examination = tools.finished(detector, dataset, lambda: detector.examine(dataset, tools))
        except JudgeError:
            raise  # no call can succeed: the user has to do something about it
        except Exception as error:  # noqa: BLE001  the one guard: what breaks is reported as not looked at
            status, reason = "failed", f"{type(error).__name__}: {error}"
            examination = Examination(failures=(Failure(detector=detector.id, message=reason),))
    run = DetectorRun(
        id=detector.id,
        version=detector.version,
        status=status,  # type: ignore[arg-type]
        reason=reason,
        settings=examination.settings,
        tried=examination.tried,
        seconds=round(time.perf_counter() - started, 3),
        blind_spots=docstring_section(type(detector), "Blind spots"),
    )
    return run, examination


def _coverage(run: DetectorRun, examination: Examination, records: int) -> Coverage:
    """Count what became of every record that was looked at."""
    planned = records if examination.looked_at is None else examination.looked_at
    failed = records if run.status == "failed" else len(examination.failures)
    signals = len(examination.signals)
    return Coverage(planned=planned, signals=signals, ordinary=planned - signals - failed, failures=failed)
