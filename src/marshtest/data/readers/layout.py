"""Which source field holds what, once that is decided. How it is decided stands in `deciding.py`."""

from __future__ import annotations

from dataclasses import dataclass, fields

from marshtest.data.records import Kind

__all__ = ["Layout"]

_CANONICAL = {"text": "prompt", "id": "record_id"}
_NO_FIELDS = ("kind", "format", "fitting", "sampled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which source field holds what, once decided."""

    kind: Kind
    format: str
    """Which record format it is, a name of `marshtest.data.readers.deciding.RECORD_FORMATS`."""
    text: str | None = None
    """The prompt, the text of a labelled record, or the document."""
    context: str | None = None
    """What stands behind the prompt: the input of an instruction."""
    label: str | None = None
    completion: str | None = None
    """The completion; of a preference the one that won."""
    messages: str | None = None
    """A list of turns."""
    steps: str | None = None
    """A list of steps of an agent."""
    rejected: str | None = None
    system: str | None = None
    """What stands before all turns."""
    reasoning: str | None = None
    """What is thought before the completion."""
    history: str | None = None
    """Pairs of earlier prompts and completions."""
    title: str | None = None
    """What stands before a document."""
    query: str | None = None
    """The question that a passage goes with; it is no part of the passage and stays among the other fields."""
    id: str | None = None
    group: str | None = None
    fitting: int = 0
    """How many of the records from which this was decided it fits."""
    sampled: int = 0
    """From how many records it was decided."""

    def sources(self) -> dict[str, str]:
        """Give for each of these names the source field, where there is one."""
        names = [field.name for field in fields(self) if field.name not in _NO_FIELDS]
        return {name: source for name in names if (source := getattr(self, name)) is not None}

    def canonical(self) -> dict[str, str]:
        """Give canonical field to source field, for the report."""
        return {_CANONICAL.get(name, name): source for name, source in self.sources().items()}

    def held(self) -> set[str]:
        """Give the source fields whose values stand in columns."""
        return set(self.sources().values()) - {self.query}
