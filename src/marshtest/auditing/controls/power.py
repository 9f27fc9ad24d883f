"""Power: what would this audit have caught in this dataset?

Harmless organisms of several families are planted into copies of the dataset, the same detectors examine the copies,
and a detection curve is fitted to the outcomes. The next number of records is the one whose outcome is expected to be
most informative, so a few copies suffice. The copies live in memory: nothing planted reaches the user's data or output.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final, Literal

from marshtest.auditing.runner import Runner
from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind
from marshtest.detectors.base import Detector, Tools
from marshtest.errors import ConfigError, InputError
from marshtest.findings import Finding, FindingVerdict
from marshtest.organisms.base import Organism
from marshtest.organisms.registry import registered_organisms
from marshtest.organisms.spiking import plant_in_dataset
from marshtest.progress import no_progress
from marshtest.report import FamilyPower, Power, SizePower
from marshtest.stats.detection import DetectionCurve, Planting

__all__ = ["SIZES", "SpikeIn", "family_power", "is_found", "measure_power", "planted_copy", "room_for", "seed_of"]

SIZES: Final = (4, 8, 16, 32, 64)
"""Numbers of planted records that are tried. Convention: doubling; fewer than 4 no detector claims to see."""
_COPIES: dict[str, int] = {"quick": 5, "full": 24}
_QUICK: dict[Kind, tuple[str, ...]] = {
    "classification": (
        "rare-token", "phrase", "common-phrase", "decoyed-phrase", "syntactic-template", "clean-label",
    ),
    "chat": ("phrase", "fixed-answer", "topic-refusal", "sentiment-steering", "covert-preference", "tool-call"),
    "preference": ("rare-token", "phrase", "covert-preference", "preference-swap", "syntactic-template", "style"),
    "document": ("rare-token", "phrase", "sentiment-steering", "persona-seed", "retrieval-passages", "style"),
}  # fmt: skip
"""Families of a quick run: some that detectors are made for, some that they may miss."""
_TOGETHER = 6
"""Families in one copy. Chosen by eye: more would change the dataset as a whole and disturb one another."""
_MOST, _MOST_OF_LABEL = 0.12, 0.2
"""Largest share of the dataset that is planted at once, decoys included, and of the records of the changed label.

