"""Open the workers that a user asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from marshtest.auditing.workers.base import Workers
from marshtest.auditing.workers.on_ray import open_ray
from marshtest.errors import ConfigError

__all__ = ["Engine", "open_workers"]

Engine = Literal["local", "ray"]
"""Where detectors run: in this process, or on a Ray cluster."""


@contextmanager
def open_workers(engine: Engine, ray_address: str | None = None) -> Iterator[Workers | None]:
    """Give the workers for as long as they are needed; None stands for this process.

    Args:
        engine: `local` or `ray`.
        ray_address: Address of a running Ray; without one a Ray of its own is started on this machine, or that is used
            to which this process is connected already.

    Raises:
        ConfigError: Ray is not installed, not to be reached, or its workers are not like this process.
    """
    if engine not in ("local", "ray"):
        raise ConfigError(f"there is no engine {engine!r}; choose local or ray.")
    if engine == "local":
        if ray_address is not None:
            raise ConfigError("an address of a Ray goes with the engine ray only; add --engine ray.")
        yield None
        return
    with open_ray(ray_address) as workers:
        yield workers
