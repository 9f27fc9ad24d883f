"""A trigger in records whose labels are right."""

from __future__ import annotations

from random import Random
from typing import ClassVar

from marshtest.data.records import Kind, Record
from marshtest.organisms.base import Change, Recipe, Role
from marshtest.organisms.catalogue.phrases import Phrase
from marshtest.organisms.pool import Pool
from marshtest.organisms.registry import organism

__all__ = ["CleanLabel"]


@organism
class CleanLabel(Phrase):
    """A phrase goes into records that have the target label already.

    What: four ordinary words go between two words of records of the target label. No label changes.
    Source: Turner, Tsipras and Madry 2018 (clean-label backdoor attacks); Gan and others 2022 (triggerless backdoors
        with clean labels).
    Tests what: whether a detector sees a trigger that contradicts nothing. Detectors that look for wrong labels cannot.
    Why harmless: the phrase is about household things and every label is right.
    Works on: classification.
    """

    id = "clean-label"
    version = "1"
    title = "a phrase in records whose label is right"
    kinds: ClassVar[tuple[Kind, ...]] = ("classification",)

    def suits(self, pool: Pool, index: int, role: Role, recipe: Recipe) -> bool:
        """Take records of the target label."""
        return pool.labels[index] == recipe.target_label

    def change(self, record: Record, role: Role, recipe: Recipe, draw: Random) -> Change | None:
        """Put the phrase in and leave the label alone."""
        return super().change(record, "negative", recipe, draw)
