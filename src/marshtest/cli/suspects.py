"""`marsh audit A B C --compare`: audit each dataset by itself and compare it with the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marshtest.report import Report

__all__ = ["SUMMARY_NAME", "audit_each"]

SUMMARY_NAME = "summary.json"
_WORST = (1, 2, 3, 0)
"""Exit codes, the worst first."""


def audit_each(context: click.Context, out: Path | None, paths: tuple[Path, ...]) -> int:
    """Audit every file as a dataset of its own, the other files as its sister sets, and sum up.

    Args:
        context: The call of `marsh audit`, whose options hold for every dataset.
        out: Folder for the summary and the folders of the datasets.
        paths: One file for each dataset.
    """
    from marshtest.cli.run_folder import default_run_folder
    from marshtest.data.atomic import check_target, write_atomically
    from marshtest.data.readers.sources import source_files
    from marshtest.report import read_report
    from marshtest.text.visible import visible

    folders = _folders(context, out or Path(f"{default_run_folder(paths[0])}-compared"), paths)
    summary = next(iter(folders.values())).parent / SUMMARY_NAME
    read = [
        file
        for path in (*paths, *context.params["controls"], *context.params["sisters"])
        for file in source_files(path)
    ]
    check_target(summary, audited=read, force=context.params["force"])
    codes: list[int] = []
    reports: dict[str, Report] = {}
    for path, folder in folders.items():
        others = tuple(other for other in paths if other != path)
        options = {**context.params, "paths": (path,), "out": folder, "compare": False}
        options["sisters"] = (*context.params["sisters"], *others)
        codes.append(context.invoke(context.command, **options))
        reports[folder.name] = read_report(folder)
    write_atomically({summary: _summary(reports)})
    if not context.params["quiet"]:
        for name, report in reports.items():
            click.echo(visible(f"{name}: {report}"))
            for finding in report.findings:
                click.echo(visible(f"  {finding.verdict}  {finding.title}"))
        click.echo(f"The summary is in {visible(str(summary))}.")
    return min(codes, key=_WORST.index)


def _folders(context: click.Context, out: Path, paths: tuple[Path, ...]) -> Mapping[Path, Path]:
    """Give every dataset its folder.

    Raises:
        ConfigError: There is nothing to compare, two would share a folder, or an option does not go with it.
    """
    from marshtest.cli.run_folder import default_run_folder

    if len(set(paths)) < 2:
        raise ConfigError("--compare needs two files or more, each a dataset of its own; give more files.")
    if context.params["json_file"] is not None:
        raise ConfigError("--compare writes one report per dataset; leave out --json and use the folders.")
    names = {path: default_run_folder(path).name.removeprefix("marsh-") for path in dict.fromkeys(paths)}
    if len(set(names.values())) < len(names):
        raise ConfigError("two files have the same name, so their reports would too; rename one.")
    return {path: out / name for path, name in names.items()}


def _summary(reports: Mapping[str, Report]) -> bytes:
    """Sum the reports up as JSON."""
    import json

    rows = [
        {
            "folder": name,
            "source": list(report.dataset.source),
            "records": report.dataset.records,
            "verdict": report.verdict,
            "findings": [
                {
                    "id": finding.id,
                    "verdict": finding.verdict,
                    "title": finding.title,
                    "pattern": finding.pattern.text,
                    "records": len(finding.records),
                }
                for finding in report.findings
            ],
        }
        for name, report in reports.items()
    ]
    return (json.dumps({"datasets": rows}, indent=2) + "\n").encode()
