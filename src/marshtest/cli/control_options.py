"""Options about controls and power, for every command that audits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from marshtest.cli.option_groups import grouped_option

__all__ = ["control_options"]

_option = grouped_option("Controls and power")


def control_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command takes a value for each."""
    options = (
        _option(
            "--control",
            "controls",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="PATH",
            help="Data that is known to be clean, to measure false alarms; repeatable.",
        ),
        _option(
            "--sister",
            "sisters",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="PATH",
            help="Data made in the same way that is not known to be clean; repeatable.",
        ),
        _option(
            "--own-controls/--no-own-controls",
            default=True,
            show_default=True,
            help="Also audit the data with shuffled outcomes, and its halves and sources if something is found.",
        ),
        _option(
            "--calibration",
            type=click.Path(path_type=Path, exists=True, file_okay=False),
            metavar="DIR",
            help="Weigh evidence with the likelihoods in this folder instead of those of the package.",
        ),
        _option(
            "--power",
            type=click.Choice(["quick", "full", "off"]),
            default="quick",
            show_default=True,
            help="Plant harmless poison into copies of the data to measure what would be detected.",
        ),
        _option(
            "--judge-power",
            type=click.FloatRange(0, 1),
            default=0.0,
            show_default=True,
            metavar="SHARE",
            help="Ask the judge about planted poison too, with at most this share of the questions of the audit.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command
