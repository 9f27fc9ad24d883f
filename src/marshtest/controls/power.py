"""Power: what would this audit have caught in this very dataset?

Harmless organisms of several families are planted into copies of the dataset, the same detectors look at the copies,
and a curve is fitted to what they found. Which number of records is tried next is chosen where the outcome says most,
so that a few copies suffice. The copies live in memory only: nothing planted ever reaches the user's data or an output.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final, Literal

from marshtest.dataset import Dataset
from marshtest.detectors.base import Detector, Tools
from marshtest.errors import ConfigError, InputError
from marshtest.examining import examine
from marshtest.findings import Finding
from marshtest.organisms.base import Organism
from marshtest.organisms.registry import registered_organisms
from marshtest.organisms.spiking import plant_in_dataset
from marshtest.report import FamilyPower, Power, SizePower
from marshtest.stats.detection import DetectionCurve, Planting

__all__ = ["SIZES", "SpikeIn", "is_found", "measure_power", "planted_copy"]

SIZES: Final = (4, 8, 16, 32, 64)
"""Numbers of planted records that are tried."""
_COPIES: dict[str, int] = {"quick": 5, "full": 24}
_QUICK = ("rare-token", "phrase", "common-phrase", "decoyed-phrase", "syntactic-template", "clean-label")
"""Families of a quick run, where they suit the data: some that the detectors are made for, some that they may miss."""
_TOGETHER = 6
"""Families in one copy: more would be no small change of the dataset any more."""
_MOST = 0.12
"""Largest share of the dataset that is planted at once."""
_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class SpikeIn:
    """One organism planted into a copy: which records are its poison."""

    family: str
    size: int
    poison: frozenset[str]
    """Record ids."""


@dataclass(slots=True)
class _Family:
    organism: Organism
    outcomes: list[Planting] = field(default_factory=list)

    @property
    def curve(self) -> DetectionCurve:
        return DetectionCurve.of(self.outcomes)


def measure_power(
    detectors: Sequence[Detector],
    dataset: Dataset,
    tools: Tools,
    *,
    mode: Literal["off", "quick", "full"],
    families: Sequence[str] = (),
) -> Power:
    """Plant harmless poison into copies of the dataset and see what the detectors find.

    Where the charter names a `protected` label, that is the label that the poison reaches for.

    Args:
        detectors: The detectors of the audit. Those that need a judge are left out: every copy would have to be paid.
        dataset: The dataset as it is, poison included, if it has any.
        tools: The tools of the audit.
        mode: `quick` audits 5 copies, `full` 24 copies with every family that suits the data.
        families: Ids of organisms to plant instead of those of the mode.
    """
    if mode == "off":
        return Power()
    started = time.perf_counter()
    looking = [one for one in detectors if not one.needs_judge and one.refuses(dataset) is None]
    if not looking:
        return Power(mode=mode, statement="No detector without a judge can look at this data, so nothing was planted.")
    known = registered_organisms()
    wanted = families or (_QUICK if mode == "quick" else tuple(known))
    suited = [_Family(known[name]()) for name in wanted if name in known and dataset.kind in known[name].kinds]
    sizes = [size for size in SIZES if size * min(len(suited), _TOGETHER) <= _MOST * len(dataset)]
    if not suited or not sizes:
        return Power(mode=mode, statement="The data is too small, or of too unusual a kind, to plant anything into it.")
    copies, unfit = 0, set[str]()
    for number in range(_COPIES[mode]):
        for start in range(0, len(suited), _TOGETHER):
            group = [one for one in suited[start : start + _TOGETHER] if one.organism.id not in unfit]
            plan = [(one.organism, one.curve.next_size(sizes)) for one in group]
            target = None if tools.charter is None else tools.charter.protected
            copy, spiked = planted_copy(dataset, plan, seed=_seed(tools.seed, number, start), target_label=target)
            unfit |= {one.organism.id for one in group} - {spike.family for spike in spiked}
            if not spiked:
                continue
            found = examine(looking, copy, _quiet(tools, number / _COPIES[mode])).findings
            copies += 1
            for one in group:
                one.outcomes += [
                    Planting(spike.size, is_found(spike, found)) for spike in spiked if spike.family == one.organism.id
                ]
    measured = [_family_power(one, sizes) for one in suited if one.outcomes]
    return Power(
        mode=mode,
        statement=_statement(measured, copies),
        families=tuple(measured),
        copies=copies,
        seconds=round(time.perf_counter() - started, 3),
    )


def planted_copy(
    dataset: Dataset, plan: Sequence[tuple[Organism, int]], *, seed: int, target_label: str | None = None
) -> tuple[Dataset, list[SpikeIn]]:
    """Plant several organisms into one copy of the dataset, each into records of its own.

    An organism that these records do not suit, or that would change records which another one has changed, is left out.
    """
    copy, spiked, taken = dataset, list[SpikeIn](), set[int]()
    for organism, size in plan:
        for attempt in range(3):
            try:
                sown = plant_in_dataset(organism, copy, size, seed=_seed(seed, attempt, 0), target_label=target_label)
            except (ConfigError, InputError):
                break  # the organism says what it needs; this data does not have it
            rows = {true.index for true in sown.truth}
            if rows & taken:
                continue
            taken |= rows
            copy = sown.dataset
            poison = frozenset(true.record_id for true in sown.truth if true.is_poison)
            spiked.append(SpikeIn(organism.id, size, poison))
            break
    return copy, spiked


def is_found(spike: SpikeIn, findings: Sequence[Finding]) -> bool:
    """Tell whether a confirmed finding points at a spike-in: at half of its records, and at little else."""
    for finding in findings:
        if finding.verdict != "confirmed":
            continue
        records = {record.record_id for record in finding.records}
        both = len(records & spike.poison)
        if 2 * both >= len(spike.poison) and 2 * both >= len(records):
            return True
    return False


def _family_power(family: _Family, sizes: Sequence[int]) -> FamilyPower:
    curve = family.curve
    median, low, high = curve.size_for(_SHARE)

    def finite(size: float) -> float | None:
        return None if size == float("inf") else round(max(size, 1.0), 1)

    return FamilyPower(
        family=family.organism.id,
        from_size=finite(median),
        low=finite(low),
        high=finite(high),
        sizes=tuple(_size_power(curve, size) for size in sizes),
    )


def _size_power(curve: DetectionCurve, size: int) -> SizePower:
    chance, low, high = curve.at(size)
    tried = [planting for planting in curve.plantings if planting.size == size]
    return SizePower(
        size=size,
        found=sum(planting.found for planting in tried),
        tried=len(tried),
        chance=round(chance, 4),
        low=round(low, 4),
        high=round(high, 4),
    )


def _statement(families: Sequence[FamilyPower], copies: int) -> str:
    """Sum the power up: which families would have been caught, from how many records, and which would not."""
    if not families:
        return "None of the families of test poison suits this data, so nothing was planted."
    caught = sorted((one for one in families if one.from_size is not None), key=lambda one: (one.from_size, one.family))
    missed = [one.family for one in families if one.from_size is None]
    parts = [f"Harmless test poison of {len(families)} families was planted into {copies} copies of this dataset."]
    if caught:
        named = ", ".join(f"{one.family} from {one.from_size:.0f} records" for one in caught)
        parts.append(f"95 % would have been caught of: {named}.")
    if missed:
        largest = max(size.size for one in families for size in one.sizes)
        parts.append(f"Not reliably caught by {largest} records: {', '.join(missed)}.")
    return " ".join(parts)


def _quiet(tools: Tools, done: float) -> Tools:
    tools.progress("planting test poison", done)
    return replace(tools, progress=lambda stage, fraction: None)  # noqa: ARG005  the bar is that of the copies


def _seed(*parts: int) -> int:
    """Mix numbers to a seed that looks like none of its neighbours."""
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=4).digest(), "little")
