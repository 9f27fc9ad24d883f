"""Delivery of a finished report: folder, extra JSON, terminal, exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from marshtest.cli.run_folder import write_run_folder
from marshtest.data.atomic import write_atomically
from marshtest.report import Report, ReportVerdict, report_json

__all__ = ["deliver", "exit_code"]


def deliver(
    report: Report,
    folder: Path,
    stdout: TextIO,
    *,
    html: bool = True,
    json_file: str | None = None,
    quiet: bool = False,
) -> None:
    """Write the report to its folder and print it.

    Args:
        report: The report.
        folder: Where report.json and report.html go.
        stdout: Where to print.
        html: Whether to write the page.
        json_file: Another place for the JSON; `-` is `stdout`, on which then nothing else is printed.
        quiet: Whether to leave the printing out.

    Raises:
        ReportError: A file cannot be written.
    """
    written = write_run_folder(folder, report, html=html)
    if json_file == "-":
        stdout.write(report_json(report).decode())
    elif json_file is not None:
        write_atomically({Path(json_file): report_json(report)})
        written.append(Path(json_file))
    if not quiet and json_file != "-":
        from marshtest.render.terminal import print_report

        print_report(report, stdout, written=written)


def exit_code(verdict: ReportVerdict) -> int:
    """Give 0 for nothing found, 1 for findings and 3 for an audit that could not examine everything."""
    if verdict == "nothing_found":
        return 0
    return 3 if verdict == "incomplete" else 1
