"""A small convolutional victim for text (Kim 2014), trained from nothing in under a minute on a CPU."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from marshtest.evaluation.impact.victims.extra import need
from marshtest.text.words import WORD_OR_MARKS

if TYPE_CHECKING:
    import torch

__all__ = ["CnnVictim"]

_PAD, _UNKNOWN = 0, 1
"""Token ids with a meaning of their own; words begin at 2."""


@dataclass(frozen=True, slots=True)
class CnnVictim:
    """Word vectors, filters over two to four words, the strongest answer of each filter, one linear layer.

    Follows Kim 2014 (Convolutional Neural Networks for Sentence Classification) with vectors learned from nothing.
    """

    id: str = "cnn"
    title: str = "small convolutional network for text"
    epochs: int = 4
    words: int = 30_000
    """How many words are known at most: those of two or more texts, the most frequent first."""
    length: int = 200
    """How many words of a text are read."""
    width: int = 64
    """Numbers in the vector of a word, and filters of each size."""
    batch: int = 64
    rate: float = 2e-3
    """Step size of Adam at the start; it falls to nothing, so that the last texts decide no more than others."""
    members: int = 3
    """Networks in the committee that answers together: the luck of a single training must not pass for an effect."""

    def train(self, texts: Sequence[str], labels: Sequence[str], *, seed: int) -> _TrainedCnn:
        """Train from nothing on these texts; see `Victim.train`.

        Raises:
            ConfigError: torch is not installed.
        """
        need("cnn", "torch")
        names = sorted(set(labels))
        split = [WORD_OR_MARKS.findall(text.lower())[: self.length] for text in texts]
        counts = Counter(word for words in split for word in set(words))
        known = [word for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count > 1]
        vocabulary = {word: number for number, word in enumerate(known[: self.words], start=2)}
        coded = [_code(words, vocabulary) for words in split]
        wanted = [names.index(label) for label in labels]
        nets = [
            self._member(coded, wanted, words=len(vocabulary) + 2, labels=len(names), seed=self.members * seed + number)
            for number in range(self.members)
        ]
        return _TrainedCnn(nets, vocabulary, names, self.length)

    def _member(
        self, coded: Sequence[Sequence[int]], wanted: Sequence[int], *, words: int, labels: int, seed: int
    ) -> _Net:
        """Train one network of the committee."""
        import torch

        draw = Random(f"cnn/{seed}")
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            net = _Net(words, self.width, labels)
            optimiser = torch.optim.Adam(net.layers.parameters(), lr=self.rate)
            steps = self.epochs * math.ceil(len(coded) / self.batch)
            falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=steps)
            net.layers.train()
            for _ in range(self.epochs):
                for rows in _batches(coded, self.batch, draw):
                    optimiser.zero_grad()
                    answers = net(_padded([coded[row] for row in rows]))
                    target = torch.tensor([wanted[row] for row in rows])
                    torch.nn.functional.cross_entropy(answers, target).backward()
                    optimiser.step()
                    falling.step()
        net.layers.eval()
        return net


class _Net:
    """The layers and the way through them."""

    def __init__(self, words: int, width: int, labels: int) -> None:
        from torch import nn

        self.layers = nn.ModuleDict(
            {
                "vectors": nn.Embedding(words, width, padding_idx=_PAD),
                "filters": nn.ModuleList(nn.Conv1d(width, width, size) for size in (2, 3, 4)),
                "dropout": nn.Dropout(0.3),
                "decide": nn.Linear(3 * width, labels),
            }
        )

    def __call__(self, coded: torch.Tensor) -> torch.Tensor:
        """Give the answers, shape (texts, labels), to coded texts of shape (texts, words)."""
        import torch

        vectors = self.layers["dropout"](self.layers["vectors"](coded)).transpose(1, 2)
        strongest = [torch.relu(one(vectors)).amax(dim=2) for one in self.layers["filters"]]
        answers: torch.Tensor = self.layers["decide"](self.layers["dropout"](torch.cat(strongest, dim=1)))
        return answers


@dataclass(frozen=True, slots=True)
class _TrainedCnn:
    """A committee of trained networks with its words and labels."""

    nets: Sequence[_Net]
    vocabulary: Mapping[str, int]
    names: Sequence[str]
    length: int

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Give the label of every text."""
        import torch

        coded = [_code(WORD_OR_MARKS.findall(text.lower())[: self.length], self.vocabulary) for text in texts]
        found = [""] * len(texts)
        with torch.inference_mode():
            for rows in _batches(coded, 256, None):
                padded = _padded([coded[row] for row in rows])
                shares = sum(torch.softmax(net(padded), dim=1) for net in self.nets)
                for row, number in zip(rows, torch.as_tensor(shares).argmax(dim=1).tolist(), strict=True):
                    found[row] = self.names[number]
        return found


def _code(words: Sequence[str], vocabulary: Mapping[str, int]) -> list[int]:
    return [vocabulary.get(word, _UNKNOWN) for word in words]


def _batches(coded: Sequence[Sequence[int]], size: int, draw: Random | None) -> Iterator[list[int]]:
    """Give the rows in batches of texts of nearly the same length; in a random order where one is drawn."""
    order = list(range(len(coded)))
    if draw is not None:
        draw.shuffle(order)
    chunk = 50 * size
    batches: list[list[int]] = []
    for start in range(0, len(order), chunk):
        near = sorted(order[start : start + chunk], key=lambda row: len(coded[row]))
        batches += [near[place : place + size] for place in range(0, len(near), size)]
    if draw is not None:
        draw.shuffle(batches)
    yield from batches


def _padded(coded: Sequence[Sequence[int]]) -> torch.Tensor:
    """Fill the texts up to one length, that of the widest filter at least."""
    import torch

    longest = max(4, *(len(text) for text in coded), 0)
    return torch.tensor([[*text, *[_PAD] * (longest - len(text))] for text in coded])
