"""The cage: the command runs in a child process, and this one watches what it takes and stops it.

The parent is the process that the shell started. It imports nothing, holds no data, and passes signals on. The child
is the program as it always was, so that nothing is copied between them but the place that it reads.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import signal
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

__all__ = ["Cage", "enter_cage"]

_LOOK_SECONDS = 0.03
"""Seconds between two looks at the child. Chosen by eye: a process fills about 100 MB meanwhile."""
_GRACE_SECONDS = 1.0
"""Seconds that a child has to clean up after a second signal. Chosen by eye."""
_MACHINE_SHARE = 0.9
"""Share of the machine's memory that no command exceeds. Chosen by eye: the rest keeps the machine usable."""
_LIMITS = struct.Struct("QdH")
"""Memory in bytes and CPU seconds, none if 0, and the length of the place in bytes."""
_PLACE_BYTES = 2_000
"""Bytes of a place that are passed on. Chosen by eye: longer than any path that a system opens."""
_PROC_BYTES = 4_096
"""Bytes that are read of a file of the kernel about a process. Derived: such a file is shorter than a page."""
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux."""
_STOPPED = 2
"""Exit code of data that cannot be read as asked."""
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Cage:
    """What parent and child share: the child writes its limits and where it is, the parent reads them."""

    shared: mmap.mmap

    def limit(self, *, memory: int = 0, seconds: float = 0.0) -> None:
        """Set the limits from now on.

        Args:
            memory: Bytes, without what is mapped from files; 0 for nine tenths of the machine.
            seconds: CPU seconds since the command began; 0 for no limit.
        """
        self.shared[: _LIMITS.size] = _LIMITS.pack(memory, seconds, self._stored()[2])

    def at(self, place: str) -> None:
        """Note what is read now, for a message."""
        text = place.encode("utf-8", "replace")[:_PLACE_BYTES]
        memory, seconds, _ = self._stored()
        self.shared[_LIMITS.size : _LIMITS.size + len(text)] = text
        self.shared[: _LIMITS.size] = _LIMITS.pack(memory, seconds, len(text))

    def _stored(self) -> tuple[int, float, int]:
        memory, seconds, length = _LIMITS.unpack_from(self.shared)
        return memory, seconds, length

    def broken(self, memory: int, seconds: float) -> str:
        """Return a message if the child takes more than it may; empty where it does not."""
        from marshtest.data.memory import readable_size

        most, longest, length = self._stored()
        place = self.shared[_LIMITS.size : _LIMITS.size + length].decode("utf-8", "replace")
        where = f"{place}: " if place else ""
        if longest and seconds > longest:
            return (
                f"{where}reading takes more than {longest:,.0f} CPU seconds, which is more than ordinary data of this "
                f"size need; it was stopped. If that is meant: --timeout {10 * longest:.0f}."
            )
        if most and memory > most:
            return (
                f"{where}this takes more than {readable_size(most)} of memory, which is more than ordinary data of "
                f"this size need; it was stopped. If that is meant: --max-memory {readable_size(3 * most)}."
            )
        return ""

    def place(self) -> str:
        """Return what the child was reading."""
        _, _, length = self._stored()
        return self.shared[_LIMITS.size : _LIMITS.size + length].decode("utf-8", "replace")


def enter_cage() -> Cage | None:
    """Go on in a child process, while this one watches it and ends as it ends.

    Returns:
        In the child, the cage; None where the system cannot watch (no `sigtimedwait` or `/proc`): then nothing is
        forked.
    """
    if not hasattr(signal, "sigtimedwait") or not Path("/proc/self/statm").exists():
        return None
    sys.stdout.flush()
    sys.stderr.flush()
    cage = Cage(mmap.mmap(-1, _LIMITS.size + _PLACE_BYTES))
    signal.pthread_sigmask(signal.SIG_BLOCK, {*_PASSED_ON, signal.SIGCHLD})
    parent = os.getpid()
    child = os.fork()
    if child:
        _watch(child, cage)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it died before it could be bound to us
        os._exit(128 + signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {*_PASSED_ON, signal.SIGCHLD})
    return cage


def _watch(child: int, cage: Cage) -> NoReturn:
    """Pass signals on, look at what the child takes, and end with its exit code."""
    from marshtest.data.memory import machine_memory

    whole = int(_MACHINE_SHARE * machine_memory())
    asked = 0
    ends = float("inf")
    pages, times = (os.open(f"/proc/{child}/{name}", os.O_RDONLY) for name in ("statm", "stat"))
    while True:
        came = signal.sigtimedwait({*_PASSED_ON, signal.SIGCHLD}, _LOOK_SECONDS)
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _leave(status, cage)
        if came is not None and came.si_signo in _PASSED_ON:
            asked += 1
            if came.si_code <= 0:  # somebody sent it to this process; what a terminal sends reaches both
                os.kill(child, came.si_signo)
            if asked > 1:
                ends = min(ends, time.monotonic() + _GRACE_SECONDS)
        if time.monotonic() > ends:
            _stop(
                child, "interrupted; it was stopped at once, and what it had not written is lost.", 128 + signal.SIGINT
            )
        memory, seconds = _taken(pages, times)
        said = cage.broken(memory, seconds)
        if not said and memory > whole:
            said = f"{cage.place()}: this takes nine tenths of the machine's memory; it was stopped."
        if said:
            _stop(child, said, _STOPPED)


def _taken(pages_file: int, times_file: int) -> tuple[int, float]:
    """Return the bytes that a process holds, without mapped files, and its CPU seconds.

    Args:
        pages_file: Descriptor of its `statm`, kept open: opening it anew at every look costs five times as much.
        times_file: Descriptor of its `stat`.
    """
    try:
        pages = os.pread(pages_file, _PROC_BYTES, 0).split()
        times = os.pread(times_file, _PROC_BYTES, 0).rpartition(b")")[2].split()
    except OSError:
        return 0, 0.0
    if len(pages) < 3 or len(times) < 13:
        return 0, 0.0
    held = (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE")
    return held, (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def _stop(child: int, message: str, code: int) -> NoReturn:
    """End the child whatever it does, say why, and leave."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    _say(message)
    os._exit(code)


def _leave(status: int, cage: Cage) -> NoReturn:
    """Leave as the child has left; a library that crashed is told with the place."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        os._exit(code)
    number = -code
    if number in (signal.SIGPIPE, *_PASSED_ON):
        os._exit(128 + number)
    place = cage.place()
    where = f"{place}: " if place else ""
    _say(
        f"{where}the process was ended by {signal.Signals(number).name}: a library crashed or the system ran out of "
        "memory. Check the file, or audit a part of it at a time."
    )
    os._exit(_STOPPED)


def _say(message: str) -> None:
    """Print one message with its invisible characters shown."""
    from marshtest.text.visible import visible

    with contextlib.suppress(OSError):  # nobody listens
        sys.stderr.write(f"\nError: {visible(message)}\n")
        sys.stderr.flush()
