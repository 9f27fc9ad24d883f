"""Where the time and the memory of an audit went: `profile.json`, for those who want to make it faster.

The stages are those that the progress bar shows; the detectors are timed by themselves.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from marshtest.data.atomic import write_atomically

if TYPE_CHECKING:
    from marshtest.report import Report

__all__ = ["Profile"]

_Progress = Callable[[str, float], None]


class Profile:
    """Notes when every stage began and ended and how much memory had been used by then."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._stages: dict[str, dict[str, float]] = {}
        self._last = "starting"
        self._note("starting")

    def watching(self, shown: _Progress | None) -> _Progress:
        """Give a progress callback that takes notes and passes on to the bar that is shown, if any."""

        def move(stage: str, fraction: float) -> None:
            self._note(stage)
            if shown is not None:
                shown(stage, fraction)

        return move

    def write(self, path: Path, report: Report) -> None:
        """Write the notes as JSON.

        Raises:
            ReportError: The file cannot be written.
        """
        self._note(self._last)
        used = os.times()
        content = {
            "records": report.dataset.records,
            "seconds": round(time.perf_counter() - self._began, 3),
            "cpu_seconds": round(used.user + used.system, 3),
            "peak_mib": _peak_mib(),
            "stages": [
                {"stage": stage, "seconds": round(notes["seconds"], 3), "peak_mib": notes["peak_mib"]}
                for stage, notes in self._stages.items()
            ],
            "detectors": {run.id: run.seconds for run in report.detectors},
        }
        write_atomically({path: json.dumps(content, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"})

    def _note(self, stage: str) -> None:
        """Give the time since the last note to the stage that was under way, and begin this one."""
        now = time.perf_counter()
        peak = _peak_mib()
        under_way = self._stages.setdefault(self._last, {"seconds": 0.0, "peak_mib": peak, "since": now})
        under_way["seconds"] += now - under_way["since"]
        under_way["peak_mib"] = peak
        self._last = stage
        self._stages.setdefault(stage, {"seconds": 0.0, "peak_mib": peak})["since"] = now


def _peak_mib() -> float:
    """Give the most memory that the process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
