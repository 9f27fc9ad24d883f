"""What differs: every word, phrase and habit as an effect with its interval, corrected for all that were tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.special import erfc

from marshtest.detectors.control_contrast.differences import Difference, Family, Kind
from marshtest.detectors.control_contrast.habits import HABITS
from marshtest.detectors.control_contrast.residuals import Residuals, unpaired_residuals
from marshtest.detectors.control_contrast.sides import Sides
from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.significance import benjamini_hochberg

__all__ = ["find_differences", "habit_residuals"]

_MOST = {"content": 300, "style": 60}
_QUANTILE = 1.96


def find_differences(sides: Sides, habits: Floats) -> tuple[tuple[Difference, ...], int]:
    """Give the differences, content first and ranked, and how many were tried.

    Args:
        sides: Both sides.
        habits: Shape (N, H): the habits of every answer.
    """
    wording = sides.wording
    names = (*wording.names, *wording.phrase_names)
    content = sides.residuals(sparse.hstack([wording.words, wording.phrases]).tocsr())
    z, words = content.shrunk_z(), len(wording.names)
    telling = _beyond_words(wording.phrase_ids, z[words:], wording.ids, z[:words])
    tested = content.tested
    candidates = [
        *_counted(content, z, tested[tested < words], "content", "word", names),
        *_counted(content, z, np.intersect1d(tested, words + telling), "content", "phrase", names),
        *_measured(sides, habits, "content"),
    ]
    functions = sides.residuals(wording.function_words)
    styles = [
        *_counted(functions, functions.shrunk_z(), functions.tested, "style", "function word", wording.function_names),
        *_measured(sides, habits, "style"),
    ]
    return _ranked(candidates) + _ranked(styles), len(candidates) + len(styles)


def habit_residuals(sides: Sides, habits: Floats, columns: Sequence[int]) -> Residuals:
    """Compare habits; each in standard deviations of both sides together."""
    chosen = habits[:, list(columns)]
    spread = chosen.std(axis=0)
    scaled = chosen / np.where(spread > 0, spread, np.inf)
    if not sides.is_paired:
        return unpaired_residuals(sparse.csr_matrix(scaled), sides.is_suspect, sides.prompt_strata)
    difference = scaled[sides.pairs[:, 0]] - scaled[sides.pairs[:, 1]]
    higher, lower = (difference > 0).sum(axis=0), (difference < 0).sum(axis=0)
    squares = (difference**2).sum(axis=0)
    return Residuals(
        rows=sparse.csr_matrix(difference),
        side=np.ones(len(difference)),
        strata=None,
        variance=squares,
        excess=difference.sum(axis=0),
        excess_variance=squares,
        suspect=higher.astype(np.int64),
        control=lower.astype(np.int64),
    )


def _counted(
    residuals: Residuals, z: Floats, columns: Ints, kind: Kind, family: Family, names: Sequence[str]
) -> list[Difference]:
    """Describe features that an answer has or has not."""
    carriers = np.maximum(residuals.carriers[columns], 1)
    error = np.sqrt(residuals.excess_variance[columns])
    effect = residuals.excess[columns] / carriers
    reach = _QUANTILE * error / carriers
    surprise = np.maximum(np.abs(residuals.excess[columns]) - 0.5, 0) / np.where(error > 0, error, np.inf)
    p = erfc(surprise / np.sqrt(2))
    q = benjamini_hochberg(p, len(p))
    return [
        Difference(
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


def _measured(sides: Sides, habits: Floats, kind: Kind) -> list[Difference]:
    """Describe features that are measured on every answer."""
    columns = [number for number, habit in enumerate(HABITS) if habit[0] == kind]
    residuals = habit_residuals(sides, habits, columns)
    shown = [n for n in range(len(columns)) if residuals.variance[n] > 0]
    error = np.sqrt(residuals.variance[shown])
    sums = np.asarray(residuals.rows.T @ residuals.side).ravel()[shown]
    z = sums / error
    count = len(sides.pairs) if sides.is_paired else float((residuals.side**2).sum())
    p = erfc(np.abs(z) / np.sqrt(2))
    q = benjamini_hochberg(p, len(p))
    return [
        Difference(
            kind=kind,
            family=HABITS[columns[column]][1],
            text=HABITS[columns[column]][2],
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
        for n, column in enumerate(shown)
    ]


def _beyond_words(phrases: Sequence[tuple[int, ...]], phrase_z: Floats, ids: Ints, word_z: Floats) -> Ints:
    """Give the phrases that say more than each of their words alone."""
    known = dict(zip(ids.tolist(), np.abs(word_z).tolist(), strict=True))
    return np.array(
        [
            number
            for number, phrase in enumerate(phrases)
            if abs(phrase_z[number]) > max(known.get(one, 0.0) for one in phrase)
        ],
        np.int64,
    )


def _ranked(found: Sequence[Difference]) -> tuple[Difference, ...]:
    """Rank: what the suspect has more of, then what it has less of, the most telling first."""
    strongest = sorted(found, key=lambda one: (-abs(one.z), one.text))[: _MOST[found[0].kind] if found else 0]
    return tuple(sorted(strongest, key=lambda one: (one.z <= 0, -abs(one.z), one.text)))
