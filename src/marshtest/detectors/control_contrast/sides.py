"""Both sides read and put in order: who answers what, in which words, and who is compared with whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.answers import Answers, read_answers
from marshtest.detectors.control_contrast.pairing import pair_prompts
from marshtest.detectors.control_contrast.residuals import Residuals, paired_residuals, unpaired_residuals
from marshtest.detectors.control_contrast.strata import make_clusters, make_strata
from marshtest.detectors.control_contrast.wording import Wording, kindred, read_wording
from marshtest.stats.arrays import Floats, Ints

__all__ = ["Sides", "read_sides"]

_FEWEST_PAIRS = 30
_FEWEST_CARRIERS = 3
_MOST_WORDS = 3_000_000


@dataclass(frozen=True)
class Sides:
    """The answers of both sides, pooled: the suspect's are the first rows of every table."""

    suspect: Answers
    control: Answers
    pairs: Ints
    """Shape (n, 2): pooled rows of answers to the same prompt; empty when the comparison is unpaired."""
    seed: int

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Give the pooled answers."""
        return self.suspect.texts + self.control.texts

    @cached_property
    def prompts(self) -> tuple[str, ...]:
        """Give the pooled prompts."""
        return self.suspect.prompts + self.control.prompts

    @cached_property
    def is_paired(self) -> bool:
        """Say whether answers are compared prompt by prompt."""
        return len(self.pairs) > 0

    @cached_property
    def is_suspect(self) -> Floats:
        """Give 1 for answers of the suspect and 0 for those of the control."""
        return np.repeat([1.0, 0.0], [len(self.suspect), len(self.control)])

    @cached_property
    def wording(self) -> Wording:
        """Read the words of all answers."""
        return read_wording(self.texts)

    @cached_property
    def letters(self) -> sparse.csr_matrix:
        """Give the letter sequences of the content words of every answer."""
        return self.letters_of(None)

    def letters_of(self, part: int | None) -> sparse.csr_matrix:
        """Give the letter sequences of one half of the word families, or of all; of very much text the words alone."""
        pieces = kindred(self.wording.names, part)
        if self.wording.words.nnz > _MOST_WORDS:
            pieces = sparse.diags((np.diff(pieces.indptr) > 0).astype(np.float64)).tocsr()
        table = (self.wording.words @ pieces).tocsr()
        table.eliminate_zeros()
        table.data[:] = 1.0
        enough = np.flatnonzero(np.asarray(table.sum(axis=0)).ravel() >= _FEWEST_CARRIERS)
        return table[:, enough].tocsr()

    @cached_property
    def content(self) -> sparse.csr_matrix:
        """Give all content: words, then phrases, then letter sequences."""
        return sparse.hstack([self.wording.words, self.wording.phrases, self.letters]).tocsr()

    @property
    def named(self) -> int:
        """Count the columns of `content` that have a name: words and phrases."""
        return int(self.wording.words.shape[1] + self.wording.phrases.shape[1])

    @cached_property
    def clusters(self) -> Ints:
        """Give clusters of similar prompts."""
        return make_clusters(self.prompts, self.texts, seed=self.seed)

    @cached_property
    def strata(self) -> Ints:
        """Give groups of similar prompts and similar length."""
        return make_strata(self.clusters, self.wording.lengths, self.texts)

    @cached_property
    def prompt_strata(self) -> Ints:
        """Give groups of similar prompts, whatever the length."""
        return make_strata(self.clusters, np.zeros(len(self.texts), np.int64), self.texts)

    @cached_property
    def differing(self) -> Ints:
        """Give the pairs whose answers differ, capitals, punctuation and spaces aside."""
        plain = {row: _words_of(self.texts[row]) for row in self.pairs.ravel().tolist()}
        return np.array(
            [n for n, (one, other) in enumerate(self.pairs.tolist()) if plain[one] != plain[other]], np.int64
        )

    @cached_property
    def equal_length(self) -> Ints:
        """Give the differing pairs with as many words on either side."""
        lengths = self.wording.lengths[self.pairs[self.differing]]
        found: Ints = self.differing[lengths[:, 0] == lengths[:, 1]]
        return found

    def residuals(self, table: sparse.csr_matrix, among: Ints | None = None) -> Residuals:
        """Compare the sides in the features of a table of the pooled answers, among some of the pairs or all."""
        if not self.is_paired:
            return unpaired_residuals(table, self.is_suspect, self.strata)
        chosen = self.pairs if among is None else self.pairs[among]
        return paired_residuals(table[chosen[:, 0]], table[chosen[:, 1]])


def read_sides(suspect: Dataset, control: Dataset, *, seed: int) -> Sides:
    """Read both sides; paired where enough prompts stand in both."""
    here, there = read_answers(suspect), read_answers(control)
    found = pair_prompts(here, there)
    fewest = min(_FEWEST_PAIRS, max(1, min(len(here), len(there)) // 2))
    pairs = found + np.array([0, len(here)]) if len(found) >= fewest else found[:0]
    return Sides(here, there, pairs.astype(np.int64), seed)


def _words_of(text: str) -> list[str]:
    return "".join(character if character.isalnum() else " " for character in text.casefold()).split()
