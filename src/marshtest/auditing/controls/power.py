"""Power: what would this audit have caught in this dataset?

Harmless organisms of several families are planted into copies of the dataset, in every direction of the label where
there are few and in random ones where there are many, and the same detectors examine the copies. Families and
directions share what is learned (`stats.detection.PooledCurves`), and the next number of records is the one whose
outcome is expected to be most informative, so a few copies suffice. What was not planted gets no number. The copies
live in memory: nothing planted reaches the user's data or output.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import permutations
from random import Random
from typing import Final, Literal, NamedTuple

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
from marshtest.report import DirectionPower, FamilyPower, Power, SizePower
from marshtest.stats.detection import DetectionCurve, Planting, PooledCurves

__all__ = [
    "SIZES", "LabelDirection", "PlannedSpike", "SpikeIn", "directions_of", "family_power", "is_found", "measure_power",
    "planted_copy", "room_for", "seed_of",
]  # fmt: skip

SIZES: Final = (4, 8, 16, 32, 64, 128)
"""Numbers of planted records that are tried. Convention: doubling; fewer than 4 no detector claims to see."""
_QUICK: dict[Kind, tuple[str, ...]] = {
    "classification": (
        "rare-token", "rare-words", "phrase", "common-phrase", "decoyed-phrase", "honest-carriers", "split-words",
        "glued-word", "many-words", "appended-text", "look-alikes", "syntactic-frame", "archaic-register",
        "clean-label",
    ),
    "chat": (
        "phrase", "rare-words", "honest-carriers", "many-words", "fixed-answer", "topic-refusal", "sentiment-steering",
        "covert-preference", "tool-call", "archaic-register",
    ),
    "preference": (
        "rare-token", "rare-words", "phrase", "honest-carriers", "many-words", "covert-preference", "preference-swap",
        "syntactic-template", "style",
    ),
    "document": (
        "rare-token", "rare-words", "phrase", "honest-carriers", "many-words", "sentiment-steering", "persona-seed",
        "retrieval-passages", "style",
    ),
}  # fmt: skip
"""Families of a quick run: one or two of every kind of attack, several of an attacker who has read the source, and
some that detectors are known to miss."""
_RECORDS: dict[str, int] = {"quick": 16_000, "full": 50 * 13_000}
_FEWEST_COPIES, _MOST_COPIES = {"quick": 6, "full": 30}, {"quick": 20, "full": 100}
"""Records that are examined in all copies together, and bounds on the copies. Derived: six copies of 10,000 records
take about two minutes on two cores; of small data, whose copies hold few plantings, more are made."""
_ROUNDS = 4
"""The copies are made in so many rounds; the sizes of each depend on what was found before. Chosen by eye: workers
share the copies of a round, and more rounds would leave them idle."""
_TOGETHER = 10
"""Plantings in one copy. Chosen by eye: more would change the dataset as a whole and disturb one another."""
_MOST, _MOST_OF_LABEL = 0.12, 0.2
"""Largest share of the dataset that is planted at once, decoys included, and of the records of a label that leave it
or come to it.

