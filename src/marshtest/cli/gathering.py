"""Options that a command takes together, as one dataclass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from typing import Any

__all__ = ["gather"]


def gather(
    command: Callable[..., Any],
    options: Sequence[Callable[..., Any]],
    *,
    into: type[Any],
    name: str,
) -> Callable[..., Any]:
    """Add options to a command, which takes their values together.

    Args:
        command: The command.
        options: One for each field of the dataclass, in the order of the help.
        into: The dataclass.
        name: What the command calls it.
    """
    names = [field.name for field in fields(into)]

    @wraps(command)
    def gathered(*args: Any, **given: Any) -> Any:
        return command(*args, **{name: into(**{one: given.pop(one) for one in names})}, **given)

    for option in reversed(options):
        gathered = option(gathered)
    return gathered
