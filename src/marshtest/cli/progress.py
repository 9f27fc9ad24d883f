"""Progress on stderr, only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["show_progress"]


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """Give a callback that moves a progress bar, or None if stderr is not a terminal or `quiet` is set."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from marshtest.cli.progress_bar import progress_bar  # heavy, and of no use where nobody watches

    with progress_bar() as move:
        yield move
