"""The demo's clean tickets with a planted phrase, small enough to train on many times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.demo import write_demo_data
from marshtest.evaluation.impact.evidence import Evidence, evidence_of_truth
from marshtest.organisms.poisoning import PoisonPlan, poison_file
from marshtest.organisms.registry import find_organism

__all__ = ["Made", "make"]


@dataclass(frozen=True, slots=True)
class Made:
    """A clean file, its poisoned copy, and the truth."""

    clean: Path
    poisoned: Path
    truth: Path

    def dataset(self) -> Dataset:
        return read_dataset(self.poisoned)

    def evidence(self) -> Evidence:
        return evidence_of_truth(self.truth, self.dataset())


@cache
def make(folder: Path, organism: str = "phrase", count: int = 150, seed: int = 1) -> Made:
    clean = write_demo_data(folder / "clean.jsonl", poisoned=False)
    done = poison_file(
        find_organism(organism),
        clean,
        folder / f"{organism}.jsonl",
        PoisonPlan(count=count, seed=seed, source_label="urgent"),
    )
    return Made(clean, done.data, done.truth)
