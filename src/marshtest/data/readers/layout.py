"""Which source field holds what. `deciding.py` decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from marshtest.data.readers.winners import other_decider
from marshtest.data.records import Kind

__all__ = ["TAGGED", "FieldLayout"]

TAGGED = "tagged"
"""The record format of tokens with a tag each."""

_CANONICAL = {"text": "prompt", "id": "record_id"}
"""Names of `FieldLayout` whose canonical column has another name."""
_NO_FIELDS = ("kind", "format", "labels", "separator", "fitting", "sampled")
"""Names of `FieldLayout` that hold no source field, or several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLayout:
    """Which source field holds what, by its name or by a dotted name inside it; None where there is no such field."""

    kind: Kind
    format: str
    """The record format, a name of `marshtest.data.readers.deciding.RECORD_FORMATS`."""
    text: str | None = None
    """The prompt, the text of a labelled record, or the document."""
    context: str | None = None
    """What follows the prompt: the input of an instruction."""
    label: str | None = None
    """The label. If it is the field of the completion or of the turns, the answer is the label."""
    labels: tuple[str, ...] = ()
    """Fields that say 0 or 1 for one label each."""
    separator: str | None = None
    """What stands between several labels that are joined in one text."""
    completion: str | None = None
    """The completion; in a preference record the one that won."""
    messages: str | None = None
    """A list of turns."""
    steps: str | None = None
    """A list of steps of an agent."""
    rejected: str | None = None
    system: str | None = None
    """The system prompt, before all turns."""
    reasoning: str | None = None
    """The reasoning before the completion."""
    history: str | None = None
    """Earlier prompts and completions: pairs of texts, or turns."""
    title: str | None = None
    """The title of a document, put before its text."""
    query: str | None = None
    """The question that a passage answers; not part of the passage, so it stays among the other fields."""
    id: str | None = None
    group: str | None = None
    winner: str | None = None
    """What says which of the two completions of a pair won, where their places do not."""
    images: str | None = None
    """Files that belong to the conversation; their names and captions are text."""
    captions: str | None = None
    """What is said about these files."""
    fitting: int = 0
    """How many of the sampled records it fits."""
    sampled: int = 0
    """How many records it was decided from."""

    @property
    def answer_is_label(self) -> bool:
        """Whether the answer of a conversation is its label, which is then no part of the text."""
        return self.label is not None and self.label in (self.completion, self.messages)

    def sources(self) -> dict[str, str]:
        """Return name to source field, for the fields that there are."""
        names = [field.name for field in fields(self) if field.name not in _NO_FIELDS]
        return {name: source for name in names if (source := getattr(self, name)) is not None}

    def renamed(self, names: Mapping[str, str]) -> FieldLayout:
        """Return the same layout of records whose fields have other names."""
        moved: dict[str, Any] = {role: names[source] for role, source in self.sources().items()}
        return replace(self, labels=tuple(names.get(name, name) for name in self.labels), **moved)

    def canonical(self) -> dict[str, str]:
        """Return canonical field to source field, for the report."""
        named = {_CANONICAL.get(name, name): source for name, source in self.sources().items()}
        if self.answer_is_label:
            named.pop("completion", None)
        if self.format == "retrieval-negatives":
            named["negative"] = named.pop("completion")
        return named | ({"label": ", ".join(self.labels)} if self.labels else {})

    def deciders(self) -> frozenset[str]:
        """Return the fields that say which completion of a pair won, and for the second one the same."""
        if self.winner is None:
            return frozenset()
        return frozenset(filter(None, (self.winner, other_decider(self.winner))))

    def held(self) -> frozenset[str]:
        """Return the source fields whose values are held in columns of their own."""
        return _held(self)


@cache
def _held(layout: FieldLayout) -> frozenset[str]:
    """Return the fields that a layout holds, which is asked for every record."""
    return frozenset({*layout.sources().values(), *layout.labels} - {layout.query})
