"""Which of a pattern's carriers are near-duplicates, so that copies of one text count as one carrier.

Three places find near-duplicates, each under other conditions. Here, the few carriers of one pattern are compared
all with all, by rows of words that are at hand already: the cosine is exact and costs little. The detector
`near-duplicates` compares all texts of a dataset; that would be far too many pairs, so MinHash sketches propose some.
`judged-themes` sketches the word pairs of completions, numbers masked: it looks for templates and not for copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.settings import Settings
from marshtest.stats.arrays import Ints

__all__ = ["NearCopySettings", "near_duplicates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearCopySettings(Settings):
    """When two carriers of a pattern count as near-duplicates."""

    similarity: float = 0.5
    """Minimum cosine similarity (0 to 1) of the words and word pairs of two texts for them to count as near-duplicates.
    Unless the pattern is left out, a pattern of 16 words makes texts of 30 words look alike. Chosen by eye: no record
    of the data."""
    most_compared: int = 3_000
    """Maximum number of texts that are compared with one another; with more, none are compared and each counts as
    distinct. Derived: the similarities of all pairs of 3,000 texts take 72 MB."""


def near_duplicates(features: Any, texts: Ints, settings: NearCopySettings = NearCopySettings()) -> Ints:
    """Number some texts so that near-duplicates share a number.

    A text joins the first group whose first text is similar enough, so the outcome depends on the order of the texts.

    Args:
        features: Sparse (N, F), rows of unit length: what the texts are compared by.
        texts: Shape (n,): the rows to compare.
        settings: When two are similar enough.

    Returns:
        Shape (n,): the number of each text's group, 0 up.
    """
    if len(texts) > settings.most_compared:
        return np.arange(len(texts))
    rows = features[texts].tocsc()
    rows = rows[:, np.flatnonzero(np.diff(rows.indptr))].tocsr()  # of a million columns, these texts have a few hundred
    similar = (rows @ rows.T).toarray() >= settings.similarity
    group = np.full(len(texts), -1, np.int64)
    count = 0
    for number in range(len(texts)):
        if group[number] < 0:
            group[(group < 0) & similar[number]] = count
            group[number] = count
            count += 1
    return group
