"""From records to what a judge is shown: one item per record, or several windows of a long one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshtest.data.dataset import Dataset
from marshtest.judges.asking.passages import COLUMNS, PROMPT, effect_passages, label_passages
from marshtest.judges.asking.windows import WINDOW_TOKENS, windows
from marshtest.judges.questions import Item, Passage

__all__ = ["EFFECT", "LABEL", "record_items", "row_items", "text_item"]

EFFECT = "effect"
"""Id of the question what training on a record would do."""
LABEL = "label"
"""Id of the question which label a text has under the policy."""

_BATCH = 1_024
"""Records read at once: it bounds the memory."""


def record_items(
    dataset: Dataset,
    question_id: str,
    *,
    window_tokens: int = WINDOW_TOKENS,
    rows: Sequence[int] | None = None,
) -> Iterator[Item]:
    """Give what is shown of each record, in source order; memory is that of a batch of records.

    Args:
        dataset: The records.
        question_id: `effect` (all of a record is shown) or `label` (its text, and never its label).
        window_tokens: A longer record is cut into overlapping windows, all with the record's index.
        rows: Only these records, counted from 0 and rising; all when not given.
    """
    wanted = None if rows is None else iter(rows)
    following = None if wanted is None else next(wanted, None)
    start = 0
    for batch in dataset.batches(COLUMNS, _BATCH):
        stop = start + batch.num_rows
        if wanted is None:
            picked = list(range(start, stop))
        else:
            picked = []
            while following is not None and following < stop:
                picked.append(following)
                following = next(wanted, None)
        if len(picked) == batch.num_rows:
            shown = batch.to_pylist()
        else:
            shown = batch.take([index - start for index in picked]).to_pylist() if picked else []
        for index, row in zip(picked, shown, strict=True):
            yield from row_items(index, row, question_id, dataset.fields, window_tokens=window_tokens)
        start = stop


def row_items(
    index: int,
    row: Mapping[str, Any],
    question_id: str,
    fields: Mapping[str, str],
    *,
    window_tokens: int = WINDOW_TOKENS,
) -> Iterator[Item]:
    """Give the items of one record.

    Args:
        index: Number that the items get.
        row: The columns `COLUMNS` of the record.
        question_id: `effect` or `label`.
        fields: Canonical field to source field, as the dataset has it.
        window_tokens: Length from which a record is cut.
    """
    if question_id == LABEL:
        passages = label_passages(row)
    elif question_id == EFFECT:
        passages = effect_passages(row, fields.get("messages"))
    else:
        raise ValueError(f"no question {question_id!r} is asked of records")
    for window in windows(passages, window_tokens):
        yield Item(index, window)


def text_item(index: int, text: str) -> Item:
    """Give the item of a bare prompt: it has the shape of a record's, so that a judge cannot tell them apart."""
    return Item(index, (Passage(PROMPT, text),))
