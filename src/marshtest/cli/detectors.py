"""`marsh detectors`: which detectors there are, what they cannot see, and what their settings mean."""

from __future__ import annotations

import inspect
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from marshtest.errors import ConfigError
from marshtest.text.visible import visible

if TYPE_CHECKING:
    from marshtest.detectors.base import Detector
    from marshtest.settings import SettingValue

__all__ = ["detectors"]

_MOST_WIDTH = 100
"""Columns: longer lines are hard to read, whatever the terminal."""


@click.command(short_help="List the detectors, or describe one.")
@click.argument("detector_id", required=False, metavar="[ID]")
def detectors(detector_id: str | None) -> int:
    """List the detectors and their blind spots; with ID, describe one and its settings."""
    from marshtest.detectors.registry import registered_detectors

    known = registered_detectors()
    if detector_id is not None and detector_id not in known:
        raise ConfigError(f"there is no detector {detector_id!r}; known: {', '.join(known)}.")
    width = min(_MOST_WIDTH, shutil.get_terminal_size().columns)
    lines = _all(known, width) if detector_id is None else _one(known[detector_id], width)
    for line in lines:
        click.echo(visible(line))
    return 0


def _all(known: Mapping[str, type[Detector]], width: int) -> Iterator[str]:
    """Describe each detector in a few lines."""
    from marshtest.detectors.registry import detector_origin, docstring_section

    for number, (name, found) in enumerate(known.items()):
        if number:
            yield ""
        yield f"{name}: {found.title}"
        if origin := detector_origin(found):
            yield from _wrapped(f"from {origin}", width, "  ")
        yield from _wrapped(f"cannot see: {docstring_section(found, 'Blind spots') or 'not stated'}", width, "  ")


def _one(found: type[Detector], width: int) -> Iterator[str]:
    """Describe one detector with its settings."""
    from marshtest.detectors.registry import detector_origin
    from marshtest.settings import setting_docs

    yield f"{found.id} (version {found.version}): {found.title}"
    if origin := detector_origin(found):
        yield from _wrapped(f"From {origin}.", width, "")
    yield ""
    yield from inspect.cleandoc(found.__doc__ or "").splitlines()
    settings = setting_docs(found().settings)
    if not settings:
        return
    yield ""
    yield "Settings:"
    for setting in settings:
        yield ""
        yield f"    {setting.name} = {_written(setting.value)}"
        for part in (setting.meaning or "not described", setting.origin):
            yield from _wrapped(part, width, "        ")


def _written(value: SettingValue) -> str:
    """Write a value as a person would: without the noise of binary fractions."""
    if isinstance(value, str):
        return repr(value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
