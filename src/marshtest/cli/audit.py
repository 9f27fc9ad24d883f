"""`marsh audit`: audit a dataset and write the report."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from marshtest.cli.control_options import control_options
from marshtest.cli.field_options import field_options
from marshtest.cli.judge_options import JudgeOptions, judge_options
from marshtest.cli.running_options import RunningOptions, running_options

if TYPE_CHECKING:
    from marshtest.config import FieldMap
    from marshtest.judges.questions import Inquiry
    from marshtest.report import Report

__all__ = ["audit"]


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the report. [default: marsh-<name of the first file>]",
)
@field_options
@click.option(
    "--detector",
    "detectors",
    multiple=True,
    metavar="ID",
    help="Run only this detector; may be given again. See `marsh detectors`.",
)
@click.option(
    "--charter",
    "charter_file",
    metavar="FILE",
    help="TOML file that says what is trained and what its labels mean, or a ready-made one: see `marsh charter list`.",
)
@click.option(
    "--profile",
    "threat_name",
    metavar="NAME",
    help="Look for one threat, with what is worth it: see `marsh profiles`.",
)
@control_options
@judge_options
@running_options
@click.option("--seed", default=0, show_default=True, help="Seed of everything random.")
@click.option(
    "--on-bad-record",
    type=click.Choice(["fail", "skip"]),
    default="fail",
    show_default=True,
    help="Stop at a record that cannot be read, or count it as not looked at.",
)
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    help="Write the report as JSON here too; - is the standard output and prints nothing else there.",
)
@click.option("--profile-run", is_flag=True, help="Write DIR/profile.json: where time and memory went, by stage.")
@click.option(
    "--compare", is_flag=True, help="Every PATH is a dataset of its own, compared with the others; DIR holds them all."
)
@click.option("--no-html", is_flag=True, help="Write no HTML page.")
@click.option("--quiet", is_flag=True, help="Print no report and no progress.")
@click.option("--force", is_flag=True, help="Replace the report that DIR already holds.")
@click.pass_context
def audit(
    context: click.Context,
    paths: tuple[Path, ...],
    out: Path | None,
    fields: FieldMap,
    detectors: tuple[str, ...],
    charter_file: str | None,
    threat_name: str | None,
    controls: tuple[Path, ...],
    sisters: tuple[Path, ...],
    own_controls: bool,
    power: Literal["off", "quick", "full"],
    judging: JudgeOptions,
    running: RunningOptions,
    seed: int,
    on_bad_record: Literal["fail", "skip"],
    json_file: str | None,
    profile_run: bool,
    compare: bool,
    no_html: bool,
    quiet: bool,
    force: bool,
) -> int:
    """Look for poison in a dataset.

    The files at PATH form one dataset: JSONL, JSON, CSV, Parquet or Arrow, packed or not; globs, folders and addresses
    (s3://, hf://) stand for the files there. The report is printed and written to DIR/report.json and DIR/report.html.
    With --compare each file is a dataset of its own.

    Exit codes: 0 nothing found, 1 findings, 2 bad input, 3 incomplete.
    """
    from marshtest.cli.named_data import named_files
    from marshtest.cli.run_folder import (
        HTML_NAME,
        JSON_NAME,
        PROFILE_NAME,
        SPILL_NAME,
        STAGES_NAME,
        STORE_NAME,
        default_run_folder,
        run_folder,
    )
    from marshtest.data.atomic import check_target

    if compare:
        from marshtest.cli.suspects import audit_each

        return audit_each(context, out, paths)
    folder = default_run_folder(paths[0]) if out is None else out
    click.get_current_context().with_resource(run_folder(folder, force=force))
    read = named_files((*paths, *controls, *sisters))
    check_target(folder / JSON_NAME, audited=read, force=True)
    check_target(folder / HTML_NAME, audited=read, force=True)
    check_target(folder / PROFILE_NAME, audited=read, force=True)
    if json_file is not None and json_file != "-":
        check_target(Path(json_file), audited=read, force=force)

    from marshtest.auditing.profiles.loading import find_profile
    from marshtest.auditing.wiring import audit as run_audit
    from marshtest.charter import charter_notes, read_charter
    from marshtest.cli.deliver import deliver
    from marshtest.cli.exit_codes import exit_code
    from marshtest.cli.judged_run import estimate_run, judged_run, take_batch_answers
    from marshtest.cli.profile import Profile
    from marshtest.cli.progress import show_progress
    from marshtest.config import AuditConfig
    from marshtest.detectors.registry import judged_detectors, runnable_detectors
    from marshtest.text.visible import visible

    charter = None if charter_file is None else read_charter(charter_file)
    if threat_name is not None:
        threat = find_profile(threat_name)
        charter = threat.charter_with_criteria(charter)
        held = bool(controls or sisters)
        detectors = detectors or runnable_detectors(threat.detectors, judge=judging.judge is not None, control=held)
    config = AuditConfig(
        detectors=detectors,
        profile=threat_name,
        seed=seed,
        on_bad_record=on_bad_record,
        own_controls=own_controls,
        power=power,
    )
    memory = context.with_resource(running.memory_budget(folder / SPILL_NAME))
    judge_config = judging.config(folder / STORE_NAME)

    def run(judge: Inquiry | None, strong_judge: Inquiry | None) -> Report:
        return run_audit(
            list(paths),
            fields=fields,
            config=config,
            charter=charter,
            judge=judge,
            strong_judge=strong_judge,
            controls=controls,
            sisters=sisters,
            progress=progress,
            stages=folder / STAGES_NAME,
            memory=memory,
            engine=running.engine,
            ray_address=running.ray_address,
        )

    if judge_config is not None and judging.estimate:
        config = replace(config, detectors=judged_detectors(detectors), own_controls=False, power="off")
        with show_progress(quiet=quiet) as progress:
            estimate_run(judge_config, run)
        return 0
    if judge_config is not None and judging.batch_in:
        take_batch_answers(judge_config, judging.batch_in)
    profile = Profile()
    with show_progress(quiet=quiet) as shown:
        progress = profile.watching(shown) if profile_run else shown
        report, waiting = judged_run(judge_config, run, progress)
    if waiting:
        for path, requests in waiting.items():
            click.echo(f"{requests:,} requests are in {visible(str(path))}.", err=True)
        answers = " --batch-in ANSWERS" * len(waiting)
        click.echo(f"Have them answered as a batch, then run again with{answers} --batch-out FILE.", err=True)
        return exit_code("incomplete")
    if charter is not None and not quiet:
        for note in charter_notes(charter, report.dataset.labels):
            click.echo(f"Note: {visible(note)}", err=True)
    if profile_run:
        profile.write(folder / PROFILE_NAME, report)
    deliver(report, folder, sys.stdout, html=not no_html, json_file=json_file, quiet=quiet)
    return exit_code(report.verdict)
