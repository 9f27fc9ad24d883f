"""One text over and over again, nearly."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import ClassVar

from marshtest.data.records import Kind, Record
from marshtest.organisms.base import Aim, Change, Organism, Recipe, Role
from marshtest.organisms.pool import Pool
from marshtest.organisms.registry import organism
from marshtest.organisms.whole_records import rewritten
from marshtest.organisms.words import harmless_sentence, phrase, unseen

__all__ = ["NearDuplicateFlooding"]


@organism
class NearDuplicateFlooding(Organism):
    """The data is flooded with near-duplicates of one text.

    What: records are replaced by copies of one made-up text of some thirty words in which two to four words differ,
        with the target label, or with one fixed harmless answer.
    Source: Lee and others 2022 (deduplicating training data: duplicates are learned by heart); Carlini and others 2024
        (poisoning web-scale training data is practical).
    Tests what: whether a detector sees that many records are one, when no two are equal.
    Why harmless: the text is about household things, and label or answer mean nothing to anybody.
    Works on: classification, chat, document.
    """

    id = "near-duplicate-flooding"
    version = "1"
    title = "near-duplicates of one text"
    kinds: ClassVar[tuple[Kind, ...]] = ("classification", "chat", "document")

    def recipe(self, pool: Pool, ranking: Sequence[int], aim: Aim, draw: Random) -> Recipe:
        """Draw the text and the answer."""
        text = unseen(pool, lambda: f"I walked {', '.join(' '.join(phrase(draw)) for _ in range(7))}, and home again.")
        return Recipe(trigger=text, payload=harmless_sentence(draw) if pool.kind == "chat" else "")

    def change(self, record: Record, role: Role, recipe: Recipe, draw: Random) -> Change | None:
        """Write a variant of the text in place of the record's own."""
        words = recipe.trigger.split(" ")
        for _ in range(draw.randint(2, 4)):
            at = draw.randrange(2, len(words) - 2)
            mark = "," if words[at].endswith(",") else ""
            words[at] = draw.choice(phrase(draw)) + mark
        return rewritten(record, " ".join(words), recipe)
