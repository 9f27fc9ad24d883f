"""The one place that wires the parts: data in, detectors over it, a report out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from marshtest.charter import Charter, check_charter
from marshtest.config import AuditConfig, FieldMap
from marshtest.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.registry import docstring_section, select_detectors
from marshtest.findings import Finding
from marshtest.joining import join_findings
from marshtest.judges.live import LiveInquiry
from marshtest.judges.questions import Inquiry
from marshtest.readers import read_dataset
from marshtest.report import DatasetSummary, DetectorRun, JudgeSummary, Report, ReportVerdict, Usage
from marshtest.signals import Coverage, Failure
from marshtest.version import __version__

__all__ = ["audit"]


def audit(
    data: str | Path | Sequence[str | Path] | Dataset,
    *,
    fields: FieldMap = FieldMap(),
    config: AuditConfig = AuditConfig(),
    charter: Charter | None = None,
    judge: Inquiry | None = None,
    strong_judge: Inquiry | None = None,
    controls: Sequence[str | Path | Sequence[str | Path] | Dataset] = (),
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Audit a dataset for poison.

    Args:
        data: A file, several files that form one dataset, or a dataset already read.
        fields: Which source fields hold what; found out from the data where not given.
        config: Which detectors to run and the seed.
        charter: What is trained and what its labels mean, if known.
        judge: A language model to ask; without one, detectors that need it are no part of the audit.
        strong_judge: A better one, for what the first finds suspicious and an audit of the rest.
        controls: Datasets that are known to be clean: what a judge says there is its habit.
        progress: Called with the stage and the fraction done, 0 to 1.

    Raises:
        InputError: The data cannot be read as asked.
        ConfigError: A detector is unknown, or it needs a judge and there is none, or the charter speaks of other
            labels than the data has.

    Example:
        >>> import marshtest
        >>> report = marshtest.audit("data.jsonl")  # doctest: +SKIP
        >>> print(report)  # doctest: +SKIP
        poisoned: 1 confirmed and 0 suggestive findings in 13,809 records
    """
    started = time.perf_counter()
    tools = Tools(seed=config.seed, charter=charter, judge=judge, strong_judge=strong_judge)
    if progress is not None:
        tools = replace(tools, progress=progress)
    detectors = select_detectors(config.detectors, judge=judge is not None)

    def read(source: str | Path | Sequence[str | Path] | Dataset) -> Dataset:
        if isinstance(source, Dataset):
            return source
        return read_dataset(source, fields=fields, on_bad_record=config.on_bad_record)

    tools.progress("reading", 0.0)
    dataset = read(data)
    tools = replace(tools, controls=tuple(read(source) for source in controls))
    tools.progress("reading", 1.0)
    if charter is not None:
        check_charter(charter, dataset.labels)
    runs: list[DetectorRun] = []
    coverage: dict[str, Coverage] = {}
    findings: list[Finding] = []
    failures: list[Failure] = list(dataset.failures)
    judging: list[Judging] = []
    for detector in detectors:
        run, examination = _run(detector, dataset, tools)
        runs.append(run)
        if run.status != "skipped":
            coverage[detector.id] = _coverage(run, examination, len(dataset))
        findings += examination.findings
        failures += examination.failures
        judging.append(examination.judging)
    findings = join_findings(findings)
    judged = _judged(judging, judge, strong_judge)
    return Report(
        tool_version=__version__,
        verdict=_verdict(
            findings,
            incomplete=bool(failures)
            or any(run.status != "ran" for run in runs)
            or (judged is not None and judged.missing > 0),
        ),
        dataset=DatasetSummary(
            source=dataset.source,
            records=len(dataset),
            fingerprint=dataset.fingerprint,
            kind=dataset.kind,
            files=dataset.files,
            fields=dataset.fields,
            labels=dataset.labels,
        ),
        charter=charter,
        detectors=tuple(runs),
        coverage=coverage,
        findings=tuple(findings),
        judge=judged,
        failures=tuple(failures),
        usage=_usage(judge, strong_judge, seconds=time.perf_counter() - started),
    )


def _judged(judging: Sequence[Judging], judge: Inquiry | None, strong: Inquiry | None) -> JudgeSummary | None:
    """Sum up what the detectors asked of the judges."""
    if judge is None:
        return None
    return JudgeSummary(
        model=judge.model,
        strong_model=None if strong is None else strong.model,
        questions=tuple(one for part in judging for one in part.questions),
        missed=tuple(one for part in judging for one in part.missed),
        resistance=tuple(one for part in judging for one in part.resistance),
    )


def _usage(*judges: Inquiry | None, seconds: float) -> Usage:
    """Add up what the judges have used so far."""
    spent = [judge.spending for judge in judges if isinstance(judge, LiveInquiry)]
    return Usage(
        calls=sum(one.calls for one in spent),
        input_tokens=sum(one.input_tokens for one in spent),
        output_tokens=sum(one.output_tokens for one in spent),
        cost_usd=round(sum(one.cost_usd for one in spent), 6),
        seconds=round(seconds, 3),
    )


def _run(detector: Detector, dataset: Dataset, tools: Tools) -> tuple[DetectorRun, Examination]:
    """Run one detector; a detector that breaks becomes a counted failure of the whole dataset, never silence."""
    started = time.perf_counter()
    status, reason, examination = "ran", detector.refuses(dataset) or "", Examination()
    if reason:
        status = "skipped"
    else:
        try:
            examination = detector.examine(dataset, tools)
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
    """Count what became of every record."""
    failed = records if run.status == "failed" else len(examination.failures)
    signals = len(examination.signals)
    return Coverage(planned=records, signals=signals, ordinary=records - signals - failed, failures=failed)


def _verdict(findings: Sequence[Finding], *, incomplete: bool) -> ReportVerdict:
    """Sum the findings up in one word; what was found outweighs what could not be looked at."""
    if any(finding.verdict == "confirmed" for finding in findings):
        return "poisoned"
    if findings:
        return "suspicious"
    return "incomplete" if incomplete else "nothing_found"
