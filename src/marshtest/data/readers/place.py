"""Tell what is read now, so that whoever stops the reading can name the place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["note_place", "telling_places"]

_TOLD: ContextVar[Callable[[str], None] | None] = ContextVar("told", default=None)


@contextmanager
def telling_places(told: Callable[[str], None]) -> Iterator[None]:
    """Call a function with every place, as `FILE` or `FILE:LINE`, that this thread comes to."""
    token = _TOLD.set(told)
    try:
        yield
    finally:
        _TOLD.reset(token)


def note_place(path: str, line: int | None = None) -> None:
    """Say that a file is read, from a line on."""
    told = _TOLD.get()
    if told is not None:
        told(path if line is None else f"{path}:{line}")
