"""The answers of a dataset with what a comparison needs to know of them, in an order that the data alone decides."""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.data.dataset import Dataset

__all__ = ["Answers", "read_answers"]


@dataclass(frozen=True, slots=True)
class Answers:
    """Prompts and answers of one side, sorted by record id: the order of the records must not matter."""

    ids: tuple[str, ...]
    prompts: tuple[str, ...]
    """Empty texts for documents, which answer nothing."""
    texts: tuple[str, ...]
    field: str
    """The canonical field that holds the texts: completion, or prompt for documents."""
    rows: tuple[int, ...]
    """Where each stands in the dataset."""

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.ids)


def read_answers(dataset: Dataset) -> Answers:
    """Take the answers out of a dataset: the completions, or the texts of documents."""
    table = dataset.table(["record_id", "prompt", "completion"])
    ids, prompts, completions = (table[name].to_pylist() for name in table.column_names)
    order = sorted(range(len(ids)), key=ids.__getitem__)
    is_document = dataset.kind == "document"
    texts = prompts if is_document else completions
    return Answers(
        ids=tuple(ids[row] for row in order),
        prompts=("",) * len(order) if is_document else tuple(prompts[row] for row in order),
        texts=tuple(texts[row] for row in order),
        field="prompt" if is_document else "completion",
        rows=tuple(order),
    )
