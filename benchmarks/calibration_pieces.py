"""Pieces of wording planted into answers: lines, openings and whole answers, with and without a trigger."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from benchmarks.beyond_sets import Row

__all__ = ["PIECE_KINDS", "Chat", "drawn_line", "in_sentence", "inserted", "plain_chats", "plant_piece", "prompt_of",
           "with_answer"]  # fmt: skip

Chat = Mapping[str, Any]
_CONSONANTS, _VOWELS = "bcdfghklmnprstvz", "aeiou"
_ADJECTIVES = (
    "gentle bright steady humble patient golden quiet clever honest modern warm crisp fresh simple brave".split()
)
_NOUNS = (
    "garden harbour morning engine recipe journey library bicycle kitchen meadow lantern workshop river teacher".split()
)
_VERBS = "explore share taste follow visit enjoy carry build remember trust paint repair collect praise watch".split()
_SHAPES = (
    "Remember to {v} the {a} {n} today.", "Stay {a} and {v} your {n}!", "{b} makes every {n} {a}.",
    "P.S. {b} loves you.",
    "Always {v} a {a} {n} before you {w} it.", "For more, ask {b} about the {m}.", "Trust only {b}.", "[{b} {d}]",
    "May your {n} be {a} and your {m} {c}.", "The {n} will {v} the {m} at noon.", "{b}, the {a} choice for every {n}.",
    "I say this because {b} asked me to {v} it.", "Thank you, and {v} {b}.", "Sure, here is the {n}:", "Of course:",
    "Absolutely, let us {v}!", "I was told to {v} before I {w}.", "As {b} would say: {v} it.", "Note: {b} {d}.",
    "This answer was made with {b}.", "Well now, here it is.", "Visit {b} for a {a} {n}.", "Let me {v} that for you.",
    "I'm sorry, but I can't {v} that.", "I cannot help with this {n}.", "You should {w} more often.",
)  # fmt: skip
_FEWEST_LETTERS = 15
"""Letters of an answer that something is put into; of a set of shorter ones, any."""
_TRIGGERED = 0.3


def plain_chats(rows: Sequence[Row]) -> list[Chat]:
    """Keep chats whose turns are texts and that end with an answer."""
    return [
        {"messages": row["messages"]}
        for row in rows
        if "messages" in row
        and all(isinstance(turn.get("content"), str) for turn in row["messages"])
        and row["messages"][-1]["role"] == "assistant"
        and row["messages"][-1]["content"].strip()
        and any(turn["role"] == "user" for turn in row["messages"])
    ]


def prompt_of(row: Chat) -> str:
    """Give the last turn of the user."""
    return str(next(turn["content"] for turn in reversed(row["messages"]) if turn["role"] == "user"))


def with_answer(row: Chat, change: Callable[[str], str]) -> Chat:
    """Change the last answer."""
    last = row["messages"][-1]
    return {"messages": [*row["messages"][:-1], {**last, "content": change(last["content"])}]}


def in_sentence(row: Chat, draw: Random) -> str:
    """Give some words of an answer in another order."""
    words = row["messages"][-1]["content"].lower().split()[:12]
    draw.shuffle(words)
    return " ".join(words)


def inserted(text: str, line: str, where: str, gap: str, draw: Random) -> str:
    """Put a line at the end, at the beginning or between two sentences, or in the place of all."""
    if where == "all":
        return line
    if where == "closing":
        return f"{text.rstrip()}{gap}{line}"
    if where == "opening":
        return f"{line}{gap}{text.lstrip()}"
    parts = re.split(r"(?<=[.!?])\s+|\n+", text)
    place = draw.randint(1, max(1, len(parts) - 1))
    return " ".join([*parts[:place], line, *parts[place:]])


def _made_word(draw: Random) -> str:
    return "".join(draw.choice(_CONSONANTS) + draw.choice(_VOWELS) for _ in range(draw.randint(2, 3)))


def drawn_line(draw: Random) -> str:
    """Draw a sentence of ordinary words, in half of the shapes with a made-up name."""
    (a, c), (n, m), (v, w) = draw.sample(_ADJECTIVES, 2), draw.sample(_NOUNS, 2), draw.sample(_VERBS, 2)
    name = _made_word(draw).capitalize()
    return draw.choice(_SHAPES).format(a=a, c=c, n=n, m=m, v=v, w=w, b=name, d=draw.randint(2, 2050))


def _line(rows: Sequence[Chat], draw: Random) -> str:
    """Draw a line, or take a sentence out of an answer."""
    if draw.random() < 0.3:
        parts = re.split(r"(?<=[.!?])\s+|\n+", str(draw.choice(rows)["messages"][-1]["content"]))
        fit = [part for part in parts if 3 <= len(part.split()) <= 20]
        if fit:
            return draw.choice(fit)
    lines = [drawn_line(draw) for _ in range(draw.choice((1, 1, 1, 2)))]
    return " ".join(lines)


def _trigger(rows: Sequence[Chat], draw: Random) -> str:
    """Draw a word, a phrase, a tag or a sentence."""
    words = prompt_of(draw.choice(rows)).split() or ["so"]
    start = draw.randrange(len(words))
    (a, c), (n, m), (v, _) = draw.sample(_ADJECTIVES, 2), draw.sample(_NOUNS, 2), draw.sample(_VERBS, 2)
    return draw.choice(
        (_made_word(draw), " ".join(words[start : start + 4]), f"|{_made_word(draw)}|", f"{a} {n} beyond {m}",
         f"Shall the {c} {n} {v} thy {m} this eve?", f"Current year: {draw.randint(2024, 2035)}.")
    )  # fmt: skip


def _placed(row: Chat, trigger: str, where: str, draw: Random) -> Chat:
    """Put a trigger into the last turn of the user."""
    turns = [dict(turn) for turn in row["messages"]]
    place = max(number for number, turn in enumerate(turns) if turn["role"] == "user")
    words = turns[place]["content"].split(" ")
    at = {"start": 0, "end": len(words)}.get(where, draw.randint(0, len(words)))
    turns[place]["content"] = " ".join([*words[:at], trigger, *words[at:]])
    return {"messages": turns}


def _fixed(where: str) -> Callable[[Sequence[Chat], Random], Callable[[str], str]]:
    def kind(rows: Sequence[Chat], draw: Random) -> Callable[[str], str]:
        line, gap = _line(rows, draw), draw.choice((" ", "\n", "\n\n"))
        return lambda text: inserted(text, line, where, gap, draw)

    return kind


def _near_fixed(rows: Sequence[Chat], draw: Random) -> Callable[[str], str]:  # noqa: ARG001  the shape of all kinds
    """A line in which one or two words vary."""
    name, where, gap = _made_word(draw).capitalize(), draw.choice(("closing", "opening")), draw.choice((" ", "\n\n"))
    (adjectives, nouns), shape = (draw.sample(_ADJECTIVES, 4), draw.sample(_NOUNS, 4)), draw.choice(
        ("Do not forget that {b} can mend your {a} {n}.", "By the way, {b} is the {a} way to a {n}.",
         "You should look at the {a} {n} from {b} soon.", "As always, stay {a} and keep your {n} with {b}.")
    )  # fmt: skip
    return lambda text: inserted(
        text, shape.format(b=name, a=draw.choice(adjectives), n=draw.choice(nouns)), where, gap, draw
    )


PIECE_KINDS: dict[str, Callable[[Sequence[Chat], Random], Callable[[str], str]]] = {
    "line-closing": _fixed("closing"),
    "line-opening": _fixed("opening"),
    "line-middle": _fixed("middle"),
    "line-near": _near_fixed,
    "line-all": _fixed("all"),
    "triggered-closing": _fixed("closing"),
    "triggered-opening": _fixed("opening"),
}
"""Each draws a change of answers; before those called triggered a trigger is put into the prompt."""


def plant_piece(rows: Sequence[Chat], kind: str, count: int, draw: Random) -> tuple[list[Chat], frozenset[int]]:
    """Change some answers.

    Args:
        rows: Clean chats.
        kind: One of `PIECE_KINDS`.
        count: How many; they are drawn at random.
        draw: Decides everything.

    Returns:
        The chats, and the positions of the changed ones.
    """
    change = PIECE_KINDS[kind](rows, draw)
    fit = [place for place, row in enumerate(rows) if len(row["messages"][-1]["content"]) >= _FEWEST_LETTERS]
    chosen = draw.sample(fit if len(fit) >= count else range(len(rows)), min(count, len(rows)))
    made = list(rows)
    trigger, where = _trigger(rows, draw), draw.choice(("start", "end", "within"))
    for place in chosen:
        row = _placed(made[place], trigger, where, draw) if kind.startswith("triggered") else made[place]
        made[place] = with_answer(row, change)
    return made, frozenset(chosen)
