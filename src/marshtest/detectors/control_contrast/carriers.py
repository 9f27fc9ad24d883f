"""Which records carry the difference: their contributions, the evidence among them, and what removing them does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from marshtest.detectors.control_contrast.permutation_test import PermutationTest
from marshtest.detectors.control_contrast.record_models import (
    deal_folds,
    paired_direction,
    predicted_distance,
    unpaired_direction,
)
from marshtest.detectors.control_contrast.sides import Sides
from marshtest.detectors.control_contrast.stratification import prompt_table, unit_rows
from marshtest.stats.arrays import Floats, Ints

__all__ = ["Carriers", "Removal", "blended_distance", "find_carriers", "measure_removal", "word_carriers"]

_REMOVED = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Shares of the records at which the removal curve is drawn: closest together where few records may carry it all."""
_TINY = 1e-9
"""Stands for a standard deviation of 0 in a division."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """What each of the suspect's S records has to do with the difference."""

    contribution: Floats
    """Shape (S,): how much each carries, 0 to 1."""
    strength: Floats
    """Shape (S,): how clearly each leans away from the control, in content alone, out of fold."""
    evidence: Ints
    """Records that go beyond what the control reaches, highest contribution first."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing records does to the shift."""

    curve: tuple[tuple[float, float], ...] = ()
    """(share of the records removed, highest contribution first; share of the shift that remains)."""
    removed_shift: float | None = None
    """Share of the shift that goes with the evidence, 0 to 1; None where no shift can be measured."""


def find_carriers(sides: Sides, distance: Floats | None, half: int | None = None) -> Carriers:
    """Score every record of the suspect and choose those beyond what the control reaches.

    Args:
        sides: Both sides.
        distance: What `blended_distance` gives; None when unpaired.
        half: Use one half of the word families, 0 or 1; None uses all.
    """
    settings = sides.settings.records
    folds = _folds(sides)
    table = sides.letters if half is None else sides.letters_of(half)
    count = len(sides.suspect)
    if sides.is_paired:
        direction = paired_direction(table, sides.pairs, sides.features.lengths, folds, settings)
    else:
        direction = unpaired_direction(table, sides.is_suspect, sides.strata, folds, settings)
    strength = _centred(direction.answers, sides)[:count]
    # Unpaired answers are held against the control's answers; pairs against themselves with the sides swapped, which
    # changes the sign of their scores.
    here, there = (_unmatched(sides, suspect=side) for side in (True, False))
    evidence = here[_beyond(direction.answers[here], direction.answers[there], settings.evidence_fdr)]
    raw = _standardised(strength)
    if sides.is_paired:
        paired = sides.pairs[:, 0]
        beyond = _beyond(direction.pairs, -direction.pairs, settings.evidence_fdr)
        evidence = np.concatenate([paired[beyond], evidence])
        strength = strength.copy()
        strength[paired] = direction.pairs
        raw = settings.direction_weight * _standardised(strength) + (0.0 if distance is None else distance)
    contribution = np.asarray(1 / (1 + np.exp(-np.clip(raw, -30, 30))), np.float64)  # 30: no overflow of exp
    order = np.lexsort((evidence, -contribution[evidence]))
    return Carriers(contribution, strength, evidence[order].astype(np.int64))


def word_carriers(sides: Sides, test: PermutationTest) -> Ints:
    """Give the suspect's records with a word or phrase that distinguishes the two sides by itself.

    Where few records carry the difference, one name in them may say it all, while the models of the records need more
    to learn from.

    Args:
        sides: Both sides.
        test: The test of `sides.content`.

    Returns:
        Rows of the records: carriers of a feature that is significant after correction and rare in the control.
    """
    settings = sides.settings.records
    significant = test.columns[test.corrected <= settings.word_p]
    residuals = sides.residuals(sides.content)
    scale = 1.0 if sides.is_paired else len(sides.suspect) / max(len(sides.control), 1)
    rare = residuals.control[significant] * scale <= settings.word_control_share * residuals.suspect[significant]
    table = sides.content[:, significant[rare]]
    if sides.is_paired:
        one, other = table[sides.pairs[:, 0]], table[sides.pairs[:, 1]]
        alone = np.asarray(((one - other) > 0).sum(axis=1)).ravel() > 0
        unmatched = np.setdiff1d(np.arange(len(sides.suspect)), sides.pairs[:, 0])
        also = unmatched[np.diff(table[unmatched].indptr) > 0]
        return np.union1d(sides.pairs[alone, 0], also).astype(np.int64)
    return np.flatnonzero(np.diff(table[: len(sides.suspect)].indptr) > 0).astype(np.int64)


