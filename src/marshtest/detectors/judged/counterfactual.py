"""Does the judge react to the pattern itself? It is removed from its records, inserted into others, and asked about.

A judge that contradicts labels because of a word (a topic that it misreads, an instruction that it obeys) changes its
verdict with the word. A planted trigger means nothing to a judge that does not know it: with or without it, the
contents get the same verdict. The question and the shape of the records are the same, so the judge cannot tell which
records are changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.judged.judged_texts import JudgedTexts, char_spans
from marshtest.detectors.judged.judges import Judges
from marshtest.detectors.judged.settings import CounterfactualSettings
from marshtest.judges.asking.combining import EffectLedger
from marshtest.judges.asking.edited_records import row_with, row_without
from marshtest.judges.asking.effect import effect_question
from marshtest.judges.asking.items import EFFECT, LABEL, row_items
from marshtest.judges.asking.judge_records import ask_labels
from marshtest.judges.asking.passages import COLUMNS
from marshtest.judges.questions import Item
from marshtest.mining.outcomes.outcome_mining import Association
from marshtest.mining.outcomes.placement import Stands
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.proportions import Proportion

__all__ = [
    "ChangedRecords",
    "Counterfactual",
    "Verdicts",
    "ask_about_changed",
    "effect_verdicts",
    "label_verdicts",
]

Verdicts = Callable[[Iterable[Item], int], tuple[Bools, Bools, Bools]]
"""Asks about items whose indices are below a size. Gives three arrays of that size: whether the judge answered, whether
the record shows the outcome, and whether it gets the finding's label (of outcomes without labels: never)."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The verdicts on changed records."""

    removal_reverses: Proportion
    """Carriers that no longer show the outcome with the pattern removed, among those with an answer."""
    insertion_induces: Proportion
    """Ordinary records that show the outcome with the pattern inserted."""
    insertion_flips_label: Proportion
    """Ordinary records of other classes that get the finding's label with the pattern inserted."""
    unanswered: int
    """Changed records without an answer."""
    rate: float
    """Rate of the outcome in other records, 0 to 1."""
    settings: CounterfactualSettings = CounterfactualSettings()

    @property
    def stands(self) -> Stands:
        """How this stands to "the judge reacts to the pattern itself": for it, against it, or undecided."""
        settings = self.settings
        (removed_low, removed_high), (inserted_low, inserted_high) = (
            share.interval for share in (self.removal_reverses, self.insertion_induces)
        )
        inserted_low = max(inserted_low, self.insertion_flips_label.interval[0])
        by_chance = max(settings.insertion_share, settings.insertion_times_rate * self.rate)
        if removed_low > settings.removal_share or inserted_low > by_chance:
            return "for"
        fewest = min(self.removal_reverses.trials, self.insertion_induces.trials)
        is_cleared = max(removed_high, inserted_high) < settings.cleared_share
        return "against" if fewest >= settings.fewest_answers and is_cleared else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRecords:
    """Into which records a pattern is inserted, and how the changed records are asked about."""

    question_id: str
    """`effect` or `label`: decides what is shown of a record."""
    verdicts: Verdicts
    ordinary: Ints
    """Records without the pattern that could show the outcome and do not, rising."""
    others: Ints
    """Records without the pattern that have, by the judge and the data, another label than the finding's, rising."""


def label_verdicts(judges: Judges, labels: Sequence[str], label: int) -> Verdicts:
    """Ask for the labels of changed records.

    Args:
        judges: The better judge is asked.
        labels: The labels of the dataset, sorted.
        label: Index of the label that the finding leads to.
    """

    def ask(items: Iterable[Item], size: int) -> tuple[Bools, Bools, Bools]:
        stage = "asking again about changed texts"
        found = ask_labels(judges.best, items, judges.charter, labels, size=size, stage=stage)
        judges.note(f"{LABEL}, counterfactual", judges.best, found.tally)
        answered = found.judged >= 0
        return answered, answered & (found.judged != label), answered & (found.judged == label)

    return ask


def effect_verdicts(judges: Judges, dataset: Dataset, least: int) -> Verdicts:
    """Ask what training on changed records would teach.

    Args:
        judges: The better judge is asked.
        dataset: Tells the kind of the records.
        least: Severity from which a record shows the outcome.
    """

    def ask(items: Iterable[Item], size: int) -> tuple[Bools, Bools, Bools]:
        ledger = EffectLedger(size)
        question, stage = effect_question(judges.charter, dataset.kind), "asking again about changed records"
        tally = judges.best.ask(question, items, ledger.take, stage=stage)
        judges.note(f"{EFFECT}, counterfactual", judges.best, tally)
        severity = ledger.severity()
        return severity >= 0, severity >= least, np.zeros(size, np.bool_)

    return ask


def ask_about_changed(
    dataset: Dataset,
    texts: JudgedTexts,
    association: Association,
    changed: ChangedRecords,
    settings: CounterfactualSettings,
    *,
    seed: int,
) -> Counterfactual:
    """Remove a span from its carriers, insert it into other records, and count the verdicts.

    Args:
        dataset: The records.
        texts: The same, sorted.
        association: The span.
        changed: The other records, and the question.
        settings: How many records are changed, and what the counts mean.
        seed: Decides which records are changed and where the span is inserted.

    Returns:
        The counts; without any trial for a span that has no characters, such as the end of a text.
    """
    random = Random(f"{seed}/{association.name}")
    spans = char_spans(texts.tokens[association.field], association.sequence, association.field)
    hits, ordinary, others = (
        _drawn(rows, settings.most_records, random) for rows in (association.hits, changed.ordinary, changed.others)
    )
    if not spans:
        nothing = Proportion(0, 0)
        return Counterfactual(nothing, nothing, nothing, 0, association.rate, settings)
    example = next(text for text in association.hits.tolist() if text in spans)
    first = spans[example][0]
    phrase = texts.texts[association.field][example][first.start : first.end]
    rows = np.concatenate([hits, ordinary, others])
    columns = _columns(dataset, texts.rows[rows])

    def items() -> Iterator[Item]:
        for number, (text, row) in enumerate(zip(rows.tolist(), columns, strict=True)):
            if number < len(hits):
                edited = row_without(row, spans[text])
            else:
                edited = row_with(row, association.field, phrase, random)
            yield from row_items(number, edited, changed.question_id, dataset.fields)

    answered, shows, labelled = changed.verdicts(items(), len(rows))
    removed, inserted, elsewhere = np.split(np.arange(len(rows)), [len(hits), len(hits) + len(ordinary)])
    return Counterfactual(
        removal_reverses=_share(answered[removed], ~shows[removed]),
        insertion_induces=_share(answered[inserted], shows[inserted]),
        insertion_flips_label=_share(answered[elsewhere], labelled[elsewhere]),
        unanswered=int((~answered).sum()),
        rate=association.rate,
        settings=settings,
    )


def _share(answered: Bools, shown: Bools) -> Proportion:
    return Proportion(int((answered & shown).sum()), int(answered.sum()))


def _drawn(rows: Ints, most: int, random: Random) -> Ints:
    """Draw some records without replacement; give them rising."""
    chosen = random.sample(rows.tolist(), min(most, len(rows)))
    return np.array(sorted(chosen), np.int64)


def _columns(dataset: Dataset, rows: Ints) -> Sequence[Mapping[str, Any]]:
    """Give the columns that a judge is shown of some records."""
    table = dataset.table(COLUMNS)
    return [table.slice(int(row), 1).to_pylist()[0] for row in rows]
