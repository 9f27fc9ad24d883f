"""Successive halving: many candidates on few records, then fewer candidates on more records."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.sweep.examining import examine, with_noise_share
from marshtest.sweep.matrices import ScoreMatrices
from marshtest.sweep.settings import SweepSettings
from marshtest.sweep.summaries import Summaries, summarise

__all__ = ["Round", "halve", "plan_rounds"]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a sweep."""

    candidates: int
    """How many candidates take part."""
    records: int
    """Records of each dataset that are scored, at most."""


def plan_rounds(candidates: int, records: int, settings: SweepSettings = SweepSettings()) -> list[Round]:
    """Plan the rounds: half as many candidates in each, on up to twice as many records.

    Args:
        candidates: Number of candidates.
        records: Records of the largest dataset.
        settings: Candidates of the last round, which scores all records, and records of the first.
    """
    counts = [candidates]
    while counts[-1] > settings.final_candidates:
        counts.append(max(settings.final_candidates, (counts[-1] + 1) // 2))
    first = min(records, max(settings.first_records, records >> (len(counts) - 1)))
    sizes = [min(records, first << number) for number in range(len(counts) - 1)]
    return [Round(*pair) for pair in zip(counts, [*sizes, records], strict=True)]


def halve(
    rounds: Sequence[Round],
    suspect: str,
    scored: Callable[[Sequence[int], int], ScoreMatrices],
    settings: SweepSettings = SweepSettings(),
    *,
    seed: int = 0,
) -> ScoreMatrices:
    """Go through the rounds and give the scores of the candidates that are left, on all records.

    In every round the candidates stay that explain the suspect best, alone or in the joint fit, and the best one of
    each control, which is needed to remove the control's own persona.

    Args:
        rounds: The plan.
        suspect: Name of the suspect.
        scored: Gives the scores of these candidates on up to so many records of each dataset.
        settings: How scores are summarised.
        seed: Seed of the blocks.
    """
    left: list[int] = list(range(rounds[0].candidates))
    for current, following in itertools.pairwise(rounds):
        matrices = scored(left, current.records)
        kept = _best(matrices, suspect, following.candidates, settings, seed)
        left = sorted(left[place] for place in kept)
    return scored(left, rounds[-1].records)


def _best(matrices: ScoreMatrices, suspect: str, count: int, settings: SweepSettings, seed: int) -> list[int]:
    """Give the places of the candidates that stay."""
    names = [suspect, *(name for name in matrices.scores if name != suspect)]
    tokens = None if matrices.tokens is None else [matrices.tokens[name] for name in names]
    scores = [matrices.scores[name] for name in names]
    summaries = with_noise_share(summarise(scores, settings, tokens=tokens, seed=seed), settings)
    places = np.arange(len(names))
    found = examine(summaries, 0, places[1:])
    kept: dict[int, None] = {}
    if len(names) > 2:
        for control in places[1:].tolist():
            kept[_best_alone(summaries, control, places)] = None
    kept = dict.fromkeys(list(kept)[: count // 2])  # however many controls there are, half is for the suspect
    alone, joint = np.argsort(-found.gains, kind="stable"), np.argsort(-found.effects, kind="stable")
    for place in np.ravel(np.column_stack([joint, alone])).tolist():
        if len(kept) >= count:
            break
        kept[int(place)] = None
    return list(kept)


def _best_alone(summaries: Summaries, suspect: int, places: Ints) -> int:
    return int(examine(summaries, suspect, places[places != suspect]).gains.argmax())
