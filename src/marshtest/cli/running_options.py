"""The options that say where an audit runs and how much memory it takes; the report does not depend on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import click

from marshtest.cli.gathering import gather

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from marshtest.data.memory import MemoryBudget

__all__ = ["RunningOptions", "running_options"]


@dataclass(frozen=True, slots=True)
class RunningOptions:
    """What the command line says about machines and memory."""

    engine: Literal["local", "ray"]
    ray_address: str | None
    memory: str | None

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


_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(["local", "ray"]),
        default="local",
        show_default=True,
        help="Run detectors in this process, or on the workers of a Ray cluster.",
    ),
    click.option(
        "--ray-address",
        metavar="ADDRESS",
        help="HOST:PORT, ray://HOST:PORT or auto: the Ray to use. [default: start one on this machine]",
    ),
    click.option(
        "--memory",
        metavar="SIZE",
        help="Memory to stay in, such as 2GiB: what does not fit goes to files in DIR. [default: three quarters of it]",
    ),
)
