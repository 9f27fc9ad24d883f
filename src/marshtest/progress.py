"""Progress: a callback that learns how much of a stage is done."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "no_progress"]

Progress = Callable[[str, float], None]
"""Called with the name of the stage and the fraction done, 0 to 1."""


def no_progress(stage: str, fraction: float) -> None:
    """Show nothing."""
