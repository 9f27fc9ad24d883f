"""Do the prompts alone tell the two sides apart? Where they do, unpaired answers differ for that reason too."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from marshtest.detectors.control_contrast.scoring import dealt_folds
from marshtest.detectors.control_contrast.sides import Sides
from marshtest.detectors.control_contrast.strata import prompt_words

__all__ = ["prompt_mix"]

_MOST = 8_000


def prompt_mix(sides: Sides) -> float:
    """Give the area under the curve of a classifier of the sides that sees the prompts alone, out of fold."""
    rows = np.random.default_rng(sides.seed).permutation(len(sides.texts))[:_MOST]
    side = sides.is_suspect[rows].astype(int)
    table = prompt_words([sides.prompts[row] for row in rows.tolist()])
    if min(np.bincount(side, minlength=2)) < 10 or table.shape[1] == 0:
        return 0.5
    folds, score = dealt_folds(len(rows), sides.seed), np.zeros(len(rows))
    for fold in np.unique(folds):
        model = LogisticRegression(C=1.0, max_iter=200, tol=1e-3).fit(table[folds != fold], side[folds != fold])
        score[folds == fold] = model.decision_function(table[folds == fold])
    return float(roc_auc_score(side, score))
