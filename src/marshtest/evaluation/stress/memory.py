"""Peak memory of this process, from a moment on where the system can say so."""

from __future__ import annotations

import contextlib
import re
import resource
import sys
from pathlib import Path

__all__ = ["peak_mb", "reset_peak"]


def reset_peak() -> None:
    """Begin to measure anew; without Linux's /proc the peak stays that of the whole process."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def peak_mb() -> float:
    """Give the peak of the resident memory in MB (10^6 bytes)."""
    with contextlib.suppress(OSError):
        found = re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
        if found:
            return round(int(found[1]) * 1024 / 1e6, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)
