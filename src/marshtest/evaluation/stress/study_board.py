"""What the page of a study shows: its own tables before those of every scoreboard."""

from __future__ import annotations

from collections.abc import Mapping

from marshtest.evaluation.stress.scoreboard import Scoreboard
from marshtest.evaluation.stress.study import Study
from marshtest.evaluation.stress.tables import ScoreTable, tables

__all__ = ["study_board", "study_facts"]

_CHECK = "marsh study RUN --check study.json, with the results of the runs, or of a run that repeats them"


def study_facts(study: Study) -> Mapping[str, str]:
    """Say in a few lines what the study is and how it can be checked."""
    done, planned = sum(run.done for run in study.runs), sum(run.planned for run in study.runs)
    return {
        "Cases": f"{done:,}" if done == planned else f"{done:,} of {planned:,} planned; the run had not ended",
        "Told": study.disclosed,
        "Kept back": "; ".join(study.kept_back) or "nothing",
        "Check": _CHECK,
        "Version": f"marshtest {study.tool_version}, study schema {study.study_version}",
    }


def study_board(study: Study) -> Scoreboard:
    """Give everything that a page of the study shows, made of the study alone."""
    own = (_sets(study), _tools(study), _organisms(study), _runs(study), _methods(study), _cases(study))
    shown = (*tables(study.scores), *own)
    return Scoreboard(
        summary=study.summary, tables=tuple(table for table in shown if table.rows), figures=study.figures
    )


def _sets(study: Study) -> ScoreTable:
    return ScoreTable(
        title="Sets",
        note="The fingerprint is a hash over the contents of all records, whatever their order and file format.",
        header=("set", "kind", "records", "known poison", "fingerprint"),
        rows=tuple((one.name, one.kind, f"{one.records:,}", f"{one.poison:,}", one.fingerprint) for one in study.sets),
    )


def _tools(study: Study) -> ScoreTable:
    return ScoreTable(title="Tools", note="", header=("tool", "version"), rows=tuple(study.tools.items()))


def _organisms(study: Study) -> ScoreTable:
    rows = []
    for one in study.organisms:
        told = " ".join(f"{heading}: {text}" for heading, text in one.card.items())
        rows.append((one.id, one.version, one.title, told))
    return ScoreTable(
        title="Organisms",
        note="Harmless poisons whose truth is known.",
        header=("organism", "version", "what is planted", "card"),
        rows=tuple(rows),
    )


def _runs(study: Study) -> ScoreTable:
    return ScoreTable(
        title="Runs",
        note="The hash is that of the file results.jsonl of the run.",
        header=("run", "cases", "planned", "measured by", "SHA-256 of the results"),
        rows=tuple(
            (f"{number}", f"{run.done:,}", f"{run.planned:,}", f"marshtest {run.tool_version}", run.results_sha256)
            for number, run in enumerate(study.runs, start=1)
        ),
    )


def _methods(study: Study) -> ScoreTable:
    rows = []
    for number, run in enumerate(study.runs, start=1):
        if run.methods is None:
            continue
        recipe = "" if run.recipe is None else f"{run.recipe.first_seed}"
        rows.append((f"{number}", f"{run.methods.seeds}", recipe, f"{run.methods.splits}", run.methods.command))
    return ScoreTable(
        title="How it was measured",
        note="",
        header=("run", "seeds of every case", "first seed", "splits", "command"),
        rows=tuple(rows),
    )


def _cases(study: Study) -> ScoreTable:
    rows = [
        (
            one.case.kind,
            one.case.data,
            one.case.organism,
            one.case.size,
            f"{one.case.seed}",
            one.case.tool,
            one.trigger or "",
            "; ".join(one.names or ()),
            f"{one.hits} of {one.poison}",
            f"{one.flagged:,}",
        )
        for one in study.cases
        if one.status == "measured"
    ]
    return ScoreTable(
        title="Every case",
        note="",
        header=("what", "set", "organism", "planted", "seed", "tool", "trigger", "named", "found", "flagged"),
        rows=tuple(rows),
    )
