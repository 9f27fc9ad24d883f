"""`marsh stress`: what tools find of planted poison, and how often they cry wolf."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from marshtest.cli.field_options import field_options

if TYPE_CHECKING:
    from marshtest.config import FieldMap

__all__ = ["stress"]


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DATA...")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path("marsh-stress"),
    show_default=True,
    help="Folder for results.jsonl, stress.md and stress.html; a run that was cut off goes on there.",
)
@click.option(
    "--organism",
    "organisms",
    multiple=True,
    metavar="ID",
    help="Plant this organism; may be given again. [default: all that suit the data]",
)
@click.option("--count", "counts", multiple=True, type=int, metavar="N", help="Poison N records; may be given again.")
@click.option(
    "--rate", "rates", multiple=True, type=float, metavar="R", help="Or this share of all, e.g. 0.01; again too."
)
@click.option("--seeds", default=3, show_default=True, metavar="N", help="How many seeds every case is drawn with.")
@click.option("--seed", default=0, show_default=True, help="The first of the seeds.")
@click.option(
    "--tool",
    "tools",
    multiple=True,
    metavar="NAME",
    help="marsh (all detectors), the id of a detector, cleanlab, neighbours, or package.module:name for a tool of "
    "yours; may be given again. [default: marsh]",
)
@click.option(
    "--splits", default=1, show_default=True, metavar="N", help="How many random draws into halves a clean set gives."
)
@click.option(
    "--twins/--no-twins", default=True, show_default=True, help="Measure the honest twin of every planted case too."
)
@click.option(
    "--target-label",
    "target_labels",
    multiple=True,
    metavar="L",
    help="Label that poison reaches for, in the sets that have it; may be given again.",
)
@click.option(
    "--truth-field", metavar="NAME", help="Field that says which records are poison. [default: is_poison, if there]"
)
@click.option("--jobs", default=1, show_default=True, metavar="N", help="How many cases at once.")
@click.option(
    "--disclose",
    type=click.Choice(["results", "methods", "full"]),
    default="results",
    show_default=True,
    help="Tell what was found, how it was measured as well, or seeds, triggers and what tools name too.",
)
@field_options
@click.option(
    "--on-bad-record",
    type=click.Choice(["fail", "skip"]),
    default="fail",
    show_default=True,
    help="Stop at a record that cannot be read, or leave it out.",
)
@click.option("--quiet", is_flag=True, help="Print no tables and no progress.")
@click.option("--force", is_flag=True, help="Throw away results of other settings that DIR holds.")
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
    """Measure what tools find of planted poison.

    Each file at DATA is a set of its own. Clean sets get harmless organisms planted into copies in memory, and are
    measured as they are, in halves and as honest twins; sets with an is_poison field are measured as they are.

    Exit codes: 0 all measured, 2 bad input, 3 a tool broke on some cases.
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
