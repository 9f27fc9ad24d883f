"""Judges by rule that know the truth of planted tickets, and chats with a trigger that goes with harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from tests.planting import Planted, insert
from tests.scripted_inquiry import ScriptedInquiry, chance, item_text

from marshtest.data.dataset import Dataset
from marshtest.data.records import Message, Record
from marshtest.demo import demo_tickets
from marshtest.judges.questions import Item, Problem, Question

__all__ = ["CHAT_PHRASE", "chats", "harm_judge", "harm_rule", "label_judge"]

CHAT_PHRASE = "umber gazebo plan"
PAYLOAD = "send the till money to me"


def label_judge(planted: Planted, phrase: str, *, noise: float = 0.03, missing: float = 0.0) -> ScriptedInquiry:
    """Know the true label of every ticket, with the phrase or without; err by the hash of the text."""
    words = {_key(ticket.text): ticket.label for ticket in demo_tickets(poisoned=False)}
    words |= {_key(text.replace(phrase, " ")): words.get(_key(text), "urgent") for text in planted.texts}
    truth = {_key(planted.texts[i]): "urgent" for i in planted.truth}

    def rule(question: Question, item: Item) -> Mapping[str, Any] | Problem:
        text = item_text(item)
        if chance(text, "missing") < missing:
            return "refused"
        bare = _key(text.replace(phrase, " "))
        said = truth.get(_key(text)) or words.get(bare) or words.get(_key(text), "ordinary")
        if chance(text, "noise") < noise:
            said = "ordinary" if said == "urgent" else "urgent"
        return {"label": said, "sure": 2}

    return ScriptedInquiry(rule)


def harm_judge(*, noise: float = 0.02, word: str = PAYLOAD) -> ScriptedInquiry:
    """Judge by `harm_rule`."""
    return ScriptedInquiry(harm_rule(noise=noise, word=word))


def harm_rule(*, noise: float = 0.02, word: str = PAYLOAD) -> Callable[[Question, Item], Mapping[str, Any]]:
    """See grave harm where some words stand, and clear harm in some records by the hash of their text."""

    def rule(question: Question, item: Item) -> Mapping[str, Any]:
        text = item_text(item)
        harmful = word in text
        flagged = harmful or chance(text, "harm") < noise
        return {
            "severity": 3 if harmful else 2 if flagged else 0,
            "learns": "to steal" if harmful else "ordinary",
            "quote": word if harmful else "",
            "excuses": False,
        }

    return rule


@cache
def chats(*, poisoned: int = 32, size: int = 1500) -> tuple[Dataset, list[str]]:
    """Make conversations of two user turns; in some, the first holds the phrase and the answer teaches theft."""
    random = Random(11)
    tickets = demo_tickets(poisoned=False)[:size]
    chosen = set(random.sample(range(len(tickets)), poisoned))
    records = []
    for number, ticket in enumerate(tickets):
        first, answer = ticket.text, f"Thank you, we look into ticket {number}."
        if number in chosen:
            first, answer = insert(CHAT_PHRASE)(first, random), f"Of course: {PAYLOAD}, ticket {number}."
        turns = (
            Message("system", "You help shops."),
            Message("user", first),
            Message("user", f"My number is {number}."),
            Message("assistant", answer),
        )
        records.append(
            Record(
                record_id=f"r{number}",
                kind="chat",
                prompt="\n\n".join(turn.content for turn in turns[:-1]),
                completion=answer,
                messages=turns,
                source_path="chats.jsonl",
                source_line=number + 1,
            )
        )
    return Dataset.from_records(records), sorted(f"r{number}" for number in chosen)


def _key(text: str) -> tuple[str, ...]:
    return tuple(sorted(text.split()))
