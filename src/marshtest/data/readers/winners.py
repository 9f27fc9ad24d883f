"""Which of two completions won, where a field says so: `model_a`, `B`, `left`, `1`, ranks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshtest.data.readers.nesting import opened
from marshtest.data.readers.wrappings import turns_within

__all__ = ["by_score", "decides", "holds_scored", "in_order", "is_signed", "other_decider", "says_more", "text_name"]

_FIRST, _SECOND = ("a", "left", "first", "chosen"), ("b", "right", "second", "rejected")
"""Words for the first and for the second of two."""
_SCORES = ("overall_score", "score", "rating", "reward", "pm_score", "votes", "upvotes", "selected", "accepted")
"""Keys under which each of several completions has its score; the surer ones first."""
_RANKS = ("rank", "ranking")
"""Keys under which it has its place, the best one first."""
_TEXTS = ("response", "completion", "answer", "output", "text", "content")
"""Keys under which it has its text."""
_AS_NUMBERS = {"0": 0, "1": 1, "2": 2, "0.0": 0, "1.0": 1, "2.0": 2, "false": 0, "true": 1}
"""What tables write for numbers and booleans."""
_HIGHER_WINS = re.compile(r"(?:score|rating|reward)s?$", re.I)
"""Fields whose lists of numbers are scores; other lists of numbers are ranks."""
_SIGNED = re.compile(r"(?:overall|mean|average|avg)_?preference|preference_?(?:strength|score|margin|scale)", re.I)
"""Fields whose numbers are below zero where the first of two is better, and above where the second is (HelpSteer)."""
_PLAIN = re.compile(
    r"(?:(?:model|response|answer|completion|assistant|output|option|candidate|side|text)s?[ _-]?)?"
    r"(?:[ab]|[012]|left|right|first|second|chosen|rejected)",
    re.I,
)
"""How a winner is named without a word that says anything else."""
_LAST_PART = re.compile(r"[A-Za-z]+$|\d+$")


def in_order(
    names: tuple[str | None, str | None], winner: Any, decider: str
) -> tuple[tuple[str | None, str | None], bool]:
    """Put the field of the winner first, and say whether one won. Of a tie, the order stays as it is.

    Args:
        names: The fields of the two completions.
        winner: What the field `decider` holds.
        decider: The field that says who won, whose name may name one of the two (`winner_model_a`).
    """
    if (
        _HIGHER_WINS.search(decider)
        and isinstance(winner, list)
        and all(isinstance(one, int | float) for one in winner)
    ):
        winner = [-one for one in winner]
    place = _place([name or "" for name in names], _AS_NUMBERS.get(str(winner).strip().lower(), winner), decider)
    return (names[::-1] if place == 1 else names), place is not None


def says_more(winner: Any, names: tuple[str | None, str | None]) -> bool:
    """Return whether the text that names a winner holds more than a name of it: `model_b` does not, `gull-b` does.

    Args:
        winner: What the field that says who won holds.
        names: The fields of the two completions.
    """
    if not isinstance(winner, str):
        return False
    said = winner.strip()
    return said not in names and said.lower() not in _AS_NUMBERS and _PLAIN.fullmatch(said) is None


def holds_scored(value: Any) -> bool:
    """Return whether a value is a list of several completions, each with a text and a score."""
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(isinstance(one, Mapping) and _score(one) is not None and text_name(one) is not None for one in value)
    )


def decides(name: str, winner: str | None) -> bool:
    """Return whether a place in the list of scored completions, as in `answers[].rank`, is read to know who won."""
    return winner is not None and name in {f"{winner}[].{key}" for key in (*_SCORES, *_RANKS)}


def text_name(one: Mapping[str, Any]) -> str | None:
    """Return the key under which a scored completion has its text, or the turns of it."""
    said = next((key for key in _TEXTS if isinstance(one.get(key), str)), None)
    return said or next((key for key in _TEXTS if turns_within(one.get(key)) is not None), None)


def by_score(scored: list[Mapping[str, Any]], name: str) -> tuple[tuple[str, str], bool, list[dict[str, Any]]]:
    """Put the best and the worst of several scored completions in order.

    Args:
        scored: A list that `holds_scored`.
        name: Its field.

    Returns:
        The dotted fields of the texts of both, whether their scores differ, and what else the list holds.
    """
    scores = [_score(one) or 0.0 for one in scored]
    best, worst = scores.index(max(scores)), len(scores) - 1 - scores[::-1].index(min(scores))
    best, worst = (0, 1) if scores[best] == scores[worst] else (best, worst)
    texts = [text_name(one) for one in scored]
    rest = [
        {key: item for key, item in one.items() if number not in (best, worst) or key != texts[number]}
        for number, one in enumerate(scored)
    ]
    return (f"{name}.{best}.{texts[best]}", f"{name}.{worst}.{texts[worst]}"), scores[best] != scores[worst], rest


def is_signed(name: str) -> bool:
    """Return whether the numbers of a field say by their sign which of two is better."""
    return _SIGNED.fullmatch(name) is not None


def _score(one: Mapping[str, Any]) -> float | None:
    """Return what is larger the better a completion is."""
    signed = ((1.0, _SCORES), (-1.0, _RANKS))
    found = ((sign, one.get(key)) for sign, keys in signed for key in keys)
    return next((sign * float(score) for sign, score in found if isinstance(score, int | float)), None)


def other_decider(name: str) -> str | None:
    """Return the field that says of the second completion what this one says of the first; None if it has no end.

    So `winner_model_a`, which is 0 in a tie and for a winner B alike, has `winner_model_b` beside it.
    """
    end = {"a": "b", "0": "1", "1": "2"}.get(name[-1:].lower())
    return None if end is None else name[:-1] + (end.upper() if name[-1:].isupper() else end)


def _place(names: list[str], winner: Any, decider: str) -> int | None:
    """Return the index of the winner; None for a tie, or if nobody is named."""
    if isinstance(winner, str):
        winner = opened(winner) or winner
    if isinstance(winner, list):
        return _best(names, winner)
    ends = [_end(name) for name in names]
    if _SIGNED.fullmatch(decider) and (strength := _number(winner)) is not None:
        return None if strength == 0 else int(strength > 0)
    if isinstance(winner, bool | int | float):
        if _end(decider) in ends:  # `winner_model_a` is 1 if it won
            return ends.index(_end(decider)) if winner else None
        if {"0", "1"} == set(ends) or {"1", "2"} == set(ends):
            return ends.index(str(int(winner))) if str(int(winner)) in ends else None
        return {1: 0, 0: 1}.get(int(winner))  # as in SHP: 1 means that the first is the better one
    said = str(winner).strip()
    if said in names:
        return names.index(said)
    end = _end(said)
    if end in ends:
        return ends.index(end)
    return 0 if end in _FIRST else 1 if end in _SECOND else None


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def _best(names: list[str], ranked: list[Any]) -> int | None:
    """Return the index of the one with the best rank."""
    if all(isinstance(one, int | float) for one in ranked):
        ranked = [{"value": str(place), "rank": rank} for place, rank in enumerate(ranked)]
    ranks: dict[str, float] = {}
    for number, one in enumerate(ranked, start=1):
        if isinstance(one, Mapping) and isinstance(one.get("value"), str):
            rank = one.get("rank")
            ranks[one["value"]] = rank if isinstance(rank, int | float) else number
        elif isinstance(one, str):
            ranks[one] = number
    mine = [
        next((rank for said, rank in ranks.items() if name == said or name.endswith(f".{said}")), None)
        for name in names
    ]
    if mine[0] is None or mine[1] is None or mine[0] == mine[1]:
        return None
    return 0 if mine[0] < mine[1] else 1


def _end(name: str) -> str:
    """Return the last letters or digits of a name, in lower case."""
    found = _LAST_PART.search(name.strip())
    return found[0].lower() if found else ""
