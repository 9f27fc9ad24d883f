"""What a victim is: something that learns labels from texts and then says labels of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

__all__ = ["Trained", "Victim"]


class Trained(Protocol):
    """A victim after training."""

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Give the label of every text, in their order."""


class Victim(Protocol):
    """A kind of model that is trained anew on every training set."""

    @property
    def id(self) -> str:
        """Name on the command line."""

    @property
    def title(self) -> str:
        """What it is, in a few words."""

    def train(self, texts: Sequence[str], labels: Sequence[str], *, seed: int) -> Trained:
        """Train on these texts, each with its label; at least two different labels.

        The same texts, labels and seed give the same victim on the same machine.
        """
