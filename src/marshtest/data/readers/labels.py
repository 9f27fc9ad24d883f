"""What a label is: a value, several of them, none, or an answer that takes a few values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from marshtest.data.identity import as_text
from marshtest.data.labels import LONGEST_LABEL, label_of
from marshtest.data.readers.contents import YES, content_of
from marshtest.data.readers.layout import TAGGED, FieldLayout
from marshtest.data.readers.naming import LABEL_NAMES
from marshtest.data.readers.samples import Samples
from marshtest.data.readers.turns import Unfit

__all__ = ["answer_layout", "answers_are_labels", "one_hot_names", "with_separator"]

_FEWEST_RECORDS = 100
"""Different exchanges below which answers are never taken for labels. Derived: the detectors on labels take as many."""
_REPEATED = 5
"""Least number of different exchanges to an answer, on average. Derived: the fewest carriers of a trigger; classes that
are rarer than that in the sample are told from free text by the next number, and 150 classes have six in 1,000."""
_NEW_SHARE = 0.05
"""Most share (0 to 1) of exchanges whose answer no other has: by Good and Turing (1953) the chance that the next answer
is a new one. Convention: 5%. Of a chat in which 5% of the answers were planted it is near 95%."""
_SEPARATORS = ("|", ";", ",")
"""What people write between labels; a comma last, as names hold commas."""
_DECIMAL = re.compile(r"[01],\d+")
"""Shares with a decimal comma."""
_RECOMBINED = 0.8
"""Share of the joined labels that are found with others, or alone. Chosen by eye: rare ones may be seen once."""
_FLAGS = frozenset({"0", "1", "0.0", "1.0", "true", "false"})
"""Values of a field that says whether a record has one of several labels."""
_CALLS = ("<tool_call>", "<tool_response>")
"""What marks the turns of an agent, which are no labels however few they are."""


def answers_are_labels(records: Sequence[Mapping[str, Any]], layout: FieldLayout) -> bool:
    """Decide whether the answers of conversations take a few values, so that they are labels.

    Exchanges that are equal count once. The answers are labels if each is given to several different prompts and hardly
    any answer is given only once. So a chat with one fixed answer in some records stays a chat, however often that
    answer is repeated, and long answers are labels too. All turns of the assistant count: a fixed farewell after free
    answers makes no labels. Calls of tools are never labels. If all sampled answers are the same, the data may be
    sorted by label; they are taken for labels unless a field of the records is.

    Args:
        records: The first records.
        layout: What their fields mean.
    """
    if layout.kind != "chat" or layout.steps is not None or layout.reasoning is not None:
        return False
    exchanges: set[tuple[str, str]] = set()
    for record in records:
        with suppress(Unfit, RecursionError):
            said = ""
            for turn in content_of(record, layout).turns:
                if turn.role == "tool" or any(mark in turn.text for mark in _CALLS):
                    return False
                if turn.role == "assistant" and turn.text.strip():
                    exchanges.add((said, turn.text.strip()))
                said += f"\n{turn.text}"
    counts = Counter(answer for _, answer in exchanges)
    if len(exchanges) < _FEWEST_RECORDS or _REPEATED * len(counts) > len(exchanges):
        return False
    if len(counts) == 1:
        return not any(name.lower() in LABEL_NAMES for record in records for name in record)
    return sum(count == 1 for count in counts.values()) <= _NEW_SHARE * len(exchanges)


def answer_layout(layout: FieldLayout) -> FieldLayout:
    """Give the layout of a classification whose label is the answer of a conversation."""
    return replace(layout, kind="classification", label=layout.completion or layout.messages)


def with_separator(layout: FieldLayout, samples: Samples) -> FieldLayout:
    """Add to a layout what separates several labels in one text, if its label field holds such texts.

    A mark separates labels if most that it joins are also found in another company or alone, and none twice in one
    text. So `Arts, Crafts` is a name as long as neither stands with anything else.

    Args:
        layout: What the fields mean.
        samples: The first records.
    """
    if layout.kind != "classification" or layout.label is None or layout.answer_is_label or layout.format == TAGGED:
        return layout
    values = {value.strip() for value in samples.held(layout.label) if isinstance(value, str)}
    found = next((mark for mark in _SEPARATORS if _separates(mark, values)), None)
    return layout if found is None else replace(layout, separator=found)


def _separates(mark: str, values: set[str]) -> bool:
    """Say whether a mark stands between labels in these different values."""
    parted = {value: [part.strip() for part in value.split(mark)] for value in values}
    joined = [parts for parts in parted.values() if len(parts) > 1]
    if len(joined) < 2 or all(map(_DECIMAL.fullmatch, (mark.join(parts) for parts in joined))):
        return False
    if any(len(set(parts)) < len(parts) or len(part) > LONGEST_LABEL for parts in joined for part in parts):
        return False
    company = Counter(part for parts in parted.values() for part in parts if part)
    members = [part for parts in joined for part in parts if part]
    return sum(company[part] > 1 for part in members) > _RECOMBINED * len(members)


def one_hot_names(records: Sequence[Mapping[str, Any]], but: Iterable[str | None]) -> tuple[str, ...]:
    """Give the fields that say 0 or 1 for one label each, as in data on toxicity; none if there are fewer than two.

    Args:
        records: The first records.
        but: Fields that have another meaning.
    """
    names = list(dict.fromkeys(name for record in records for name in record))
    known = set(but)
    found = tuple(name for name in names if name not in known and _is_flag(records, name))
    return found if len(found) > 1 else ()


def _is_flag(records: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Say whether a field holds 0 or 1 wherever it holds something, and both of them somewhere."""
    texts = [as_text(record.get(name)).strip().lower() for record in records]
    values = {text for text in texts if label_of(text) is not None}
    return values <= _FLAGS and len({value in YES for value in values}) > 1
