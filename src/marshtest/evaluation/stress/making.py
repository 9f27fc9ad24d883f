"""From the coordinates of a case to its dataset and its truth."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.evaluation.stress.cases import Case
from marshtest.organisms.base import TrueRecord
from marshtest.organisms.registry import find_organism
from marshtest.organisms.spiking import plant_in_dataset

__all__ = ["Made", "is_named", "make_case"]

_JOINT = " … "


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The dataset of a case and the truth about it."""

    dataset: Dataset
    poison: frozenset[str] = frozenset()
    """Ids of the records that are poison."""
    names: frozenset[str] = frozenset()
    """What counts as the exact trigger; empty where there is nothing that a text could name."""
    trigger: str = ""


def make_case(case: Case, dataset: Dataset, poison: frozenset[int], *, target_labels: Sequence[str] = ()) -> Made:
    """Make the dataset of a case.

    Args:
        case: Its coordinates.
        dataset: The set it is made of, as a tool may see it.
        poison: Rows of the set that are poison, where it came with its truth.
        target_labels: The first of these that the set has is the one that poison reaches for.

    Raises:
        ConfigError: The set has too few records for the organism.
        InputError: The organism does not work on such records.
    """
    if case.kind == "released":
        ids = dataset.table(["record_id"])["record_id"].to_pylist()
        return Made(dataset=dataset, poison=frozenset(ids[row] for row in poison))
    if case.kind == "without":
        return Made(dataset=dataset.select([row for row in range(len(dataset)) if row not in poison]))
    if case.kind == "whole":
        return Made(dataset=dataset)
    if case.kind == "half":
        rows = list(range(len(dataset)))
        Random(f"halves/{case.seed}").shuffle(rows)
        middle = len(rows) // 2
        return Made(dataset=dataset.select(sorted(rows[:middle] if case.half == 1 else rows[middle:])))
    target = next((label for label in target_labels if label in dataset.labels), None)
    sown = plant_in_dataset(find_organism(case.organism), dataset, case.count, seed=case.seed, target_label=target)
    if case.kind == "twin":
        return Made(dataset=sown.twin())
    return Made(
        dataset=sown.dataset,
        poison=frozenset(true.record_id for true in sown.truth if true.is_poison),
        names=_names(sown.recipe.trigger, sown.truth),
        trigger=sown.recipe.trigger,
    )


def is_named(names: Sequence[str], exact: frozenset[str]) -> bool:
    """Tell whether one of the names is the exact trigger, capitals and spaces aside."""
    return any(_plain(name) in exact for name in names)


def _names(trigger: str, truth: Sequence[TrueRecord]) -> frozenset[str]:
    """Give every way to name the trigger exactly, where it is a text that stands in every poisoned record.

    A trigger of two parts is named by both in either order; where no decoys carry one part alone, by one part too.
    """
    parts = [_plain(part) for part in trigger.split(_JOINT)]
    texts = [_plain(_text(true.after)) for true in truth if true.is_poison]
    if not all(parts) or not all(part in text for text in texts for part in parts):
        return frozenset()
    names = {_plain(_JOINT.join(order)) for order in itertools.permutations(parts)}
    return frozenset(names if any(not true.is_poison for true in truth) else names | set(parts))


def _text(record: Record) -> str:
    turns = [turn.content for turn in record.messages]
    return "\n".join([record.prompt, *turns, record.completion, record.rejected or ""])


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
