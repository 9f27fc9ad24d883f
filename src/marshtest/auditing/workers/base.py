"""What workers are: others who call a function of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Lost", "Workers"]


@dataclass(frozen=True, slots=True)
class Lost:
    """A call that no worker could bring to its end."""

    reason: str


class Workers(Protocol):
    """Processes, on this machine or on others, that call functions."""

    def start(
        self, function: Callable[..., Any], calls: Sequence[tuple[object, ...]]
    ) -> Iterator[tuple[int, Any | Lost]]:
        """Start to call a function with every row of arguments; give the number of a call and its result as they end.

        Args:
            function: A function that can be imported by name. A call that raises is lost.
            calls: Arguments that can be pickled. A dataset is sent once, however many calls it is an argument of.
        """
