"""How commands with many options declare them: under headings in `--help`, and gathered into dataclasses.

A dependency (rich-click, cloup) would make the headings too. But rich-click draws with rich, which `--help` must not
load, and of cloup one class would be used: these few lines need no row in decision 0006.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial, wraps
from typing import Any

import click

__all__ = ["GroupedCommand", "GroupedOption", "gather", "grouped_option"]

_WIDEST_NAME = 30
"""Option names longer than this have their help on the next line. It is click's own default."""


class GroupedOption(click.Option):
    """An option with its heading.

    Args:
        group: The heading.
        old_names: Names that still work and are not shown.
    """

    def __init__(self, *args: Any, group: str, old_names: Sequence[str] = (), **kwargs: Any) -> None:
        names, *rest = args
        super().__init__([*names, *old_names], *rest, **kwargs)
        self.group = group
        self._old_names = frozenset(old_names)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Give the names and the help, without the old names."""
        shown = copy.copy(self)
        shown.opts = [name for name in self.opts if name not in self._old_names]
        return click.Option.get_help_record(shown, ctx)


class GroupedCommand(click.Command):
    """A command that lists its options under their headings, in the order in which the headings first appear."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options; those without a heading come last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                title = parameter.group if isinstance(parameter, GroupedOption) else "Other options"
                groups.setdefault(title, []).append(record)
        names = [name for rows in groups.values() for name, _ in rows if len(name) <= _WIDEST_NAME]
        width = max(map(len, names), default=0)
        for title, rows in groups.items():
            with formatter.section(title):  # padded, so that the help of every group begins in one column
                formatter.write_dl([(name.ljust(width), text) for name, text in rows], col_max=width)


def grouped_option(group: str) -> Callable[..., Callable[[Any], Any]]:
    """Give a decorator like `click.option` for options under one heading."""
    return partial(click.option, cls=GroupedOption, group=group)


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
