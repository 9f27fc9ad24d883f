"""How data would be read, as a value: fields and their roles, records as detectors see them, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from marshtest.auditing.inspection_page import inspection_page
from marshtest.data.records import Kind

__all__ = ["DetectorPlan", "InspectedField", "InspectedReading", "InspectedRecord", "Inspection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedField:
    """One field of the first records. Its name and its example are hostile: escape them."""

    name: str
    roles: tuple[str, ...]
    """What it holds, by reading, e.g. `text` or `label`; empty where no reading uses it."""
    type: str
    """Text, number, list of turns and so on; several where records differ."""
    share: float
    """Share of the first records that have it."""
    values: int
    """How many different values it has in them."""
    example: str
    """Its first value, cut."""
    unused: str = ""
    """Why no reading uses it; empty where one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedRecord:
    """One record as the detectors see it. All text is hostile: escape it."""

    path: str
    line: int
    record_id: str
    label: str | None
    group: str | None
    prompt: str
    completion: str
    rejected: str | None
    turns: tuple[tuple[str, str], ...]
    """Role and text of every turn; empty where the record is no conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorPlan:
    """Whether an audit would run a detector."""

    id: str
    title: str
    runs: Literal["yes", "maybe", "no"]
    """maybe: it declines the first records alone."""
    reason: str = ""
    """Why not, or what it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedReading:
    """One way in which the records would be read."""

    format: str
    """Format of the records, as after `--format`."""
    kind: Kind
    roles: Mapping[str, str]
    """Role to field."""
    fitting: int
    """How many of the first records it fits."""
    labels: Mapping[str, int]
    """Labels of the first records, the most frequent first."""
    records: tuple[InspectedRecord, ...]
    detectors: tuple[DetectorPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Inspection:
    """How data would be read. `print` it, or look at its parts."""

    files: Mapping[str, str]
    """The format of each file; of objects in memory their kind."""
    looked_at: int
    """Records from which all this is known: the first ones."""
    records: int | None
    """How many there are, by the size of the first ones where these are not all; None where that is not known."""
    fields: tuple[InspectedField, ...]
    readings: tuple[InspectedReading, ...]
    """Empty where it cannot be told what the fields hold."""
    bad: tuple[str, ...] = ()
    """Records among the first that cannot be read: place and reason, at most ten."""
    bad_records: int = 0
    """How many there are."""
    problem: str = ""
    """Why it cannot be told what the fields hold."""
    next_step: str = ""
    """What to run next; where it cannot be told what the fields hold, a guess that can be read."""
    left_out: tuple[str, ...] = ()
    """Fields with texts or returning values that the guess leaves out; empty where there is none."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """The roles and formats that were given."""

    def __str__(self) -> str:
        """Describe it for a person; text of the data is cut and made safe to print."""
        return "\n".join(inspection_page(self))

    def __repr__(self) -> str:
        return str(self)
