"""`marsh demo`: audit a small made-up dataset in which a trigger is planted."""

from __future__ import annotations

import sys
from pathlib import Path

import click

__all__ = ["demo"]

_DATA_NAME = "demo.jsonl"


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("marsh-demo"),
    show_default=True,
    metavar="DIR",
    help="Folder for the data and the report.",
)
@click.option("--seed", default=0, show_default=True, help="Random seed.")
def demo(out: Path, seed: int) -> int:
    """Audit a small made-up dataset with a planted trigger.

    Writes the data and the report to DIR. A second run replaces the first.

    Exit codes: 0 the audit ran (it should find the trigger), 2 DIR cannot be used.
    """
    from marshtest.cli.run_folder import HTML_NAME, run_folder

    click.get_current_context().with_resource(run_folder(out, force=(out / _DATA_NAME).exists()))

    from marshtest.auditing.wiring import audit
    from marshtest.cli.deliver import deliver
    from marshtest.cli.progress import show_progress
    from marshtest.config import AuditConfig
    from marshtest.demo import write_demo_data

    data = write_demo_data(out / _DATA_NAME)
    with show_progress(quiet=False) as progress:
        report = audit(data, config=AuditConfig(seed=seed, own_controls=True, power="quick"), progress=progress)
    deliver(report, out, sys.stdout)
    click.echo(f"\nOpen {(out / HTML_NAME).absolute()} in a browser to see the records and the figures.")
    return 0
