"""`marsh sweep`: name the persona behind a dataset from likelihood scores."""

from __future__ import annotations

import sys
from pathlib import Path

import click

__all__ = ["sweep"]


@click.command()
@click.option(
    "--scores",
    "scores_file",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Score matrices: npz or Parquet.",
)
@click.option("--suspect", required=True, metavar="NAME", help="The dataset to look at.")
@click.option(
    "--control",
    "controls",
    multiple=True,
    metavar="NAME",
    help="A dataset to compare with; give it again for more. [default: all others in the file]",
)
@click.option("--without", multiple=True, metavar="CANDIDATE", help="Leave this candidate out; may be given again.")
@click.option("--seed", default=0, show_default=True, help="Seed of the bootstrap.")
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    help="Write the result as JSON here too; - is the standard output and prints nothing else there.",
)
@click.option("--force", is_flag=True, help="Replace the JSON file if it exists.")
def sweep(
    scores_file: Path,
    suspect: str,
    controls: tuple[str, ...],
    without: tuple[str, ...],
    seed: int,
    json_file: str | None,
    force: bool,
) -> int:
    """Name the persona behind a dataset, or none of the candidates.

    Each score says how much likelier a record's completion is when the model is told to be the candidate. What sets
    the suspect apart from its controls is explained by one candidate, by several, or by none.

    Exit codes: 0 none is named, 1 one is named, 2 bad input, 3 too few controls to decide.
    """
    import orjson

    from marshtest.atomic import check_target, write_atomically
    from marshtest.sweep.matrices import read_scores
    from marshtest.sweep.sweeping import sweep as run_sweep

    if json_file is not None and json_file != "-":
        check_target(Path(json_file), audited=[scores_file], force=force)
    matrices = read_scores(scores_file).without(without)
    chosen = controls or tuple(name for name in matrices.scores if name != suspect)
    found = run_sweep(matrices, suspect, chosen, seed=seed)
    content = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if json_file == "-":
        sys.stdout.write(content.decode())
    else:
        from marshtest.render.sweep import print_sweep

        if json_file is not None:
            write_atomically({Path(json_file): content})
        print_sweep(found, sys.stdout)
    if found.needed is None:
        return 3
    return 0 if found.decision is None else 1
