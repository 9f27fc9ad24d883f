"""`marsh sweep`: identify the persona behind a dataset from likelihoods, imported or scored now."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marshtest.cli.option_groups import GroupedCommand, grouped_option
from marshtest.cli.scorer_options import ScorerOptions, scorer_options
from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.sweep.matrices import ScoreMatrices
    from marshtest.sweep.sweeping import Sweep

__all__ = ["sweep"]

_comparing_option = grouped_option("Datasets and candidates")
_output_option = grouped_option("Output")


@click.command(cls=GroupedCommand, short_help="Identify the persona behind a dataset.")
@click.argument("data", nargs=-1, type=click.Path(path_type=Path), metavar="[DATA]...")
@_comparing_option(
    "--scores",
    "scores_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Existing score matrices, npz or Parquet.",
)
@_comparing_option("--suspect", metavar="NAME", help="With --scores: the dataset in FILE to examine.")
@_comparing_option(
    "--control",
    "controls",
    multiple=True,
    metavar="NAME",
    help="Control: a dataset in FILE, or with --model a file of records; repeatable. [default: all others in FILE]",
)
@_comparing_option("--without", multiple=True, metavar="CANDIDATE", help="Leave this candidate out; repeatable.")
@_comparing_option("--seed", default=0, show_default=True, help="Random seed of the bootstrap and of the sample.")
@scorer_options
@_output_option("--json", "json_file", metavar="FILE", help="Also write the result as JSON; - for standard output.")
@_output_option("--html", "html_file", type=click.Path(path_type=Path), metavar="FILE", help="Also write an HTML page.")
@_output_option("--force", is_flag=True, help="Replace existing files.")
def sweep(
    data: tuple[Path, ...],
    scores_file: Path | None,
    suspect: str | None,
    controls: tuple[str, ...],
    scoring: ScorerOptions,
    without: tuple[str, ...],
    seed: int,
    json_file: str | None,
    html_file: Path | None,
    force: bool,
) -> int:
    """Identify the persona behind a dataset, or none of the candidates.

    A score is the log-likelihood gain of a record's completion when the model is prompted to be the candidate. The
    sweep tests whether one candidate, several or none explain how the suspect differs from its controls. Give either
    DATA with --model, or --scores with --suspect.

    Exit codes: 0 none is named, 1 one is named, 2 bad input, 3 too few controls to decide.
    """
    from marshtest.data.atomic import check_target

    if (scores_file is None) == (scoring.model is None):
        raise ConfigError("give either --scores FILE, or DATA with --model FOLDER to score it now.")
    inputs = [*data, *([] if scores_file is None else [scores_file]), *_files(controls, scoring)]
    written = [None if json_file in (None, "-") else Path(str(json_file)), html_file, scoring.scores_out]
    for target in filter(None, written):
        check_target(target, audited=inputs, force=force)
    facts: dict[str, str] = {}
    if scores_file is not None:
        matrices, name, chosen = _imported(scores_file, suspect, controls, data, scoring)
    else:
        from marshtest.cli.live_sweep import score_now

        if suspect is not None:
            raise ConfigError("--suspect names a dataset in --scores; with --model the suspect is DATA.")
        done = score_now(data, [Path(one) for one in controls], scoring, without=without, seed=seed)
        if done is None:
            return 0
        matrices, name, facts = done.matrices, done.suspect, done.facts
        chosen = tuple(one for one in matrices.scores if one != name)
    from marshtest.sweep.sweeping import sweep_personas

    found = sweep_personas(matrices if scores_file is None else matrices.without(without), name, chosen, seed=seed)
    _deliver(found, facts, json_file, html_file)
    if found.needed is None:
        return 3
    return 0 if found.decision is None else 1


def _files(controls: tuple[str, ...], scoring: ScorerOptions) -> list[Path]:
    """Give the files that are read for scoring."""
    return [] if scoring.model is None else [Path(one) for one in controls]


def _imported(
    scores_file: Path, suspect: str | None, controls: tuple[str, ...], data: tuple[Path, ...], scoring: ScorerOptions
) -> tuple[ScoreMatrices, str, tuple[str, ...]]:
    """Read the matrices of a file, and choose suspect and controls."""
    from marshtest.sweep.matrices import read_scores

    if data:
        raise ConfigError(f"{data[0]}: --scores already contains the datasets; leave out DATA, or give --model.")
    if suspect is None:
        raise ConfigError("give the dataset to examine: --suspect NAME.")
    scoring.refuse_alone()
    matrices = read_scores(scores_file)
    return matrices, suspect, controls or tuple(name for name in matrices.scores if name != suspect)


def _deliver(found: Sweep, facts: dict[str, str], json_file: str | None, html_file: Path | None) -> None:
    """Print the sweep and write what is asked for."""
    import orjson

    from marshtest.data.atomic import write_atomically
    from marshtest.render.sweep import print_sweep, sweep_html

    content = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    files: dict[Path, bytes] = {}
    if html_file is not None:
        files[html_file] = sweep_html(found, facts).encode()
    if json_file == "-":
        sys.stdout.write(content.decode())
    elif json_file is not None:
        files[Path(json_file)] = content
    write_atomically(files)
    if json_file != "-":
        print_sweep(found, sys.stdout)
