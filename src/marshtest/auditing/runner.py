"""Run detectors over one dataset: the same way for the suspect data, its controls and its spike-in copies."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Literal, get_args

from marshtest.auditing.checkpoints import Checkpoints
from marshtest.auditing.joining import join_findings
from marshtest.auditing.workers.base import Lost, Workers
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.registry import docstring_section
from marshtest.findings import Dismissed, Finding, FindingVerdict, Pattern, PatternType
from marshtest.judges.builtin.inquiry import cannot_answer
from marshtest.judges.protocol import JudgeError
from marshtest.mining.provenance.provenance_lines import with_provenance
from marshtest.report import DetectorRun
from marshtest.settings import flatten
from marshtest.signals import Coverage, Failure

__all__ = ["Examined", "Runner", "run_detector"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """Everything that the detectors had to say of one dataset."""

    runs: tuple[DetectorRun, ...]
    coverage: Mapping[str, Coverage]
    findings: tuple[Finding, ...]
    """Joined over detectors; confirmed ones first."""
    failures: tuple[Failure, ...]
    dismissed: tuple[Dismissed, ...] = ()
    """What looked odd and is no finding: of every detector the oddest, at most twenty."""
    judging: tuple[Judging, ...] = ()
    """What every detector asked of a judge."""

    @property
    def complete(self) -> bool:
        """Whether every detector that suits the data looked at every record, and there is one that does."""
        statuses = {run.status for run in self.runs}
        return not self.failures and "ran" in statuses and statuses <= {"ran", "unsuited"}


_DISMISSED = 20
"""Dismissed patterns that are kept. Convention: a list that a person can read to the end."""
_Look = tuple[Detector, Dataset, Tools]
_Said = tuple[DetectorRun, Examination]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs detectors: with which tools, where, and what an earlier run of the same audit has left."""

    tools: Tools = field(default_factory=Tools)
    checkpoints: Checkpoints | None = None
    """What detectors found before the audit was killed; without it nothing is kept."""
    workers: Workers | None = None
    """The processes that run detectors; None is this one."""

    def with_tools(self, tools: Tools) -> Runner:
        """Give the same runner with other tools."""
        return replace(self, tools=tools)

    def examine(self, detectors: Sequence[Detector], dataset: Dataset) -> Examined:
        """Run every detector over the dataset and join what they say of the same records."""
        return self.examine_each(detectors, [(dataset, self.tools)])[0]

    def examine_each(self, detectors: Sequence[Detector], parts: Sequence[tuple[Dataset, Tools]]) -> list[Examined]:
        """Run every detector over every dataset, each with tools of its own, and join what they say of each.

        Workers take all runs that need nothing but a dataset; the others happen here meanwhile. The result depends
        neither on who ran what nor on which run ended first.
        """
        looks = [(detector, dataset, tools) for dataset, tools in parts for detector in detectors]
        said = iter(self._run_all(looks))
        return [_joined([(detector, *next(said)) for detector in detectors], dataset) for dataset, _ in parts]

    def _run_all(self, looks: Sequence[_Look]) -> list[_Said]:
        """Run detectors, here or where the workers are; give what they say in the order of the list."""
        if self.workers is None:
            return [self._run_here(*look) for look in looks]
        said = {number: known for number, look in enumerate(looks) if (known := self._known(*look)) is not None}
        away = [number for number, (detector, _, _) in enumerate(looks) if number not in said and detector.is_alone]
        results = self.workers.start(run_detector, [_travelling(*looks[number]) for number in away])
        here = set(range(len(looks))) - said.keys() - set(away)
        said |= {number: self._run_here(*looks[number]) for number in sorted(here)}
        for ended, (place, result) in enumerate(results, start=1):
            detector, dataset, tools = looks[away[place]]
            tools.progress("detectors on workers", ended / len(away))
            if isinstance(result, Lost):
                said[away[place]] = _broken(detector, result.reason, seconds=0.0)
                continue
            said[away[place]] = result
            self._keep(detector, dataset, result)
        return [said[number] for number in range(len(looks))]

    def _run_here(self, detector: Detector, dataset: Dataset, tools: Tools) -> _Said:
        """Run one detector in this process, unless its result is known."""
        known = self._known(detector, dataset, tools)
        if known is not None:
            return known
        said = run_detector(detector, dataset, tools)
        self._keep(detector, dataset, said)
        return said

    def _known(self, detector: Detector, dataset: Dataset, tools: Tools) -> _Said | None:
        """Give the result of a detector that declines or has finished in an earlier run; None where it has to run."""
        try:
            if unsuited := detector.unsuited(dataset):
                return _run(detector, "unsuited", Examination(), reason=unsuited), Examination()
            judge = tools.judge if detector.needs_judge else None
            unfit = cannot_answer(judge, needs_language_model=detector.needs_language_model, kind=dataset.kind)
            if unfit:
                return _run(detector, "unsuited", Examination(), reason=unfit), Examination()
            if refused := detector.refuses(dataset):
                return _run(detector, "skipped", Examination(), reason=refused), Examination()
        except Exception as error:  # noqa: BLE001  as in run_detector: a detector that breaks is a counted failure
            return _broken(detector, f"{type(error).__name__}: {error}", seconds=0.0)
        known = None if self.checkpoints is None else self.checkpoints.known(detector, dataset)
        return None if known is None else (_run(detector, "ran", known, reason=known.summary), known)

    def _keep(self, detector: Detector, dataset: Dataset, said: _Said) -> None:
        run, examination = said
        if self.checkpoints is not None and run.status == "ran":
            self.checkpoints.keep(detector, dataset, examination)


