"""Clean shutdown: a kill or a closed terminal does what Ctrl-C does, so that no temporary files remain."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["stoppable"]

_NUMBERS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stoppable() -> Iterator[list[int]]:
    """Turn SIGTERM and SIGHUP into `KeyboardInterrupt`, unless they are handled or ignored already (as nohup does).

    Yields:
        The signals that have come, none at first.
    """
    came: list[int] = []

    def stop(number: int, _: object) -> None:
        came.append(number)
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
