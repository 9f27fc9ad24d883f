"""Who wrote like that? Texts known to be planted teach what their maker's texts look like; others are weighed by it.

A linear model of the words that many texts use (function words among them) tells the planted texts from the rest. Each
text is weighed by a model that saw nothing of its pack, so that what a pack is about plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.words import WORD_OR_MARK

__all__ = ["weigh_making"]

_FOLDS = 5
_LEAST_SHARE = 0.002
_LEAST_AUC = 0.8
_MOST_OTHERS = 20_000


def weigh_making(texts: Sequence[str], packs: Sequence[Sequence[int]]) -> Floats | None:
    """Give the log odds of each text that it was made like those of the packs, both kinds taken as equally frequent.

    Args:
        texts: All texts.
        packs: Texts known to be planted, by index, those that belong together in one sequence.

    Returns:
        Shape (len(texts),), or None where the packs are not made unlike other texts: the area under the curve between
        the two, on texts that the model has not seen, is under .8.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    if len(packs) < _FOLDS:
        return None
    planted = np.zeros(len(texts), np.bool_)
    fold = np.array([_number(text) % _FOLDS for text in texts])
    for place, pack in enumerate(packs):
        planted[list(pack)] = True
        fold[list(pack)] = place % _FOLDS
    vectorizer = TfidfVectorizer(
        token_pattern=WORD_OR_MARK.pattern,
        sublinear_tf=True,
        min_df=max(2, int(_LEAST_SHARE * len(texts))),
    )
    rows = vectorizer.fit_transform(texts).tocsr()
    odds = np.zeros(len(texts))
    for number in range(_FOLDS):
        seen = np.append(np.flatnonzero(planted & (fold != number)), _others(texts, planted | (fold == number)))
        if len(np.unique(planted[seen])) < 2:
            return None
        model = LogisticRegression(class_weight="balanced", solver="liblinear", tol=1e-2)
        model.fit(rows[seen], planted[seen])
        here = fold == number
        odds[here] = model.decision_function(rows[here])
    return odds if roc_auc_score(planted, odds) >= _LEAST_AUC else None


def _others(texts: Sequence[str], left_out: Bools) -> Ints:
    """Choose texts that are not left out, at most 20,000, by their hash."""
    rows = np.flatnonzero(~left_out)
    order = np.argsort([_number(texts[row]) // _FOLDS for row in rows.tolist()], kind="stable")
    return np.sort(rows[order[:_MOST_OTHERS]]).astype(np.int64)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=7).digest(), "big")
