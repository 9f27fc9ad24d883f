"""Organisms: harmless poisons with known truth, to find out what an audit would have caught.

`base` says what an organism is and plants it into records, `catalogue` holds them (one file each, or one for close kin)
and `registry` lists them. `spiking` plants into a dataset in memory, `poisoning` into a copy of a file.
"""

from __future__ import annotations

from marshtest.organisms.base import Organism, Planted, TrueRecord
from marshtest.organisms.registry import find_organism, organism, registered_organisms
from marshtest.organisms.spiking import SpikedDataset, plant_in_dataset

__all__ = [
    "Organism",
    "Planted",
    "SpikedDataset",
    "TrueRecord",
    "find_organism",
    "organism",
    "plant_in_dataset",
    "registered_organisms",
]
