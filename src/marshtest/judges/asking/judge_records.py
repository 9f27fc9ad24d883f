"""Ask a question of every record and give what came back as outcomes: one verdict per record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.judges.asking.combining import EffectLedger, LabelLedger
from marshtest.judges.asking.effect import effect_question
from marshtest.judges.asking.items import EFFECT, LABEL, record_items
from marshtest.judges.asking.label import label_question
from marshtest.judges.asking.quotes import locate
from marshtest.judges.asking.verdicts import NO_ANSWER, EffectVerdicts, Harm, LabelVerdicts
from marshtest.judges.asking.windows import WINDOW_TOKENS
from marshtest.judges.questions import Inquiry, Item

__all__ = ["ask_labels", "given_labels", "judge_effects", "judge_labels"]

_QUOTED = ("kind", "prompt", "completion", "rejected", "fields")


def judge_effects(
    inquiry: Inquiry,
    dataset: Dataset,
    charter: Charter | None,
    *,
    window_tokens: int = WINDOW_TOKENS,
    rows: Sequence[int] | None = None,
    stage: str = "judging effects",
) -> EffectVerdicts:
    """Ask of every record what training on it would do.

    Args:
        inquiry: The judge.
        dataset: The records.
        charter: What is trained and what harm would look like.
        window_tokens: A longer record is judged in overlapping windows.
        rows: Only these records, rising; the others have no answer and no problem.
        stage: Name for the progress bar.
    """
    ledger = EffectLedger(len(dataset))
    tally = inquiry.ask(
        effect_question(charter, dataset.kind),
        record_items(dataset, EFFECT, window_tokens=window_tokens, rows=rows),
        ledger.take,
        stage=stage,
        total=_total(dataset, rows),
    )
    return EffectVerdicts(
        severity=ledger.severity(),
        problem=ledger.problem,
        harms=_located(dataset, ledger.harms),
        tally=tally,
    )


def judge_labels(
    inquiry: Inquiry,
    dataset: Dataset,
    charter: Charter | None,
    *,
    window_tokens: int = WINDOW_TOKENS,
    rows: Sequence[int] | None = None,
    stage: str = "judging labels",
) -> LabelVerdicts:
    """Ask of every text which label it has, without showing the one it was given.

    Args:
        inquiry: The judge.
        dataset: Labelled records.
        charter: The policy and what the labels mean.
        window_tokens: A longer text is judged in overlapping windows.
        rows: Only these records, rising; the others have no answer and no problem.
        stage: Name for the progress bar.
    """
    items = record_items(dataset, LABEL, window_tokens=window_tokens, rows=rows)
    total = _total(dataset, rows)
    return ask_labels(inquiry, items, charter, tuple(dataset.labels), size=len(dataset), stage=stage, total=total)


def ask_labels(
    inquiry: Inquiry,
    items: Iterable[Item],
    charter: Charter | None,
    labels: Sequence[str],
    *,
    size: int,
    stage: str = "",
    total: int | None = None,
) -> LabelVerdicts:
    """Ask of any items which label they have, e.g. of records from which a span was taken out.

    Args:
        inquiry: The judge.
        items: Texts or windows of them; the verdict of an index is that of all its items.
        charter: The policy and what the labels mean.
        labels: The labels of the dataset that the items come from, so that the question is the same.
        size: Every item's index is below it.
        stage: Name for the progress bar.
        total: Number of items, where known.
    """
    names = tuple(sorted(labels))
    ledger = LabelLedger(size, names, charter.protected if charter else None)
    tally = inquiry.ask(label_question(charter, names), items, ledger.take, stage=stage, total=total)
    return LabelVerdicts(labels=names, judged=ledger.judged(), sure=ledger.sure(), problem=ledger.problem, tally=tally)


def given_labels(dataset: Dataset) -> NDArray[np.int16]:
    """Give the label each record was given, as its index among the sorted labels; `NO_ANSWER` where it has none.

    Returns:
        Shape (records,).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    column = dataset.table(["label"])["label"]
    index = pc.index_in(column, value_set=pa.array(sorted(dataset.labels), column.type))
    return np.asarray(pc.fill_null(index, NO_ANSWER).to_numpy()).astype(np.int16)


def _total(dataset: Dataset, rows: Sequence[int] | None) -> int:
    """Count the records that are asked about."""
    return len(dataset) if rows is None else len(rows)


def _located(dataset: Dataset, harms: dict[int, Harm]) -> dict[int, Harm]:
    """Find the quotes in the records, in the order of the records."""
    table = dataset.table(_QUOTED)
    found: dict[int, Harm] = {}
    for row in sorted(harms):
        harm = harms[row]
        record = table.slice(row, 1).to_pylist()[0] if harm.quote else None
        found[row] = harm if record is None else replace(harm, spans=locate(harm.quote, record))
    return found
