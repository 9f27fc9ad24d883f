"""`marsh study`: the results of `marsh stress` in a form that can be published and checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.evaluation.stress.study import Study
    from marshtest.evaluation.stress.verifying import StudyCheck

__all__ = ["study"]

_TITLE = "Detection of planted poison: a study"


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN...")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path("marsh-study"),
    show_default=True,
    help="Folder for study.json, study.md and study.html.",
)
@click.option(
    "--disclose",
    type=click.Choice(["results", "methods", "full"]),
    default="results",
    show_default=True,
    help="Publish the results, the methods too, or everything needed to repeat the measurement.",
)
@click.option(
    "--check",
    "published",
    type=click.Path(path_type=Path),
    metavar="STUDY",
    help="Write nothing; check this study against the results at RUN.",
)
@click.option(
    "--data",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="With --check: also check that this file is one of the sets of the study; repeatable.",
)
@click.option("--quiet", is_flag=True, help="Print no tables.")
@click.option("--force", is_flag=True, help="Replace a study in DIR.")
def study(
    runs: tuple[Path, ...],
    out: Path,
    disclose: Literal["results", "methods", "full"],
    published: Path | None,
    data: tuple[Path, ...],
    quiet: bool,
    force: bool,
) -> int:
    """Make a publishable study from the results of `marsh stress`.

    RUN is the folder of a run, or its results.jsonl; several runs become one study. The composition of the poison is
    left out unless --disclose asks for it.

    Exit codes: 0 written or verified, 1 with --check: the study does not match the results, 2 bad input.
    """
    from marshtest.evaluation.stress.studying import study_of

    if published is not None:
        return _check(published, runs, data)
    if data:
        raise ConfigError("--data needs a published study; give it with --check.")
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out}: is not a folder; choose another --out.")
    _write(study_of(runs, disclose), out, quiet=quiet, force=force)
    return 0


def _write(made: Study, folder: Path, *, quiet: bool, force: bool) -> None:
    """Write the study in three forms and print it."""
    from marshtest.data.atomic import check_target, write_atomically
    from marshtest.evaluation.stress.study import STUDY_NAME, study_json
    from marshtest.evaluation.stress.study_board import study_board, study_facts
    from marshtest.render.scoreboard import print_scoreboard, scoreboard_html, scoreboard_markdown

    board, facts = study_board(made), study_facts(made)
    files = {
        folder / STUDY_NAME: study_json(made),
        folder / "study.md": scoreboard_markdown(board, title=_TITLE, facts=facts).encode(),
        folder / "study.html": scoreboard_html(board, title=_TITLE, facts=facts).encode(),
    }
    for file in files:
        check_target(file, audited=(), force=force)
    write_atomically(files)
    if not quiet:
        print_scoreboard(board, sys.stdout, written=list(files))


def _check(published: Path, runs: tuple[Path, ...], data: tuple[Path, ...]) -> int:
    """Print for everything that can be compared whether it matches."""
    from marshtest.evaluation.stress.study import read_study
    from marshtest.evaluation.stress.studying import study_of
    from marshtest.evaluation.stress.verifying import check_data, check_study
    from marshtest.text.visible import visible

    told = read_study(published)
    checks: list[StudyCheck] = check_study(told, study_of(runs, told.disclosed))
    checks += [check_data(told, str(path), _fingerprints(path, study_of(runs, "methods"))) for path in data]
    for one in checks:
        state = {True: "matches", False: "DIFFERS", None: "note"}[one.holds]
        click.echo(f"{state:<8} {visible(one.name)}: {visible(one.text)}")
    broken = sum(one.holds is False for one in checks)
    click.echo(f"The study does not match: {broken} differ." if broken else "The study matches.")
    return 1 if broken else 0


def _fingerprints(path: Path, methods: Study) -> set[str]:
    """Read a file with the options of every run."""
    from marshtest.data.readers import read_dataset

    ways = {(run.methods.fields, run.methods.on_bad_record) for run in methods.runs if run.methods is not None}
    return {read_dataset(path, fields=fields, on_bad_record=skip).fingerprint for fields, skip in ways}
