"""The options about controls and power, for every command that audits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["control_options"]


def control_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command takes `controls`, `sisters`, `own_controls` and `power`."""
    options = (
        click.option(
            "--control",
            "controls",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="PATH",
            help="Data that is known to be clean: what is found there is a false alarm; may be given again.",
        ),
        click.option(
            "--sister",
            "sisters",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="PATH",
            help="Data of the same making that is not known to be clean; may be given again.",
        ),
        click.option(
            "--own-controls/--no-own-controls",
            default=True,
            show_default=True,
            help="Run on the data with shuffled outcomes and, where something is found, on its halves and its sources.",
        ),
        click.option(
            "--power",
            type=click.Choice(["quick", "full", "off"]),
            default="quick",
            show_default=True,
            help="Plant harmless poison into copies of the data to measure what would have been caught.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
