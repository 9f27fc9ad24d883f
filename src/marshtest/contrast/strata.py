"""Groups of answers with similar prompts and similar length, made without looking at who gave them.

Within a group the sides are exchangeable when they differ in nothing but the mix of prompts and the lengths, so that
comparing within groups takes both out of the comparison.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD

from marshtest.arrays import Floats, Ints
from marshtest.contrast.wording import read_wording

__all__ = ["make_strata", "prompt_table", "unit_rows"]

_PER_CLUSTER = 100
_MOST_CLUSTERS = 150
_DIMENSIONS = 32
_PER_STRATUM = 20


def prompt_table(prompts: Sequence[str]) -> sparse.csr_matrix:
    """Give the words and phrases of prompts, rare ones weighing more; every row has length 1 or is empty."""
    wording = read_wording(prompts)
    table = sparse.hstack([wording.words, wording.phrases, wording.function_words]).tocsr()
    carriers = np.asarray(table.sum(axis=0)).ravel()
    return unit_rows(table @ sparse.diags(1 + np.log((1 + len(prompts)) / (1 + carriers))))


def unit_rows(table: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale every row to length 1; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(lengths, 1e-12)) @ table).tocsr()


def make_strata(prompts: Sequence[str], texts: Sequence[str], lengths: Ints, *, seed: int) -> Ints:
    """Give the stratum of each answer of the pooled sides, shape (N,).

    The order in which the answers are given plays no part: whoever could tell the sides by it would see them.
    """
    order = np.array(sorted(range(len(texts)), key=lambda row: (prompts[row], texts[row])), np.int64)
    cluster = _clusters([prompts[row] for row in order], seed)
    ranked = order[np.lexsort((lengths[order], cluster))]
    sizes = np.bincount(cluster)
    strata = np.empty(len(texts), np.int64)
    start, number = 0, 0
    for size in sizes[sizes > 0]:
        parts = max(1, int(size) // _PER_STRATUM)
        for part in np.array_split(ranked[start : start + size], parts):
            strata[part] = number
            number += 1
        start += size
    return strata


def _clusters(prompts: Sequence[str], seed: int) -> Ints:
    count = min(_MOST_CLUSTERS, len(prompts) // _PER_CLUSTER)
    table = prompt_table(prompts)
    if count < 2 or min(table.shape) <= _DIMENSIONS:
        return np.zeros(len(prompts), np.int64)
    points: Floats = TruncatedSVD(_DIMENSIONS, n_iter=3, random_state=seed).fit_transform(table)
    found = MiniBatchKMeans(count, random_state=seed, n_init=1, batch_size=1024).fit_predict(points)
    return np.asarray(found, np.int64)
