"""`marsh judged`: list what the judge of an audit says of single records."""

from __future__ import annotations

import sys
from pathlib import Path

import click

__all__ = ["judged"]


@click.command(short_help="List what the judge says of the records.")
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@click.option("--out", type=click.Path(path_type=Path), help="Also write the records to this file as JSON Lines.")
@click.option(
    "--least",
    type=click.IntRange(0, 3),
    metavar="SEVERITY",
    help="Only records of at least this severity: 0 ordinary, 1 slight, 2 clear, 3 grave harm.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def judged(run: Path, out: Path | None, least: int | None, force: bool) -> int:
    """List what the judge says of every record, gravest first.

    RUN is the folder of an audit with a judge, or its report.json. The table has the flagged records: those that would
    teach harm, and those whose label the judge contradicts.

    Exit codes: 0 listed, 2 no report found, or an audit without a judge.
    """
    from marshtest.cli.run_folder import HTML_NAME, JSON_NAME
    from marshtest.data.atomic import check_target, write_atomically
    from marshtest.errors import ReportError
    from marshtest.render.judged_list import judged_lines, print_judged
    from marshtest.render.judged_records import harm_sentences, label_sentences
    from marshtest.report import read_report
    from marshtest.text.visible import visible

    report = read_report(run)
    if report.judge is None:
        raise ReportError(f"{run}: this audit asked no judge; audit the data again with --judge MODEL.")
    said = report.judge.records
    if said is None:
        raise ReportError(
            f"{run}: the judge of this audit was not asked about single records, or an older version wrote the report; "
            "audit the data again with judged-effect or judged-label."
        )
    chosen = [one for one in said.records if least is None or (one.severity is not None and one.severity >= least)]
    if out is not None:
        folder = run if run.is_dir() else run.parent
        files: list[str | Path] = [*report.dataset.files, run, folder / JSON_NAME, folder / HTML_NAME]
        check_target(out, audited=files, force=force)
        write_atomically({out: judged_lines(report, chosen)})
    for sentence in (*harm_sentences(said), *label_sentences(report)):
        click.echo(visible(sentence))
    click.echo()
    print_judged(report, chosen, sys.stdout)
    if out is not None:
        click.echo(f"\n{len(chosen):,} records are in {visible(str(out))}.")
    return 0
