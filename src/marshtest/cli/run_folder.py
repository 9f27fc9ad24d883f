"""The folder that an audit leaves behind: report.json, report.html and, with a judge, the store of its answers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.report import Report

__all__ = ["HTML_NAME", "JSON_NAME", "STORE_NAME", "check_run_folder", "default_run_folder", "write_run_folder"]

JSON_NAME = "report.json"
HTML_NAME = "report.html"
STORE_NAME = "judge.sqlite"


def default_run_folder(first: Path) -> Path:
    """Name the folder after the first file of the dataset, e.g. marsh-tickets for data/tickets.jsonl.gz."""
    stem = first.name.split(".", 1)[0] or first.resolve().name or "data"
    return Path(f"marsh-{stem}")


def check_run_folder(folder: Path, *, force: bool) -> None:
    """Refuse a folder before the work begins rather than after.

    Raises:
        ConfigError: It holds a report already, is no folder or may not be written to.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: is no folder; choose another --out.")
    if (folder / JSON_NAME).exists() and not force:
        raise ConfigError(f"{folder}: already holds a report; choose another --out, or replace it with --force.")
    place = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        raise ConfigError(f"{folder}: cannot be written to; choose a folder that you may write to with --out.")


def write_run_folder(folder: Path, report: Report, *, html: bool) -> list[Path]:
    """Write the report into its folder, all files or none, and give their paths.

    A page left from an earlier report is taken away when no new one is asked for: it would tell of other data.

    Raises:
        ReportError: A file cannot be written.
    """
    from marshtest.atomic import write_atomically
    from marshtest.report import report_json

    files = {folder / JSON_NAME: report_json(report)}
    if html:
        from marshtest.render.html import render_html

        files[folder / HTML_NAME] = render_html(report).encode()
    write_atomically(files)
    if not html:
        (folder / HTML_NAME).unlink(missing_ok=True)
    return list(files)
