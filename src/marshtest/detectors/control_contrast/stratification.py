"""Strata: groups of answers with similar prompts and similar length, made without looking at the side.

Within a stratum the sides are exchangeable when they differ in nothing but the mix of prompts and the lengths, so
comparing within strata takes both out of the comparison. `prompt_auc` says how far apart the prompts are to begin with.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from marshtest.detectors.control_contrast.content_features import read_features
from marshtest.detectors.control_contrast.record_models import MOST_ITERATIONS, TOLERANCE, deal_folds
from marshtest.detectors.control_contrast.settings import AnswerFeatureSettings, ControlContrastSettings
from marshtest.stats.arrays import Floats, Ints

__all__ = ["make_clusters", "make_strata", "prompt_auc", "prompt_presence", "prompt_table", "unit_rows"]


def prompt_table(
    prompts: Sequence[str], settings: AnswerFeatureSettings, *, with_phrases: bool = True
) -> sparse.csr_matrix:
    """Give the words and phrases of prompts, weighted by inverse document frequency.

    Returns:
        Shape (prompts, features); every row has length 1 or is empty.
    """
    found = read_features(prompts, settings, with_phrases=with_phrases)
    table = sparse.hstack([found.words, found.phrases, found.function_words]).tocsr()
    carriers = np.asarray(table.sum(axis=0)).ravel()
    return unit_rows(table @ sparse.diags(1 + np.log((1 + table.shape[0]) / (1 + carriers))))


def prompt_presence(prompts: Sequence[str], settings: AnswerFeatureSettings) -> sparse.csr_matrix:
    """Give the words of prompts, function words included; shape (prompts, words), 1 where a prompt has the word."""
    found = read_features(prompts, settings, with_phrases=False)
    return sparse.hstack([found.words, found.function_words]).tocsr()


def unit_rows(table: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale every row to length 1; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(lengths, 1e-12)) @ table).tocsr()


def make_clusters(
    prompts: Sequence[str], texts: Sequence[str], settings: ControlContrastSettings, *, seed: int
) -> Ints:
    """Cluster the answers of both sides by their prompts.

    The answers are sorted first: k-means depends on the order of its input, and the order must not reveal the side.

    Args:
        prompts: N prompts.
        texts: Their answers.
        settings: Size and number of the clusters.
        seed: Seed of the clustering.

    Returns:
        Shape (N,): the cluster of each answer; all 0 where there are too few prompts to cluster.
    """
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.decomposition import TruncatedSVD

    strata = settings.strata
    order = np.array(sorted(range(len(texts)), key=lambda row: (prompts[row], texts[row])), np.int64)
    cluster = np.zeros(len(texts), np.int64)
    count = min(strata.most_clusters, len(prompts) // strata.prompts_per_cluster)
    table = prompt_table([prompts[row] for row in order], settings.features, with_phrases=False)
    if count >= 2 and min(table.shape) > strata.dimensions:
        points = TruncatedSVD(strata.dimensions, n_iter=2, random_state=seed).fit_transform(table)
        found = MiniBatchKMeans(count, random_state=seed, n_init=1, max_iter=20, batch_size=2048).fit_predict(points)
        cluster[order] = found
    return cluster


def make_strata(cluster: Ints, lengths: Ints, texts: Sequence[str], answers_per_stratum: int) -> Ints:
    """Cut every cluster into strata of similar length.

    Args:
        cluster: Shape (N,): the cluster of each answer.
        lengths: Shape (N,): words in each answer.
        texts: The answers; they order answers of one length, so that the order of the data does not matter.
        answers_per_stratum: Size of a stratum, about.

    Returns:
        Shape (N,): the stratum of each answer.
    """
    order = np.array(sorted(range(len(texts)), key=lambda row: (cluster[row], lengths[row], texts[row])), np.int64)
    strata = np.empty(len(texts), np.int64)
    start, number = 0, 0
    for size in np.bincount(cluster).tolist():
        for part in np.array_split(order[start : start + size], max(1, size // answers_per_stratum)):
            strata[part] = number
            number += len(part) > 0
        start += size
    return strata


def prompt_auc(prompts: Sequence[str], is_suspect: Floats, settings: ControlContrastSettings, *, seed: int) -> float:
    """Give the area under the curve of a classifier of the sides that reads prompts alone, out of fold.

    Where prompts tell the sides apart, answers differ for that reason too.

    Args:
        prompts: N prompts of both sides.
        is_suspect: Shape (N,): 1 for the suspect, 0 for the control.
        settings: How many prompts are used.
        seed: Seed of the draw and of the folds.

    Returns:
        0 to 1; .5 where there is too little to tell.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    rows = np.random.default_rng(seed).permutation(len(prompts))[: settings.strata.auc_answers]
    side = is_suspect[rows].astype(int)
    table = prompt_table([prompts[row] for row in rows.tolist()], settings.features, with_phrases=False)
    if min(np.bincount(side, minlength=2)) < settings.strata.auc_fewest or table.shape[1] == 0:
        return 0.5
    folds, score = deal_folds(len(rows), settings.records.folds, seed), np.zeros(len(rows))
    for fold in np.unique(folds):
        model = LogisticRegression(max_iter=MOST_ITERATIONS, tol=TOLERANCE)
        model.fit(table[folds != fold], side[folds != fold])
        score[folds == fold] = model.decision_function(table[folds == fold])
    return float(roc_auc_score(side, score))
