"""`marsh clean`: separate the evidence from the rest of the data."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

__all__ = ["clean"]

_REPORT_FILES = ("report.json", "report.html")


@click.command(short_help="Split audited data into clean and quarantined.")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Cleaned file, or a folder for several files."
)
@click.option("--quarantine", type=click.Path(path_type=Path), help="File, or folder, for the evidence records.")
@click.option(
    "--verdict",
    type=click.Choice(["confirmed", "suggestive"]),
    default="confirmed",
    show_default=True,
    help="Remove the records of confirmed findings only, or of suggestive ones too.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["jsonl", "json", "csv", "csv-header", "csv-no-header", "text", "fasttext", "parquet", "arrow"]),
    help="Format of the files, if it was given to the audit.",
)
@click.option(
    "--address",
    "addresses",
    multiple=True,
    metavar="ADDRESS",
    help="Address (s3://, hf://) of the data, or what lies above it; the report alone reaches none. Repeatable.",
)
@click.option("--force", is_flag=True, help="Replace existing files.")
def clean(
    run: Path,
    out: Path,
    quarantine: Path | None,
    verdict: Literal["confirmed", "suggestive"],
    file_format: str | None,
    addresses: tuple[str, ...],
    force: bool,
) -> None:
    """Split the data of the audit in RUN into cleaned and quarantined records.

    Every record keeps its bytes and its order. The data must not have changed since the audit, and every evidence
    record must be the one that the report describes.
    """
    from marshtest.auditing.cleaning import clean_dataset
    from marshtest.errors import ReportError
    from marshtest.report import read_report
    from marshtest.text.visible import visible

    report = read_report(run)
    for target in filter(None, (out, quarantine)):
        if target.resolve().parent == (run if run.is_dir() else run.parent).resolve() and target.name in _REPORT_FILES:
            raise ReportError(f"{target}: this is the report of the audit; choose another name.")
    cleaned = clean_dataset(
        report,
        out,
        quarantine=quarantine,
        verdict=verdict,
        file_format=file_format,
        force=force,
        addresses=addresses,
    )
    for finding in report.findings:
        if finding.verdict == "confirmed" or verdict == "suggestive":
            click.echo(visible(f"{finding.id} ({finding.verdict}): {len(finding.records):,} records"))
    for file in cleaned:
        click.echo(visible(f"{file.source}: {file.kept + file.moved:,} records"))
        click.echo(visible(f"  cleaned      {file.kept:>9,}  {file.cleaned}"))
        click.echo(visible(f"  quarantined  {file.moved:>9,}  {file.quarantined}"))
    unread = sum(one.records for one in report.failures if one.detector == "reader")
    if unread:
        click.echo(f"{unread:,} lines could not be read by the audit; they were not examined and were kept.")
