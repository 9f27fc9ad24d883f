"""The progress bar: what is done, how fast, and how much time is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from marshtest.render.drawing import DrawnConsole
from marshtest.text.visible import visible

__all__ = ["progress_bar"]


class _Rate(ProgressColumn):
    """How much of the stage is done in a second."""

    def render(self, task: Task) -> Text:
        """Draw nothing until the speed is known."""
        return Text("" if task.speed is None else f"{task.speed:.1%}/s")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, float], None]]:
    """Show a bar on standard error and give a callback that moves it: stage, and fraction of it that is done."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left in this stage"),
        TimeRemainingColumn(),
    )
    console = DrawnConsole()
    with Progress(*columns, console=console, transient=True, expand=True) as progress:
        task = progress.add_task("starting", total=1.0)
        shown = "starting"

        def move(stage: str, fraction: float) -> None:
            nonlocal shown
            if stage != shown:  # what is left is reckoned from the pace of the stage itself
                progress.reset(task)
                shown = stage
            progress.update(task, description=visible(stage), completed=min(1.0, max(0.0, fraction)))

        yield move
