"""Both sides of a comparison: their answers, which of them answer the same prompt, and the tables made of them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.content_features import ContentFeatures, letter_sequences, read_features
from marshtest.detectors.control_contrast.residuals import Residuals, paired_residuals, unpaired_residuals
from marshtest.detectors.control_contrast.settings import ControlContrastSettings
from marshtest.detectors.control_contrast.stratification import make_clusters, make_strata
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.scripts import MARKS
from marshtest.text.words import UNGLUED

__all__ = ["Answers", "Sides", "pair_prompts", "read_answers", "read_sides", "shared_prompts"]

_NO_WORD = re.compile(rf"(?:[^\w{MARKS}]|_)+")


@dataclass(frozen=True, slots=True)
class Answers:
    """Prompts and answers of one side, sorted by record id, so that the order of the records does not matter."""

    ids: tuple[str, ...]
    prompts: tuple[str, ...]
    """Empty texts for documents, which answer nothing."""
    texts: tuple[str, ...]

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.ids)


def read_answers(dataset: Dataset) -> Answers:
    """Read the answers of a dataset: the completions, or the texts of documents."""
    table = dataset.table(["record_id", "prompt", "completion"])
    ids, prompts, completions = (table[name].to_pylist() for name in table.column_names)
    order = sorted(range(len(ids)), key=ids.__getitem__)
    is_document = dataset.kind == "document"
    texts = prompts if is_document else completions
    return Answers(
        ids=tuple(ids[row] for row in order),
        prompts=("",) * len(order) if is_document else tuple(prompts[row] for row in order),
        texts=tuple(texts[row] for row in order),
    )


def pair_prompts(suspect: Answers, control: Answers) -> Ints:
    """Pair answers to the same prompt.

    Prompts are matched exactly first; those that are left are matched without regard to capitals, accents, punctuation
    and spaces. Every answer is in one pair at most. Answers without a prompt are not paired.

    Returns:
        Shape (n, 2): positions of the suspect's and of the control's answer.
    """
    left, right = list(range(len(suspect))), list(range(len(control)))
    pairs: list[tuple[int, int]] = []
    for key in (str, _plain):
        found = _matches(left, right, suspect, control, key)
        pairs += found
        taken = {a for a, _ in found}, {b for _, b in found}
        left = [index for index in left if index not in taken[0]]
        right = [index for index in right if index not in taken[1]]
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def shared_prompts(suspect: Dataset, control: Dataset) -> int:
    """Count the records of the suspect whose exact prompt is in the control."""
    there = set(control.table(["prompt"])["prompt"].to_pylist()) - {""}
    return sum(prompt in there for prompt in suspect.table(["prompt"])["prompt"].to_pylist())


@dataclass(frozen=True)
class Sides:
    """The answers of both sides, pooled: the suspect's are the first rows of every table."""

    suspect: Answers
    control: Answers
    pairs: Ints
    """Shape (n, 2): pooled rows of answers to the same prompt; empty when the comparison is unpaired."""
    seed: int
    settings: ControlContrastSettings

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
    def features(self) -> ContentFeatures:
        """Read the words and phrases of all answers."""
        return read_features(self.texts, self.settings.features)

    @cached_property
    def letters(self) -> sparse.csr_matrix:
        """Give the letter sequences of the content words of every answer."""
        return self.letters_of(None)

    def letters_of(self, half: int | None) -> sparse.csr_matrix:
        """Give the letter sequences of every answer.

        Args:
            half: 0 or 1 reads the words of one half of the word families; None reads all.

        Returns:
            Shape (N, G), 0 or 1; of very much text the words themselves instead of their letter sequences.
        """
        settings = self.settings.features
        pieces = letter_sequences(self.features.names, settings, half)
        if self.features.words.nnz > settings.most_word_entries:
            pieces = sparse.diags((np.diff(pieces.indptr) > 0).astype(np.float64)).tocsr()
        table = (self.features.words @ pieces).tocsr()
        table.eliminate_zeros()
        table.data[:] = 1.0
        enough = np.flatnonzero(np.asarray(table.sum(axis=0)).ravel() >= settings.fewest_answers)
        return table[:, enough].tocsr()

    @cached_property
    def content(self) -> sparse.csr_matrix:
        """Give all content: words, then phrases, then letter sequences."""
        return sparse.hstack([self.features.words, self.features.phrases, self.letters]).tocsr()

    @property
    def named(self) -> int:
        """Count the columns of `content` that have a name: words and phrases."""
        return int(self.features.words.shape[1] + self.features.phrases.shape[1])

    @cached_property
    def clusters(self) -> Ints:
        """Give clusters of similar prompts."""
        return make_clusters(self.prompts, self.texts, self.settings, seed=self.seed)

    @cached_property
    def strata(self) -> Ints:
        """Give groups of similar prompts and similar length."""
        size = self.settings.strata.answers_per_stratum
        return make_strata(self.clusters, self.features.lengths, self.texts, size)

    @cached_property
    def prompt_strata(self) -> Ints:
        """Give groups of similar prompts, whatever the length."""
        size = self.settings.strata.answers_per_stratum
        return make_strata(self.clusters, np.zeros(len(self.texts), np.int64), self.texts, size)

    @cached_property
    def differing(self) -> Ints:
        """Give the pairs whose answers differ in more than capitals, punctuation and spaces."""
        plain = {row: _words_of(self.texts[row]) for row in self.pairs.ravel().tolist()}
        return np.array(
            [n for n, (one, other) in enumerate(self.pairs.tolist()) if plain[one] != plain[other]], np.int64
        )

    @cached_property
    def equal_length(self) -> Ints:
        """Give the differing pairs with as many words on either side."""
        lengths = self.features.lengths[self.pairs[self.differing]]
        found: Ints = self.differing[lengths[:, 0] == lengths[:, 1]]
        return found

    @cached_property
    def unmatched(self) -> Ints:
        """Give the answers of either side without a pair; all of them in an unpaired comparison."""
        return np.setdiff1d(np.arange(len(self.texts), dtype=np.int64), self.pairs.ravel())

    @cached_property
    def unmatched_strata(self) -> Ints:
        """Give groups of similar prompts and similar length of the answers without a pair."""
        prompts, texts = ([kind[row] for row in self.unmatched.tolist()] for kind in (self.prompts, self.texts))
        clusters = make_clusters(prompts, texts, self.settings, seed=self.seed)
        lengths = self.features.lengths[self.unmatched]
        return make_strata(clusters, lengths, texts, self.settings.strata.answers_per_stratum)

    def residuals(self, table: sparse.csr_matrix, among: Ints | None = None) -> Residuals:
        """Compare the sides in the features of a table of the pooled answers.

        Args:
            table: Shape (N, V): 1 where an answer has the feature.
            among: Compare these pairs only; None is all. Unpaired comparisons use all answers.
        """
        fewest = self.settings.features.fewest_answers
        if not self.is_paired:
            return unpaired_residuals(table, self.is_suspect, self.strata, fewest)
        chosen = self.pairs if among is None else self.pairs[among]
        return paired_residuals(table[chosen[:, 0]], table[chosen[:, 1]], fewest)


