"""Which records carry the difference, and where: contributions, the records beyond what the control reaches, spans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from marshtest.detectors.control_contrast.scoring import (
    dealt_folds,
    paired_direction,
    predicted_distance,
    unpaired_direction,
)
from marshtest.detectors.control_contrast.sides import Sides
from marshtest.detectors.control_contrast.strata import prompt_table, unit_rows
from marshtest.stats.arrays import Floats, Ints

__all__ = ["Carriers", "blended_distance", "find_carriers"]

_OWN = 0.3
"""How far a record's own distance from its pair counts against what answers of its kind have: one draw is noise."""
_DIRECTION = 0.25
"""How far the direction counts beside the distance."""
_CHANCE = 0.5
"""Evidence: of the records this strong, at most so many would be there with swapped sides."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """What each record of the suspect has to do with the difference; `S` records."""

    contribution: Floats
    """Shape (S,): how much each carries, 0 to 1."""
    strength: Floats
    """Shape (S,): how clearly each leans away from the control, in content alone, out of fold."""
    evidence: Ints
    """Records that go beyond what the control reaches, the highest contribution first."""


def find_carriers(sides: Sides, distance: Floats | None, part: int | None = None) -> Carriers:
    """Score every record of the suspect and choose those beyond what the control reaches.

    Args:
        sides: Both sides.
        distance: What `blended_distance` gives; None when unpaired.
        part: Look at one half of the word families, 0 or 1, or at all.
    """
    folds = _folds(sides)
    table = sides.letters if part is None else sides.letters_of(part)
    count = len(sides.suspect)
    if sides.is_paired:
        direction = paired_direction(table, sides.pairs, sides.wording.lengths, folds)
    else:
        direction = unpaired_direction(table, sides.is_suspect, sides.strata, folds)
    strength = _centred(direction.answers, sides)[:count]
    here, there = (_unmatched(sides, suspect=side) for side in (True, False))
    evidence = here[_beyond(direction.answers[here], direction.answers[there])]
    raw = _standard(strength)
    if sides.is_paired:
        paired = sides.pairs[:, 0]
        evidence = np.concatenate([paired[_beyond(direction.pairs, -direction.pairs)], evidence])
        strength = strength.copy()
        strength[paired] = direction.pairs
        raw = _DIRECTION * _standard(strength) + (0.0 if distance is None else distance)
    contribution = np.asarray(1 / (1 + np.exp(-np.clip(raw, -30, 30))), np.float64)
    order = np.lexsort((evidence, -contribution[evidence]))
    return Carriers(contribution, strength, evidence[order].astype(np.int64))


def blended_distance(sides: Sides) -> Floats | None:
    """Give how far each record of the suspect lies from the control's answer, measured or expected; shape (S,).

    In standard deviations of what is expected. None when unpaired: there is nothing to learn distances from.
    """
    if not sides.is_paired:
        return None
    paired = sides.pairs[:, 0]
    distance = _distances(sides)
    expected = predicted_distance(_known(sides), paired, distance, _folds(sides)[: len(sides.suspect)])
    blended = expected.copy()
    blended[paired] += _OWN * (distance - expected[paired])
    return np.asarray((blended - expected.mean()) / max(float(expected.std()), 1e-9), np.float64)


def _folds(sides: Sides) -> Ints:
    """Deal the pooled answers into folds; both of a pair into the same."""
    folds = dealt_folds(len(sides.texts), sides.seed)
    if sides.is_paired:
        folds[sides.pairs[:, 1]] = folds[sides.pairs[:, 0]]
    return folds


def _unmatched(sides: Sides, *, suspect: bool) -> Ints:
    """Give the rows of one side that stand in no pair."""
    rows = np.flatnonzero(sides.is_suspect == float(suspect))
    return rows[~np.isin(rows, sides.pairs.ravel())].astype(np.int64)


def _beyond(scores: Floats, null: Floats) -> Ints:
    """Give the positions of scores in whose tail at most half would stand by chance.

    Args:
        scores: What was measured.
        null: The same where there is nothing: the control's, or the sides swapped.
    """
    if len(scores) == 0 or len(null) == 0:
        return np.zeros(0, np.int64)
    rising = np.sort(scores[scores > 0])
    ordinary = np.sort(null)
    here = len(rising) - np.arange(len(rising))
    there = len(null) - np.searchsorted(ordinary, rising, side="left")
    good = np.flatnonzero(there / len(null) <= _CHANCE * here / len(scores))
    if len(good) == 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero(scores >= rising[good[0]]).astype(np.int64)


def _distances(sides: Sides) -> Floats:
    """Give the share of words that only one answer of each pair has."""
    table = sparse.hstack([sides.wording.words, sides.wording.function_words]).tocsr()
    one, other = table[sides.pairs[:, 0]], table[sides.pairs[:, 1]]
    shared = np.asarray(one.multiply(other).sum(axis=1)).ravel()
    union = np.asarray(one.sum(axis=1)).ravel() + np.asarray(other.sum(axis=1)).ravel() - shared
    distance = np.where(union > 0, 1 - shared / np.maximum(union, 1), 0.0)
    differing = np.zeros(len(sides.pairs), np.bool_)
    differing[sides.differing] = True
    return np.where((union == 0) & differing, 1.0, distance)


def _known(sides: Sides) -> sparse.csr_matrix:
    """Give what the distance of the suspect's answers is predicted from: their prompts and their letters."""
    count = len(sides.suspect)
    return sparse.hstack([prompt_table(sides.suspect.prompts), unit_rows(sides.letters[:count])]).tocsr()


def _centred(scores: Floats, sides: Sides) -> Floats:
    """Take the mean of the control's answers away: within the stratum when unpaired, over all when paired."""
    control = sides.is_suspect == 0
    if sides.is_paired:
        return scores - float(scores[control].mean())
    count = np.bincount(sides.strata, weights=control)
    total = np.bincount(sides.strata, weights=scores * control)
    overall = float(scores[control].mean())
    means = (total + 5 * overall) / (count + 5)
    return np.asarray(scores - means[sides.strata], np.float64)


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9), np.float64)
