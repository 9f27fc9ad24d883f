"""`marsh show`: print a stored report again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

__all__ = ["show"]


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.option("--html", is_flag=True, help="Write RUN/report.html again from the stored report.")
def show(run: Path, html: bool) -> int:
    """Print a stored report again.

    RUN is the folder of an audit, or a report.json. The data and the detectors are not needed.

    Exit codes: 0 shown, 2 no report found.
    """
    from marshtest.cli.run_folder import HTML_NAME, JSON_NAME
    from marshtest.render.terminal import print_report
    from marshtest.report import read_report

    report = read_report(run)
    file = run / JSON_NAME if run.is_dir() else run
    page = file.with_name(HTML_NAME)
    if html:
        from marshtest.render.html import write_html

        write_html(report, page)
    print_report(report, sys.stdout, written=[file, page] if page.exists() else [file])
    return 0
