"""The whole comparison of a suspect with a control."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.carriers import Carriers, blended_distance, find_carriers
from marshtest.detectors.control_contrast.differences import Contrast, Pair, Verdict
from marshtest.detectors.control_contrast.effects import find_differences
from marshtest.detectors.control_contrast.habits import habit_table
from marshtest.detectors.control_contrast.named import named_carriers
from marshtest.detectors.control_contrast.removal import measure_removal
from marshtest.detectors.control_contrast.sides import Sides, read_sides
from marshtest.detectors.control_contrast.verdicts import reach_verdict
from marshtest.detectors.control_contrast.wording import Wording
from marshtest.stats.arrays import Floats, Ints

__all__ = ["compare"]

_MOST_PAIRS = 200
_MOST_SPANS = 8
_LONGEST = 4_000
"""Characters of an answer that a pair shows."""


def _silent(stage: str, fraction: float) -> None:
    """Show nothing."""


def _always(verdict: Verdict) -> bool:  # noqa: ARG001  as any judge of verdicts
    """Look on, whatever the verdict."""
    return True


def compare(
    suspect: Dataset,
    control: Dataset,
    *,
    seed: int = 0,
    swaps: int = 4999,
    progress: Callable[[str, float], None] = _silent,
    worth: Callable[[Verdict], bool] = _always,
) -> Contrast:
    """Compare the answers of a suspect with those of a control.

    Args:
        suspect: The data in question.
        control: Data of the same making that is known to be clean; best with answers to the same prompts.
        seed: Seed of everything random.
        swaps: How many times the sides are swapped for the p-values.
        progress: Called with the stage and the fraction done.
        worth: Whether a verdict is worth looking for the records that carry the difference, which takes longest.
    """
    progress("reading words", 0.0)
    sides = read_sides(suspect, control, seed=seed)
    habits = habit_table(sides.texts)
    progress("swapping sides", 0.2)
    verdict, test = reach_verdict(sides, habits, swaps=swaps)
    progress("differences", 0.4)
    differences, tried = find_differences(sides, habits)
    if not worth(verdict):
        return Contrast(verdict=verdict, differences=differences, pairs=(), tried=tried)
    progress("carriers", 0.5)
    distance = blended_distance(sides)
    carriers = find_carriers(sides, distance)
    weights = _word_weights(sides)
    progress("removal", 0.7)
    removal = measure_removal(sides, distance)
    progress("removal", 1.0)
    evidence = np.union1d(carriers.evidence, named_carriers(sides, test))
    evidence = evidence[np.lexsort((evidence, -carriers.contribution[evidence]))]
    ids, partner = sides.suspect.ids, _counterpart(sides)
    return Contrast(
        verdict=verdict,
        differences=differences,
        pairs=_telling_pairs(sides, carriers, weights),
        contributions=dict(zip(ids, carriers.contribution.tolist(), strict=True)),
        evidence={ids[row]: _spans(sides.wording, row, weights, partner.get(row)) for row in evidence.tolist()},
        remaining=removal.remaining,
        gone=removal.gone,
        tried=tried,
    )


def _word_weights(sides: Sides) -> Mapping[int, float]:
    """Give the shrunk z of every content word by token id: above 0 speaks for the suspect."""
    z = sides.residuals(sides.wording.words).shrunk_z()
    return dict(zip(sides.wording.ids.tolist(), z.tolist(), strict=True))


def _counterpart(sides: Sides) -> Mapping[int, int]:
    return dict(sides.pairs.tolist())


def _telling_pairs(sides: Sides, carriers: Carriers, weights: Mapping[int, float]) -> tuple[Pair, ...]:
    """Give the pairs that lean furthest away from the control, for eyes and for a judge."""
    partner = _counterpart(sides) if sides.is_paired else _neighbours(sides, carriers.strength)
    rows = sorted(partner, key=lambda row: (-carriers.strength[row], sides.suspect.ids[row]))
    pairs = [_pair(sides, row, partner[row], float(carriers.strength[row]), weights) for row in rows[: 2 * _MOST_PAIRS]]
    return tuple(pair for pair in pairs if pair.suspect != pair.control)[:_MOST_PAIRS]


def _pair(sides: Sides, row: int, other: int, score: float, weights: Mapping[int, float]) -> Pair:
    turned = {name: -weight for name, weight in weights.items()}
    return Pair(
        prompt=sides.prompts[row][:_LONGEST],
        suspect=sides.texts[row][:_LONGEST],
        control=sides.texts[other][:_LONGEST],
        suspect_spans=_spans(sides.wording, row, weights, other),
        control_spans=_spans(sides.wording, other, turned, row),
        score=score,
        suspect_id=sides.suspect.ids[row],
        control_id=sides.control.ids[other - len(sides.suspect)],
    )


def _neighbours(sides: Sides, strength: Floats) -> Mapping[int, int]:
    """Give each of the strongest answers of the suspect an answer of the control from its stratum."""
    rows = np.argsort(-strength, kind="stable")[: 2 * _MOST_PAIRS].tolist()
    there: dict[int, list[int]] = {}
    for row in range(len(sides.suspect), len(sides.texts)):
        there.setdefault(int(sides.strata[row]), []).append(row)
    found = {row: there.get(int(sides.strata[row]), []) for row in rows}
    return {row: others[row % len(others)] for row, others in found.items() if others}


def _spans(wording: Wording, row: int, weights: Mapping[int, float], other: int | None) -> tuple[tuple[int, int], ...]:
    """Give the words of an answer that speak for its side and that the other answer does not have."""
    tokens = wording.tokens
    here = np.arange(tokens.offsets[row], tokens.offsets[row + 1])
    absent: Ints = tokens.ids[:0] if other is None else tokens.ids[tokens.offsets[other] : tokens.offsets[other + 1]]
    known = set(absent.tolist())
    telling = [
        (weights[token], place)
        for place, token in zip(here.tolist(), tokens.ids[here].tolist(), strict=True)
        if weights.get(token, 0.0) > 0 and token not in known
    ]
    strongest = sorted(place for _, place in sorted(telling, key=lambda one: (-one[0], one[1]))[:_MOST_SPANS])
    return tuple((int(tokens.start[place]), int(tokens.end[place])) for place in strongest)
