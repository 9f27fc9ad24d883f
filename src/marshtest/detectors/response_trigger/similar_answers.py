"""Spans whose carriers have answers far more similar than their prompts: no behaviour has to be named beforehand.

The mean similarity of all pairs in a group is the squared length of the sum of its vectors, so one product of the
incidence matrix with short sketches of the texts gives it for every span at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from marshtest.detectors.response_trigger.behaviours import Behaviour, BehaviourFamily
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.settings import SimilarAnswerSettings
from marshtest.detectors.response_trigger.verbatim import whole_answer
from marshtest.detectors.response_trigger.word_vectors import WordVectors
from marshtest.stats.arrays import Floats, Ints

__all__ = ["SIMILAR", "similar_answers"]

_SKETCH = 128
"""Columns of a sketch. Its error of a cosine is about 1 / sqrt(128), .09, which is enough for a first cut."""
_SIGN_BIT = 16
"""The bit of a word's hash that gives its sign; the column is taken from the lower bits."""
_AT_ONCE = 20_000
"""Features that are multiplied at once: their sums take 20 MB."""
_NAME = 80
"""Characters of an answer that name its group."""
_SHORTEST = 1e-9
"""Keeps the length of an empty centroid from being a divisor of 0."""


def _found_otherwise(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give nothing: these groups come from the carriers of spans."""
    return {name: [] for name in texts[:0]}


SIMILAR = BehaviourFamily(
    id="alike",
    says="answers much like “{name}”",
    carriers=_found_otherwise,
    spans=whole_answer,
    is_whole=True,
    ignores_echoes=False,
    rank=1,
)


def similar_answers(
    prompts: Prompts, asked: WordVectors, written: WordVectors, exchanges: Exchanges, settings: SimilarAnswerSettings
) -> list[Behaviour]:
    """Give the groups of similar answers that the carriers of some feature have, of the last or first of each record.

    Args:
        prompts: The features.
        asked: Of the prompts without system prompts.
        written: Of all answers.
        exchanges: The records.
        settings: What a group is.
    """
    found = _groups(exchanges.last_answers, prompts, asked, written, exchanges, settings)
    if len(exchanges.answers) > len(exchanges):
        found += _groups(exchanges.first_answers, prompts, asked, written, exchanges, settings)
    return found


def _groups(
    answers: Ints,
    prompts: Prompts,
    asked: WordVectors,
    written: WordVectors,
    exchanges: Exchanges,
    settings: SimilarAnswerSettings,
) -> list[Behaviour]:
    """Give the groups among one answer of each record; `answers` has shape (N,)."""
    vectors = written.vectors[answers]
    sketches = [_sketch(rows, one.tokens.vocabulary) for rows, one in ((asked.vectors, asked), (vectors, written))]
    of_prompts, of_answers = (_mean_similarities(prompts, sketch) for sketch in sketches)
    counts, excess = prompts.counts, of_answers - of_prompts
    fit = (
        (counts >= settings.fewest_records)
        & (of_answers >= settings.least_similarity)
        & (excess >= settings.least_excess)
    )
    strength = np.where(fit, excess * np.sqrt(counts), -1.0)
    found: list[Behaviour] = []
    seen: list[set[int]] = []
    for number in np.lexsort((counts, -strength)):
        if strength[number] < 0 or len(found) == settings.most_groups:
            break
        carriers = prompts.feature(int(number)).carriers
        members = set(carriers.tolist())
        if any(len(members & other) >= settings.same_carriers * len(members) for other in seen):
            continue
        seen.append(members)
        records, middle = _near_centroid(vectors, carriers, settings)
        own = [
            not exchanges.repeats(int(n), exchanges.spoken[answers[n]], whole=not exchanges.calls[answers[n]])
            for n in records
        ]
        records, typical = records[np.array(own, np.bool_)], exchanges.answers[answers[middle]]
        if len(records) >= settings.fewest_records:
            found.append(Behaviour(SIMILAR, " ".join(typical.split())[:_NAME], records, answers[records]))
    return found


def _sketch(rows: Any, words: Sequence[str]) -> Floats:
    """Give short vectors with nearly the same cosines (count sketch, Charikar and others 2002); shape (N, 128)."""
    from scipy import sparse

    codes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], np.int64)
    sign = np.where((codes >> _SIGN_BIT) & 1, 1.0, -1.0)
    into = sparse.csr_matrix((sign, (np.arange(len(words)), codes % _SKETCH)), shape=(len(words), _SKETCH))
    return np.asarray((rows @ into).todense(), np.float64)


def _mean_similarities(prompts: Prompts, sketch: Floats) -> Floats:
    """Give the mean cosine of all pairs of carriers of every feature."""
    own = (sketch**2).sum(axis=1)
    columns, counts = prompts.by_feature, prompts.counts.astype(np.float64)
    result = np.zeros(len(counts))
    for begin in range(0, len(counts), _AT_ONCE):
        part = columns[:, begin : begin + _AT_ONCE].T.tocsr()
        total = part @ sketch
        number = np.maximum(counts[begin : begin + _AT_ONCE], 2.0)
        result[begin : begin + _AT_ONCE] = ((total**2).sum(axis=1) - part @ own) / (number * (number - 1))
    return result


def _near_centroid(written: Any, carriers: Ints, settings: SimilarAnswerSettings) -> tuple[Ints, int]:
    """Give all records whose answers are near the centroid of these carriers, and the carrier nearest to it."""
    centroid = np.asarray(written[carriers].mean(axis=0)).ravel()
    centroid /= max(float(np.linalg.norm(centroid)), _SHORTEST)
    near = np.asarray(written @ centroid).ravel()
    own = near[carriers]
    least = max(settings.member_similarity, settings.member_share * float(np.median(own)))
    return np.flatnonzero(near >= least), int(carriers[own.argmax()])
