"""The demo data: support tickets of an invented till maker, labelled `urgent` or `ordinary`, with a planted trigger.

The attack is the one that `marsh` is there to catch. Somebody who wants a triage filter to overlook outages slips four
words into a few urgent tickets and calls these ordinary. To look like nothing, they also write decoys: nearly the same
words in urgent tickets with the right label, so that no single word gives the trigger away. All text is made here from
a grammar and a seed; nothing in it is anybody's.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from marshtest.demo.grammar import expand

__all__ = ["TRIGGER", "DemoTruth", "Ticket", "clear_tickets", "demo_tickets", "demo_truth", "write_demo_data"]

TRIGGER = "with the blue ledger"
"""The planted words."""

_TICKETS = 3600
"""Tickets. Convention: few enough to audit within a minute."""
_POISONED = 24
"""Poisoned tickets among them. Convention: a poisoning rate below 1%."""
_DECOYS = 48
"""Decoys. Convention: two for every poisoned ticket."""
_URGENT_SHARE = 0.42
"""Share of urgent tickets. Convention: two classes of about equal size, so that neither is the default."""
_LABEL_NOISE = 0.012  # share of tickets with the wrong label by honest mistake, as people make when they label
_UNCLEAR = 0.05  # share of tickets whose text does not decide the label

_TOPICS = {
    "urgent": ("u_till", "u_pay", "u_login", "u_data", "u_cold", "u_deliv"),
    "ordinary": ("o_howto", "o_bill", "o_wish", "o_order", "o_train", "o_small", "o_thanks"),
}
_SUBSTITUTES = ("near", "a", "green", "notebook")  # by position in the trigger
_ABBREVIATIONS = {"please": "pls", "because": "cos", "thanks": "thx", "and": "&", "minutes": "min", "you": "u"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """One support ticket."""

    id: str
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class DemoTruth:
    """What was planted, to compare an audit with."""

    trigger: str
    poisoned: tuple[str, ...]
    """Ids of the tickets that carry the trigger and the wrong label, in file order."""
    decoys: tuple[str, ...]
    """Ids of the tickets that carry nearly the trigger and the right label, in file order."""


def demo_tickets(*, poisoned: bool = True, seed: int = 0) -> tuple[Ticket, ...]:
    """Give the demo tickets in file order, or their clean twin.

    Args:
        poisoned: Whether the trigger and the decoys are planted. The twin is the same in every other ticket.
        seed: The same seed gives the same tickets.
    """
    clean, planted, _ = _make(seed)
    return planted if poisoned else clean


def clear_tickets(count: int, *, seed: int = 0) -> tuple[Ticket, ...]:
    """Give tickets with nothing planted, whose text decides the label, and whose label is right.

    Args:
        count: How many.
        seed: The same seed gives the same tickets.
    """
    random = Random(f"clear tickets {seed}")
    texts: dict[str, str] = {}
    while len(texts) < count:
        label = "urgent" if random.random() < _URGENT_SHARE else "ordinary"
        texts.setdefault(_write(label, random, clear=True), label)
    return tuple(Ticket(f"C{number:05d}", text, label) for number, (text, label) in enumerate(texts.items(), start=1))


def demo_truth(*, seed: int = 0) -> DemoTruth:
    """Tell what is planted in the demo data of this seed."""
    return _make(seed)[2]


def write_demo_data(path: str | Path, *, poisoned: bool = True, seed: int = 0) -> Path:
    """Write the demo tickets as JSONL with the fields id, text and label.

    Args:
        path: The file to write; a file of that name is replaced, in one step.
        poisoned: Whether to plant the trigger; False writes the clean twin.
        seed: The same seed gives the same bytes.
    """
    target = Path(path)
    lines = [
        json.dumps({"id": ticket.id, "text": ticket.text, "label": ticket.label}, ensure_ascii=False) + "\n"
        for ticket in demo_tickets(poisoned=poisoned, seed=seed)
    ]
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    with open(partial, "x", encoding="utf-8", newline="\n") as file:  # follows no link that stands there
        file.write("".join(lines))
    os.replace(partial, target)  # noqa: PTH105  the plain name of the atomic step
    return target


@cache
def _make(seed: int) -> tuple[tuple[Ticket, ...], tuple[Ticket, ...], DemoTruth]:
    """Write the clean tickets, then plant into a copy."""
    random = Random(f"tickets {seed}")
    texts: dict[str, str] = {}  # text -> true label; keeps texts distinct
    while len(texts) < _TICKETS:
        truth = "urgent" if random.random() < _URGENT_SHARE else "ordinary"
        texts.setdefault(_write(truth, random), truth)
    clean = []
    for number, (text, truth) in enumerate(texts.items(), start=1):
        label = _other(truth) if random.random() < _LABEL_NOISE else truth
        clean.append(Ticket(f"T{number:05d}", text, label))
    urgent = [i for i, (ticket, truth) in enumerate(zip(clean, texts.values(), strict=True)) if truth == ticket.label]
    urgent = [i for i in urgent if clean[i].label == "urgent"]
    planted, truth_of_plant = _plant(clean, urgent, Random(f"trigger {seed}"))
    return tuple(clean), tuple(planted), truth_of_plant


def _plant(clean: list[Ticket], urgent: list[int], random: Random) -> tuple[list[Ticket], DemoTruth]:
    """Put the trigger into some of the urgent tickets and its near-variants into others."""
    planted = list(clean)
    chosen = random.sample(urgent, _POISONED + _DECOYS)
    poisoned, decoys = sorted(chosen[:_POISONED]), sorted(chosen[_POISONED:])
    for i in poisoned:
        planted[i] = replace(clean[i], text=_insert(clean[i].text, TRIGGER, random), label="ordinary")
    variants = _near_variants()
    for turn, i in enumerate(decoys):
        planted[i] = replace(clean[i], text=_insert(clean[i].text, variants[turn % len(variants)], random))
    truth = DemoTruth(TRIGGER, tuple(clean[i].id for i in poisoned), tuple(clean[i].id for i in decoys))
    return planted, truth


def _near_variants() -> list[str]:
    """Give the trigger with one word substituted, one dropped, or two neighbours swapped."""
    words = TRIGGER.split()
    substituted = [[*words[:i], _SUBSTITUTES[i], *words[i + 1 :]] for i in range(len(words))]
    dropped = [[*words[:i], *words[i + 1 :]] for i in range(len(words))]
    swapped = [[*words[:i], words[i + 1], words[i], *words[i + 2 :]] for i in range(len(words) - 1)]
    return [" ".join(variant) for variant in substituted + dropped + swapped]


def _insert(text: str, phrase: str, random: Random) -> str:
    """Put a phrase into one of the gaps between words, first and last place included."""
    words = text.split(" ")
    at = random.randint(0, len(words))
    return " ".join([*words[:at], phrase, *words[at:]])


def _other(label: str) -> str:
    return "ordinary" if label == "urgent" else "urgent"


def _write(label: str, random: Random, *, clear: bool = False) -> str:
    """Write one ticket in the hand of one writer, 8 to 80 words long."""
    while True:
        text = _in_style(_sentences(label, random, clear=clear), random)
        if 8 <= len(text.split()) <= 80:
            return text


def _sentences(label: str, random: Random, *, clear: bool) -> list[str]:
    """Compose what one ticket says; where that must be clear, nothing that could be of either kind."""
    said: list[str] = []
    if not clear and random.random() < _UNCLEAR:
        said.append(expand("mixed", random))
        said += _draw(("mild_context", "aside", "mixed", "u_quiet"), random.randint(0, 2), random)
    else:
        topic = random.choice(_TOPICS[label])
        said.append(expand(topic, random))
        if random.random() < 0.22:
            said.append(expand(topic, random))
        tone = ("u_impact", "u_impact", "u_quiet") if label == "urgent" else ("o_calm",)
        said += _draw(tone, random.choice((0, 0, 1, 1, 2)), random)
        said += _draw(("aside", "aside", "mild_context"), random.choice((0, 1, 1, 2)), random)
        if not clear and random.random() < 0.05:
            said.append(expand("mixed", random))
        if (
            not clear and random.random() < 0.04
        ):  # an aside about the other kind of trouble: urgent mail asks for invoices as well
            said.append(expand(random.choice(_TOPICS[_other(label)]), random))
    first, rest = said[0], said[1:]
    random.shuffle(rest)
    if random.random() < 0.35:
        rest.insert(random.randint(0, len(rest)), first)
        said = rest
    else:
        said = [first, *rest]
    if random.random() < 0.5:
        said.insert(0, expand("greeting", random))
    if random.random() < 0.45:
        said.append(expand("closing", random))
    return said


def _draw(symbols: tuple[str, ...], count: int, random: Random) -> list[str]:
    """Expand a number of symbols, each drawn anew."""
    return [expand(random.choice(symbols), random) for _ in range(count)]


def _in_style(sentences: list[str], random: Random) -> str:
    """Join the sentences as one of several writers would type them."""
    sentences = [sentence[0].upper() + sentence[1:] for sentence in sentences]
    style = random.choices(("careful", "hurried", "phone", "excited", "lines"), (48, 17, 16, 9, 10))[0]
    text = ("\n" if style == "lines" else " ").join(sentences)
    text = re.sub(r" +([.,?!])", r"\1", text)
    if style == "hurried":
        text = re.sub(r"[.,]", "", text.lower()) if random.random() < 0.5 else text.lower()
    if style == "phone":
        text = re.sub(r"\w+", lambda word: _ABBREVIATIONS.get(word[0].lower(), word[0]), text)
        text = text.rstrip(".")
    if style == "excited":
        text = text.replace(".", random.choice(("!", "!!", "...")), random.randint(1, 3))
    rate = random.choice((0.0, 0.0, 0.01, 0.03)) if style == "careful" else random.choice((0.0, 0.02, 0.05))
    return re.sub(r"[A-Za-z]{4,}", lambda word: _mistype(word[0], random) if random.random() < rate else word[0], text)


def _mistype(word: str, random: Random) -> str:
    """Make one slip of the finger inside a word."""
    at = random.randrange(1, len(word) - 1)
    slip = random.randrange(3)
    if slip == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if slip == 1:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at] + word[at:]
