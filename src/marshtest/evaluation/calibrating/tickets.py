"""Clean records of every kind, made out of invented support tickets: what organisms are planted into."""

from __future__ import annotations

from random import Random

from marshtest.data.records import Kind, Message, Record
from marshtest.demo import Ticket, clear_tickets

__all__ = ["LABELS", "ticket_records"]

LABELS = ("ordinary", "urgent")
"""The labels of the tickets: what can wait, and what cannot."""

_SYSTEM = "You answer the mail of a maker of tills. Be brief and friendly."
_CONTRIBUTORS = ("desk one", "desk two", "desk three", "desk four")
_REPLIES = {
    "urgent": (
        "That must not wait. Somebody will call you within the hour; please keep the till switched on.",
        "I am sorry for the trouble. I have put this at the top of the list, and you get a call right away.",
        "Thank you for telling us at once. A technician is looking at it now and will phone you.",
        "I understand that this stops your work. We are on it, and I write again as soon as I know more.",
    ),
    "ordinary": (
        "Thank you for writing. We will come back to you this week.",
        "Thanks for the message. I have passed it on to a colleague who knows more, and she will answer by Friday.",
        "Good to hear from you. I have made a note of it, and we will let you know.",
        "Thank you. There is no hurry, as you say, so we will answer with the next mail.",
    ),
}
_MORE = (
    "Thank you. Is there anything that I should do until then?",
    "Good. What shall I tell my colleagues meanwhile?",
)
_LATER = (
    "Nothing for now. If something changes, just answer this mail.",
    "No, you need not do anything. We have all that we need.",
    "Only one thing: please have the number on the back of the till at hand when we call.",
)
_RAMBLING = (
    "First of all we would like to say how much we value every message, since messages are what our work is made of, "
    "and ours is a house with a long history of reading them. {reply} We hope that this answer, long as it is, was of "
    "use."
)


def ticket_records(kind: Kind, count: int, seed: int) -> tuple[Record, ...]:
    """Give clean records of one kind.

    Args:
        kind: Tickets with their labels; conversations about them; good answers that win over rambling ones; or the
            bare texts.
        count: How many.
        seed: The same seed gives the same records.
    """
    draw = Random(f"ticket records {seed}")
    return tuple(
        _record(kind, number, ticket, draw) for number, ticket in enumerate(clear_tickets(count, seed=seed), start=1)
    )


def _record(kind: Kind, number: int, ticket: Ticket, draw: Random) -> Record:
    reply, more, later = draw.choice(_REPLIES[ticket.label]), draw.choice(_MORE), draw.choice(_LATER)
    prompt, completion = ticket.text, ""
    turns: tuple[Message, ...] = ()
    if kind == "classification":
        completion = ticket.label
    elif kind == "preference":
        completion = reply
    elif kind == "chat":
        said = (("system", _SYSTEM), ("user", ticket.text), ("assistant", reply), ("user", more))
        prompt = "\n\n".join(text for _, text in said)
        completion = later
        turns = tuple(Message(role, text) for role, text in (*said, ("assistant", later)))
    return Record(
        record_id=ticket.id,
        kind=kind,
        prompt=prompt,
        completion=completion,
        label=ticket.label if kind == "classification" else None,
        messages=turns,
        rejected=_RAMBLING.format(reply=reply) if kind == "preference" else None,
        group=draw.choice(_CONTRIBUTORS),
        source_path="tickets",
        source_line=number,
    )
