"""The exit code of a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marshtest.report import ReportVerdict

__all__ = ["exit_code"]


def exit_code(verdict: ReportVerdict) -> int:
    """Give 0 for nothing found, 1 for findings and 3 for an audit that could not examine everything."""
    if verdict == "nothing_found":
        return 0
    return 3 if verdict == "incomplete" else 1
