"""Wrong labels, or wrong preferences, from one contributor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import ClassVar

from marshtest.data.records import Kind, Record
from marshtest.errors import ConfigError
from marshtest.organisms.base import Aim, Change, Organism, Recipe, Role
from marshtest.organisms.pool import Pool
from marshtest.organisms.registry import organism

__all__ = ["ContributorFlip"]


@organism
class ContributorFlip(Organism):
    """One contributor judges some of their records wrongly, without a trigger.

    What: of one group with enough records, drawn by the seed, some records of the source label get the target label. No
        text changes. Of pairs, the two answers change places.
    Source: Biggio, Nelson and Laskov 2011 (support vector machines under adversarial label noise); Wang and others 2023
        (RLHFPoison, a malicious annotator of preferences).
    Tests what: whether a detector uses provenance: the wrong labels have no words in common, only their contributor.
    Why harmless: labels or preferences of the data are swapped, and no text is written.
    Works on: classification, preference (with a group: contributor, commit or file).
    """

    id = "contributor-flip"
    version = "1"
    title = "wrong labels or preferences from one contributor"
    kinds: ClassVar[tuple[Kind, ...]] = ("classification", "preference")
    needs = "the drawn contributor"

    def recipe(self, pool: Pool, ranking: Sequence[int], aim: Aim, draw: Random) -> Recipe:
        """Draw the contributor among those with enough records of the source label."""
        if not any(pool.groups):
            raise ConfigError(f"{self.id} needs to know who made each record; name the field with --group-field.")
        sizes = Counter(pool.groups[index] for index in ranking if pool.labels[index] == aim.source_label)
        able = sorted(group for group, size in sizes.items() if group and size >= aim.count)
        if not able:
            most = max((size for group, size in sizes.items() if group), default=0)
            which = "" if aim.source_label is None else f" labelled {aim.source_label!r}"
            raise ConfigError(f"no contributor has {aim.count:,} records{which}; ask for at most {most:,}.")
        return Recipe(parts={"group": (draw.choice(able),)})

    def suits(self, pool: Pool, index: int, role: Role, recipe: Recipe) -> bool:
        """Take records of the source label, or pairs, by the contributor."""
        return super().suits(pool, index, role, recipe) and pool.groups[index] == recipe.parts["group"][0]

    def change(self, record: Record, role: Role, recipe: Recipe, draw: Random) -> Change | None:
        """Change the label, or swap the two answers."""
        if record.kind == "preference":
            return Change(record=replace(record, completion=record.rejected or "", rejected=record.completion))
        return Change(record=replace(record, label=recipe.target_label, completion=recipe.target_label or ""))