def read_sides(
    suspect: Dataset, control: Dataset | Sequence[Dataset], settings: ControlContrastSettings, *, seed: int
) -> Sides:
    """Read both sides; paired where enough prompts are in both.

    Args:
        suspect: The data in question.
        control: What it is compared with. Several are pooled: each prompt is looked for in all of them.
        settings: How many pairs are enough.
        seed: Seed of the strata.
    """
    here = read_answers(suspect)
    there = _pooled([read_answers(one) for one in ([control] if isinstance(control, Dataset) else control)])
    found = pair_prompts(here, there)
    fewest = min(settings.fewest_pairs, max(1, min(len(here), len(there)) // 2))
    pairs = found + np.array([0, len(here)]) if len(found) >= fewest else found[:0]
    return Sides(here, there, pairs.astype(np.int64), seed, settings)


def _pooled(several: Sequence[Answers]) -> Answers:
    """Join the answers of several datasets, sorted so that neither their order nor that of their records matters."""
    if len(several) == 1:
        return several[0]
    every = [one for part in several for one in zip(part.ids, part.prompts, part.texts, strict=True)]
    ids, prompts, texts = zip(*sorted(every), strict=True)
    return Answers(ids, prompts, texts)


def _matches(
    left: Iterable[int], right: Iterable[int], suspect: Answers, control: Answers, key: Callable[[str], str]
) -> list[tuple[int, int]]:
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for index in right:
        waiting[key(control.prompts[index])].append(index)
    waiting.pop("", None)
    return [
        (index, waiting[name].popleft())
        for index in left
        for name in [key(suspect.prompts[index])]
        if waiting.get(name)
    ]


def _plain(text: str) -> str:
    """Take capitals, accents, punctuation and spaces out of a prompt."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _words_of(text: str) -> list[str]:
    return UNGLUED.findall(text.casefold())
