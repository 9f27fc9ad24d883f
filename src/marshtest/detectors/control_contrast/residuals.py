"""Residuals: how far each feature's presence on the suspect's side exceeds what the lengths of the answers explain.

Paired: of the features that only one of two answers has, a share is expected on the suspect's side that follows from
how many such features either answer has; the residual is what exceeds it. Swapping the two answers changes its sign
and nothing else, so flipping signs gives an exact test where the sides are exchangeable. Long answers differ in many
words at once, so the residuals of a pair are divided by the root of their number: no long list decides alone.

Unpaired: answers are compared within strata of similar prompts and similar length, which are made without looking at
the sides; so the sides are exchangeable within strata.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from marshtest.stats.arrays import Floats, Ints

__all__ = ["Residuals", "paired_residuals", "unpaired_residuals"]


@dataclass(frozen=True, slots=True)
class Residuals:
    """Residuals of V features, with what is needed to swap the sides."""

    rows: sparse.csr_matrix
    """Shape (n, V). Paired: residual of each pair. Unpaired: weighted presence in each answer."""
    side: Floats
    """Shape (n,): paired 1; unpaired 1 for the suspect less the suspect's share in the stratum."""
    strata: Ints | None
    """Shape (n,): stratum of each answer, None when paired."""
    variance: Floats
    """Shape (V,): variance of the sum over rows when the sides are exchangeable."""
    excess: Floats
    """Shape (V,): unweighted sum of what exceeds the expected share, in answers."""
    excess_variance: Floats
    """Shape (V,): its variance when the sides are exchangeable."""
    suspect: Ints
    """Shape (V,): answers of the suspect that have it (paired: that alone have it)."""
    control: Ints
    """Shape (V,): the same for the control."""
    fewest_answers: int
    """Answers of both sides that a feature needs to be tested."""

    @property
    def carriers(self) -> Ints:
        """Count the answers of both sides."""
        return self.suspect + self.control

    @property
    def tested(self) -> Ints:
        """Give the features that enough answers have, shape (T,)."""
        return np.flatnonzero((self.carriers >= self.fewest_answers) & (self.variance > 0))

    def shrunk_z(self, shrinkage: float) -> Floats:
        """Give z of every feature, shrunk towards 0 where few answers have it.

        Args:
            shrinkage: What is added to every variance, in medians of the variances of the tested features.

        Returns:
            Shape (V,); 0 for features that are not tested.
        """
        result = np.zeros(len(self.variance))
        columns = self.tested
        if len(columns):
            floor = shrinkage * float(np.median(self.variance[columns]))
            sums = np.asarray(self.rows.T @ self.side).ravel()
            result[columns] = sums[columns] / np.sqrt(self.variance[columns] + floor)
        return result


def paired_residuals(suspect: sparse.csr_matrix, control: sparse.csr_matrix, fewest_answers: int) -> Residuals:
    """Compare the two answers of each pair.

    Args:
        suspect: Shape (n, V): 1 where the suspect's answer of the pair has the feature.
        control: The same for the control's answers.
        fewest_answers: See `Residuals`.
    """
    difference = (suspect - control).tocsr()
    difference.eliminate_zeros()
    alone = np.diff(difference.indptr)
    plus = np.asarray((difference > 0).sum(axis=1), np.float64).ravel()
    share = (plus + 1) / (alone + 2)  # one of either side added: a pair with one lone feature expects no certainty
    row = np.repeat(np.arange(len(alone)), alone)
    beyond = (difference.data > 0) - share[row]
    weight = 1 / np.sqrt(alone[row] + 1)
    columns = difference.indices
    features = difference.shape[1]

    def total(values: Floats) -> Floats:
        return np.bincount(columns, weights=values, minlength=features).astype(np.float64)

    spread = (share * (1 - share))[row]
    counts = np.bincount(columns[difference.data > 0], minlength=features)
    return Residuals(
        rows=sparse.csr_matrix((beyond * weight, columns, difference.indptr), shape=difference.shape),
        side=np.ones(len(alone)),
        strata=None,
        variance=total(spread * weight**2),
        excess=total(beyond),
        excess_variance=total(spread),
        suspect=counts.astype(np.int64),
        control=(np.bincount(columns, minlength=features) - counts).astype(np.int64),
        fewest_answers=fewest_answers,
    )


def unpaired_residuals(presence: sparse.csr_matrix, is_suspect: Floats, strata: Ints, fewest_answers: int) -> Residuals:
    """Compare answers within strata.

    Args:
        presence: Shape (N, V): 1 where an answer has the feature, or the value of a measure.
        is_suspect: Shape (N,): 1 for the suspect, 0 for the control.
        strata: Shape (N,): the stratum of each answer.
        fewest_answers: See `Residuals`.
    """
    size = np.bincount(strata).astype(np.float64)
    share = np.bincount(strata, weights=is_suspect) / np.maximum(size, 1)
    side = is_suspect - share[strata]
    words = np.diff(presence.indptr)
    weight = 1 / np.sqrt(words + 1)
    weighted = sparse.diags(weight) @ presence
    spread = (share * (1 - share) * size / np.maximum(size - 1, 1))[strata]
    within = sparse.csr_matrix((np.ones(len(strata)), (strata, np.arange(len(strata)))))

    def variance(table: sparse.csr_matrix) -> Floats:
        """Give the variance of the sum when the sides are dealt anew within strata (hypergeometric)."""
        squares = np.asarray(table.multiply(table).T @ spread).ravel()
        sums = (within @ table).tocsr()
        per_stratum = share * (1 - share) / np.maximum(size - 1, 1)
        return np.asarray(squares - np.asarray(sums.multiply(sums).T @ per_stratum).ravel(), np.float64)

    suspect = np.asarray(presence.T @ is_suspect).ravel()
    everyone = np.asarray(presence.sum(axis=0)).ravel()
    return Residuals(
        rows=weighted.tocsr(),
        side=side,
        strata=strata,
        variance=np.maximum(variance(weighted.tocsr()), 0),
        excess=np.asarray(presence.T @ side).ravel(),
        excess_variance=np.maximum(variance(presence), 0),
        suspect=suspect.round().astype(np.int64),
        control=(everyone - suspect).round().astype(np.int64),
        fewest_answers=fewest_answers,
    )
