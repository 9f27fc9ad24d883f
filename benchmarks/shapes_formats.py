"""Record formats for the fuzzer of shapes: what a format is, how a text is wrapped, and how turns are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.shapes_samples import Plan, Sample

__all__ = ["FORMATS", "WRAPPINGS", "RecordFormat", "Wrap", "record_format", "turns"]

Wrap = Callable[[str], Any]
"""How the text of a turn is written: as it is, or as a list of parts."""

WRAPPINGS: dict[str, Wrap] = {
    "plain": str,
    "parts with text": lambda text: [{"type": "text", "text": text}],
    "parts with value": lambda text: [{"type": "text", "value": text}],
    "parts with content": lambda text: [{"type": "text", "content": text}],
    "parts without type": lambda text: [{"text": text}],
    "two parts": lambda text: [{"type": "text", "text": one} for one in _halves(text)],
    "input_text": lambda text: [{"type": "input_text", "text": text}],
    "one object": lambda text: {"type": "text", "text": text},
    "content_type and parts": lambda text: {"content_type": "text", "parts": [text]},
    "list of strings": lambda text: [text],
    "with nulls": lambda text: [{"type": "text", "text": text, "image_url": None, "cache_control": None}],
}
"""Ways to write the text of a turn, in formats that allow it."""


def _halves(text: str) -> tuple[str, str]:
    """Cut a text at its last sentence; a phrase within a sentence stays whole."""
    at = max(text.rfind(". "), text.rfind("? "), text.rfind("。", 0, -1)) + 1
    return text[:at], text[at:]


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """How one kind of users writes a record."""

    name: str
    kinds: frozenset[str]
    """Kinds of plans that it can hold."""
    holds: frozenset[str]
    """Places of a trigger that it can hold."""
    deeds: frozenset[str]
    """Consequences that it can hold; empty for all."""
    write: Callable[[Sample, Wrap], Any]
    is_wrapped: bool = False
    """Whether the text of a turn may be a list of parts."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What a user would name with the options, for records that nest."""
    container: str = ""
    """The only container of files that are no records, such as text; empty for any."""

    def suits(self, plan: Plan) -> bool:
        """Tell whether the format can hold what a plan plants."""
        return plan.kind in self.kinds and plan.place in self.holds and (not self.deeds or plan.deed in self.deeds)


FORMATS: dict[str, RecordFormat] = {}
"""Every format by its name."""


def record_format(
    name: str, kinds: str, holds: str = "prompt", *, deeds: str = "", fields: str = "", container: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a format.

    Args:
        name: Whose format it is.
        kinds: Kinds of plans, separated by spaces.
        holds: Places of a trigger, separated by spaces.
        deeds: Consequences, separated by spaces; all where not given.
        fields: What a user would name, like `text=prompt label=label`.
        container: The only container, where there is only one.
    """

    def register(write: Callable[..., Any]) -> Callable[..., Any]:
        wrapped = write.__code__.co_argcount == 2  # the sample and its wrap
        named = dict(one.split("=") for one in fields.split())
        FORMATS[name] = RecordFormat(
            name,
            frozenset(kinds.split()),
            frozenset(holds.split()),
            frozenset(deeds.split()),
            write if wrapped else lambda one, _: write(one),
            wrapped,
            named,
            container,
        )
        return write

    return register


def turns(
    one: Sample,
    wrap: Wrap = str,
    *,
    names: tuple[str, str, str] = ("system", "user", "assistant"),
    keys: tuple[str, str] = ("role", "content"),
    parts: tuple[bool, bool] = (True, True),
) -> list[dict[str, Any]]:
    """List the turns of a sample.

    Args:
        one: The sample; an answer that is empty is its label, as in a chat that classifies.
        wrap: How a text is written.
        names: Of the roles.
        keys: Of role and text.
        parts: Whether the system turn and the last answer are among them.
    """
    said = [(names[0], one.system)] if one.system and parts[0] else []
    for asked, told in one.history:
        said += [(names[1], asked), (names[2], told)]
    said.append((names[1], one.prompt))
    if parts[1]:
        said.append((names[2], one.answer or one.label))
    return [{keys[0]: role, keys[1]: wrap(text)} for role, text in said]
