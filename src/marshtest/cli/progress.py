"""Progress on stderr, for people only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["show_progress"]


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """Give a callback that moves a bar, or None when nobody watches (stderr is no terminal, or quiet)."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from marshtest.visible import visible

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("elapsed"),
        TimeElapsedColumn(),
        TextColumn("left in this stage"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True, markup=False), transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        shown = "starting"

        def move(stage: str, fraction: float) -> None:
            nonlocal shown
            if stage != shown:  # what is left is reckoned from the pace of the stage itself
                progress.reset(task)
                shown = stage
            progress.update(task, description=visible(stage), completed=min(1.0, max(0.0, fraction)))

        yield move
