"""The adapter: what a tool must be to be measured, and what it says of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from marshtest.data.dataset import Dataset

__all__ = ["Flagged", "Tool"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """What a tool says of a dataset."""

    records: frozenset[str]
    """Ids of the records that it calls poison."""
    names: tuple[str, ...] | None = None
    """Triggers that it names; None where it names none by its nature."""
    claims: int = -1
    """How many claims it makes; the number of records where it makes one for each."""
    suggestive: int = 0
    """Claims below its own threshold."""

    def __post_init__(self) -> None:
        if self.claims < 0:
            object.__setattr__(self, "claims", len(self.records))


@runtime_checkable
class Tool(Protocol):
    """What a tool must be to be measured: this is the whole adapter."""

    @property
    def name(self) -> str:
        """What it is called; an attribute will do."""
        ...

    @property
    def version(self) -> str:
        """Results of another version are not mixed with those of this one; an attribute will do."""
        ...

    def refuses(self, dataset: Dataset) -> str | None:
        """Say why this dataset is nothing for the tool, or None when it can look at it."""
        ...

    def examine(self, dataset: Dataset, *, seed: int) -> Flagged:
        """Say which records are poison, at the tool's own threshold."""
        ...