def _joined(said: Sequence[tuple[Detector, DetectorRun, Examination]], dataset: Dataset) -> Examined:
    """Join what all detectors say of a dataset."""
    findings = [finding for _, _, examination in said for finding in examination.findings]
    joined = tuple(with_provenance(join_findings(findings), dataset))
    return Examined(
        runs=tuple(run for _, run, _ in said),
        coverage={
            detector.id: _coverage(run, examination, len(dataset))
            for detector, run, examination in said
            if run.status in ("ran", "failed")
        },
        findings=joined,
        failures=(*dataset.failures, *(one for _, _, examination in said for one in examination.failures)),
        dismissed=_dismissed([examination.dismissed for _, _, examination in said], findings),
        judging=tuple(examination.judging for _, _, examination in said),
    )


def _dismissed(by_detector: Sequence[Sequence[Dismissed]], findings: Sequence[Finding]) -> tuple[Dismissed, ...]:
    """Give what looked odd and is in no finding: the oddest of every detector, then the next, each pattern once."""
    shown: dict[Pattern, Dismissed] = {}
    found = {finding.pattern for finding in findings}
    for one in (one for row in zip_longest(*by_detector) for one in row if one is not None):
        if one.pattern not in found and len(shown) < _DISMISSED:
            shown.setdefault(one.pattern, one)
    return tuple(shown.values())


def _travelling(detector: Detector, dataset: Dataset, tools: Tools) -> _Look:
    """Leave behind what stays here: the progress bar, judges and other datasets."""
    return detector, dataset, Tools(seed=tools.seed, charter=tools.charter, calibration=tools.calibration)


def run_detector(detector: Detector, dataset: Dataset, tools: Tools) -> _Said:
    """Run one detector, whatever it takes; one that breaks is a counted failure of the whole dataset, never silence."""
    started = time.perf_counter()
    try:
        examination = detector.examine(dataset, tools)
    except JudgeError:
        raise  # no call can succeed: the user has to do something about it
    except Exception as error:  # noqa: BLE001  the one guard: what breaks is reported as not looked at
        return _broken(detector, f"{type(error).__name__}: {error}", seconds=time.perf_counter() - started)
    seconds = time.perf_counter() - started
    if problem := _problem(examination):
        return _broken(detector, problem, seconds=seconds)
    if examination.refused:
        return _run(detector, "skipped", examination, reason=examination.refused, seconds=seconds), examination
    return _run(detector, "ran", examination, reason=examination.summary, seconds=seconds), examination


def _problem(examination: object) -> str:
    """Say what a report could not hold of a result; detectors of other packages are checked by no type checker here."""
    if not isinstance(examination, Examination):
        return f"examine returned {type(examination).__name__}, not an Examination"
    for finding in examination.findings:
        if finding.verdict not in get_args(FindingVerdict):
            return f"a finding has the verdict {finding.verdict!r}; use one of {', '.join(get_args(FindingVerdict))}"
        if finding.pattern.type not in get_args(PatternType):
            return f"a pattern has the type {finding.pattern.type!r}; use one of {', '.join(get_args(PatternType))}"
    for dismissed in examination.dismissed:
        if dismissed.pattern.type not in get_args(PatternType):
            return f"a pattern has the type {dismissed.pattern.type!r}; use one of {', '.join(get_args(PatternType))}"
    scores = [signal.score for signal in examination.signals]
    scores += [record.score for finding in examination.findings for record in finding.records]
    if not all(0 <= score <= 1 for score in scores):
        return "a score lies outside 0 to 1"
    return ""


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
        settings=flatten(detector.settings) if status in ("ran", "failed") else {},
        diagnostics=examination.diagnostics,
        tried=examination.tried,
        seconds=round(seconds, 3),
        blind_spots=docstring_section(type(detector), "Blind spots"),
    )


def _coverage(run: DetectorRun, examination: Examination, records: int) -> Coverage:
    """Count what became of every record that was looked at."""
    planned = records if examination.looked_at is None else examination.looked_at
    of_records = sum(one.record_id is not None for one in examination.failures)
    failed = records if run.status == "failed" else of_records
    signals = len(examination.signals)
    return Coverage(planned=planned, signals=signals, ordinary=planned - signals - failed, failures=failed)
