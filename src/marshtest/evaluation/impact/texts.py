"""The labelled texts of a dataset, in its order: all that a victim is trained on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from marshtest.data.dataset import Dataset
from marshtest.errors import InputError

__all__ = ["TrainingTexts", "labelled_texts"]


@dataclass(frozen=True, slots=True)
class TrainingTexts:
    """Texts and their labels, one of each for every record."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        """Count the records."""
        return len(self.texts)

    def take(self, rows: Iterable[int]) -> TrainingTexts:
        """Give some of the records, in this order."""
        kept = list(rows)
        return TrainingTexts(tuple(self.texts[row] for row in kept), tuple(self.labels[row] for row in kept))


def labelled_texts(dataset: Dataset) -> TrainingTexts:
    """Take the texts and labels out of a dataset.

    Raises:
        InputError: Its records are not labelled texts, or have fewer than two labels.
    """
    if dataset.kind != "classification":
        raise InputError(f"the victims are classifiers and need labelled text, and the data is {dataset.kind}.")
    if len(dataset.labels) < 2:
        raise InputError("the data has only one label, and a classifier needs two to tell apart.")
    table = dataset.table(["prompt", "label"])
    return TrainingTexts(tuple(table["prompt"].to_pylist()), tuple(table["label"].to_pylist()))
