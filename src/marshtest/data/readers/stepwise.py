"""The record format of process supervision: an answer in steps, and a verdict on each."""

from __future__ import annotations

from typing import Any

from marshtest.data.readers.asking import Asked
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.naming import PROMPT_NAMES
from marshtest.data.readers.nesting import opened, reach
from marshtest.data.readers.samples import holds_side

__all__ = ["LAST", "find_stepwise"]

LAST = ".-1"
"""End of the dotted name of the last verdict of a list."""
_STEPS, _VERDICTS = ("completions", "steps"), ("labels", "step_labels", "ratings")


def find_stepwise(asked: Asked) -> FieldLayout | None:
    """A prompt, a list of steps, and as many verdicts: the last one, on the whole answer, is its label.

    Verdicts on earlier steps are named as unread.
    """
    if not asked.only("text"):
        return None
    steps = asked.samples.find(_STEPS, _holds_texts)
    verdicts = asked.samples.find(_VERDICTS, _holds_verdicts)
    if steps is None or verdicts is None:
        return None
    pairs = [[_list(reach(record, name)) for name in (steps, verdicts)] for record in asked.records]
    if not all(len(texts) == len(said) for texts, said in pairs if texts and said):
        return None
    text = asked.field("text", PROMPT_NAMES, holds_side, but=[steps, verdicts])
    if text is None:
        return None
    return FieldLayout(kind="classification", format="stepwise", text=text, completion=steps, label=f"{verdicts}{LAST}")


def _list(value: Any) -> list[Any]:
    """Return a list, also of JSON in a text; empty where it is none."""
    value = opened(value) if isinstance(value, str) else value
    return value if isinstance(value, list) else []


def _holds_texts(value: Any) -> bool:
    return bool(items := _list(value)) and all(isinstance(one, str) for one in items)


def _holds_verdicts(value: Any) -> bool:
    return bool(items := _list(value)) and all(isinstance(one, bool | int) for one in items)
