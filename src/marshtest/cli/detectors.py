"""`marsh detectors`: what there is to look with, and what it cannot see."""

from __future__ import annotations

import inspect
import shutil
import textwrap

import click

from marshtest.errors import ConfigError

__all__ = ["detectors"]


@click.command()
@click.argument("detector_id", required=False, metavar="[ID]")
def detectors(detector_id: str | None) -> int:
    """List the detectors and their blind spots; with ID, tell all about one."""
    from marshtest.detectors.registry import docstring_section, registered_detectors

    known = registered_detectors()
    if detector_id is not None:
        if detector_id not in known:
            raise ConfigError(f"there is no detector {detector_id!r}; known: {', '.join(known) or 'none'}.")
        found = known[detector_id]
        click.echo(f"{found.id} (version {found.version}): {found.title}\n\n{inspect.cleandoc(found.__doc__ or '')}")
        return 0
    width = min(100, shutil.get_terminal_size().columns)
    for number, (name, found) in enumerate(known.items()):
        blind = docstring_section(found, "Blind spots") or "not stated"
        click.echo(("\n" if number else "") + f"{name}: {found.title}")
        click.echo(textwrap.fill(f"cannot see: {blind}", width, initial_indent="  ", subsequent_indent="  "))
    if not known:
        click.echo("There are no detectors.")
    return 0
