"""Everything that decides what an audit does, in one frozen object that is printed into the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AuditConfig", "FieldMap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """Which source fields hold what. None means: find out from the data."""

    text: str | None = None
    """Field with the prompt."""
    label: str | None = None
    """Field with the label of a classification record."""
    completion: str | None = None
    """Field with the completion of a record that has no label."""
    messages: str | None = None
    """Field with the turns of a chat record."""
    id: str | None = None
    """Field with the record's own id."""
    group: str | None = None
    """Field with provenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditConfig:
    """Settings of one audit."""

    detectors: tuple[str, ...] = ()
    """Ids of the detectors to run; empty means every detector whose needs the data meets."""
    seed: int = 0
    """Seed of everything random (folds, draws). The same data and seed give the same report."""
    on_bad_record: Literal["fail", "skip"] = "fail"
    """What to do with a record that cannot be read: stop, or count it as a failure and go on."""
    own_controls: bool = False
    """Whether to run on the dataset with shuffled labels too and, where something was found, on its halves."""
    power: Literal["off", "quick", "full"] = "off"
    """How thoroughly to measure what would have been caught: harmless poison is planted into copies of the data."""
