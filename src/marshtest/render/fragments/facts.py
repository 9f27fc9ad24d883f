"""What every fragment says of an audit, in the same words; nothing here says that data are clean."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import uuid
from collections.abc import Mapping
from typing import Any, Final

from marshtest.findings import EvidenceRecord, Finding
from marshtest.render.sureness import NO_CONTROLS, NO_POWER, control_sentences
from marshtest.render.words import VERDICT_TITLES, count, findings_sentence, unread_sentence
from marshtest.report import Report, ReportVerdict
from marshtest.text.visible import escaped_json, visible

__all__ = [
    "alarm_sentences",
    "command",
    "drawn",
    "evidence_hash",
    "facts",
    "finding_hash",
    "fragment_json",
    "fragment_uuid",
    "gaps",
    "power_sentence",
    "verdict_sentence",
]

_LONGEST: Final = 500
"""Characters of a hostile text that a fragment shows. Chosen by eye: a paragraph."""
_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_OID, "marshtest")
_NOTES: Final[Mapping[ReportVerdict, str]] = {
    "poisoned": "At least one pattern is hard to explain as natural; read its evidence records before you act.",
    "suspicious": "Something is unusual, and a harmless explanation is possible; a person should read the records.",
    "nothing_found": "No detector found a pattern. This does not prove that there is no poison.",
    "incomplete": "Nothing was found, and not everything could be examined.",
}
_RUNS_OF_BLANKS: Final = re.compile(r"\s+")


def drawn(text: str, most: int = _LONGEST) -> str:
    """Give hostile text on one line: unseen characters drawn, commands to build servers broken, a long one cut.

    Args:
        text: Any text of a report.
        most: Characters that are kept.
    """
    line = visible(text.encode("utf-8", "replace").decode())
    line = line if len(line) <= most else f"{line[: most - 1]}\u2026"
    return line.replace("::", ":\u2039:\u203a").replace("##", "#\u2039#\u203a")


def evidence_hash(record: EvidenceRecord) -> str:
    """Give what identifies an evidence record wherever it stands: its content hash, or one of what the report shows."""
    if record.content_hash:
        return record.content_hash
    shown = json.dumps([record.label, record.excerpt or record.record_id])
    return hashlib.sha256(shown.encode()).hexdigest()


def finding_hash(finding: Finding) -> str:
    """Give sha256 (hex) of a finding's detector, pattern and evidence, whatever the order and the lines of these."""
    records = sorted(evidence_hash(record) for record in finding.records)
    told = json.dumps([finding.detector, finding.pattern.type, finding.pattern.text, records])
    return hashlib.sha256(told.encode()).hexdigest()


def fragment_uuid(report: Report, of: str) -> str:
    """Give a UUID (version 5) that is the same for the same data, version, settings and findings."""
    told = [of, report.tool_version, report.dataset.fingerprint, report.verdict, report.config.seed]
    return str(uuid.uuid5(_NAMESPACE, json.dumps([*told, *sorted(finding_hash(one) for one in report.findings)])))


def verdict_sentence(report: Report) -> str:
    """Say the verdict in words."""
    return f"{VERDICT_TITLES[report.verdict]}: {findings_sentence(report)} {_NOTES[report.verdict]}"


def power_sentence(report: Report) -> str:
    """Say what the audit would have caught, or that this was not measured."""
    return report.power.statement or NO_POWER


def alarm_sentences(report: Report) -> str:
    """Say what the controls show about the false-alarm rate."""
    return " ".join(control_sentences(report.controls)) or NO_CONTROLS


def gaps(report: Report) -> list[str]:
    """List what could not be examined; empty where nothing was missing. It quotes the data: draw it."""
    told = [f"{run.name}: {run.status} ({run.reason})" for run in report.detectors if run.status in _NOT_RUN]
    told += [
        f"{one.detector}: {count(one.records, 'record')}: {one.message}"
        + (f" ({one.source_path}:{one.source_line})" if one.source_path else "")
        for one in report.failures
    ]
    if unread := unread_sentence(report):
        told.append(unread)
    if report.judge is not None and report.judge.missing:
        told.append(f"{count(report.judge.missing, 'answer')} of the judge are missing.")
    return told or (["No detector examined the data."] if report.verdict == "incomplete" else [])


_NOT_RUN: Final = ("failed", "skipped")


def command(report: Report) -> str:
    """Give the command that repeats the audit without its judge and controls, quoted for a POSIX shell."""
    words = ["marsh", "audit", *(f"./{one}" if one.startswith("-") else one for one in report.dataset.source)]
    words += ["--seed", str(report.config.seed), "--power", report.config.power]
    words.append("--own-controls" if report.config.own_controls else "--no-own-controls")
    for role, name in report.dataset.asked.named().items():
        words += [f"--{role}-field", name]
    for form in (report.dataset.asked.file_format, report.dataset.asked.record_format):
        words += ["--format", form] if form else []
    for name in report.dataset.asked.ignored:
        words += ["--ignore-field", name]
    if report.config.profile:
        words += ["--profile", report.config.profile]
    for name in report.config.detectors:
        words += ["--detector", name]
    if report.config.on_bad_record != "fail":
        words += ["--on-bad-record", report.config.on_bad_record]
    return shlex.join(words)


def facts(report: Report) -> dict[str, str]:
    """Give what every fragment says of the audit, by name; safe on one line, still to be escaped in its format."""
    ran = sorted({run.id for run in report.detectors if run.status == "ran"})
    told = {
        "tool": f"marshtest {report.tool_version}",
        "verdict": verdict_sentence(report),
        "examined": f"{count(report.dataset.records, 'record')} read as {report.dataset.kind}; "
        f"detectors: {', '.join(ran) or 'none'}",
        "missing": "; ".join(gaps(report)) or "nothing that was planned",
        "power": power_sentence(report),
        "falseAlarms": alarm_sentences(report),
        "fingerprint": report.dataset.fingerprint,
        "repeat": command(report),
    }
    return {name: drawn(text, _LONGEST_FACT) for name, text in told.items()}


_LONGEST_FACT: Final = 4_000
"""Characters of one fact. Chosen by eye: a command of many files."""


def fragment_json(value: Any) -> bytes:
    """Give JSON, indented, with the order of keys as given; what steers a terminal is escaped."""
    return escaped_json(json.dumps(value, indent=2, ensure_ascii=False)).encode("utf-8", "replace") + b"\n"
