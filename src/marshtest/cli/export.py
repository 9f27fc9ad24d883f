"""`marsh export`: write a stored report in a format that other tools read."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["export"]


@click.command(short_help="Write a report as SARIF, CycloneDX, Croissant or a dataset card.")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.option(
    "--as",
    "form",
    type=click.Choice(["sarif", "cyclonedx", "croissant", "card"]),
    required=True,
    help="Format to write.",
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; default: standard output.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def export(run: Path, form: str, out: Path | None, force: bool) -> int:
    """Write a stored report in a format that other tools read.

    RUN is the folder of an audit, or a report.json. The data and the detectors are not needed.

    Exit codes: 0 written, whatever the verdict; 2 no report found, or the file cannot be written.
    """
    from marshtest.cli.run_folder import HTML_NAME, JSON_NAME
    from marshtest.data.atomic import check_target, write_atomically
    from marshtest.render.fragments.card import card
    from marshtest.render.fragments.croissant import croissant
    from marshtest.render.fragments.cyclonedx import cyclonedx
    from marshtest.render.fragments.sarif import sarif
    from marshtest.report import read_report
    from marshtest.text.visible import visible

    report = read_report(run)
    folder = run if run.is_dir() else run.parent
    if out is not None:
        files: list[str | Path] = [*report.dataset.files, run, folder / JSON_NAME, folder / HTML_NAME]
        check_target(out, audited=files, force=force)
    writers = {"sarif": sarif, "cyclonedx": cyclonedx, "croissant": croissant, "card": card}
    content = writers[form](report)
    if out is None:
        click.echo(content.decode(), nl=False)
        return 0
    write_atomically({out: content})
    click.echo(f"The report is in {visible(str(out))}.")
    return 0
