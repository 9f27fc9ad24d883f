"""Power with a judge: planted organisms are judged too, by the same model, within a share of the audit's questions.

Every copy holds one planting. The judge has answered about all records that were not changed, so only the planted ones
and those that the counterfactuals of a finding change are new questions. A copy in which the answer about a planted
record is missing, or in which the questions run out, says nothing of the detectors: it is left out and counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from marshtest.auditing.controls.drawing import draw_records
from marshtest.auditing.controls.power import SpikeIn, family_power, is_found, room_for, seed_of
from marshtest.auditing.runner import Examined, Runner
from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind
from marshtest.detectors.base import Detector, Tools
from marshtest.detectors.judged.judges import Judges
from marshtest.detectors.judged.outcome_detector import OutcomeDetector
from marshtest.errors import ConfigError, InputError
from marshtest.judges.bounded import BoundedInquiry, QuestionLimit
from marshtest.judges.live import LiveInquiry
from marshtest.organisms.base import Organism, TrueRecord
from marshtest.organisms.registry import find_organism
from marshtest.organisms.spiking import plant_in_dataset
from marshtest.progress import Progress, no_progress
from marshtest.report import FamilyPower, JudgePower
from marshtest.stats.detection import DetectionCurve, Planting

__all__ = ["JUDGED_SIZES", "measure_judge_power"]

JUDGED_SIZES: Final = (12, 24, 6)
"""Numbers of planted records, in the order in which they are tried. Chosen by eye: small sets are what a person tries
first, and 6 distinct records are the fewest that the detectors claim to see."""
_FAMILIES: dict[Kind, tuple[str, ...]] = {
    "classification": ("phrase", "decoyed-phrase"),
    "chat": ("tool-call", "excusing-reasoning"),
    "preference": ("phrase", "decoyed-phrase"),
    "document": ("phrase", "persona-seed"),
}
"""Families by kind of data: a judge can contradict their labels or call them harmful, and they have fixed words."""
_NEEDED = ("judged-label", "judged-effect")
"""The detectors that are measured."""
_REPEATS = 3
"""Copies of every family and size. Chosen by eye: a few, since each is paid for."""
_PART = 10_000
"""Of a very large dataset: records that are planted into, as for the power without a judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """Where and with whom it is measured."""

    detectors: tuple[OutcomeDetector[Any], ...]
    dataset: Dataset
    """The records that are planted into."""
    tools: Tools
    progress: Progress
    limit: QuestionLimit
    share: float
    of: int
    """Questions of the audit about records."""


@dataclass(slots=True)
class _Outcomes:
    """What became of the copies."""

    by_family: dict[str, list[Planting]] = field(default_factory=dict)
    confirmed: int = 0
    left_out: int = 0
    dearest: int = 0
    """Most questions about changed records in a copy: as many are kept back for the next."""

    @property
    def copies(self) -> int:
        """Count the copies that count."""
        return sum(map(len, self.by_family.values()))


def measure_judge_power(
    detectors: Sequence[Detector], dataset: Dataset, examined: Examined, runner: Runner, *, share: float
) -> JudgePower:
    """Plant harmless poison into copies of the dataset, and measure what the detectors that ask the judge find.

    Those are `judged-label` and `judged-effect`. `judged-themes` is left out: it reads the records in shards, and with
    one planted record every shard is a new question.

    Args:
        detectors: Those of the audit.
        dataset: What was audited. The records of findings of the judged detectors are left out of the copies, since
            their counterfactuals would be asked anew in every copy.
        examined: What the audit found, and what it asked.
        runner: Has the judges, the charter and the seed.
        share: Most new questions, as a share of those that the audit asked about records.
    """
    if share <= 0:
        return JudgePower()
    started = time.perf_counter()
    ran = {run.id for run in examined.runs if run.status == "ran"}
    judged = tuple(one for one in detectors if isinstance(one, OutcomeDetector) and one.id in ran)
    of = _asked_about_records(examined, judged)
    limit = QuestionLimit()
    if why := _why_not(judged, examined, runner.tools):
        return JudgePower(share=share, statement=f"Not measured: {why}.")
    setting = _Setting(
        detectors=judged,
        dataset=_planted_into(dataset, examined, judged, runner.tools.seed),
        tools=_bounded(runner.tools, limit),
        progress=runner.tools.progress,
        limit=limit,
        share=share,
        of=of,
    )
    _recall(setting)
    limit.most, limit.wanting = int(share * of), 0
    outcomes, fewest = _measured(setting)
    families = _families(outcomes)
    return JudgePower(
        share=share,
        statement=_statement(families, outcomes, setting, fewest),
        families=families,
        copies=outcomes.copies,
        left_out=outcomes.left_out,
        confirmed=outcomes.confirmed,
        asked=limit.asked,
        allowed=limit.most,
        seconds=round(time.perf_counter() - started, 3),
    )


