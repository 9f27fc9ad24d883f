"""Ask the judge again about changed records, by the same question and in the same shape, so that it cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

import numpy as np

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind
from marshtest.judges.asking.combining import EffectLedger
from marshtest.judges.asking.counterfactual import row_with, row_without
from marshtest.judges.asking.effect import effect_question
from marshtest.judges.asking.items import row_items
from marshtest.judges.asking.outcomes import ask_labels
from marshtest.judges.asking.passages import COLUMNS
from marshtest.judges.questions import Inquiry, Item, Tally
from marshtest.mining.outcomes.counterfactual import Counterfactual
from marshtest.mining.outcomes.judged_texts import JudgedTexts, char_spans
from marshtest.mining.outcomes.outcomes import Association
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.proportions import Proportion

__all__ = ["MOST_CHANGED", "Verdicts", "ask_again", "effects_again", "labels_again"]

MOST_CHANGED = 40
"""At most so many records are changed in each of the three ways."""

Verdicts = Callable[[Iterable[Item], int], tuple[Bools, Bools, Bools]]
"""Ask about items whose indices are below a size: who was answered, who shows the outcome, and who is given the
finding's label (of outcomes without labels: nobody)."""


def labels_again(
    judge: Inquiry, charter: Charter | None, labels: Sequence[str], label: int, note: Callable[[Tally], None]
) -> Verdicts:
    """Ask for the labels of changed records.

    Args:
        judge: Who is asked.
        charter: The policy and what the labels mean.
        labels: The labels of the dataset, sorted.
        label: Number of the label that the finding leads to.
        note: Told what became of the question.
    """

    def ask(items: Iterable[Item], size: int) -> tuple[Bools, Bools, Bools]:
        again = ask_labels(judge, items, charter, labels, size=size, stage="asking again about changed texts")
        note(again.tally)
        answered = again.judged >= 0
        return answered, answered & (again.judged != label), answered & (again.judged == label)

    return ask


def effects_again(
    judge: Inquiry, charter: Charter | None, kind: Kind, least: int, note: Callable[[Tally], None]
) -> Verdicts:
    """Ask what training on changed records would do.

    Args:
        judge: Who is asked.
        charter: What is trained and what harm would look like.
        kind: The kind of the records.
        least: The severity from which a record shows the outcome.
        note: Told what became of the question.
    """

    def ask(items: Iterable[Item], size: int) -> tuple[Bools, Bools, Bools]:
        ledger = EffectLedger(size)
        note(judge.ask(effect_question(charter, kind), items, ledger.take, stage="asking again about changed records"))
        severity = ledger.severity()
        return severity >= 0, severity >= least, np.zeros(size, np.bool_)

    return ask


def ask_again(
    dataset: Dataset,
    texts: JudgedTexts,
    found: Association,
    question_id: str,
    verdicts: Verdicts,
    *,
    ordinary: Ints,
    others: Ints,
    rate: float,
    seed: int,
) -> Counterfactual:
    """Take a span out of its carriers, put it into other records, and count what the judge says then.

    Args:
        dataset: The records.
        texts: The same in their own order.
        found: The span.
        question_id: `effect` or `label`.
        verdicts: Puts the question.
        ordinary: Records without the span that could show the outcome and do not.
        others: Records without the span that the judge and the data call by another label.
        rate: How often the outcome is shown anyway.
        seed: Decides who is asked about and where the span is put.
    """
    random = Random(f"{seed}/{found.name}")
    spans = char_spans(texts.tokens[found.field], found.sequence, found.field)
    hits, ordinary, others = (_some(rows, random) for rows in (found.hits, ordinary, others))
    if not spans:
        return Counterfactual(Proportion(0, 0), Proportion(0, 0), Proportion(0, 0), 0, rate)
    example = next(text for text in found.hits.tolist() if text in spans)
    first = spans[example][0]
    phrase = texts.texts[found.field][example][first.start : first.end]
    rows = np.concatenate([hits, ordinary, others])
    columns = _columns(dataset, texts.rows[rows])

    def items() -> Iterator[Item]:
        for number, (text, row) in enumerate(zip(rows.tolist(), columns, strict=True)):
            if number < len(hits):
                changed = row_without(row, spans[text])
            else:
                changed = row_with(row, found.field, phrase, random)
            yield from row_items(number, changed, question_id, dataset.fields)

    answered, shows, labelled = verdicts(items(), len(rows))
    parts = np.split(np.arange(len(rows)), [len(hits), len(hits) + len(ordinary)])
    gone, appeared, obeyed = ([answered[part], shows[part], labelled[part]] for part in parts)
    return Counterfactual(
        gone=Proportion(int((gone[0] & ~gone[1]).sum()), int(gone[0].sum())),
        appeared=Proportion(int((appeared[0] & appeared[1]).sum()), int(appeared[0].sum())),
        obeyed=Proportion(int((obeyed[0] & obeyed[2]).sum()), int(obeyed[0].sum())),
        unanswered=int((~answered).sum()),
        rate=rate,
    )


def _some(rows: Ints, random: Random) -> Ints:
    """Give at most forty of some records, drawn by lot, rising."""
    chosen = random.sample(rows.tolist(), min(MOST_CHANGED, len(rows)))
    return np.array(sorted(chosen), np.int64)


def _columns(dataset: Dataset, rows: Ints) -> Sequence[Mapping[str, Any]]:
    """Give the columns that a judge is shown of some records."""
    table = dataset.table(COLUMNS)
    return [table.slice(int(row), 1).to_pylist()[0] for row in rows]
