"""Time and memory of an audit by stage: `timings.json`.

The stages are those of the progress bar; detectors are timed separately.
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

__all__ = ["Timings"]

_Progress = Callable[[str, float], None]


class Timings:
    """Records the duration of every stage and the peak memory at its end."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._stages: dict[str, dict[str, float]] = {}
        self._last = "starting"
        self._note("starting")

    def watching(self, shown: _Progress | None) -> _Progress:
        """Give a progress callback that records the stage and passes it on to the progress bar, if there is one."""

        def move(stage: str, fraction: float) -> None:
            self._note(stage)
            if shown is not None:
                shown(stage, fraction)

        return move

    def write(self, path: Path, report: Report) -> None:
        """Write the timings as JSON.

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
        """Add the time since the last call to the stage that was running, and begin this one."""
        now = time.perf_counter()
        peak = _peak_mib()
        running = self._stages.setdefault(self._last, {"seconds": 0.0, "peak_mib": peak, "since": now})
        running["seconds"] += now - running["since"]
        running["peak_mib"] = peak
        self._last = stage
        self._stages.setdefault(stage, {"seconds": 0.0, "peak_mib": peak})["since"] = now


def _peak_mib() -> float:
    """Give the peak memory of the process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
