"""How much memory and time an audit may take before the cage stops it: from its options, or the size of its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marshtest.cli.cage import Cage
from marshtest.errors import ConfigError

if TYPE_CHECKING:
    import click

    from marshtest.cli.running_options import RunningOptions

__all__ = ["ReadingLimits", "hold_reading"]

_SECONDS, _SECONDS_A_MEGABYTE = 30.0, 10.0
"""CPU seconds that reading may take, and more for each megabyte. Measured: reading takes about .1 seconds for each
megabyte of lines, and 1.5 to start; the rest is for slow machines. Packed files hold about ten times their size."""
_PACKED_TIMES = 2
"""How many times as long a packed megabyte may take. Chosen so that 1 MB is read or refused within 60 seconds with the
rest of the audit."""
_MEGABYTE = 1e6
"""Bytes of a megabyte. Convention."""
_POWER_TIMES = 2
"""How many times as much memory an audit may take that also plants triggers and looks for them. Chosen by eye."""
_ABOVE_BUDGET = 1.5
"""How many times the budget of `--memory` may be taken, which is an estimate. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """The limits of one audit."""

    cage: Cage
    memory: int
    """Bytes; 0 for nine tenths of the machine."""
    memory_later: int
    """The same once the data are read."""
    seconds: float
    """CPU seconds until the data are read; 0 for no limit."""

    @classmethod
    def of(
        cls, cage: Cage, running: RunningOptions, files: Sequence[str], *, has_judge: bool, has_power: bool
    ) -> ReadingLimits:
        """Take the limits from the options, else from the size of the files.

        Args:
            cage: Where the audit runs.
            running: The options.
            files: All files that are read.
            has_judge: Whether a judge is asked, which may be a model in this process.
            has_power: Whether the power is estimated, too.

        Raises:
            ConfigError: An option is no size or no time.
        """
        from marshtest.data.memory import ordinary_memory, parse_size

        sizes = _sizes(files)
        memory = 0 if sizes is None else ordinary_memory(*sizes) * (_POWER_TIMES if has_power else 1)
        if running.memory is not None:
            memory = max(memory, int(_ABOVE_BUDGET * parse_size(running.memory)))
        later = 0 if has_judge or running.engine == "ray" else memory
        if running.max_memory is not None:
            memory = later = parse_size(running.max_memory)
        seconds = 0.0
        if sizes is not None:
            seconds = _SECONDS + _SECONDS_A_MEGABYTE * (sizes[0] + _PACKED_TIMES * sizes[1]) / _MEGABYTE
        if running.timeout is not None:
            seconds = running.timeout
        if seconds < 0:
            raise ConfigError("--timeout is a number of seconds above 0.")
        return cls(cage, memory, later, seconds)

    def begin(self, first: str) -> None:
        """Hold the reading to the limits; the first file is the place until another is told."""
        self.cage.at(first)
        self.cage.limit(memory=self.memory, seconds=self.seconds)

    def watching(self, progress: Callable[[str, float], None] | None) -> Callable[[str, float], None]:
        """Give a callback for the progress that lifts the limit of time once the data are read."""

        def told(stage: str, share: float) -> None:
            if stage == "reading" and share >= 1:
                self.cage.limit(memory=self.memory_later)
                self.cage.at("")
            if progress is not None:
                progress(stage, share)

        return told


def hold_reading(
    context: click.Context,
    running: RunningOptions,
    files: Sequence[str],
    *,
    has_judge: bool = False,
    has_power: bool = False,
) -> ReadingLimits | None:
    """Hold a command to its limits from now on; None where no cage watches it.

    Args:
        context: Of the command.
        running: Its options.
        files: All files that are read, one at least.
        has_judge: As in `ReadingLimits.of`.
        has_power: As in `ReadingLimits.of`.

    Raises:
        ConfigError: An option is no size or no time.
    """
    from marshtest.data.readers.place import telling_places

    cage = context.find_object(Cage)
    if cage is None:
        return None
    limits = ReadingLimits.of(cage, running, files, has_judge=has_judge, has_power=has_power)
    limits.begin(files[0])
    context.with_resource(telling_places(cage.at))
    return limits


def _sizes(files: Sequence[str]) -> tuple[int, int] | None:
    """Return the bytes of the files that are not packed, and of those that are; None if one has no size."""
    from marshtest.data.readers.sources import is_packed

    plain = packed = 0
    for file in files:
        if not Path(file).is_file():
            return None
        size = Path(file).stat().st_size
        packed += size * is_packed(file)
        plain += size * (not is_packed(file))
    return plain, packed
