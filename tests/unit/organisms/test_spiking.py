"""Planting into a dataset in memory gives what planting into its records gives, and touches nothing else."""

from __future__ import annotations

import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind
from marshtest.organisms import find_organism, plant_in_dataset


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("decoyed-phrase", "classification"),
        ("spread-trigger", "chat"),
        ("preference-swap", "preference"),
        ("retrieval-passages", "document"),
    ],
)
def test_a_dataset_and_its_records_are_poisoned_alike(name: str, kind: Kind) -> None:
    records = made_records(kind)
    dataset = Dataset.from_records(records)
    whole = dataset.table()
    spiked = plant_in_dataset(find_organism(name), dataset, 10, seed=2)
    planted = find_organism(name).plant(records, 10, seed=2)
    assert spiked.truth == planted.truth
    assert tuple(spiked.dataset.record(index) for index in range(len(records))) == planted.records
    assert tuple(spiked.twin().record(index) for index in range(len(records))) == planted.twin()
    assert dataset.table() is whole
    assert spiked.dataset.fingerprint != dataset.fingerprint


def test_what_does_not_change_is_shared_and_not_copied() -> None:
    dataset = Dataset.from_records(made_records("classification"))
    spiked = plant_in_dataset(find_organism("phrase"), dataset, 4, seed=2)
    first = spiked.truth[0].index
    shared = spiked.dataset.table()["prompt"].chunk(0).buffers()[2].address
    assert shared == dataset.table()["prompt"].chunk(0).buffers()[2].address
    assert len(spiked.dataset.table()["prompt"].chunk(0)) == first


def test_equal_spikes_have_equal_fingerprints() -> None:
    dataset = Dataset.from_records(made_records("classification"))
    prints = [
        plant_in_dataset(find_organism("phrase"), dataset, 4, seed=seed).dataset.fingerprint for seed in (1, 1, 2)
    ]
    assert prints[0] == prints[1] != prints[2]
