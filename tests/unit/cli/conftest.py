"""An audit that gives a made-up report, so that the command line is tested without data and detectors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests import render_reports

from marshtest.report import Report

FakeAudit = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def fake_audit(monkeypatch: pytest.MonkeyPatch) -> FakeAudit:
    """Give a function that makes the audit answer with a report (or raise) and returns what it was called with."""

    def install(answer: Report | BaseException) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = []

        def audit(data: object, **options: Any) -> Report:
            calls.append({"data": data, **options})
            if isinstance(answer, BaseException):
                raise answer
            return answer

        module = ModuleType("marshtest.auditing.wiring")
        module.__dict__["audit"] = audit
        monkeypatch.setitem(sys.modules, "marshtest.auditing.wiring", module)
        return calls

    return install


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a data file in an empty current folder."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "tickets.jsonl"
    file.write_text('{"text": "a", "label": "b"}\n')
    return file


@pytest.fixture
def poisoned() -> Report:
    """Give a report with findings."""
    return render_reports.poisoned_report()