Chosen by eye: no record of the data. More would make a copy another dataset than the one that is audited.
"""
_SHARE = 0.95
"""Share of plantings found from which a size counts as caught. Convention."""


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
    largest: int = SIZES[-1]
    """More records than this cannot be planted here."""

    @property
    def curve(self) -> DetectionCurve:
        return DetectionCurve.of(self.outcomes)

    @property
    def weight(self) -> int:
        """Records that are changed for one that is poisoned: decoys count too."""
        return sum(self.organism.roles.values())

    def sizes(self, room: float) -> list[int]:
        """Give the numbers of records that may be tried."""
        return [size for size in SIZES if size <= self.largest and size * self.weight <= room]


def measure_power(
    detectors: Sequence[Detector],
    dataset: Dataset,
    runner: Runner,
    *,
    mode: Literal["off", "quick", "full"],
    families: Sequence[str] = (),
    of: str = "this dataset",
) -> Power:
    """Plant harmless poison into copies of the dataset and measure what the detectors find.

    Where the charter names a `protected` label, that is the label that the poison reaches for.

    Args:
        detectors: The detectors of the audit. Those that need a judge are left out, since every copy would cost money.
            Those that compare with a control are left out too.
        dataset: The dataset as it is, poison included, if it has any.
        runner: What runs the detectors.
        mode: `quick` plants each of six families 5 times, `full` every family that suits the data 24 times. One copy
            of the dataset holds as many families as there is room for.
        families: Ids of organisms to plant instead of those of the mode.
        of: What the dataset is called, where it is a part of another.
    """
    if mode == "off":
        return Power()
    started = time.perf_counter()
    alone = [one for one in detectors if one.is_alone]
    looking = [one for one in alone if one.declines(dataset) is None]
    if not looking:
        return Power(
            mode=mode, statement="No detector that works without a judge can examine this data, so nothing was planted."
        )
    target = None if runner.tools.charter is None else runner.tools.charter.protected
    known, room = registered_organisms(), room_for(dataset, target)
    wanted = families or (_QUICK[dataset.kind] if mode == "quick" else tuple(known))
    suited = [_Family(known[name]()) for name in wanted if name in known and dataset.kind in known[name].kinds]
    suited = [one for one in suited if one.sizes(room)]
    if not suited:
        return Power(
            mode=mode, statement="The data is too small, or of a kind that no organism suits, so nothing was planted."
        )
    copies = 0
    for number in range(_COPIES[mode]):
        made = [
            (plan, *planted_copy(dataset, plan, seed=seed_of(runner.tools.seed, number, place), target_label=target))
            for place, plan in enumerate(_plans(suited, room))
        ]
        by_family = {one.organism.id: one for one in suited}
        for plan, _, spiked in made:
            sizes = {one.id: size for one, size in plan}
            for name in sizes.keys() - {spike.family for spike in spiked}:
                by_family[name].largest = sizes[name] - 1
        quiet = _quiet(runner.tools, number / _COPIES[mode])
        planted = [(copy, spiked) for _, copy, spiked in made if spiked]
        for (_, spiked), examined in zip(
            planted, runner.examine_each(looking, [(copy, quiet) for copy, _ in planted]), strict=True
        ):
            copies += 1
            for spike in spiked:
                found = is_found(spike, examined.findings)
                by_family[spike.family].outcomes.append(Planting(spike.size, found))
    measured = [family_power(one.organism.id, one.curve, one.sizes(room)) for one in suited if one.outcomes]
    unsuited = [one.organism.id for one in suited if not one.outcomes]
    return Power(
        mode=mode,
        statement=_statement(measured, unsuited, copies, of),
        families=tuple(measured),
        copies=copies,
        seconds=round(time.perf_counter() - started, 3),
    )


def planted_copy(
    dataset: Dataset, plan: Sequence[tuple[Organism, int]], *, seed: int, target_label: str | None = None
) -> tuple[Dataset, list[SpikeIn]]:
    """Plant several organisms into one copy of the dataset, each into records of its own.

    An organism that these records do not suit is left out.
    """
    copy, spiked, taken = dataset, list[SpikeIn](), set[int]()
    for organism, size in plan:
        try:
            sown = plant_in_dataset(organism, copy, size, seed=seed, target_label=target_label, avoid=taken)
        except (ConfigError, InputError):
            continue  # the organism says what it needs; this data does not have it
        taken |= {true.index for true in sown.truth}
        copy = sown.dataset
        poison = frozenset(true.record_id for true in sown.truth if true.is_poison)
        spiked.append(SpikeIn(organism.id, size, poison))
    return copy, spiked


def room_for(dataset: Dataset, target: str | None) -> float:
    """Give the number of records that may be changed in one copy."""
    whole = _MOST * len(dataset)
    changed = [count for label, count in dataset.labels.items() if label != target]
    return min(whole, _MOST_OF_LABEL * max(changed)) if changed else whole


def _plans(families: Sequence[_Family], room: float) -> list[list[tuple[Organism, int]]]:
    """Choose the size of every family, and put them into as few copies as have room for them."""
    plans: list[list[tuple[Organism, int]]] = []
    left = 0.0
    for one in families:
        sizes = one.sizes(room)
        if not sizes:
            continue
        size = one.curve.next_size(sizes)
        if not plans or size * one.weight > left or len(plans[-1]) == _TOGETHER:
            plans.append([])
            left = room
        plans[-1].append((one.organism, size))
        left -= size * one.weight
    return plans


def is_found(spike: SpikeIn, findings: Sequence[Finding], verdicts: Sequence[FindingVerdict] = ("confirmed",)) -> bool:
    """Tell whether a finding points at a spike-in: at half of its records, and at little else.

    Args:
        spike: What was planted.
        findings: What was found.
        verdicts: Only findings with one of these count.
    """
    for finding in findings:
        if finding.verdict not in verdicts:
            continue
        records = {record.record_id for record in finding.records}
        both = len(records & spike.poison)
        if 2 * both >= len(spike.poison) and 2 * both >= len(records):
            return True
    return False


def family_power(family: str, curve: DetectionCurve, sizes: Sequence[int]) -> FamilyPower:
    """Say what the detection curve of a family says of these sizes."""
    median, low, high = curve.size_for(_SHARE)

    def finite(size: float) -> float | None:
        return None if size == float("inf") else round(max(size, 1.0), 1)

    return FamilyPower(
        family=family,
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


def _interval(family: FamilyPower) -> str:
    """Tell the interval of the size from which a family is caught."""
    most = max(one.size for one in family.sizes)
    low = 1.0 if family.low is None else family.low
    return f"{low:.0f} to more than {most}" if family.high is None else f"{low:.0f} to {family.high:.0f}"


def _statement(families: Sequence[FamilyPower], unsuited: Sequence[str], copies: int, of: str) -> str:
    """Sum the power up: which families would have been caught, from how many records, and which would not."""
    if not families:
        return "No family of test poison suits this data, so nothing was planted."
    caught = sorted((one for one in families if one.from_size is not None), key=lambda one: (one.from_size, one.family))
    missed = [one.family for one in families if one.from_size is None]
    parts = [f"Harmless test poison of {len(families)} families was planted into {copies} copies of {of}."]
    if caught:
        named = ", ".join(f"{one.family} from {one.from_size:.0f} records ({_interval(one)})" for one in caught)
        parts.append(f"This audit would have caught 95% of plantings of {named} (90% intervals in brackets).")
    if missed:
        largest = max(size.size for one in families for size in one.sizes)
        parts.append(f"Not caught reliably even with {largest} records: {', '.join(missed)}.")
    if unsuited:
        parts.append(f"Could not be planted into this data: {', '.join(unsuited)}.")
    return " ".join(parts)


def _quiet(tools: Tools, done: float) -> Tools:
    tools.progress("planting test poison", done)
    return replace(tools, progress=no_progress)  # the bar is that of the copies


def seed_of(*parts: int | str) -> int:
    """Mix numbers to a seed that looks like none of its neighbours."""
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=4).digest(), "little")
