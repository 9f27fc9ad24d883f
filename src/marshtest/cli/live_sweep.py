"""Score datasets for a sweep: read them, estimate the cost, and run the rounds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.cli.scorer_options import ScorerOptions
    from marshtest.sweep.halving import Round
    from marshtest.sweep.live import LiveScores, ScoringCost
    from marshtest.sweep.matrices import ScoreMatrices
    from marshtest.sweep.personas import PersonaCandidate
    from marshtest.sweep.scorers.scorer import Scorer, Text

__all__ = ["Scored", "score_now"]

_STORE = Path("marsh-sweep.sqlite")


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of a suspect and its controls."""

    matrices: ScoreMatrices
    suspect: str
    facts: dict[str, str]


def score_now(
    data: Sequence[Path], controls: Sequence[Path], options: ScorerOptions, *, without: Sequence[str], seed: int
) -> Scored | None:
    """Score the data and its controls; None where only an estimate was asked for.

    Raises:
        ConfigError: Something that is needed is not given.
        InputError: Data or candidates cannot be read, or are too few.
        ScorerError: The model cannot be used.
    """
    if not data:
        raise ConfigError("give the data: marsh sweep DATA --model FOLDER --control CLEAN.")
    if not controls:
        raise ConfigError("a control is missing; give a clean dataset with --control.")
    from marshtest.cli.progress import show_progress
    from marshtest.data.atomic import write_atomically
    from marshtest.sweep.halving import plan_rounds
    from marshtest.sweep.live import estimate_cost, score_live
    from marshtest.sweep.matrices import scores_as_npz
    from marshtest.sweep.scorers.likelihoods import ScoreStore

    candidates = _candidates(options, without)
    suspect, datasets = _datasets(data, controls, options, seed)
    rounds = plan_rounds(len(candidates), max(map(len, datasets.values())))
    scorer = _scorer(options)
    try:
        cost = estimate_cost(scorer, candidates, datasets, rounds)
        _say_cost(cost, rounds, datasets)
        if options.estimate:
            return None
        store = ScoreStore(options.score_store or _STORE)
        try:
            with show_progress(quiet=False) as progress:
                moved = _counter(progress, cost.passes)
                scored = score_live(scorer, candidates, datasets, rounds, store, seed=seed, done=moved)
        finally:
            store.close()
    finally:
        scorer.close()
    _say_unscored(scored)
    if options.scores_out is not None:
        write_atomically({options.scores_out: scores_as_npz(scored.matrices)})
    facts = {
        "model": str(options.model),
        "candidates scored": f"{len(candidates):,}",
        "records": ", ".join(f"{one.shape[1]:,}" for one in scored.matrices.scores.values()),
        "texts through the model": f"{cost.passes:,}",
    }
    return Scored(scored.matrices, suspect, facts)


def _candidates(options: ScorerOptions, without: Sequence[str]) -> list[PersonaCandidate]:
    from marshtest.sweep.personas import common_candidates, read_candidates

    if options.candidates_file is not None:
        if options.kinds or options.ways:
            raise ConfigError("--kind and --way select built-in candidates; leave them out with --candidates.")
        found = read_candidates(options.candidates_file)
    else:
        found = common_candidates(kinds=options.kinds, ways=options.ways)
    names = {one.name for one in found}
    for name in without:
        if name not in names:
            raise ConfigError(f"there is no candidate {name!r} to leave out; check its name.")
    return [one for one in found if one.name not in set(without)]


def _datasets(
    data: Sequence[Path], controls: Sequence[Path], options: ScorerOptions, seed: int
) -> tuple[str, dict[str, list[Text]]]:
    """Read the suspect and its controls; each is named after its file."""
    from marshtest.config import FieldMap
    from marshtest.data.readers import read_dataset
    from marshtest.sweep.scorers.scorer import texts_of

    fields = FieldMap(text=options.text_field, completion=options.completion_field, messages=options.messages_field)
    named = [*data, *controls]
    for path in named:
        if sum(path.resolve() == other.resolve() for other in named) > 1:
            raise ConfigError(f"{path}: is given twice; give each file once.")
    texts: dict[str, list[Text]] = {}
    for paths in [list(data), *([one] for one in controls)]:
        name = paths[0].stem if paths[0].stem not in texts else str(paths[0])
        texts[name] = texts_of(read_dataset(list(paths), fields=fields), most=options.records, seed=seed)
    return next(iter(texts)), texts


def _scorer(options: ScorerOptions) -> Scorer:
    assert options.model is not None
    if options.base_url is not None:
        from marshtest.sweep.scorers.server_scorer import ServerScorer

        return ServerScorer(options.model, options.base_url, longest=options.longest)
    from marshtest.sweep.scorers.transformers_scorer import TransformersScorer

    return TransformersScorer(Path(options.model), longest=options.longest)


def _say_cost(cost: ScoringCost, rounds: Sequence[Round], datasets: dict[str, list[Text]]) -> None:
    for number, current in enumerate(rounds, start=1):
        click.echo(
            f"round {number}: {current.candidates:,} candidates on up to {current.records:,} records "
            f"of each of {len(datasets)} datasets",
            err=True,
        )
    click.echo(f"{cost.passes:,} texts through the model at most, about {cost.tokens:,} tokens.", err=True)


def _say_unscored(scored: LiveScores) -> None:
    from marshtest.text.visible import visible

    for name, reasons in scored.unscored.items():
        for reason, count in reasons.items():
            sys.stderr.write(f"Note: {count:,} records of {visible(name)} have no score: {visible(reason)}.\n")


def _counter(progress: Callable[[str, float], None] | None, total: int) -> Callable[[int], None]:
    """Give a callback that moves the bar by the number of new likelihoods."""
    known = 0

    def move(count: int) -> None:
        nonlocal known
        known += count
        if progress is not None:
            progress("scoring", known / max(1, total))

    return move
