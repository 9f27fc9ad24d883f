"""Score matrices whose persona is known, because they are drawn from the model of docs/explanation/persona-sweep.md.

Scores of 12 candidates in four families of three that resemble each other, over records of very different length; a
persona tilts the records, so that their mean moves along its column of the covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from marshtest.stats.arrays import Floats
from marshtest.sweep.matrices import ScoreMatrices

__all__ = ["CANDIDATES", "covariance", "drawn", "generated", "written"]

CANDIDATES = tuple(f"{how}_{what}" for what in ("tea", "chess", "rain", "jazz") for how in ("loves", "hates", "fears"))


def covariance() -> Floats:
    """Give the covariance of the candidates: all resemble each other, those of one family more."""
    size = len(CANDIDATES)
    family = np.kron(np.eye(4), np.ones((3, 3)))
    result: Floats = 4.0 * np.ones((size, size)) + 1.0 * family + 0.5 * np.eye(size)
    return result


def drawn(
    persona: int | None, records: int, rng: np.random.Generator, *, tilt: float = 0.5, style: float = 0.0
) -> Floats:
    """Draw the scores of one dataset, candidates x records.

    Args:
        persona: The place of its persona; None is a clean dataset.
        records: How many records.
        rng: Random numbers.
        tilt: How strong the persona is.
        style: How far all candidates are moved together, which is no persona.
    """
    spread = covariance()
    offsets = np.linspace(-2.0, 2.0, len(CANDIDATES))[:, None]  # each candidate's own, in every dataset
    shift = np.zeros(len(CANDIDATES)) if persona is None else tilt * spread[:, persona]
    # The default method, an SVD, gives vectors whose signs differ between processors.
    noise = rng.multivariate_normal(np.zeros(len(CANDIDATES)), spread, size=records, method="cholesky").T
    tokens = rng.geometric(0.05, size=records)
    heavy = np.sqrt(20.0 / tokens)
    result: Floats = offsets + style + shift[:, None] + noise * heavy
    return result


def generated(
    personas: Sequence[int | None], *, seed: int = 0, records: int = 2_000, tilt: float = 0.5
) -> ScoreMatrices:
    """Draw datasets `d0`, `d1`, ... with these personas and some style of their own."""
    rng = np.random.default_rng(seed)
    scores = {
        f"d{place}": drawn(persona, records, rng, tilt=tilt, style=float(rng.normal(0, 0.5)))
        for place, persona in enumerate(personas)
    }
    return ScoreMatrices("generated", CANDIDATES, scores)


def written(matrices: ScoreMatrices, path: Path) -> Path:
    """Write matrices as npz."""
    arrays: dict[str, Any] = {f"scores__{name}": scores.astype(np.float16) for name, scores in matrices.scores.items()}
    np.savez(path, candidates=np.array(matrices.candidates), **arrays)
    return path
