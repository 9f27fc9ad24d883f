"""Options about workers and memory; the report does not depend on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import click

from marshtest.cli.option_groups import gather, grouped_option

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from marshtest.data.memory import MemoryBudget

__all__ = ["LIMIT_OPTIONS", "RunningOptions", "running_options"]

_option = grouped_option("Resources")


@dataclass(frozen=True, slots=True)
class RunningOptions:
    """Machines and memory as the command line describes them."""

    engine: Literal["local", "ray"] = "local"
    ray_address: str | None = None
    memory: str | None = None
    max_memory: str | None = None
    timeout: float | None = None

    def memory_budget(self, folder: Path) -> AbstractContextManager[MemoryBudget]:
        """Set the memory budget of the audit; what does not fit goes to files in the folder.

        Raises:
            ConfigError: `--memory` is not a size.
        """
        from marshtest.data.memory import memory_budget, parse_size

        return memory_budget(None if self.memory is None else parse_size(self.memory), folder)


def running_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command takes them together as `running`, a `RunningOptions`."""
    return gather(command, _OPTIONS, into=RunningOptions, name="running")


LIMIT_OPTIONS = (
    _option(
        "--max-memory",
        metavar="SIZE",
        help="Stop at so much memory. [default: 1 GiB and 100 times the data, 800 times where packed]",
    ),
    _option(
        "--timeout",
        type=float,
        metavar="SECONDS",
        help="Stop reading after so many CPU seconds. [default: 30 and 10 for each MB, 20 where packed]",
    ),
)
"""The limits of whatever reads data."""
_OPTIONS = (
    _option(
        "--engine",
        type=click.Choice(["local", "ray"]),
        default="local",
        show_default=True,
        help="Run detectors in this process or on the workers of a Ray cluster.",
    ),
    _option(
        "--ray-address",
        metavar="ADDRESS",
        help="Ray to connect to: HOST:PORT, ray://HOST:PORT or auto. [default: start one on this machine]",
    ),
    _option(
        "--memory",
        metavar="SIZE",
        help="Memory to stay in, such as 2GiB: what does not fit goes to files in DIR. [default: three quarters of it]",
    ),
    *LIMIT_OPTIONS,
)