def measure_removal(sides: Sides, distance: Floats | None) -> Removal:
    """Measure how much of the shift goes when the records that carry most of it are removed.

    Records that were ranked by some words always take much of the shift in the same words with them, whatever the data
    (selection bias). So the word families are dealt into two halves: one ranks the records, the other measures the
    shift that remains, and the other way round.

    Args:
        sides: Both sides.
        distance: What `blended_distance` gives; None when unpaired.
    """
    halves = [find_carriers(sides, distance, half) for half in (0, 1)]
    compared = sides.pairs[:, 0] if sides.is_paired else np.arange(len(sides.suspect))
    curves, removed = [], []
    for chooser, measurer in (halves, halves[::-1]):
        shift = measurer.strength[compared]
        whole = float(shift.sum())
        if whole <= 0:
            return Removal()
        order = np.argsort(-chooser.contribution[compared], kind="stable")
        curves.append(_remaining(shift[order]))
        is_evidence = np.isin(compared, chooser.evidence)
        kept = float(shift[~is_evidence].mean()) if not is_evidence.all() else 0.0
        removed.append(1 - kept * len(shift) / whole)
    left = np.mean(curves, axis=0)
    return Removal(
        curve=tuple((share, round(float(value), 4)) for share, value in zip(_REMOVED, left, strict=True)),
        removed_shift=float(np.clip(np.mean(removed), 0, 1)),
    )


def blended_distance(sides: Sides) -> Floats | None:
    """Give how far each record of the suspect is from the control's answer: partly measured, partly predicted.

    Returns:
        Shape (S,), in standard deviations of what is predicted; None when unpaired, where there is no distance to
        learn from.
    """
    if not sides.is_paired:
        return None
    settings = sides.settings.records
    paired = sides.pairs[:, 0]
    distance = _distances(sides)
    folds = _folds(sides)[: len(sides.suspect)]
    expected = predicted_distance(_distance_features(sides), paired, distance, folds, settings)
    blended = expected.copy()
    blended[paired] += settings.own_distance * (distance - expected[paired])
    return np.asarray((blended - expected.mean()) / max(float(expected.std()), _TINY), np.float64)


def _folds(sides: Sides) -> Ints:
    """Deal the pooled answers into folds; both answers of a pair into the same."""
    folds = deal_folds(len(sides.texts), sides.settings.records.folds, sides.seed)
    if sides.is_paired:
        folds[sides.pairs[:, 1]] = folds[sides.pairs[:, 0]]
    return folds


def _unmatched(sides: Sides, *, suspect: bool) -> Ints:
    """Give the rows of one side that are in no pair."""
    rows = np.flatnonzero(sides.is_suspect == float(suspect))
    return rows[~np.isin(rows, sides.pairs.ravel())].astype(np.int64)


def _beyond(scores: Floats, null: Floats, fdr: float) -> Ints:
    """Give the positions of the scores above the lowest positive threshold with a small false discovery rate.

    Args:
        scores: What was measured.
        null: The same where there is no difference: the control's scores, or those with the sides swapped.
        fdr: Greatest share of null scores that pass, over the share of scores that pass.
    """
    if len(scores) == 0 or len(null) == 0:
        return np.zeros(0, np.int64)
    rising = np.sort(scores[scores > 0])
    ordinary = np.sort(null)
    here = len(rising) - np.arange(len(rising))
    there = len(null) - np.searchsorted(ordinary, rising, side="left")
    good = np.flatnonzero(there / len(null) <= fdr * here / len(scores))
    if len(good) == 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero(scores >= rising[good[0]]).astype(np.int64)


def _distances(sides: Sides) -> Floats:
    """Give the Jaccard distance of the words of each pair, function words included."""
    table = sparse.hstack([sides.features.words, sides.features.function_words]).tocsr()
    one, other = table[sides.pairs[:, 0]], table[sides.pairs[:, 1]]
    shared = np.asarray(one.multiply(other).sum(axis=1)).ravel()
    union = np.asarray(one.sum(axis=1)).ravel() + np.asarray(other.sum(axis=1)).ravel() - shared
    distance = np.where(union > 0, 1 - shared / np.maximum(union, 1), 0.0)
    differing = np.zeros(len(sides.pairs), np.bool_)
    differing[sides.differing] = True
    return np.where((union == 0) & differing, 1.0, distance)  # different answers of rare words alone


def _distance_features(sides: Sides) -> sparse.csr_matrix:
    """Give what the distance of the suspect's answers is predicted from: their prompts and letter sequences."""
    prompts = prompt_table(sides.suspect.prompts, sides.settings.features)
    return sparse.hstack([prompts, unit_rows(sides.letters[: len(sides.suspect)])]).tocsr()


def _centred(scores: Floats, sides: Sides) -> Floats:
    """Subtract the mean of the control's answers: of the stratum when unpaired, of all when paired."""
    control = sides.is_suspect == 0
    if sides.is_paired:
        return scores - float(scores[control].mean())
    added = sides.settings.records.control_answers  # a stratum may hold few answers of the control, or none
    count = np.bincount(sides.strata, weights=control)
    total = np.bincount(sides.strata, weights=scores * control)
    overall = float(scores[control].mean())
    means = (total + added * overall) / (count + added)
    return np.asarray(scores - means[sides.strata], np.float64)


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / max(float(values.std()), _TINY), np.float64)


def _remaining(shift: Floats) -> Floats:
    """Give the mean of what remains of a ranked shift at each removed share, over the mean of all."""
    count = len(shift)
    after = np.append(np.cumsum(shift[::-1])[::-1], 0.0)
    taken = np.minimum(np.round(np.array(_REMOVED) * count).astype(int), count - 1)
    return np.asarray(after[taken] / (count - taken) / shift.mean(), np.float64)
