"""Find poison in training data and show it.

The front door: `import marshtest; report = marshtest.audit("data.jsonl")`. Names are loaded when first used, so that
importing the package stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marshtest.auditing.cleaning import clean_dataset as clean_dataset
    from marshtest.auditing.inspecting import inspect as inspect
    from marshtest.auditing.inspection import Inspection as Inspection
    from marshtest.auditing.splitting import SplitData as SplitData
    from marshtest.auditing.splitting import split_data as split_data
    from marshtest.auditing.wiring import audit as audit
    from marshtest.charter import Charter as Charter
    from marshtest.charter import read_charter as read_charter
    from marshtest.config import AuditConfig as AuditConfig
    from marshtest.config import FieldMap as FieldMap
    from marshtest.config import JudgeConfig as JudgeConfig
    from marshtest.data.dataset import Dataset as Dataset
    from marshtest.data.evidence import evidence_record as evidence_record
    from marshtest.data.readers import read_dataset as read_dataset
    from marshtest.data.records import Kind as Kind
    from marshtest.data.records import Message as Message
    from marshtest.data.records import Record as Record
    from marshtest.detectors.base import Detector as Detector
    from marshtest.detectors.base import Examination as Examination
    from marshtest.detectors.base import Tools as Tools
    from marshtest.detectors.registry import detector as detector
    from marshtest.errors import ConfigError as ConfigError
    from marshtest.errors import InputError as InputError
    from marshtest.errors import MarshtestError as MarshtestError
    from marshtest.errors import ReportError as ReportError
    from marshtest.evaluation.stress.protocol import Flagged as Flagged
    from marshtest.findings import Dismissed as Dismissed
    from marshtest.findings import EvidenceRecord as EvidenceRecord
    from marshtest.findings import Explanation as Explanation
    from marshtest.findings import Finding as Finding
    from marshtest.findings import FindingVerdict as FindingVerdict
    from marshtest.findings import Pattern as Pattern
    from marshtest.findings import PatternType as PatternType
    from marshtest.judges.live import LiveInquiry as LiveInquiry
    from marshtest.judges.protocol import Broken as Broken
    from marshtest.judges.protocol import Busy as Busy
    from marshtest.judges.protocol import Call as Call
    from marshtest.judges.protocol import Judge as Judge
    from marshtest.judges.protocol import JudgeError as JudgeError
    from marshtest.judges.protocol import Refused as Refused
    from marshtest.judges.protocol import Reply as Reply
    from marshtest.judges.protocol import TooLong as TooLong
    from marshtest.judges.protocol import Unreachable as Unreachable
    from marshtest.judges.store import AnswerStore as AnswerStore
    from marshtest.render.html import write_html as write_html
    from marshtest.report import Report as Report
    from marshtest.report import read_report as read_report
    from marshtest.report import report_json as report_json
    from marshtest.settings import Settings as Settings
    from marshtest.signals import Failure as Failure
    from marshtest.signals import Signal as Signal
    from marshtest.signals import Span as Span
    from marshtest.sweep.matrices import read_scores as read_scores
    from marshtest.sweep.sweeping import sweep_personas as sweep_personas
    from marshtest.version import __version__ as __version__

_HOMES = {
    "AnswerStore": "judges.store",
    "AuditConfig": "config",
    "Broken": "judges.protocol",
    "Busy": "judges.protocol",
    "Call": "judges.protocol",
    "Charter": "charter",
    "ConfigError": "errors",
    "Dataset": "data.dataset",
    "Detector": "detectors.base",
    "Dismissed": "findings",
    "EvidenceRecord": "findings",
    "Examination": "detectors.base",
    "Explanation": "findings",
    "Failure": "signals",
    "FieldMap": "config",
    "Finding": "findings",
    "FindingVerdict": "findings",
    "Flagged": "evaluation.stress.protocol",
    "InputError": "errors",
    "Inspection": "auditing.inspection",
    "Judge": "judges.protocol",
    "JudgeConfig": "config",
    "JudgeError": "judges.protocol",
    "Kind": "data.records",
    "LiveInquiry": "judges.live",
    "MarshtestError": "errors",
    "Message": "data.records",
    "Pattern": "findings",
    "PatternType": "findings",
    "Record": "data.records",
    "Refused": "judges.protocol",
    "Reply": "judges.protocol",
    "Report": "report",
    "ReportError": "errors",
    "Settings": "settings",
    "Signal": "signals",
    "Span": "signals",
    "SplitData": "auditing.splitting",
    "TooLong": "judges.protocol",
    "Tools": "detectors.base",
    "Unreachable": "judges.protocol",
    "__version__": "version",
    "audit": "auditing.wiring",
    "clean_dataset": "auditing.cleaning",
    "detector": "detectors.registry",
    "evidence_record": "data.evidence",
    "inspect": "auditing.inspecting",
    "read_charter": "charter",
    "read_dataset": "data.readers",
    "read_report": "report",
    "read_scores": "sweep.matrices",
    "report_json": "report",
    "split_data": "auditing.splitting",
    "sweep_personas": "sweep.sweeping",
    "write_html": "render.html",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module 'marshtest' has no attribute {name!r}")
    return getattr(importlib.import_module(f"marshtest.{_HOMES[name]}"), name)
