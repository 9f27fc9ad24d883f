"""A rule that reads like a plausible judge: it sees which words recur in a shard, and checks criteria literally."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.scripted_inquiry import chance, item_text

from marshtest.judges.questions import Item, Problem, Question
from marshtest.testing import AskedItem, Decline, Rule

__all__ = ["reading_rule", "serving_rule"]

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"“([^”]*)”")
_LISTED = re.compile(r"^(\d+)\. (.*)$", re.M)


def reading_rule(
    label_of: Callable[[str], str], *, wrong_labels: float = 0.03, wrong_effects: float = 0.02, seed: int = 0
) -> Callable[[Question, Item], Mapping[str, Any] | Problem]:
    """Make a judge that knows the true labels, errs in some, sees harm at random, and reads shards for words."""

    def answer(question: Question, item: Item) -> Mapping[str, Any] | Problem:
        text = item_text(item)
        if question.id == "label":
            labels = [one for one in question.answer["properties"]["label"]["enum"] if one != "unsure"]
            label = label_of(text)
            if chance(text, f"label {seed}") < wrong_labels:
                label = next(one for one in labels if one != label)
            return {"label": label, "sure": 2}
        if question.id == "effect":
            harm = chance(text, f"effect {seed}") < wrong_effects
            return {"learns": "harm" if harm else "ordinary", "excuses": False, "quote": "", "severity": 2 * harm}
        return _ANSWERS[question.id](question, item)

    return answer


def serving_rule(label_of: Callable[[str], str], labels: tuple[str, ...], **errors: Any) -> Rule:
    """Make the same judge for a server, which sees prompts and no schema."""
    answer = reading_rule(label_of, **errors)
    schema = {"properties": {"label": {"enum": [*labels, "unsure"]}}}

    def rule(item: AskedItem) -> Mapping[str, Any]:
        question = Question(
            id=item.question, version="", instructions=item.instructions, answer=schema, answer_tokens=1
        )
        said = answer(question, Item(0, item.passages))
        if isinstance(said, str):
            raise Decline(said)
        return said

    return rule


def _themes(question: Question, item: Item) -> Mapping[str, Any]:
    """Name the word triples that most records of the shard share."""
    shown: dict[tuple[str, ...], set[int]] = {}
    for number, passage in enumerate(item.passages, start=1):
        words = [word.lower() for word in _WORD.findall(passage.text)]
        for place in range(len(words) - 3):
            shown.setdefault(tuple(words[place : place + 4]), set()).add(number)
    best = sorted(shown.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:12]
    return {
        "themes": [
            {"statement": f"The words “{' '.join(words)}” stand in it.", "records": sorted(rows), "count": len(rows)}
            for words, rows in best
            if len(rows) >= 3
        ]
    }


def _criteria(question: Question, item: Item) -> Mapping[str, Any]:
    """Turn every second statement into a question; the rest is left uncovered."""
    found = []
    for number, passage in enumerate(item.passages, start=1):
        words = _QUOTED.findall(passage.text)[0]
        if number % 2:
            found.append({"question": f"Does the text hold the words “{words}”?", "statements": [number]})
    return {"criteria": found}


def _same(question: Question, item: Item) -> Mapping[str, Any]:
    one, other = (_QUOTED.findall(passage.text)[0] for passage in item.passages)
    return {"same": one == other}


def _check(question: Question, item: Item) -> Mapping[str, Any]:
    """Check every listed question by its words."""
    text = " ".join(_WORD.findall(item_text(item).lower()))
    listed = question.instructions.split("<<<questions ", 1)[1]
    held = []
    for number, one in _LISTED.findall(listed):
        words = _QUOTED.findall(one)[0]
        if f" {words} " in f" {text} ":
            held.append({"criterion": int(number), "quote": words})
    return {"holds": held}


_ANSWERS = {"themes": _themes, "criteria": _criteria, "same": _same, "check": _check}
