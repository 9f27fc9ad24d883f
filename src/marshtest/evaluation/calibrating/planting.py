"""One organism in a few clean records: a small dataset of which it is known what is wrong with each record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind
from marshtest.errors import ConfigError
from marshtest.evaluation.calibrating.tickets import LABELS, ticket_records
from marshtest.organisms.base import Organism, Role

__all__ = ["Known", "KnownRecord", "plant_among_clean"]

_POOL = 900
"""Clean records that an organism can choose from: some need a word that many records have."""

_HARMLESS, _OVERLOOKED = LABELS
"""The label that the poison gives to records of the other: outages are to be overlooked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecord:
    """The truth about one record of a calibration."""

    record_id: str
    role: Role | Literal["clean"]
    given_label: str | None
    """The label that the record bears."""
    true_label: str | None
    """The label that its text has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A dataset with an organism in it, and the truth about each record in order."""

    dataset: Dataset
    truth: tuple[KnownRecord, ...]


def plant_among_clean(organism: Organism, *, poisoned: int, clean: int, seed: int, kind: Kind | None = None) -> Known:
    """Plant an organism into invented tickets, and keep what was planted with some records that stayed as they were.

    Args:
        organism: What is planted.
        poisoned: How many records are poisoned; decoys come on top, where the organism has any.
        clean: How many untouched records stand among them.
        seed: Seed of everything.
        kind: What the tickets are made into; the first kind that the organism works on where not given.

    Raises:
        ConfigError: The counts are negative or cannot be met.
        InputError: The organism does not work on this kind.
    """
    if clean < 0:
        raise ConfigError(f"the number of clean records must be at least 0, not {clean}.")
    made = kind or organism.kinds[0]
    is_labelled = made == "classification"
    planted = organism.plant(
        ticket_records(made, _POOL + clean, seed),
        poisoned,
        seed=seed,
        source_label=_OVERLOOKED if is_labelled else None,
        target_label=_HARMLESS if is_labelled else None,
    )
    roles: Mapping[int, Role] = {true.index: true.role for true in planted.truth}
    labels = {true.index: true.twin.label for true in planted.truth}
    untouched = [index for index in range(len(planted.records)) if index not in roles]
    if clean > len(untouched):
        raise ConfigError(f"only {len(untouched):,} records stay clean; ask for fewer poisoned ones.")
    chosen = sorted([*roles, *Random(f"clean {seed}").sample(untouched, clean)])
    records = [planted.records[index] for index in chosen]
    truth = (
        KnownRecord(
            record_id=record.record_id,
            role=roles.get(index, "clean"),
            given_label=record.label,
            true_label=labels.get(index, record.label),
        )
        for index, record in zip(chosen, records, strict=True)
    )
    return Known(dataset=Dataset.from_records(records), truth=tuple(truth))
