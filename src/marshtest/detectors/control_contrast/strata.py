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

from marshtest.detectors.control_contrast.wording import read_wording
from marshtest.stats.arrays import Ints

__all__ = ["make_clusters", "make_strata", "prompt_table", "prompt_words", "unit_rows"]

_PER_CLUSTER = 100
_MOST_CLUSTERS = 150
_DIMENSIONS = 32
_PER_STRATUM = 20


def prompt_words(prompts: Sequence[str]) -> sparse.csr_matrix:
    """Give the words of prompts, rare ones weighing more; every row has length 1 or is empty."""
    wording = read_wording(prompts, phrases=False)
    return _weighted(sparse.hstack([wording.words, wording.function_words]).tocsr())


def prompt_table(prompts: Sequence[str]) -> sparse.csr_matrix:
    """Give the words and phrases of prompts, rare ones weighing more; every row has length 1 or is empty."""
    wording = read_wording(prompts)
    table = sparse.hstack([wording.words, wording.phrases, wording.function_words]).tocsr()
    return _weighted(table)


def _weighted(table: sparse.csr_matrix) -> sparse.csr_matrix:
    carriers = np.asarray(table.sum(axis=0)).ravel()
    return unit_rows(table @ sparse.diags(1 + np.log((1 + table.shape[0]) / (1 + carriers))))


def unit_rows(table: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale every row to length 1; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(lengths, 1e-12)) @ table).tocsr()


def make_clusters(prompts: Sequence[str], texts: Sequence[str], *, seed: int) -> Ints:
    """Give the cluster of similar prompts of each answer of the pooled sides, shape (N,).

    The order in which the answers are given plays no part: whoever could tell the sides by it would see them.
    """
    order = np.array(sorted(range(len(texts)), key=lambda row: (prompts[row], texts[row])), np.int64)
    cluster = np.zeros(len(texts), np.int64)
    count = min(_MOST_CLUSTERS, len(prompts) // _PER_CLUSTER)
    table = prompt_words([prompts[row] for row in order])
    if count >= 2 and min(table.shape) > _DIMENSIONS:
        points = TruncatedSVD(_DIMENSIONS, n_iter=2, random_state=seed).fit_transform(table)
        found = MiniBatchKMeans(count, random_state=seed, n_init=1, max_iter=20, batch_size=2048).fit_predict(points)
        cluster[order] = found
    return cluster


def make_strata(cluster: Ints, lengths: Ints, texts: Sequence[str]) -> Ints:
    """Cut every cluster into strata of similar length, about 20 answers each; shape (N,)."""
    order = np.array(sorted(range(len(texts)), key=lambda row: (cluster[row], lengths[row], texts[row])), np.int64)
    strata = np.empty(len(texts), np.int64)
    start, number = 0, 0
    for size in np.bincount(cluster).tolist():
        for part in np.array_split(order[start : start + size], max(1, size // _PER_STRATUM)):
            strata[part] = number
            number += len(part) > 0
        start += size
    return strata
