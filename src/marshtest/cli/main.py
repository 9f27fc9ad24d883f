"""The command `marsh` with its subcommands, which are loaded when they are used."""

from __future__ import annotations

import click

from marshtest.cli.group import LazyGroup
from marshtest.version import __version__

__all__ = ["main"]


@click.group(
    cls=LazyGroup,
    commands_in="marshtest.cli",
    names=(
        "audit",
        "charter",
        "clean",
        "demo",
        "detectors",
        "export",
        "impact",
        "inspect",
        "judged",
        "organisms",
        "poison",
        "profiles",
        "schema",
        "show",
        "stress",
        "study",
        "sweep",
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 nothing found, 1 findings, 2 bad input, 3 incomplete, 70 our own fault, 130 interrupted.",
)
@click.version_option(__version__, "--version", prog_name="marsh")
def main() -> None:
    """Find poison in training data and show it."""
