"""Workers of a Ray cluster, one that runs already or one of our own on this machine.

Ray decides which worker gets which call, and calls again when a worker dies; nothing of that is done here.
See docs/decisions/0013-one-code-path-on-a-cluster.md.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from marshtest.auditing.workers.base import Lost, Workers
from marshtest.auditing.workers.ray_address import check_address
from marshtest.data.dataset import Dataset
from marshtest.errors import ConfigError
from marshtest.version import __version__

__all__ = ["open_ray"]

_RETRIES = 3
"""How often a call is tried again whose worker has died, and a client's connection that the head gave up."""
_PATIENCE = 120.0
"""Seconds until the first worker has to be there."""


@contextmanager
def open_ray(address: str | None) -> Iterator[Workers]:
    """Give workers of the Ray at an address, or of one that is started here and stopped afterwards.

    Raises:
        ConfigError: Ray is not installed or not to be reached, or its workers have another marshtest or none.
    """
    ray = _import_ray(address)
    if ray.is_initialized():
        if address is not None:
            raise ConfigError("this process is connected to a Ray already; leave the address out to use that one.")
        yield _checked(ray)
        return
    folder = None if address is not None else Path(tempfile.mkdtemp(prefix="marsh-", dir=_short_folder()))
    handler = signal.getsignal(signal.SIGTERM)
    try:
        _connect(ray, address, folder)
        _give_back(handler)
        yield _checked(ray)
    finally:
        ray.shutdown()
        _give_back(handler)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _give_back(handler: Any) -> None:
    """Take SIGTERM from Ray, which would end the process with a stack trace and the exit code of findings."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)


def _import_ray(address: str | None) -> Any:
    """Import Ray with the settings that it reads only then."""
    os.environ.update(RAY_USAGE_STATS_ENABLED="0")
    # It would tell of dead workers on the standard output, where the report may go; what matters is raised as an error.
    os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".")
    if address is None and "ray" not in sys.modules:
        # The ports of our own Ray are open to the network, and whoever gets in may run code: only with this token.
        os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32))
    try:
        import ray
    except ImportError as error:
        raise ConfigError("the engine ray needs Ray; install it with: pip install 'marshtest[ray]'") from error
    return ray


def _connect(ray: Any, address: str | None, folder: Path | None) -> None:
    quiet = {"log_to_driver": False, "logging_level": logging.CRITICAL}
    if address is not None:
        check_address(address)
        own: dict[str, Any] = {"address": address}
    else:
        own = {"address": "local", "include_dashboard": False, "_temp_dir": str(folder)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for left in reversed(range(_RETRIES)):
                try:
                    ray.init(**own, **quiet)
                except ConnectionAbortedError:  # a busy head had no process for this client within its 30 seconds
                    if not left:
                        raise
                else:
                    break
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        where = "on this machine" if address is None else f"at {address}"
        raise ConfigError(f"cannot use the Ray {where}: {_sentence(error)}") from error


def _checked(ray: Any) -> Workers:
    """Give the workers, if they have the same marshtest as this process.

    Raises:
        ConfigError: They have another or none, or none of them is free for a long time.
    """

    def version_there() -> str:  # inside a function, so that it travels with its code
        try:
            from marshtest.version import __version__ as version
        except ImportError:
            return ""
        return version

    try:
        there = ray.get(ray.remote(max_retries=_RETRIES)(version_there).remote(), timeout=_PATIENCE)
    except ray.exceptions.GetTimeoutError as error:
        raise ConfigError(
            f"no worker of the Ray was free within {_PATIENCE:.0f} seconds; see what it does with `ray status`."
        ) from error
    except ray.exceptions.RayError as error:
        raise ConfigError(f"the workers of the Ray cannot work: {_sentence(error)}") from error
    if there != __version__:
        has = f"marshtest {there}" if there else "no marshtest"
        raise ConfigError(
            f"the workers of the Ray have {has}, here is {__version__}; install the same version on all machines."
        )
    return _RayWorkers(ray)


class _RayWorkers:
    """Runs every call as a task of Ray."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._sent: WeakKeyDictionary[Dataset, Any] = WeakKeyDictionary()

    def start(
        self, function: Callable[..., Any], calls: Sequence[tuple[object, ...]]
    ) -> Iterator[tuple[int, Any | Lost]]:
        """Start all calls at once; Ray holds them back until a worker is free."""
        task = self._ray.remote(num_cpus=1, max_retries=_RETRIES)(function)
        waiting = {task.remote(*map(self._travelling, call)): number for number, call in enumerate(calls)}
        return self._results(waiting)

    def _travelling(self, argument: object) -> object:
        if not isinstance(argument, Dataset):
            return argument
        if argument not in self._sent:
            self._sent[argument] = self._ray.put(argument)
        return self._sent[argument]

    def _results(self, waiting: dict[Any, int]) -> Iterator[tuple[int, Any | Lost]]:
        try:
            while waiting:
                ended, _ = self._ray.wait(list(waiting))
                for reference in ended:
                    number = waiting.pop(reference)
                    yield number, self._result(reference)
        finally:
            for reference in waiting:  # somebody has stopped us
                self._ray.cancel(reference, force=True)

    def _result(self, reference: Any) -> Any | Lost:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            return Lost(f"no worker brought it to its end: {_sentence(error)}")


def _sentence(error: BaseException) -> str:
    """Give the first line of a message, which may be long; of one that ends in a stack trace, its last line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    return f"{type(error).__name__}: {lines[-1] if 'Traceback' in str(error) else lines[0]}"


def _short_folder() -> str | None:
    """Give where to put the folder: Ray makes sockets in it, whose paths may have about a hundred characters."""
    return "/tmp" if sys.platform != "win32" else None  # noqa: S108  mkdtemp makes a folder of its own there
