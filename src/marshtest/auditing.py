"""The one place that wires the parts: data in, detectors over it and over its controls, a report out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from marshtest.charter import Charter
from marshtest.config import AuditConfig, FieldMap
from marshtest.controls.checking import check
from marshtest.dataset import Dataset
from marshtest.detectors.base import Tools
from marshtest.detectors.registry import select_detectors
from marshtest.examining import examine
from marshtest.findings import Finding
from marshtest.readers import read_dataset
from marshtest.report import DatasetSummary, Report, ReportVerdict, Usage
from marshtest.version import __version__

__all__ = ["Source", "audit"]

Source = str | Path | Sequence[str | Path] | Dataset
"""A file, several files that form one dataset, or a dataset already read."""


def audit(
    data: Source,
    *,
    fields: FieldMap = FieldMap(),
    config: AuditConfig = AuditConfig(),
    charter: Charter | None = None,
    controls: Sequence[Source] = (),
    sisters: Sequence[Source] = (),
    progress: Callable[[str, float], None] | None = None,
) -> Report:
    """Audit a dataset for poison.

    Args:
        data: A file, several files that form one dataset, or a dataset already read.
        fields: Which source fields hold what; found out from the data where not given. Holds for the controls too.
        config: Which detectors to run, what to hold them against, and the seed.
        charter: What is trained and what its labels mean, if known.
        controls: Datasets that are known to be clean: what is found there is a false alarm.
        sisters: Datasets of the same making that are not known to be clean.
        progress: Called with the stage and the fraction done, 0 to 1.

    Raises:
        InputError: The data cannot be read as asked.
        ConfigError: A detector is unknown.

    Example:
        >>> import marshtest
        >>> report = marshtest.audit("data.jsonl")  # doctest: +SKIP
        >>> print(report)  # doctest: +SKIP
        poisoned: 1 confirmed and 0 suggestive findings in 13,809 records
    """
    started = time.perf_counter()
    detectors = select_detectors(config.detectors)
    given = {} if progress is None else {"progress": progress}

    def read(source: Source) -> Dataset:
        if isinstance(source, Dataset):
            return source
        return read_dataset(source, fields=fields, on_bad_record=config.on_bad_record)

    tools = Tools(seed=config.seed, charter=charter, **given)
    tools.progress("reading", 0.0)
    dataset = read(data)
    clean, related = [read(source) for source in controls], [read(source) for source in sisters]
    tools.progress("reading", 1.0)
    examined = examine(detectors, dataset, tools)
    checked = check(detectors, dataset, examined.findings, tools, config=config, controls=clean, sisters=related)
    return Report(
        tool_version=__version__,
        verdict=_verdict(checked.findings, incomplete=not examined.complete),
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
        config=config,
        detectors=examined.runs,
        coverage=examined.coverage,
        findings=checked.findings,
        controls=checked.controls,
        power=checked.power,
        failures=examined.failures,
        usage=Usage(seconds=round(time.perf_counter() - started, 3)),
    )


def _verdict(findings: Sequence[Finding], *, incomplete: bool) -> ReportVerdict:
    """Sum the findings up in one word; what was found outweighs what could not be looked at."""
    if any(finding.verdict == "confirmed" for finding in findings):
        return "poisoned"
    if findings:
        return "suspicious"
    return "incomplete" if incomplete else "nothing_found"
