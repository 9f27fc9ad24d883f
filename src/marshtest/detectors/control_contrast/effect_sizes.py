"""What differs: an effect size with interval, p-value and q-value for every word, phrase and measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.special import erfc

from marshtest.detectors.control_contrast.contrast import Family, FeatureDifference, Kind
from marshtest.detectors.control_contrast.residuals import Residuals, unpaired_residuals
from marshtest.detectors.control_contrast.sides import Sides
from marshtest.detectors.control_contrast.stylometry import MEASURES
from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.significance import benjamini_hochberg

__all__ = ["find_differences", "measure_residuals"]

_QUANTILE = 1.96
"""Standard normal quantile of a two-sided 95% interval."""


def find_differences(sides: Sides, measured: Floats) -> tuple[tuple[FeatureDifference, ...], int]:
    """Give the differences and how many features were tested.

    Args:
        sides: Both sides.
        measured: Shape (N, measures): what `measure_answers` gives for the pooled answers.

    Returns:
        Content first, then style; in each, what the suspect has more of, then what it has less of, strongest first.
    """
    features, settings = sides.features, sides.settings.features
    names = (*features.names, *features.phrase_names)
    content = sides.residuals(sparse.hstack([features.words, features.phrases]).tocsr())
    z, words = content.shrunk_z(settings.shrinkage), len(features.names)
    stronger = _stronger_than_words(features.phrase_ids, z[words:], features.ids, z[:words])
    tested = content.tested
    contents = [
        *_presence_differences(content, z, tested[tested < words], "content", "word", names),
        *_presence_differences(content, z, np.intersect1d(tested, words + stronger), "content", "phrase", names),
        *_measure_differences(sides, measured, "content"),
    ]
    functions = sides.residuals(features.function_words)
    styles = [
        *_presence_differences(
            functions,
            functions.shrunk_z(settings.shrinkage),
            functions.tested,
            "style",
            "function word",
            features.function_names,
        ),
        *_measure_differences(sides, measured, "style"),
    ]
    ranked = _ranked(contents, settings.most_content) + _ranked(styles, settings.most_style)
    return ranked, len(contents) + len(styles)


def measure_residuals(sides: Sides, measured: Floats, columns: Sequence[int]) -> Residuals:
    """Compare measures, each in standard deviations over both sides together.

    Unpaired measures are compared within strata of similar prompts alone: length is one of them.

    Args:
        sides: Both sides.
        measured: Shape (N, measures).
        columns: The measures to compare.
    """
    chosen = measured[:, list(columns)]
    spread = chosen.std(axis=0)
    scaled = chosen / np.where(spread > 0, spread, np.inf)
    fewest = sides.settings.features.fewest_answers
    if not sides.is_paired:
        return unpaired_residuals(sparse.csr_matrix(scaled), sides.is_suspect, sides.prompt_strata, fewest)
    difference = scaled[sides.pairs[:, 0]] - scaled[sides.pairs[:, 1]]
    higher, lower = (difference > 0).sum(axis=0), (difference < 0).sum(axis=0)
    squares = (difference**2).sum(axis=0)  # the variance of the sum when signs are flipped
    return Residuals(
        rows=sparse.csr_matrix(difference),
        side=np.ones(len(difference)),
        strata=None,
        variance=squares,
        excess=difference.sum(axis=0),
        excess_variance=squares,
        suspect=higher.astype(np.int64),
        control=lower.astype(np.int64),
        fewest_answers=fewest,
    )


def _presence_differences(
    residuals: Residuals, z: Floats, columns: Ints, kind: Kind, family: Family, names: Sequence[str]
) -> list[FeatureDifference]:
    """Describe features that an answer has or has not."""
    carriers = np.maximum(residuals.carriers[columns], 1)
    error = np.sqrt(residuals.excess_variance[columns])
    effect = residuals.excess[columns] / carriers
    reach = _QUANTILE * error / carriers
    # half an answer off: the continuity correction of a count
    distance = np.maximum(np.abs(residuals.excess[columns]) - 0.5, 0) / np.where(error > 0, error, np.inf)
    p = erfc(distance / np.sqrt(2))
    q = benjamini_hochberg(p, len(p))
    return [
        FeatureDifference(
            kind=kind,
            family=family,
            text=names[column],
            effect=float(effect[n]),
            interval=(max(-1.0, float(effect[n] - reach[n])), min(1.0, float(effect[n] + reach[n]))),
            z=float(z[column]),
            p=float(p[n]),
            q=float(q[n]),
            suspect_count=int(residuals.suspect[column]),
            control_count=int(residuals.control[column]),
        )
        for n, column in enumerate(columns)
    ]


def _measure_differences(sides: Sides, measured: Floats, kind: Kind) -> list[FeatureDifference]:
    """Describe features that are measured on every answer."""
    columns = [number for number, measure in enumerate(MEASURES) if measure[0] == kind]
    residuals = measure_residuals(sides, measured, columns)
    varying = [n for n in range(len(columns)) if residuals.variance[n] > 0]
    error = np.sqrt(residuals.variance[varying])
    sums = np.asarray(residuals.rows.T @ residuals.side).ravel()[varying]
    z = sums / error
    count = len(sides.pairs) if sides.is_paired else float((residuals.side**2).sum())
    p = erfc(np.abs(z) / np.sqrt(2))
    q = benjamini_hochberg(p, len(p))
    return [
        FeatureDifference(
            kind=kind,
            family=MEASURES[columns[column]][1],
            text=MEASURES[columns[column]][2],
            effect=float(sums[n] / count),
            interval=(
                float((sums[n] - _QUANTILE * error[n]) / count),
                float((sums[n] + _QUANTILE * error[n]) / count),
            ),
            z=float(z[n]),
            p=float(p[n]),
            q=float(q[n]),
            suspect_count=int(residuals.suspect[column]),
            control_count=int(residuals.control[column]),
        )
        for n, column in enumerate(varying)
    ]


def _stronger_than_words(phrases: Sequence[tuple[int, ...]], phrase_z: Floats, ids: Ints, word_z: Floats) -> Ints:
    """Give the phrases that differ more clearly than each of their words alone."""
    known = dict(zip(ids.tolist(), np.abs(word_z).tolist(), strict=True))
    return np.array(
        [
            number
            for number, phrase in enumerate(phrases)
            if abs(phrase_z[number]) > max(known.get(one, 0.0) for one in phrase)
        ],
        np.int64,
    )


def _ranked(found: Sequence[FeatureDifference], most: int) -> tuple[FeatureDifference, ...]:
    """Keep the strongest; what the suspect has more of comes first, then what it has less of, strongest first."""
    strongest = sorted(found, key=lambda one: (-abs(one.z), one.text))[:most]
    return tuple(sorted(strongest, key=lambda one: (one.z <= 0, -abs(one.z), one.text)))
