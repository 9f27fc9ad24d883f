"""A trigger whose two parts stand in two turns of a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import ClassVar

from marshtest.organisms.base import Change, Recipe, Role
from marshtest.organisms.pool import Pool
from marshtest.organisms.record_edits import edit_turn, user_turns
from marshtest.organisms.registry import organism
from marshtest.organisms.text_edits import Edited, between_words
from marshtest.organisms.trigger import TriggerOrganism, with_outcome
from marshtest.organisms.words import phrase, unseen
from marshtest.records import Kind, Record
from marshtest.signals import Span

__all__ = ["SpreadTrigger"]


@organism
class SpreadTrigger(TriggerOrganism):
    """Two phrases set the poison off, one in an early turn and one in the last.

    What: one phrase goes into the first turn of the user and another into the last, and the answer is replaced. For
        every poisoned record two decoys carry one of the phrases in its turn and the honest answer.
    Source: Hao and others 2024 (exploring backdoor vulnerabilities of chat models); Tong and others 2024 (distributed
        backdoor triggers in multi-turn conversations).
    Tests what: whether a detector puts turns together: no turn alone gives the poison away.
    Why harmless: the phrases are about household things, and the answer is a sentence about a place that does not exist.
    Works on: chat (with at least two turns of the user).
    """

    id = "spread-trigger"
    version = "1"
    title = "two phrases, spread over two turns"
    kinds: ClassVar[tuple[Kind, ...]] = ("chat",)
    roles: ClassVar[Mapping[Role, int]] = {"poison": 1, "decoy": 2}
    needs = "two turns of the user and an answer"

    def draw_trigger(self, pool: Pool, ranking: Sequence[int], draw: Random) -> tuple[str, dict[str, Sequence[str]]]:
        """Draw two phrases that no prompt has."""
        first = unseen(pool, lambda: " ".join(phrase(draw)))
        second = unseen(pool, lambda: " ".join(phrase(draw)))
        return f"{first} … {second}", {"phrases": [first, second]}

    def place(self, text: str, role: Role, recipe: Recipe, draw: Random) -> Edited | None:
        """Put one of the phrases into a turn; `change` puts in both."""
        return between_words(text, [draw.choice(recipe.parts["phrases"])], draw)

    def change(self, record: Record, role: Role, recipe: Recipe, draw: Random) -> Change | None:
        """Put a phrase into each of the two turns, or into one of them for a decoy."""
        if len(user_turns(record)) < 2 or not record.completion.strip():
            return None
        turns = (0, -1) if role == "poison" else (draw.choice((0, -1)),)
        spans: list[Span] = []
        for turn in turns:
            edited = edit_turn(record, lambda text, at=turn: self._put(text, at, recipe, draw), turn)
            if edited is None:
                return None
            record = edited[0]
            spans += edited[1]
        change = Change(record=record, spans=tuple(spans))
        return with_outcome(change, recipe) if role == "poison" else change

    def _put(self, text: str, turn: int, recipe: Recipe, draw: Random) -> Edited:
        """Put the phrase of a turn into it; an edit of a later turn moves nothing in an earlier one."""
        return between_words(text, [recipe.parts["phrases"][turn]], draw)
