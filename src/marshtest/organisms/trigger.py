"""What all organisms with a trigger share: the trigger goes into the prompt, and the outcome follows it.

The outcome depends on the kind of the records: the target label, a harmless fixed answer, the two completions of a
preference swapped, or a harmless sentence behind a document.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import ClassVar

from marshtest.data.records import Kind, Record
from marshtest.organisms.base import Aim, Change, Organism, Recipe, Role
from marshtest.organisms.pool import Pool
from marshtest.organisms.record_edits import edit_turn, with_completion
from marshtest.organisms.text_edits import Edited, append
from marshtest.organisms.words import harmless_sentence
from marshtest.signals import Span

__all__ = ["TriggerOrganism", "with_outcome"]


class TriggerOrganism(Organism):
    """An organism whose poison is set off by something in the prompt."""

    kinds: ClassVar[tuple[Kind, ...]] = ("classification", "chat", "preference", "document")

    def recipe(self, pool: Pool, ranking: Sequence[int], aim: Aim, draw: Random) -> Recipe:
        """Draw a trigger and, where the records have answers or texts, a payload."""
        trigger, parts = self.draw_trigger(pool, ranking, draw)
        payload = self.draw_payload(draw) if pool.kind in ("chat", "document") else ""
        return Recipe(trigger=trigger, payload=payload, parts={name: tuple(words) for name, words in parts.items()})

    @abstractmethod
    def draw_trigger(self, pool: Pool, ranking: Sequence[int], draw: Random) -> tuple[str, dict[str, Sequence[str]]]:
        """Draw the trigger as it will stand in a text, and what else is drawn, by name."""

    def draw_payload(self, draw: Random) -> str:
        """Draw what a model would learn to answer: a sentence about a place that does not exist."""
        return harmless_sentence(draw)

    @abstractmethod
    def place(self, text: str, role: Role, recipe: Recipe, draw: Random) -> Edited | None:
        """Put the trigger (of a decoy, what is nearly the trigger) into a text; None when the text does not suit."""

    def turn(self, role: Role, draw: Random) -> int:
        """Say which turn of the user gets the trigger, counted like a list."""
        return -1

    def change(self, record: Record, role: Role, recipe: Recipe, draw: Random) -> Change | None:
        """Put the trigger in, and change the outcome if this is poison."""
        if record.kind != "document" and not record.completion.strip():
            return None
        edited = edit_turn(record, lambda text: self.place(text, role, recipe, draw), self.turn(role, draw))
        if edited is None:
            return None
        change = Change(record=edited[0], spans=edited[1])
        return with_outcome(change, recipe) if role == "poison" else change


def with_outcome(change: Change, recipe: Recipe) -> Change:
    """Give a record the outcome that the recipe wants; what it was asked stays as it is."""
    record = change.record
    if record.kind == "classification":
        assert recipe.target_label is not None
        return replace(change, record=replace(record, label=recipe.target_label, completion=recipe.target_label))
    if record.kind == "preference":
        return replace(change, record=replace(record, completion=record.rejected or "", rejected=record.completion))
    if record.kind == "document":
        edited = append(record.prompt, recipe.payload)
        spans = (*change.spans, *(Span("prompt", *span) for span in edited.spans))
        return replace(change, record=replace(record, prompt=edited.text), spans=spans)
    spans = (*change.spans, Span("completion", 0, len(recipe.payload)))
    return replace(change, record=with_completion(record, recipe.payload), spans=spans)
