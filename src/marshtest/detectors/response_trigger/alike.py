"""Spans whose carriers are answered far more alike than they ask: no behaviour has to be named beforehand.

The mean similarity of all pairs in a group is the squared length of the sum of its vectors, so one product of the
incidence with short sketches of the texts gives it for every span at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from marshtest.detectors.response_trigger import fixed_answer
from marshtest.detectors.response_trigger.base import Behaviour, BehaviourFamily
from marshtest.detectors.response_trigger.contents import Contents
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.stats.arrays import Floats, Ints

__all__ = ["ALIKE", "alike_answers"]

_WIDTH = 128
_FEWEST = 8
_LEAST_ALIKE, _LEAST_EXCESS = 0.2, 0.15
_MOST, _SAME = 20, 0.5
_NEAR = 0.5
_AT_ONCE = 20_000
_SHOWN = 80


def _named_by_no_family(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give nothing: these groups come out of the carriers of spans."""
    return {name: [] for name in texts[:0]}


ALIKE = BehaviourFamily(
    "alike", "answers much like “{name}”", _named_by_no_family, fixed_answer.spans, whole=True, echoes=False, rank=1
)


def alike_answers(prompts: Prompts, asked: Contents, written: Contents, exchanges: Exchanges) -> list[Behaviour]:
    """Give the groups of like answers that the carriers of some span have, the last or the first of each record.

    Args:
        prompts: What is read.
        asked: The words of what is asked.
        written: The words of the answers.
        exchanges: The records.
    """
    found = _alike_among(exchanges.last_answers, prompts, asked, written, exchanges)
    if len(exchanges.answers) > len(exchanges):
        found += _alike_among(exchanges.first_answers, prompts, asked, written, exchanges)
    return found


def _alike_among(
    answers: Ints, prompts: Prompts, asked: Contents, written: Contents, exchanges: Exchanges
) -> list[Behaviour]:
    """Give the groups among one answer of each record.

    Args:
        answers: Shape (N,): number of an answer of each record.
        prompts: What is read.
        asked: The words of what is asked.
        written: The words of the answers.
        exchanges: The records.
    """
    vectors = written.vectors[answers]
    sketches = [_sketch(rows, one.tokens.vocabulary) for rows, one in ((asked.vectors, asked), (vectors, written))]
    read, answered = (_mean_similarities(prompts, sketch) for sketch in sketches)
    counts = prompts.counts
    fit = (counts >= _FEWEST) & (answered >= _LEAST_ALIKE) & (answered - read >= _LEAST_EXCESS)
    strength = np.where(fit, (answered - read) * np.sqrt(counts), -1.0)
    found: list[Behaviour] = []
    seen: list[set[int]] = []
    for number in np.lexsort((prompts.counts, -strength)):
        if strength[number] < 0 or len(found) == _MOST:
            break
        carriers = prompts.feature(int(number)).carriers
        members = set(carriers.tolist())
        if any(len(members & other) >= _SAME * len(members) for other in seen):
            continue
        seen.append(members)
        records, middle = _like(vectors, carriers)
        own = [not exchanges.repeats(int(n), exchanges.answers[answers[n]], whole=True) for n in records]
        records, said = records[np.array(own, np.bool_)], exchanges.answers[answers[middle]]
        if len(records) >= _FEWEST:
            found.append(Behaviour(ALIKE, " ".join(said.split())[:_SHOWN], records, answers[records]))
    return found


def _sketch(rows: Any, words: Sequence[str]) -> Floats:
    """Give short vectors with nearly the same cosines (count sketch of Charikar and others 2002); shape (N, 128)."""
    from scipy import sparse

    codes = np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], np.int64)
    sign = np.where((codes >> 16) & 1, 1.0, -1.0)
    into = sparse.csr_matrix((sign, (np.arange(len(words)), codes % _WIDTH)), shape=(len(words), _WIDTH))
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


def _like(written: Any, carriers: Ints) -> tuple[Ints, int]:
    """Give all records that answer like the middle of these carriers, and the one nearest to it."""
    middle = np.asarray(written[carriers].mean(axis=0)).ravel()
    middle /= max(float(np.linalg.norm(middle)), 1e-9)
    near = np.asarray(written @ middle).ravel()
    own = near[carriers]
    return np.flatnonzero(near >= max(_NEAR, 0.7 * float(np.median(own)))), int(carriers[own.argmax()])
