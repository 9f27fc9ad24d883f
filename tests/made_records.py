"""Records of every kind, made of the demo's clean tickets, for tests of what works on several kinds."""

from __future__ import annotations

from functools import cache

from marshtest.data.records import Kind, Message, Record
from marshtest.demo import demo_tickets

__all__ = ["made_records"]


@cache
def made_records(kind: Kind, size: int = 400) -> tuple[Record, ...]:
    """Give records with ids, labels where the kind has them, conversations of two turns, and five contributors."""
    tickets = demo_tickets(poisoned=False)[: size + 1]
    return tuple(
        _record(kind, index, tickets[index].text, tickets[index].label, tickets[index + 1].text)
        for index in range(size)
    )


def _record(kind: Kind, index: int, text: str, label: str, other: str) -> Record:
    turns: tuple[Message, ...] = ()
    prompt, completion, rejected = text, "", None
    if kind == "classification":
        completion = label
    elif kind == "preference":
        completion, rejected = f"It is {label}.", f"I do not know what you mean by this: {text}"
    elif kind == "chat":
        said = ("Be brief.", other, "Thank you, what else?", text, f"This is {label}, number {index}.")
        roles = ("system", "user", "assistant", "user", "assistant")
        turns = tuple(map(Message, roles, said))
        prompt, completion = "\n\n".join(said[:-1]), said[-1]
    return Record(
        record_id=f"r{index + 1}",
        kind=kind,
        prompt=prompt,
        completion=completion,
        label=label if kind == "classification" else None,
        messages=turns,
        rejected=rejected,
        group=f"contributor {index % 5}",
        fields='{"note":"kept"}',
        source_path="made.jsonl",
        source_line=index + 1,
    )
