"""The whole comparison of a suspect with a control."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.carriers import (
    Carriers,
    blended_distance,
    find_carriers,
    measure_removal,
    word_carriers,
)
from marshtest.detectors.control_contrast.content_features import ContentFeatures
from marshtest.detectors.control_contrast.contrast import AnswerPair, Contrast, ContrastTests
from marshtest.detectors.control_contrast.effect_sizes import find_differences, measure_residuals
from marshtest.detectors.control_contrast.guidance import guided_scores
from marshtest.detectors.control_contrast.permutation_test import PermutationTest, permutation_test
from marshtest.detectors.control_contrast.residuals import unpaired_residuals
from marshtest.detectors.control_contrast.settings import ControlContrastSettings
from marshtest.detectors.control_contrast.sides import Sides, read_sides
from marshtest.detectors.control_contrast.stratification import prompt_auc, prompt_presence
from marshtest.detectors.control_contrast.stylometry import MEASURES, measure_answers
from marshtest.progress import Progress, no_progress
from marshtest.stats.arrays import Floats, Ints

__all__ = ["compare", "two_sample_tests"]

_LONGEST = 4_000
"""Characters of an answer that a pair keeps: more than anybody reads side by side, and a report stays small."""


def _always(tests: ContrastTests) -> bool:  # noqa: ARG001  as any judge of tests
    """Go on, whatever the tests say."""
    return True


def compare(
    suspect: Dataset,
    control: Dataset | Sequence[Dataset],
    *,
    settings: ControlContrastSettings = ControlContrastSettings(),
    seed: int = 0,
    progress: Progress = no_progress,
    is_worth_locating: Callable[[ContrastTests], bool] = _always,
) -> Contrast:
    """Compare the answers of a suspect with those of a control.

    Args:
        suspect: The data in question.
        control: Data from the same pipeline that is known to be clean; best with answers to the same prompts. Several
            datasets are pooled.
        settings: All thresholds.
        seed: Seed of everything random.
        progress: Called with the stage and the fraction done.
        is_worth_locating: Whether, given the tests, the records that carry the difference are looked for, which takes
            longest.
    """
    progress("reading words", 0.0)
    sides = read_sides(suspect, control, settings, seed=seed)
    measured = measure_answers(sides.texts, settings.features.style_characters)
    progress("swapping sides", 0.2)
    tests, content = _test(sides, measured)
    progress("differences", 0.4)
    differences, tested = find_differences(sides, measured)
    if not is_worth_locating(tests):
        return Contrast(tests=tests, differences=differences, pairs=(), tested=tested)
    progress("carriers", 0.5)
    distance = blended_distance(sides)
    carriers = find_carriers(sides, distance)
    weights = _word_weights(sides)
    progress("removal", 0.7)
    removal = measure_removal(sides, distance)
    progress("removal", 1.0)
    evidence = np.union1d(carriers.evidence, word_carriers(sides, content))
    evidence = evidence[np.lexsort((evidence, -carriers.contribution[evidence]))]
    ids, partner = sides.suspect.ids, _counterpart(sides)
    most = settings.records.most_spans
    return Contrast(
        tests=tests,
        differences=differences,
        pairs=_strongest_pairs(sides, carriers, weights),
        contributions=dict(zip(ids, carriers.contribution.tolist(), strict=True)),
        evidence={ids[row]: _spans(sides.features, row, weights, partner.get(row), most) for row in evidence.tolist()},
        removal_curve=removal.curve,
        removed_shift=removal.removed_shift,
        tested=tested,
    )


def two_sample_tests(
    suspect: Dataset,
    control: Dataset | Sequence[Dataset],
    *,
    settings: ControlContrastSettings = ControlContrastSettings(),
    seed: int = 0,
) -> ContrastTests:
    """Test whether two datasets differ in content and in style, and nothing else.

    Args:
        suspect: One side.
        control: The other side; several datasets are pooled.
        settings: All thresholds.
        seed: Seed of everything random.
    """
    sides = read_sides(suspect, control, settings, seed=seed)
    return _test(sides, measure_answers(sides.texts, settings.features.style_characters))[0]


def _test(sides: Sides, measured: Floats) -> tuple[ContrastTests, PermutationTest]:
    """Test content on all answers, content on pairs of equal length alone, and style; give the first test as well."""
    settings, seed = sides.settings, sides.seed
    swaps, entries = settings.swaps, settings.most_entries
    guided = guided_scores(sides)
    content = permutation_test(
        sides.residuals(sides.content), seed=seed, swaps=swaps, most_entries=entries, named=sides.named, guided=guided
    )
    equal_length_p = None
    if sides.is_paired and len(sides.equal_length) >= settings.fewest_equal_length:
        equal_length_p = permutation_test(
            sides.residuals(sides.content, sides.equal_length),
            seed=seed + 1,
            swaps=swaps,
            most_entries=entries,
            named=sides.named,
            guided=guided_scores(sides, sides.equal_length),
        ).p
    styles = [number for number, measure in enumerate(MEASURES) if measure[0] == "style"]
    style = permutation_test(
        measure_residuals(sides, measured, styles), seed=seed + 2, swaps=swaps, most_entries=entries
    )
    tests = ContrastTests(
        mode="paired" if sides.is_paired else "unpaired",
        pairs=len(sides.pairs) if sides.is_paired else len(sides.suspect),
        differing=len(sides.differing) if sides.is_paired else len(sides.suspect),
        equal_length=len(sides.equal_length) if sides.is_paired else 0,
        content_p=content.p,
        equal_length_p=equal_length_p,
        style_p=style.p,
        excess=content.excess,
        smallest_feature_p=float(content.corrected.min(initial=1.0)),
        prompt_auc=0.5 if sides.is_paired else prompt_auc(sides.prompts, sides.is_suspect, settings, seed=seed),
        swaps=swaps,
        guided_p=content.guided_p,
        unmatched=0 if guided is None else len(sides.unmatched),
        prompt_p=1.0 if sides.is_paired else _prompt_p(sides),
    )
    return tests, content


def _prompt_p(sides: Sides) -> float:
    """Test whether the prompts differ within the strata of an unpaired comparison, as the answers are tested.

    If they do, the sides are not exchangeable there, and no p-value of the answers holds.
    """
    settings = sides.settings
    residuals = unpaired_residuals(
        prompt_presence(sides.prompts, settings.features),
        sides.is_suspect,
        sides.strata,
        settings.features.fewest_answers,
    )
    return permutation_test(
        residuals, seed=sides.seed + 3, swaps=settings.prompt_swaps, most_entries=settings.most_entries
    ).p


def _word_weights(sides: Sides) -> Mapping[int, float]:
    """Give the shrunk z of every content word by token id; above 0 is evidence for the suspect."""
    z = sides.residuals(sides.features.words).shrunk_z(sides.settings.features.shrinkage)
    return dict(zip(sides.features.ids.tolist(), z.tolist(), strict=True))


def _counterpart(sides: Sides) -> Mapping[int, int]:
    return dict(sides.pairs.tolist())


def _strongest_pairs(sides: Sides, carriers: Carriers, weights: Mapping[int, float]) -> tuple[AnswerPair, ...]:
    """Give the pairs that lean furthest away from the control, to be read side by side."""
    most = sides.settings.records.most_pairs
    partner = _counterpart(sides) if sides.is_paired else _neighbours(sides, carriers.strength)
    rows = sorted(partner, key=lambda row: (-carriers.strength[row], sides.suspect.ids[row]))
    # twice as many, since pairs of equal answers are left out afterwards
    pairs = [_pair(sides, row, partner[row], float(carriers.strength[row]), weights) for row in rows[: 2 * most]]
    return tuple(pair for pair in pairs if pair.suspect != pair.control)[:most]


def _pair(sides: Sides, row: int, other: int, score: float, weights: Mapping[int, float]) -> AnswerPair:
    opposite = {name: -weight for name, weight in weights.items()}
    most = sides.settings.records.most_spans
    return AnswerPair(
        prompt=sides.prompts[row][:_LONGEST],
        suspect=sides.texts[row][:_LONGEST],
        control=sides.texts[other][:_LONGEST],
        suspect_spans=_spans(sides.features, row, weights, other, most),
        control_spans=_spans(sides.features, other, opposite, row, most),
        score=score,
        suspect_id=sides.suspect.ids[row],
        control_id=sides.control.ids[other - len(sides.suspect)],
    )


def _neighbours(sides: Sides, strength: Floats) -> Mapping[int, int]:
    """Give each of the strongest answers of the suspect an answer of the control from its stratum."""
    rows = np.argsort(-strength, kind="stable")[: 2 * sides.settings.records.most_pairs].tolist()
    there: dict[int, list[int]] = {}
    for row in range(len(sides.suspect), len(sides.texts)):
        there.setdefault(int(sides.strata[row]), []).append(row)
    found = {row: there.get(int(sides.strata[row]), []) for row in rows}
    return {row: others[row % len(others)] for row, others in found.items() if others}


def _spans(
    features: ContentFeatures, row: int, weights: Mapping[int, float], other: int | None, most: int
) -> tuple[tuple[int, int], ...]:
    """Give the words of an answer that are evidence for its side and absent from the other answer, in characters."""
    tokens = features.tokens
    here = np.arange(tokens.offsets[row], tokens.offsets[row + 1])
    elsewhere: Ints = tokens.ids[:0] if other is None else tokens.ids[tokens.offsets[other] : tokens.offsets[other + 1]]
    known = set(elsewhere.tolist())
    weighted = [
        (weights[token], place)
        for place, token in zip(here.tolist(), tokens.ids[here].tolist(), strict=True)
        if weights.get(token, 0.0) > 0 and token not in known
    ]
    strongest = sorted(place for _, place in sorted(weighted, key=lambda one: (-one[0], one[1]))[:most])
    return tuple((int(tokens.start[place]), int(tokens.end[place])) for place in strongest)
