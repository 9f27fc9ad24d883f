"""`marsh stress`: how much planted poison tools find, and how often they raise false alarms."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from marshtest.cli.field_options import field_options
from marshtest.cli.option_groups import GroupedCommand, grouped_option

if TYPE_CHECKING:
    from marshtest.config import FieldMap

__all__ = ["stress"]

_output_option = grouped_option("Output")
_planting_option = grouped_option("What to plant")
_tool_option = grouped_option("What to measure")
_input_option = grouped_option("Input data")


@click.command(cls=GroupedCommand, short_help="Measure how much planted poison tools find.")
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DATA...")
@_output_option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path("marsh-stress"),
    show_default=True,
    help="Folder for results.jsonl, stress.md and stress.html; a stopped run continues there.",
)
@_output_option(
    "--disclose",
    type=click.Choice(["results", "methods", "full"]),
    default="results",
    show_default=True,
    help="Publish the results, the methods too, or also seeds, triggers and what tools name.",
)
@_output_option("--quiet", is_flag=True, help="Print no tables and no progress.")
@_output_option("--force", is_flag=True, help="Delete results of other settings in DIR.")
@_tool_option(
    "--tool",
    "tools",
    multiple=True,
    metavar="NAME",
    help="marsh (all detectors), the id of a detector, cleanlab, neighbours, or package.module:name for your own "
    "tool; repeatable. [default: marsh]",
)
@_tool_option("--splits", default=1, show_default=True, metavar="N", help="Random splits of a clean set into halves.")
@_tool_option(
    "--twins/--no-twins", default=True, show_default=True, help="Also measure the honest twin of every planted case."
)
@_tool_option("--jobs", default=1, show_default=True, metavar="N", help="Cases to run in parallel.")
@_planting_option(
    "--organism",
    "organisms",
    multiple=True,
    metavar="ID",
    help="Plant this organism; repeatable. [default: all that suit the data]",
)
@_planting_option("--count", "counts", multiple=True, type=int, metavar="N", help="Poison N records; repeatable.")
@_planting_option(
    "--rate", "rates", multiple=True, type=float, metavar="R", help="Poison this share of the records; repeatable."
)
@_planting_option("--seeds", default=3, show_default=True, metavar="N", help="Random seeds per case.")
@_planting_option("--seed", default=0, show_default=True, help="First random seed.")
@_planting_option(
    "--target-label",
    "target_labels",
    multiple=True,
    metavar="L",
    help="Target label of the poison, in the sets that have it; repeatable.",
)
@field_options
@_input_option(
    "--truth-field",
    metavar="NAME",
    help="Field that says which records are poison. [default: is_poison, if the data has it]",
)
@_input_option(
    "--on-bad-record",
    type=click.Choice(["fail", "skip"]),
    default="fail",
    show_default=True,
    help="Stop at a record that cannot be read, or leave it out.",
)
def stress(
    data: tuple[Path, ...],
    out: Path,
    organisms: tuple[str, ...],
    counts: tuple[int, ...],
    rates: tuple[float, ...],
    seeds: int,
    seed: int,
    tools: tuple[str, ...],
    splits: int,
    twins: bool,
    target_labels: tuple[str, ...],
    truth_field: str | None,
    jobs: int,
    disclose: Literal["results", "methods", "full"],
    fields: FieldMap,
    on_bad_record: Literal["fail", "skip"],
    quiet: bool,
    force: bool,
) -> int:
    """Measure how much planted poison tools find, and how often they raise false alarms.

    Each file at DATA is a set of its own. Harmless organisms are planted into copies of clean sets in memory; clean
    sets are also measured unchanged, in halves and as honest twins. Sets with a field is_poison are measured as they
    are.

    Exit codes: 0 all measured, 2 bad input, 3 a tool failed on some cases.
    """
    from marshtest.cli.progress import show_progress
    from marshtest.cli.stress_folder import check_stress_folder, write_stress_folder
    from marshtest.evaluation.stress.cases import StressConfig
    from marshtest.evaluation.stress.stressing import stress as run_stress

    check_stress_folder(out, data)
    config = StressConfig(
        organisms=organisms,
        counts=counts,
        rates=rates,
        seeds=seeds,
        seed=seed,
        tools=tools or ("marsh",),
        splits=splits,
        twins=twins,
        target_labels=target_labels,
        truth_field=truth_field,
        disclose=disclose,
        fields=fields,
        on_bad_record=on_bad_record,
    )
    with show_progress(quiet=quiet) as progress:
        done = run_stress(list(data), out, config=config, jobs=jobs, force=force, progress=progress)
    write_stress_folder(out, done, sys.stdout, quiet=quiet)
    return 3 if any(one.status == "failed" for one in done.outcomes) else 0
