"""`marsh audit`: audit a dataset and write the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from marshtest.cli.control_options import control_options
from marshtest.cli.field_options import field_options
from marshtest.cli.judge_options import JudgeOptions, judge_options
from marshtest.cli.option_groups import GroupedCommand, grouped_option
from marshtest.cli.running_options import RunningOptions, running_options
from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.charter import Charter
    from marshtest.cli.reading_limits import ReadingLimits
    from marshtest.config import AuditConfig, FieldMap
    from marshtest.data.memory import MemoryBudget
    from marshtest.judges.questions import Inquiry
    from marshtest.report import Report

__all__ = ["audit"]

_output_option = grouped_option("Output")
_input_option = grouped_option("Input data")
_method_option = grouped_option("What to look for")


@click.command(cls=GroupedCommand)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@_output_option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the report. [default: marsh-<name of the first file>]",
)
@_output_option("--json", "json_file", metavar="FILE", help="Also write the JSON report here; - for standard output.")
@_output_option("--no-html", is_flag=True, help="Do not write the HTML page.")
@_output_option("--quiet", is_flag=True, help="Print no report and no progress.")
@_output_option("--force", is_flag=True, help="Replace a report in DIR.")
@_method_option(
    "--detector",
    "detectors",
    multiple=True,
    metavar="ID",
    help="Run only this detector; repeatable. See `marsh detectors`.",
)
@_method_option(
    "--profile",
    "threat_name",
    metavar="NAME",
    help="Look for one threat, with its own detectors and criteria. See `marsh profiles`.",
)
@_method_option(
    "--charter",
    "charter_file",
    metavar="FILE",
    help="TOML file that describes the model and its labels, or a ready-made one. See `marsh charter list`.",
)
@_method_option("--seed", default=0, show_default=True, help="Random seed.")
@_method_option(
    "--compare", is_flag=True, help="Audit each PATH as a dataset of its own and compare it with the others."
)
@field_options
@_input_option(
    "--on-bad-record",
    type=click.Choice(["fail", "skip"]),
    default="fail",
    show_default=True,
    help="Stop at a record that cannot be read, or count it as not examined.",
)
@control_options
@judge_options
@running_options
@grouped_option("Resources")(
    "--timings",
    is_flag=True,
    old_names=("--profile-run",),
    help="Write DIR/timings.json: time and memory by stage.",
)
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
    calibration: Path | None,
    power: Literal["off", "quick", "full"],
    judge_power: float,
    judging: JudgeOptions,
    running: RunningOptions,
    seed: int,
    on_bad_record: Literal["fail", "skip"],
    json_file: str | None,
    timings: bool,
    compare: bool,
    no_html: bool,
    quiet: bool,
    force: bool,
) -> int:
    """Look for poison in a dataset.

    The files at PATH form one dataset: JSONL, JSON, CSV, Parquet or Arrow, compressed or not. A PATH can be a file, a
    folder, a glob or an address (s3://, hf://). The report is printed and written to DIR/report.json and
    DIR/report.html.

    Exit codes: 0 nothing found, 1 findings, 2 bad input, 3 incomplete.
    """
    from marshtest.cli.reading_limits import hold_reading
    from marshtest.cli.run_folder import CHECKPOINTS_NAME, SPILL_NAME, STORE_NAME, default_run_folder, run_folder

    if compare:
        from marshtest.cli.suspects import audit_each

        return audit_each(context, out, paths)
    folder = default_run_folder(paths[0]) if out is None else out
    context.with_resource(run_folder(folder, force=force))
    files = _check_outputs(folder, json_file, (*paths, *controls, *sisters), force=force, timings=timings)
    limits = hold_reading(context, running, files, has_judge=judging.judge is not None, has_power=power != "off")

    from marshtest.config import AuditConfig

    held = bool(controls or sisters)
    charter, detectors = _charter_and_detectors(charter_file, threat_name, detectors, judging, held=held)
    asked = _Audit(
        paths=paths,
        fields=fields,
        config=AuditConfig(
            detectors=detectors,
            profile=threat_name,
            seed=seed,
            on_bad_record=on_bad_record,
            own_controls=own_controls,
            calibration=None if calibration is None else str(calibration),
            power=power,
            judge_power=judge_power,
        ),
        charter=charter,
        controls=controls,
        sisters=sisters,
        checkpoints=folder / CHECKPOINTS_NAME,
        memory=context.with_resource(running.memory_budget(folder / SPILL_NAME)),
        running=running,
        limits=limits,
    )
    report = _judged(asked, judging, folder / STORE_NAME, folder if timings else None, quiet=quiet)
    if isinstance(report, int):
        return report
    return _finish(asked, report, folder, html=not no_html, json_file=json_file, quiet=quiet)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Audit:
    """One audit as the command line asks for it, apart from its judges."""

    paths: tuple[Path, ...]
    fields: FieldMap
    config: AuditConfig
    charter: Charter | None
    controls: tuple[Path, ...]
    sisters: tuple[Path, ...]
    checkpoints: Path
    memory: MemoryBudget
    running: RunningOptions
    limits: ReadingLimits | None

    def run(
        self,
        judge: Inquiry | None,
        strong_judge: Inquiry | None,
        *,
        progress: Callable[[str, float], None] | None,
    ) -> Report:
        """Run the audit with these judges."""
        from marshtest.auditing.wiring import audit as run_audit

        return run_audit(
            list(self.paths),
            fields=self.fields,
            config=self.config,
            charter=self.charter,
            judge=judge,
            strong_judge=strong_judge,
            controls=self.controls,
            sisters=self.sisters,
            progress=progress if self.limits is None else self.limits.watching(progress),
            checkpoints=self.checkpoints,
            memory=self.memory,
            engine=self.running.engine,
            ray_address=self.running.ray_address,
        )

    def only_judged(self) -> _Audit:
        """Leave out everything that makes no call to the judge, which an estimate does not need."""
        from marshtest.detectors.registry import judged_detectors

        detectors = judged_detectors(self.config.detectors)
        return replace(self, config=replace(self.config, detectors=detectors, own_controls=False, power="off"))


def _check_outputs(
    folder: Path, json_file: str | None, data: tuple[Path, ...], *, force: bool, timings: bool
) -> list[str]:
    """Refuse, before the work begins, to overwrite the audited data or a file that may not be replaced.

    Returns:
        All files that will be read.

    Raises:
        ConfigError: A file is missing or may not be replaced.
        InputError: There is nothing to read.
    """
    from marshtest.cli.run_folder import HTML_NAME, JSON_NAME, TIMINGS_NAME, refuse_data_in_our_folders
    from marshtest.data.atomic import check_target

    read = _named_files(data)
    refuse_data_in_our_folders(folder, read)
    for name in (JSON_NAME, HTML_NAME, *([TIMINGS_NAME] if timings else [])):
        check_target(folder / name, audited=read, force=force)
    if json_file is not None and json_file != "-":
        check_target(Path(json_file), audited=read, force=force)
    return read


def _named_files(paths: Iterable[Path]) -> list[str]:
    """Give all files that will be read.

    Raises:
        ConfigError: One is not there.
        InputError: A folder, a glob or an address has no files to read, or one has a name that no report can hold.
    """
    from marshtest.data.readers.sources import source_files
    from marshtest.data.readers.stores import is_address

    files = [file for path in paths for file in source_files(path)]
    for file in files:
        if not is_address(file) and not Path(file).exists():
            raise ConfigError(f"{file}: there is no such file; check the path.")
    return files


def _charter_and_detectors(
    charter_file: str | None,
    threat_name: str | None,
    detectors: tuple[str, ...],
    judging: JudgeOptions,
    *,
    held: bool,
) -> tuple[Charter | None, tuple[str, ...]]:
    """Give the charter and the detectors; a threat profile adds criteria, and detectors where none are named.

    Args:
        charter_file: `--charter`.
        threat_name: `--profile`.
        detectors: `--detector`.
        judging: The options about the judge.
        held: Whether there is a control or a sister set.
    """
    from marshtest.auditing.profiles.loading import find_profile
    from marshtest.charter import read_charter
    from marshtest.detectors.registry import runnable_detectors

    charter = None if charter_file is None else read_charter(charter_file)
    if threat_name is None:
        return charter, detectors
    threat = find_profile(threat_name)
    charter = threat.charter_with_criteria(charter)
    return charter, detectors or runnable_detectors(threat.detectors, judge=judging.judge is not None, control=held)


def _judged(asked: _Audit, judging: JudgeOptions, store: Path, timed: Path | None, *, quiet: bool) -> Report | int:
    """Run the audit with its judges.

    Args:
        asked: The audit.
        judging: The options about the judges.
        store: The file for answers where none is named.
        timed: Folder for the timings, None where they are not asked for.
        quiet: Whether to show no progress.

    Returns:
        The report, or the exit code where there is none: after an estimate, or when requests wait for a batch.
    """
    from marshtest.cli.judged_run import estimate_run, judged_run, print_waiting, take_batch_answers
    from marshtest.cli.progress import show_progress
    from marshtest.cli.run_folder import TIMINGS_NAME
    from marshtest.cli.timings import Timings

    judge_config = judging.config(store)
    if judge_config is not None and judging.estimate:
        with show_progress(quiet=quiet) as progress:
            estimate_run(judge_config, partial(asked.only_judged().run, progress=progress))
        return 0
    if judge_config is not None and judging.batch_in:
        take_batch_answers(judge_config, judging.batch_in)
    timings = Timings()
    with show_progress(quiet=quiet) as shown:
        progress = shown if timed is None else timings.watching(shown)
        report, waiting = judged_run(judge_config, partial(asked.run, progress=progress), progress)
    if waiting:
        return print_waiting(waiting)
    if timed is not None:
        timings.write(timed / TIMINGS_NAME, report)
    return report


def _finish(asked: _Audit, report: Report, folder: Path, *, html: bool, json_file: str | None, quiet: bool) -> int:
    """Print how charter and data differ, write and print the report, and give the exit code."""
    from marshtest.charter import charter_notes
    from marshtest.cli.deliver import deliver, exit_code
    from marshtest.text.visible import visible

    if asked.charter is not None and not quiet:
        for note in charter_notes(asked.charter, report.dataset.labels):
            click.echo(f"Note: {visible(note)}", err=True)
    deliver(report, folder, sys.stdout, html=html, json_file=json_file, quiet=quiet)
    return exit_code(report.verdict)