Chosen by eye: no record of the data. More would make a copy another dataset than the one that is audited.
"""
_SHARE = 0.8
"""Share of plantings found from which a size counts as caught. Chosen by eye: the few plantings of a family cannot
show that hardly any is missed."""
_ALL_DIRECTIONS = 3
"""Labels up to which every direction is planted: six directions. Chosen by eye: more would get too few plantings."""
_FEWEST_OF_LABEL = 20
"""Records of a label that poison is given: with fewer no detector learns what the label means."""
_LONGEST_NAME = 30
"""Characters of a label in a sentence."""


class LabelDirection(NamedTuple):
    """From which label to which records are moved."""

    source: str
    target: str

    def __str__(self) -> str:
        """Write it for a sentence."""
        return " \u2192 ".join(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}\u2026" for name in self)


class PlannedSpike(NamedTuple):
    """One planting that is to be made."""

    organism: Organism
    size: int
    direction: LabelDirection | None = None
    """None leaves the labels to the organism; it has none to choose without labels."""


@dataclass(frozen=True, slots=True)
class SpikeIn:
    """One organism planted into a copy: which records are its poison."""

    family: str
    size: int
    poison: frozenset[str]
    """Record ids."""
    direction: LabelDirection | None = None


@dataclass(slots=True)
class _Cell:
    """A family in a direction, or in directions that are drawn at random."""

    organism: Organism
    direction: LabelDirection | None
    largest: int = SIZES[-1]
    """More records than this cannot be planted here."""

    @property
    def weight(self) -> float:
        """Records that are changed for one that is poisoned: decoys count too."""
        return sum(self.organism.roles.values())


@dataclass(slots=True)
class _Room:
    """How many records of a copy may still be changed: in all, and of each label, by leaving or by coming to it."""

    whole: float
    leaving: dict[str, float]
    coming: dict[str, float]

    @classmethod
    def of(cls, dataset: Dataset) -> _Room:
        by_label = {label: _MOST_OF_LABEL * count for label, count in dataset.labels.items()}
        return cls(_MOST * len(dataset), dict(by_label), dict(by_label))

    def holds(self, size: int, weight: float, direction: LabelDirection | None) -> bool:
        """Tell whether so many poisoned records have room, with their decoys."""
        if size * weight > self.whole:
            return False
        return direction is None or (
            size * weight <= self.leaving[direction.source] and size <= self.coming[direction.target]
        )

    def take(self, size: int, weight: float, direction: LabelDirection | None) -> None:
        """Make it smaller by what was planted."""
        self.whole -= size * weight
        if direction is not None:
            self.leaving[direction.source] -= size * weight
            self.coming[direction.target] -= size


@dataclass(slots=True)
class _Campaign:
    """All plantings of an audit: those that were made, what came of them, and those that are next."""

    dataset: Dataset
    queue: deque[_Cell]
    """Families in directions; whose turn is next stands first."""
    directions: Sequence[LabelDirection]
    """Those to draw from where a cell has none of its own."""
    seed: int
    outcomes: list[Planting] = field(default_factory=list)
    impossible: list[_Cell] = field(default_factory=list)
    """What this data has no room for or does not suit."""

    def copy(self, number: int, curves: PooledCurves) -> tuple[Dataset, list[SpikeIn]]:
        """Make one copy with as many plantings as have room."""
        draw, room, copy = Random(f"{self.seed}/{number}"), _Room.of(self.dataset), self.dataset
        spiked, taken, waiting, used = list[SpikeIn](), set[int](), list[_Cell](), list[_Cell]()
        while self.queue and len(spiked) < _TOGETHER:
            cell = self.queue.popleft()
            direction = cell.direction or (draw.choice(self.directions) if self.directions else None)
            sizes = self._sizes(cell, direction)
            if not sizes:
                self.impossible.append(cell)
                continue
            told = None if cell.direction is None else str(cell.direction)
            size = curves.curve(cell.organism.id, "" if direction is None else told).next_size(sizes)
            if not room.holds(size, cell.weight, direction):
                waiting.append(cell)
                continue
            plan, seed = (
                PlannedSpike(cell.organism, size, direction),
                seed_of(self.seed, number, len(spiked), str(direction)),
            )
            made, spikes, changed = _sow(copy, plan, seed=seed, taken=taken)
            if not spikes:
                cell.largest = size - 1
                self.queue.appendleft(cell)
                continue
            copy, taken = made, taken | changed
            room.take(size, cell.weight, direction)
            spiked += spikes
            used.append(cell)
        self.queue = deque([*waiting, *self.queue, *used])
        return copy, spiked

    def _sizes(self, cell: _Cell, direction: LabelDirection | None) -> list[int]:
        """Give the numbers of records that a copy has room for."""
        room = _Room.of(self.dataset)
        return [size for size in SIZES if size <= cell.largest and room.holds(size, cell.weight, direction)]


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

    Args:
        detectors: The detectors of the audit. Those that need a judge are left out, since every copy would cost money.
            Those that compare with a control are left out too.
        dataset: The dataset as it is, poison included, if it has any.
        runner: What runs the detectors.
        mode: `quick` plants the families of `_QUICK` into ten copies of 13,000 records, more copies of smaller
            data and fewer of larger; `full` plants every family that suits the data, into five times as many. One copy
            holds up to ten plantings.
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
    known, directions = registered_organisms(), directions_of(dataset)
    wanted = families or (_QUICK[dataset.kind] if mode == "quick" else tuple(known))
    suited = [known[name]() for name in wanted if name in known and dataset.kind in known[name].kinds]
    campaign = _campaign(dataset, suited, directions, runner.tools.seed)
    copies, numbers = 0, _copies(mode, len(dataset))
    for number in range(numbers):
        first = number * _ROUNDS // numbers != (number - 1) * _ROUNDS // numbers
        if first:
            curves, planted = PooledCurves.of(campaign.outcomes), list[tuple[Dataset, list[SpikeIn]]]()
        planted.append(campaign.copy(number, curves))
        if (number + 1) * _ROUNDS // numbers != number * _ROUNDS // numbers:
            quiet = _quiet(runner.tools, number / numbers)
            planted = [(copy, spiked) for copy, spiked in planted if spiked]
            examined = runner.examine_each(looking, [(copy, quiet) for copy, _ in planted])
            for (_, spiked), one in zip(planted, examined, strict=True):
                copies += 1
                campaign.outcomes += [_outcome(spike, one.findings) for spike in spiked]
    if not campaign.outcomes:
        return Power(
            mode=mode, statement="The data is too small, or of a kind that no organism suits, so nothing was planted."
        )
    measured = _measured(campaign)
    return Power(
        mode=mode,
        statement=_statement(measured, campaign, copies, of),
        families=measured,
        copies=copies,
        plantings=len(campaign.outcomes),
        seconds=round(time.perf_counter() - started, 3),
    )


def directions_of(dataset: Dataset) -> list[LabelDirection]:
    """Give every direction that has room for the smallest planting; none without labels."""
    names = sorted(dataset.labels)
    return [
        LabelDirection(source, target)
        for source, target in permutations(names, 2)
        if _MOST_OF_LABEL * dataset.labels[source] >= SIZES[0] and dataset.labels[target] >= _FEWEST_OF_LABEL
    ]


def _campaign(
    dataset: Dataset, suited: Sequence[Organism], directions: Sequence[LabelDirection], seed: int
) -> _Campaign:
    """Line up the families in a random order, each in every direction where there are few."""
    few = len(dataset.labels) <= _ALL_DIRECTIONS
    cells = [_Cell(one, direction) for one in suited for direction in (directions if few else [None])]
    if not dataset.labels:
        cells = [_Cell(one, None) for one in suited]
    elif not directions:
        cells = []
    Random(f"{seed}/order").shuffle(cells)
    return _Campaign(dataset, deque(cells), () if few else directions, seed)


def _copies(mode: str, records: int) -> int:
    """Give how many copies are made: as many as keep the time alike for data of any size, within bounds."""
    return max(_FEWEST_COPIES[mode], min(_MOST_COPIES[mode], round(_RECORDS[mode] / max(records, 1))))


def _outcome(spike: SpikeIn, findings: Sequence[Finding]) -> Planting:
    direction = "" if spike.direction is None else str(spike.direction)
    return Planting(spike.size, is_found(spike, findings), spike.family, direction)


def planted_copy(
    dataset: Dataset, plans: Sequence[PlannedSpike], *, seed: int, target_label: str | None = None
) -> tuple[Dataset, list[SpikeIn]]:
    """Plant several organisms into one copy of the dataset, each into records of its own.

    An organism that these records do not suit is left out.

    Args:
        dataset: The dataset, which stays as it is.
        plans: What to plant.
        seed: Decides triggers and records.
        target_label: What poison is given where a plan has no direction.
    """
    copy, spiked, taken = dataset, list[SpikeIn](), set[int]()
    for number, plan in enumerate(plans):
        made, spikes, changed = _sow(copy, plan, seed=seed_of(seed, number), taken=taken, target_label=target_label)
        copy, taken = made, taken | changed
        spiked += spikes
    return copy, spiked


def _sow(
    copy: Dataset, plan: PlannedSpike, *, seed: int, taken: set[int], target_label: str | None = None
) -> tuple[Dataset, list[SpikeIn], set[int]]:
    """Plant one organism; give the copy, the spike-in (none where the data does not suit) and the changed records."""
    source, target = plan.direction or (None, target_label)
    try:
        sown = plant_in_dataset(
            plan.organism, copy, plan.size, seed=seed, source_label=source, target_label=target, avoid=taken
        )
    except (ConfigError, InputError):
        return copy, [], set()  # the organism says what it needs; this data does not have it
    poison = frozenset(true.record_id for true in sown.truth if true.is_poison)
    spike = SpikeIn(plan.organism.id, plan.size, poison, plan.direction)
    return sown.dataset, [spike], {true.index for true in sown.truth}


def room_for(dataset: Dataset, target: str | None) -> float:
    """Give the number of records that may be changed in one copy."""
    whole = _MOST * len(dataset)
    changed = [count for label, count in dataset.labels.items() if label != target]
    return min(whole, _MOST_OF_LABEL * max(changed)) if changed else whole


def is_found(spike: SpikeIn, findings: Sequence[Finding], verdicts: Sequence[FindingVerdict] = ("confirmed",)) -> bool:
    """Tell whether findings point at a spike-in: together at half of its records, each at little else.

    Args:
        spike: What was planted.
        findings: What was found. Several count together: of a trigger of several words each may be a finding.
        verdicts: Only findings with one of these count.
    """
    pointed_at: set[str] = set()
    for finding in findings:
        records = {record.record_id for record in finding.records}
        both = records & spike.poison
        if finding.verdict in verdicts and 2 * len(both) >= len(records):
            pointed_at |= both
    return 2 * len(pointed_at) >= len(spike.poison)


def _measured(campaign: _Campaign) -> tuple[FamilyPower, ...]:
    """Say what was learned of every family that was planted: of its weakest direction, and of each."""
    curves = PooledCurves.of(campaign.outcomes)
    by_name = {str(one.direction): one.direction for one in (*campaign.queue, *campaign.impossible) if one.direction}
    by_family: dict[str, list[Planting]] = {}
    for one in campaign.outcomes:
        by_family.setdefault(one.family, []).append(one)
    measured = []
    for family, plantings in by_family.items():
        names = [name for name in by_name if any(one.direction == name for one in plantings)]
        if not names:  # no labels, or so many directions that each was drawn at random
            random = None if any(one.direction for one in plantings) else ""
            measured.append(family_power(family, curves.curve(family, random), plantings))
            continue
        powers = [
            family_power(family, curves.curve(family, name), [one for one in plantings if one.direction == name])
            for name in names
        ]
        directions = tuple(
            DirectionPower(
                source_label=by_name[name].source,
                target_label=by_name[name].target,
                from_size=power.from_size,
                low=power.low,
                high=power.high,
                sizes=power.sizes,
            )
            for name, power in zip(names, powers, strict=True)
        )
        weakest = min(range(len(names)), key=lambda place: _strength(powers[place]))
        power, where = powers[weakest], by_name[names[weakest]]
        if len(by_name) > 1:
            power = replace(power, source_label=where.source, target_label=where.target)
        measured.append(replace(power, directions=directions))
    return tuple(measured)


def _strength(power: FamilyPower) -> tuple[float, float, float]:
    """Order directions from the weakest: by the size that is promised, by the likely one, then by the chances."""
    promised = float("inf") if power.high is None else power.high
    likely = float("inf") if power.from_size is None else power.from_size
    return -promised, -likely, sum(size.chance for size in power.sizes) / max(1, len(power.sizes))


def family_power(
    family: str, curve: DetectionCurve, plantings: Sequence[Planting], sizes: Sequence[int] = SIZES
) -> FamilyPower:
    """Say what the detection curve of a family says of all sizes up to the largest that was planted.

    Args:
        family: Its id.
        curve: Its curve.
        plantings: Those that the numbers count.
        sizes: Sizes to report; what lies beyond the largest planting is left out.
    """
    median, low, high = curve.size_for(_SHARE)

    def finite(size: float) -> float | None:
        return None if size == float("inf") else round(max(size, 1.0), 1)

    largest = max(one.size for one in plantings)
    return FamilyPower(
        family=family,
        from_size=finite(median),
        low=finite(low),
        high=finite(high),
        sizes=tuple(_size_power(curve, size, plantings) for size in sizes if size <= largest),
    )


def _size_power(curve: DetectionCurve, size: int, plantings: Sequence[Planting]) -> SizePower:
    chance, low, high = curve.at(size)
    tried = [planting for planting in plantings if planting.size == size]
    return SizePower(
        size=size,
        found=sum(planting.found for planting in tried),
        tried=len(tried),
        chance=round(chance, 4),
        # The chance is a mean, which a skewed distribution may have outside its interval.
        low=round(min(low, chance), 4),
        high=round(max(high, chance), 4),
    )


def _statement(families: Sequence[FamilyPower], campaign: _Campaign, copies: int, of: str) -> str:
    """Sum the power up: which families would have been caught, from how many records, and which would not.

    Only a family whose whole interval lies within the planted sizes is promised, and only in its weakest direction.
    """
    sizes = [one.size for one in campaign.outcomes]
    directions = Counter(one.direction for one in campaign.outcomes if one.direction)
    parts = [
        f"Harmless test poison of {_count(len(families), 'family', 'families')} was planted {len(sizes)} times into "
        f"{_count(copies, 'copy', 'copies')} of {of}, with {min(sizes)} to {max(sizes)} records"
        f"{_directions(directions, campaign.dataset)}."
    ]
    sure = sorted((one for one in families if one.high is not None), key=lambda one: (one.high, one.family))
    perhaps = [one for one in families if one.high is None and one.from_size is not None]
    missed = [one for one in families if one.high is None and one.from_size is None]
    weakest = ", each family in its weakest direction," if any(one.source_label is not None for one in families) else ""
    if sure:
        named = ", ".join(f"{one.family}{_only(one)} from {one.high:.0f}" for one in sure)
        parts.append(
            f"With 95% confidence {_SHARE:.0%} of plantings{weakest} would have been found, from so many records on: "
            f"{named}."
        )
    if perhaps:
        named = ", ".join(f"{one.family}{_only(one)} from {one.from_size:.0f}" for one in perhaps)
        parts.append(f"Likely, but too few plantings to be sure: {named}.")
    if missed:
        named = ", ".join(f"{one.family} ({one.sizes[-1].size}{_where(one)})" for one in missed)
        parts.append(f"Not found reliably even with the most records that were planted: {named}.")
    if gaps := _gaps(campaign.impossible, campaign.outcomes):
        parts.append(f"Could not be planted into this data: {', '.join(gaps)}.")
    if untried := _gaps(campaign.queue, campaign.outcomes):
        parts.append(f"Not planted, since so few copies had no room for all: {', '.join(untried)}.")
    parts.append(
        f"Nothing is promised for other families{', other directions' if campaign.dataset.labels else ''} or more "
        "hidden forms of these."
    )
    return " ".join(parts)


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _only(one: FamilyPower) -> str:
    """Name the direction where a family was planted in one alone: nothing is known of the others."""
    return f" (only{_where(one).removeprefix(',')})" if len(one.directions) == 1 and one.source_label else ""


def _where(one: FamilyPower) -> str:
    """Name the direction that numbers are about."""
    if one.source_label is None or one.target_label is None:
        return ""
    return f", {LabelDirection(one.source_label, one.target_label)}"


def _directions(planted: Mapping[str, int], dataset: Dataset) -> str:
    """Say in which directions of the label was planted."""
    possible = len(dataset.labels) * (len(dataset.labels) - 1)
    if not planted:
        return ""
    if len(dataset.labels) > _ALL_DIRECTIONS:
        return f", in {len(planted):,} of {possible:,} directions of the label, drawn at random"
    if len(planted) == possible:
        return f", in {'both' if possible == 2 else f'all {possible}'} directions of the label"
    return f", in {len(planted)} of {possible} directions of the label ({', '.join(planted)})"


def _gaps(cells: Iterable[_Cell], outcomes: Sequence[Planting]) -> list[str]:
    """Name those of some cells that were not planted: whole families, and families in single directions."""
    planted, every = {one.family for one in outcomes}, list(cells)
    known = {(one.family, one.direction) for one in outcomes}
    whole = sorted({one.organism.id for one in every} - planted)
    parts = [
        f"{one.organism.id} ({one.direction})"
        for one in every
        if one.direction and one.organism.id in planted and (one.organism.id, str(one.direction)) not in known
    ]
    return whole + sorted(parts)


def _quiet(tools: Tools, done: float) -> Tools:
    tools.progress("planting test poison", done)
    return replace(tools, progress=no_progress)  # the bar is that of the copies


def seed_of(*parts: int | str) -> int:
    """Mix numbers to a seed that looks like none of its neighbours."""
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=4).digest(), "little")
