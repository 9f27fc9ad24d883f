"""What if a span were not there, or stood somewhere else? Made-up records in the shape of real ones.

They are asked about with the same question as the records themselves, so a judge cannot tell which are made up.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshtest.asking.items import row_items
from marshtest.asking.passages import COLUMNS
from marshtest.asking.sampling import content_keys
from marshtest.asking.windows import WINDOW_TOKENS
from marshtest.dataset import Dataset
from marshtest.judges.questions import Item
from marshtest.signals import Span

__all__ = ["Edit", "edited", "insertion_items", "phrase_spans", "removal_items", "with_words", "without_span"]

Edit = tuple[int, int, str]
"""First character of a stretch of a text, one past its last, and what to put there instead."""

_JOIN = "\n\n"
_WORD = re.compile(r"\S+")
_CLOSING = ".,;:!?)]}"


def removal_items(
    dataset: Dataset,
    spans: Mapping[int, Sequence[Span]],
    question_id: str,
    *,
    window_tokens: int = WINDOW_TOKENS,
) -> Iterator[Item]:
    """Give records with spans taken out of them.

    Args:
        dataset: The records.
        spans: By row, what to take out. Spans in `fields` are left where they are.
        question_id: `effect` or `label`.
        window_tokens: A longer record is cut into windows.
    """
    for index, row in _rows(dataset, sorted(spans)):
        changed = row
        for span in sorted(set(spans[index]), key=lambda span: (span.field, -span.start)):
            if span.field != "fields":
                edit = _removal(changed[span.field] or "", span.start, span.end)
                changed = edited(changed, span.field, edit)
        yield from row_items(index, changed, question_id, dataset.fields, window_tokens=window_tokens)


def insertion_items(
    dataset: Dataset,
    rows: Sequence[int],
    words: str,
    question_id: str,
    *,
    seed: int = 0,
    window_tokens: int = WINDOW_TOKENS,
) -> Iterator[Item]:
    """Give records with words put into the prompt, at a random place between its own words.

    Args:
        dataset: The records.
        rows: Which records.
        words: What to put in.
        question_id: `effect` or `label`.
        seed: Seed of the places; they depend on the record, not on its row.
        window_tokens: A longer record is cut into windows.
    """
    keys = content_keys(dataset, seed)
    for index, row in _rows(dataset, rows):
        edit = _insertion(row["prompt"], words, random.Random(int(keys[index])))
        yield from row_items(
            index, edited(row, "prompt", edit), question_id, dataset.fields, window_tokens=window_tokens
        )


def phrase_spans(dataset: Dataset, rows: Sequence[int], phrase: str) -> dict[int, tuple[Span, ...]]:
    """Find a phrase in prompts, whatever its case and blanks; rows in which it does not stand are left out."""
    parts = phrase.split()
    if not parts:
        return {}
    pattern = re.compile(r"\s*".join(map(re.escape, parts)), re.IGNORECASE)
    found: dict[int, tuple[Span, ...]] = {}
    for index, row in _rows(dataset, rows):
        spans = tuple(Span("prompt", *match.span()) for match in pattern.finditer(row["prompt"]))
        if spans:
            found[index] = spans
    return found


def without_span(text: str, start: int, end: int) -> str:
    """Take a stretch out of a text so that no gap is left: no double blank, none before a full stop."""
    return _applied(text, _removal(text, start, end))


def with_words(text: str, words: str, draws: random.Random) -> str:
    """Put words into a text at a random place between its words, or before or after all of them."""
    return _applied(text, _insertion(text, words, draws))


def edited(row: Mapping[str, Any], field: str, edit: Edit) -> dict[str, Any]:
    """Give a record with a stretch of one field replaced, in its turns too.

    Args:
        row: The columns of one record.
        field: `prompt`, `completion` or `rejected`.
        edit: First character, one past the last, and what to put there instead.
    """
    changed = {**row, field: _applied(row[field] or "", edit)}
    turns = [dict(turn) for turn in row["messages"] or ()]
    if not turns or field not in ("prompt", "completion"):
        return changed
    last = max((number for number, turn in enumerate(turns) if turn["role"] == "assistant"), default=-1)
    if row["kind"] == "classification" or turns[last]["content"] != row["completion"]:
        last = -1
    if field == "completion":
        if last >= 0:
            turns[last]["content"] = changed["completion"]
        return {**changed, "messages": turns}
    told = [turn for number, turn in enumerate(turns) if number != last]
    if _JOIN.join(turn["content"] for turn in told) == row["prompt"]:
        _edit_turns(told, edit)
        changed["prompt"] = _JOIN.join(turn["content"] for turn in told)
    return {**changed, "messages": turns}


def _edit_turns(turns: Sequence[dict[str, Any]], edit: Edit) -> None:
    """Replace a stretch of the prompt in the turns that it is made of; what is put in goes into the first of them."""
    start, end, words = edit
    begin = 0
    for turn in turns:
        text, stop = turn["content"], begin + len(turn["content"])
        if start <= stop and end >= begin:
            turn["content"] = _applied(text, (max(start - begin, 0), min(end, stop) - begin, words))
            words = ""
            if end <= stop:
                return
        begin = stop + len(_JOIN)


def _removal(text: str, start: int, end: int) -> Edit:
    """Widen a stretch so that taking it out leaves no gap, and say what must stay between the words beside it."""
    before, after = text[:start], text[end:]
    low, high = start, end
    if not after.strip(" \t") or after[0] in _CLOSING + "\n":
        low = len(before.rstrip(" \t"))
    if low == 0 or text[low - 1].isspace():
        high = len(text) - len(after.lstrip(" \t"))
    beside = low > 0 and high < len(text) and text[low - 1].isalnum() and text[high].isalnum()
    had_blank = text[start:end] != text[start:end].strip()
    return low, high, " " if beside and had_blank else ""


def _insertion(text: str, words: str, draws: random.Random) -> Edit:
    """Choose where words go in."""
    starts = [match.start() for match in _WORD.finditer(text)]
    number = draws.randrange(len(starts) + 1)
    if number < len(starts):
        return starts[number], starts[number], f"{words} "
    end = len(text.rstrip())
    return end, end, f" {words}" if end else words


def _applied(text: str, edit: Edit) -> str:
    """Replace a stretch of a text."""
    start, end, words = edit
    return text[:start] + words + text[end:]


def _rows(dataset: Dataset, rows: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give single records by number."""
    table = dataset.table(COLUMNS)
    for index in rows:
        yield int(index), table.slice(int(index), 1).to_pylist()[0]