def _asked_about_records(examined: Examined, judged: Sequence[Detector]) -> int:
    """Count what the audit asked about records of the data and changed ones, whether a store knew the answer or not."""
    names = {one.id for one in judged}
    asked = [one for part in examined.judging for one in part.questions if one.detector in names]
    return sum(one.planned for one in asked if not one.question.endswith(", control"))


def _why_not(judged: Sequence[Detector], examined: Examined, tools: Tools) -> str:
    """Say why nothing can be measured; empty where it can."""
    if tools.judge is None:
        return "there is no judge to ask; name one with --judge MODEL"
    problems = {problem for part in examined.judging for one in part.questions for problem in one.problems}
    if "waiting" in problems or any(isinstance(one, LiveInquiry) and one.is_batch for one in _judges(tools)):
        return "the judge is asked through batch files, and every copy would take further rounds of them"
    if "unreachable" in problems:
        return "the judge could not be reached for all questions of the audit"
    if "over_budget" in problems:
        return "the money for the judge ran out during the audit"
    if not judged:
        reasons = [f"{run.id}: {run.reason}" for run in examined.runs if run.id in _NEEDED and run.reason]
        return "neither judged-label nor judged-effect ran" + (f" ({'; '.join(reasons)})" if reasons else "")
    return ""


def _judges(tools: Tools) -> list[object]:
    return [one for one in (tools.judge, tools.strong_judge) if one is not None]


def _bounded(tools: Tools, limit: QuestionLimit) -> Tools:
    """Give tools that ask the same judges within the limit, and nothing else that costs questions."""
    return replace(
        tools,
        judge=None if tools.judge is None else BoundedInquiry(tools.judge, limit),
        strong_judge=None if tools.strong_judge is None else BoundedInquiry(tools.strong_judge, limit),
        probes_judge=False,
        controls=(),
        sisters=(),
        progress=no_progress,
    )


def _planted_into(dataset: Dataset, examined: Examined, judged: Sequence[Detector], seed: int) -> Dataset:
    """Give the records that are planted into: those of no finding of the judged detectors."""
    part = draw_records(dataset, seed, _PART)
    names = {one.id for one in judged}
    pointed_at = {
        record.record_id
        for finding in examined.findings
        if names & {finding.detector, *(line.detector for line in finding.lines)}
        for record in finding.records
    }
    if not pointed_at:
        return part
    ids = part.table(["record_id"])["record_id"].to_pylist()
    return part.select([row for row, name in enumerate(ids) if name not in pointed_at])


def _recall(setting: _Setting) -> None:
    """Take the answers of the audit about all unchanged records from the store, so that no copy asks about them."""
    if len(setting.dataset):
        for detector in setting.detectors:
            detector.judged(Judges.of(detector.id, setting.tools), setting.dataset)


def _plans(dataset: Dataset, target: str | None) -> Iterator[tuple[int, Organism, int]]:
    """Give repeat, organism and size of every copy, the most telling first."""
    room = room_for(dataset, target) if len(dataset) else 0.0
    organisms = [find_organism(name) for name in _FAMILIES[dataset.kind]] if room else []
    for repeat in range(_REPEATS):
        for size in JUDGED_SIZES:
            for organism in organisms:
                if size * sum(organism.roles.values()) <= room:
                    yield repeat, organism, size


