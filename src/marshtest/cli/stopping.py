"""Clean shutdown: a kill or a closed terminal does what Ctrl-C does, so that no temporary files remain."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["stoppable"]

_NUMBERS = (signal.SIGTERM, signal.SIGHUP)
_SAME_SECONDS = 0.5
"""Seconds in which the same signal counts once. Chosen by eye: who stops a group of processes, as `timeout` does,
reaches us twice, and the second would interrupt the cleaning up."""


@contextmanager
def stoppable() -> Iterator[list[int]]:
    """Turn SIGTERM and SIGHUP into `KeyboardInterrupt`, unless they are handled or ignored already (as nohup does).

    Yields:
        The signals that have come, none at first.
    """
    came: list[int] = []

    last = dict.fromkeys(_NUMBERS, float("-inf"))

    def stop(number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - last[signal.Signals(number)] < _SAME_SECONDS:
            return
        last[signal.Signals(number)] = now
        came.append(number)
        as_ctrl_c = signal.getsignal(signal.SIGINT)
        if callable(as_ctrl_c):  # an event loop has its own, which cancels its tasks in place of breaking into one
            as_ctrl_c(signal.SIGINT, frame)
        else:
            raise KeyboardInterrupt

    ours = threading.current_thread() is threading.main_thread()  # signals are the main thread's affair
    taken = [number for number in _NUMBERS if ours and signal.getsignal(number) == signal.SIG_DFL]
    for number in taken:
        signal.signal(number, stop)
    try:
        yield came
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
