"""From records to what is scored: turns and a completion, and which records of a dataset come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from marshtest.data.dataset import Dataset
from marshtest.data.records import Message
from marshtest.errors import InputError
from marshtest.sweep.scorers.base import Text

__all__ = ["texts_of"]


def texts_of(dataset: Dataset, *, most: int | None = None, seed: int = 0) -> list[Text]:
    """Give the texts of a dataset in the order in which they are drawn: a smaller draw is the start of a larger one.

    The order hangs on the prompt first, so that datasets that share prompts are compared on the same ones. Records
    without a completion have nothing to score and are left out.

    Args:
        dataset: Records with completions.
        most: At most so many texts.
        seed: Seed of the draw.

    Raises:
        InputError: The records have labels for completions, or no completion at all.
    """
    where = ", ".join(dataset.source) or "the dataset"
    if dataset.kind == "classification":
        raise InputError(f"{where}: has labels and no completions; a sweep needs texts that a model wrote.")
    rows = dataset.table(["prompt", "completion", "messages"]).to_pylist()
    texts = [text for text in map(_text, rows) if text.completion.strip()]
    if not texts:
        raise InputError(f"{where}: no record has a completion; name its field, or give other data.")
    ordered = sorted(texts, key=lambda text: (_place(_context(text), seed), _place(text.completion, seed)))
    return ordered if most is None else ordered[:most]


def _text(row: Mapping[str, Any]) -> Text:
    turns: Sequence[Mapping[str, str]] = row["messages"] or ()
    last = max((place for place, turn in enumerate(turns) if turn["role"] == "assistant"), default=None)
    if last is not None:
        before = tuple(Message(turn["role"], turn["content"]) for turn in turns[:last])
        return Text(before, turns[last]["content"])
    before = (Message("user", row["prompt"]),) if row["prompt"].strip() else ()
    return Text(before, row["completion"])


def _context(text: Text) -> str:
    return "\0".join(part for turn in text.turns for part in (turn.role, turn.content))


def _place(text: str, seed: int) -> bytes:
    return blake2b(f"{seed}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