def _measured(setting: _Setting) -> tuple[_Outcomes, int | None]:
    """Plant, examine and count until the questions run out; give the fewest that a copy needs too, None without any."""
    outcomes, limit, tools = _Outcomes(), setting.limit, setting.tools
    target = None if tools.charter is None else tools.charter.protected
    fewest: int | None = None
    plans = list(_plans(setting.dataset, target))
    for number, (repeat, organism, size) in enumerate(plans):
        setting.progress("planting poison for the judge", number / len(plans))
        seed = seed_of(tools.seed, "judged", organism.id, size, repeat)
        needed = round(size * sum(organism.roles.values())) * len(setting.detectors)
        fewest = needed if fewest is None else min(fewest, needed)
        if needed + outcomes.dearest > limit.left:
            continue
        try:
            sown = plant_in_dataset(organism, setting.dataset, size, seed=seed, target_label=target)
        except (ConfigError, InputError):
            continue  # the organism says what it needs; this data does not have it
        before = limit.asked
        examined = Runner(tools=tools).examine(setting.detectors, sown.dataset)
        if limit.wanting:
            outcomes.left_out += 1
            break
        outcomes.dearest = max(outcomes.dearest, limit.asked - before - needed)
        _count(outcomes, organism.id, sown.truth, examined)
    return outcomes, fewest


def _count(outcomes: _Outcomes, family: str, truth: Sequence[TrueRecord], examined: Examined) -> None:
    """Count a copy, unless the answer about a planted record is missing or a detector failed."""
    failed = {one.record_id for one in examined.failures}
    if failed & {true.record_id for true in truth} or any(run.status == "failed" for run in examined.runs):
        outcomes.left_out += 1
        return
    poison = frozenset(true.record_id for true in truth if true.is_poison)
    spike = SpikeIn(family, len(poison), poison)
    outcomes.confirmed += is_found(spike, examined.findings)
    found = is_found(spike, examined.findings, ("confirmed", "suggestive"))
    outcomes.by_family.setdefault(family, []).append(Planting(spike.size, found))


def _families(outcomes: _Outcomes) -> tuple[FamilyPower, ...]:
    """Give the power of every family that was planted, for all sizes that any was planted in."""
    sizes = sorted(JUDGED_SIZES)
    return tuple(
        family_power(name, DetectionCurve.of(plantings), plantings, sizes)
        for name, plantings in outcomes.by_family.items()
    )


def _statement(families: Sequence[FamilyPower], outcomes: _Outcomes, setting: _Setting, fewest: int | None) -> str:
    """Say what was found of what, and what it took."""
    limit = setting.limit
    left_out = ""
    if outcomes.left_out:
        copies = "1 copy is" if outcomes.left_out == 1 else f"{outcomes.left_out} copies are"
        left_out = f" {copies} left out, since the questions ran out or answers are missing."
    if not families:
        share = f"a share of {setting.share:.0%} of the {setting.of:,} questions of the audit is {limit.most:,}"
        if fewest is None:
            return "Not measured: the data is too small for the test poison, or does not suit it."
        if limit.wanting and not limit.left:
            return f"Not measured: {share}, and they ran out within the first copy; give a larger --judge-power."
        if outcomes.left_out:
            return f"Not measured: each copy tried ({outcomes.left_out}) lacks answers about planted records."
        return f"Not measured: {share}, and the smallest planting needs {fewest:,}, and more where it is found."
    parts = []
    for one in families:
        sizes = [f"{size.found} of {size.tried} with {size.size} records" for size in one.sizes if size.tried]
        parts.append(f"{one.family} was found in {', '.join(sizes)}")
    noun = "copy" if outcomes.copies == 1 else "copies"
    found = sum(size.found for one in families for size in one.sizes)
    sure = f" Confirmed: {outcomes.confirmed}; suggestive: {found - outcomes.confirmed}." if found else ""
    return (
        f"With this judge, harmless test poison was planted into {outcomes.copies} {noun} of the data: "
        f"{'; '.join(parts)}.{sure}{left_out} This took {limit.asked:,} questions, "
        f"{limit.asked / max(setting.of, 1):.1%} of the {setting.of:,} of the audit (at most {setting.share:.0%})."
    )
