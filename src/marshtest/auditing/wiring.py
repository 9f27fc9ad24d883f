"""The one place that wires the parts: data in, detectors over it and over its controls, a report out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from marshtest.auditing.checkpoints import Checkpoints
from marshtest.auditing.content_hashes import with_content_hashes
from marshtest.auditing.controls.judge_power import measure_judge_power
from marshtest.auditing.judged_records import judged_records
from marshtest.auditing.readings import audit_readings, reading_of_kind
from marshtest.auditing.runner import Runner
from marshtest.auditing.workers.opening import Engine, open_workers
from marshtest.calibration.shipped import load_calibration
from marshtest.charter import Charter, check_charter, read_charter
from marshtest.config import AuditConfig, FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.memory import MemoryBudget
from marshtest.data.readers import read_dataset
from marshtest.data.readers.objects import Records
from marshtest.detectors.base import Judging, Tools
from marshtest.detectors.registry import select_detectors
from marshtest.errors import ConfigError
from marshtest.judges.live import LiveInquiry
from marshtest.judges.questions import Inquiry
from marshtest.judges.run_judges import AnyJudge, open_any
from marshtest.progress import Progress
from marshtest.report import (
    DatasetSummary,
    JudgedRecords,
    JudgeSummary,
    ReadingSummary,
    Report,
    TakenOver,
    Usage,
    verdict_of,
)
from marshtest.text.visible import visible
from marshtest.version import __version__

__all__ = ["Source", "audit"]

Source = str | Path | Sequence[str | Path] | Dataset | Records
"""A file, several files that form one dataset, a dataset already read, or records in memory."""


def audit(
    data: Source,
    *,
    fields: FieldMap = FieldMap(),
    config: AuditConfig = AuditConfig(),
    charter: Charter | str | Path | None = None,
    judge: AnyJudge | None = None,
    strong_judge: AnyJudge | None = None,
    judge_store: str | Path | None = None,
    controls: Sequence[Source] = (),
    sisters: Sequence[Source] = (),
    progress: Progress | None = None,
    checkpoints: Path | None = None,
    memory: MemoryBudget | None = None,
    engine: Engine = "local",
    ray_address: str | None = None,
) -> Report:
    """Audit a dataset for poison.

    Args:
        data: A file, several files that form one dataset, a dataset already read, or records in memory: a list of
            dicts, a dict of lists, a frame of pandas or polars, an Arrow table, a dataset of Hugging Face (one split or
            several), an iterator of dicts.
        fields: Which source fields hold what; found out from the data where not given. Holds for the controls too.
        config: Which detectors to run, what to hold them against, and the seed.
        charter: What is trained and what its labels mean, if known; the name of a ready-made one and a file will do.
        judge: A language model to ask: its name, as after `--judge`, a `JudgeConfig`, a `Judge` or a `LiveInquiry`;
            without one, detectors that need it are no part of the audit. All but an inquiry are closed in the end.
        strong_judge: A better one, for what the first finds suspicious and an audit of the rest.
        judge_store: File that keeps every answer, so that the next audit does not ask again; without one, they are
            kept in memory for as long as the audit takes.
        controls: Datasets that are known to be clean: what is found there is a false alarm.
        sisters: Datasets of the same making that are not known to be clean.
        progress: Called with the stage and the fraction done, 0 to 1.
        checkpoints: Folder that keeps the result of each detector; the same audit started again resumes from there.
        memory: How much memory to take, from `marshtest.data.memory.memory_budget`; without one, as much as needed.
        engine: `local` runs detectors in this process, `ray` on the workers of a Ray; the report is the same.
        ray_address: Address of that Ray; without one a Ray is started on this machine for as long as the audit takes.

    Raises:
        InputError: The data cannot be read as asked.
        ConfigError: A detector is unknown, or it needs a judge and there is none; the charter cannot be read or the
            judge is none; a control is the data itself, or of another kind; Ray is not installed or not to be reached.
        JudgeError: The judge cannot be used: a missing key, an unknown model.

    Example:
        >>> import marshtest
        >>> report = marshtest.audit("data.jsonl")  # doctest: +SKIP
        >>> print(report)  # doctest: +SKIP
        poisoned: 1 confirmed and 0 suggestive findings in 13,809 records
    """
    if charter is not None and not isinstance(charter, Charter):
        charter = read_charter(charter)
    kept_answers = None if judge_store is None else Path(judge_store)
    tools = Tools(seed=config.seed, charter=charter, calibration=load_calibration(config.calibration))
    if progress is not None:
        tools = replace(tools, progress=progress)
    kept = (
        None
        if checkpoints is None
        else Checkpoints(checkpoints, seed=config.seed, charter=charter, weighed_by=tools.calibration.fingerprint)
    )

    def read(source: Source) -> Dataset:
        if isinstance(source, Dataset):
            return source
        return read_dataset(source, fields=fields, on_bad_record=config.on_bad_record, memory=memory)

    with (
        open_any(judge, strong_judge, store=kept_answers, progress=progress) as (asked, strong),
        open_workers(engine, ray_address) as workers,
    ):
        tools = replace(tools, judge=asked, strong_judge=strong)
        return _audited(data, read, config, controls, sisters, Runner(tools=tools, checkpoints=kept, workers=workers))


def _audited(
    data: Source,
    read: Callable[[Source], Dataset],
    config: AuditConfig,
    controls: Sequence[Source],
    sisters: Sequence[Source],
    runner: Runner,
) -> Report:
    """Read the data, look at them and their controls, and report."""
    started = time.perf_counter()
    tools = runner.tools
    charter, judge, strong_judge = tools.charter, tools.judge, tools.strong_judge
    detectors = select_detectors(config.detectors, judge=judge is not None, control=bool(controls or sisters))
    tools.progress("reading", 0.0)
    dataset = read(data)
    clean = [_control(read(source), dataset) for source in controls]
    related = [_control(read(source), dataset) for source in sisters]
    for other in clean:
        if other.fingerprint == dataset.fingerprint:
            raise ConfigError(f"the control {_name(other)} holds the same records as the data; name data of its own.")
    runner = runner.with_tools(replace(tools, controls=tuple(clean), sisters=tuple(related)))
    tools.progress("reading", 1.0)
    if charter is not None:
        check_charter(charter, dataset.labels)
    examined, checked = audit_readings(detectors, dataset, runner, config=config, controls=clean, sisters=related)
    judge_power = measure_judge_power(detectors, dataset, examined, runner, share=config.judge_power)
    records = judged_records(examined.judging, dataset, clean)
    judged = _judged(examined.judging, judge, strong_judge, records)
    verdict = verdict_of(
        checked.findings, examined.runs, failures=examined.failures, unread=dataset.unread, judge=judged
    )
    return Report(
        tool_version=__version__,
        verdict=verdict,
        dataset=DatasetSummary(
            source=dataset.source,
            records=len(dataset),
            fingerprint=dataset.fingerprint,
            kind=dataset.kind,
            files=dataset.files,
            fields=dataset.fields,
            labels=dataset.labels,
            readings=tuple(
                ReadingSummary(kind=one.kind, records=len(one), fields=one.fields, labels=one.labels)
                for one in dataset.also
            ),
            unread=dataset.unread,
            asked=dataset.asked,
            skipped=dataset.skipped,
        ),
        charter=charter,
        config=config,
        detectors=examined.runs,
        coverage=examined.coverage,
        findings=with_content_hashes(checked.findings, dataset),
        dismissed=examined.dismissed,
        controls=checked.controls,
        power=checked.power,
        judge_power=judge_power,
        judge=judged,
        taken_over=_taken_over(runner.checkpoints, judged, judge, strong_judge),
        failures=examined.failures,
        usage=_usage(judge, strong_judge, seconds=time.perf_counter() - started),
    )


def _judged(
    judging: Sequence[Judging], judge: Inquiry | None, strong: Inquiry | None, records: JudgedRecords | None
) -> JudgeSummary | None:
    """Sum up what the detectors asked of the judges."""
    if judge is None:
        return None
    return JudgeSummary(
        model=judge.model,
        strong_model=None if strong is None else strong.model,
        questions=tuple(one for part in judging for one in part.questions),
        missed=tuple(one for part in judging for one in part.missed),
        resistance=tuple(one for part in judging for one in part.resistance),
        records=records,
    )


def _taken_over(kept: Checkpoints | None, judged: JudgeSummary | None, *judges: Inquiry | None) -> TakenOver:
    """Say what is not of this run."""
    return TakenOver(
        results={} if kept is None else dict(sorted(kept.taken_over.items())),
        answers=0 if judged is None else sum(one.remembered for one in judged.questions),
        refused_results={} if kept is None else dict(sorted(kept.refused.items())),
        refused_answers=sum(one.refused_answers for one in judges if isinstance(one, LiveInquiry)),
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


def _control(control: Dataset, dataset: Dataset) -> Dataset:
    """Give the control as it is compared with the data.

    Raises:
        ConfigError: No reading of it is of the kind of the data.
    """
    if reading_of_kind(control, dataset.kind) is None:
        raise ConfigError(
            f"the control {_name(control)} holds records of the kind {control.kind}, the data are {dataset.kind}; "
            "name a control of the same kind, or say with the field options how to read it."
        )
    return control


def _name(dataset: Dataset) -> str:
    return visible(", ".join(dataset.source) or "memory")
