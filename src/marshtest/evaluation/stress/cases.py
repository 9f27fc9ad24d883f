"""What is measured: every case by its coordinates, in the order in which they are worked through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from marshtest.config import FieldMap
from marshtest.data.records import Kind
from marshtest.errors import ConfigError
from marshtest.organisms.companions import Disclosure
from marshtest.organisms.registry import find_organism, registered_organisms

__all__ = ["CLEAN", "Case", "CaseKind", "Set", "StressConfig", "plan"]

CaseKind = Literal["planted", "twin", "whole", "half", "released", "without"]
"""planted: an organism in a clean set. twin: the same inputs with honest outcomes. whole, half: a clean set, or a
random half of it. released: a set that came with its truth. without: such a set, its poison taken out."""
CLEAN: tuple[CaseKind, ...] = ("whole", "half", "without")
"""Sets without anything planted: whatever is flagged there is a false alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StressConfig:
    """Everything that decides what is measured."""

    organisms: tuple[str, ...] = ()
    """Ids of organisms; empty means every one that suits the data."""
    counts: tuple[int, ...] = ()
    """Numbers of poisoned records; 8, 32 and 100 where neither counts nor rates are given."""
    rates: tuple[float, ...] = ()
    """Shares of all records."""
    seeds: int = 3
    """How many seeds: each draws another trigger and other records."""
    seed: int = 0
    """The first seed."""
    tools: tuple[str, ...] = ("marsh",)
    splits: int = 1
    """How many random draws into halves every clean set gives."""
    twins: bool = True
    """Whether the honest twin of every planted case is measured too."""
    target_labels: tuple[str, ...] = ()
    """The label that poison reaches for: the first of these that a set has, else the set's second in frequency."""
    truth_field: str | None = None
    """Field that says of a record whether it is poison; `is_poison` where the data has it."""
    disclose: Disclosure = "results"
    """What is told: what was found; how it was measured too; or all, seeds, triggers and the names that tools give."""
    fields: FieldMap = FieldMap()
    on_bad_record: Literal["fail", "skip"] = "fail"

    def __post_init__(self) -> None:
        """Refuse what cannot be measured.

        Raises:
            ConfigError: A number is out of range, or no tool is named.
        """
        if any(count < 1 for count in self.counts):
            raise ConfigError("a count must be at least 1.")
        if any(not 0 < rate < 1 for rate in self.rates):
            raise ConfigError("a rate must lie between 0 and 1, e.g. 0.01.")
        if self.seeds < 0 or self.splits < 0:
            raise ConfigError("the numbers of seeds and splits cannot be below 0.")
        if not self.tools:
            raise ConfigError("name at least one tool.")

    def sizes(self, records: int) -> dict[str, int]:
        """Give the number of poisoned records by what it is called in the tables."""
        counts = self.counts if self.counts or self.rates else (8, 32, 100)
        named = {f"N = {count:,}": count for count in dict.fromkeys(counts)}
        return named | {f"{100 * rate:.3g}%": max(1, round(rate * records)) for rate in dict.fromkeys(self.rates)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A dataset that cases are made of, known by what planning needs of it."""

    name: str
    """Its name in the results; no other set has it."""
    path: str
    fingerprint: str
    kind: Kind
    records: int
    poison: int = 0
    """How many of its records are poison, as its truth field says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One tool on one dataset."""

    kind: CaseKind
    data: str
    """Name of the set."""
    tool: str
    organism: str = ""
    size: str = ""
    """What the number of poisoned records is called in the tables."""
    count: int = 0
    seed: int = 0
    half: int = 0
    """1 or 2: which half of the draw."""

    @property
    def key(self) -> str:
        """Give what tells this case from every other."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Case:
        """Make the case that these values, read from a file, describe.

        Raises:
            TypeError: They describe none.
        """
        return cls(**values)


def plan(sets: Sequence[Set], config: StressConfig) -> list[Case]:
    """List every case: clean sets and released poison first, then seed by seed, so that a part already says much.

    Raises:
        ConfigError: There is no such organism, or one that was asked for suits none of the sets.
    """
    wanted = config.organisms or tuple(registered_organisms())
    kinds = {name: find_organism(name).kinds for name in dict.fromkeys(wanted)}
    clean = [one for one in sets if not one.poison]
    for name, suited in kinds.items():
        if config.organisms and clean and not any(one.kind in suited for one in clean):
            found = ", ".join(sorted({one.kind for one in clean}))
            raise ConfigError(f"{name} works on {', '.join(suited)} data, and the data here is {found}.")
    cases = [case for one in sets for case in _as_it_is(one, config)]
    for number in range(config.seeds):
        for one in clean:
            suiting = [name for name, suited in kinds.items() if one.kind in suited]
            cases += _planted(one, suiting, config, config.seed + number)
    return cases


def _as_it_is(one: Set, config: StressConfig) -> Iterator[Case]:
    for tool in dict.fromkeys(config.tools):
        if one.poison:
            yield Case(kind="released", data=one.name, tool=tool, size=f"N = {one.poison:,}", count=one.poison)
            yield Case(kind="without", data=one.name, tool=tool)
            continue
        yield Case(kind="whole", data=one.name, tool=tool)
        for draw in range(config.splits):
            for half in (1, 2):
                yield Case(kind="half", data=one.name, tool=tool, seed=config.seed + draw, half=half)


def _planted(one: Set, organisms: Sequence[str], config: StressConfig, seed: int) -> Iterator[Case]:
    kinds: tuple[CaseKind, ...] = ("planted", "twin") if config.twins else ("planted",)
    for organism in organisms:
        for size, count in config.sizes(one.records).items():
            for kind in kinds:
                for tool in dict.fromkeys(config.tools):
                    yield Case(
                        kind=kind, data=one.name, tool=tool, organism=organism, size=size, count=count, seed=seed
                    )
