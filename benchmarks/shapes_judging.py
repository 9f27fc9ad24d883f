"""What became of a shape: audit the planted file and its clean twin, and compare them with the plain file."""

from __future__ import annotations

import re
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from benchmarks.shapes_drawing import SIDES, Shape, draw_shape, shaped
from benchmarks.shapes_files import PackedFile, UnfitContainer, write_packed
from benchmarks.shapes_samples import RECORDS, Case, make_twins
from marshtest.auditing.wiring import audit
from marshtest.config import AuditConfig, FieldMap
from marshtest.errors import InputError, MarshtestError
from marshtest.findings import Finding

__all__ = ["BAD", "FOUND", "REFUSED", "SILENT", "Judged", "Outcome", "blamed", "has_place", "judge_draw", "look"]

_CONFIG = AuditConfig(power="off", own_controls=False)
_ENOUGH = 0.8
"""Share of the planted records that must be evidence where the trigger is not named. Convention."""
_MOST = 0.5
"""Share of all records that may be evidence: a finding about everything is none about what is planted. Convention."""

FOUND, INCOMPLETE, REFUSED, UNPLACED = "found", "incomplete", "refused", "refused without a place"
LOST, CRASHED, SILENT, ALARM = "SILENT LOSS", "CRASH", "silent", "FALSE ALARM"
BAD = (LOST, CRASHED, ALARM, UNPLACED)
"""Outcomes that are faults of the tool."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one audit came to."""

    word: str
    told: str
    """The verdict with the findings, or the message."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one draw came to."""

    number: int
    shape: Shape
    planted: Outcome | None
    """None where the plain file is not found either."""
    clean: Outcome | None
    """None where the plain clean file is not silent either."""
    causes: tuple[str, ...] = ()
    """Sides without which the loss is none."""
    clean_causes: tuple[str, ...] = ()


def judge_draw(seed: int, number: int, *, explain: bool = True) -> Judged:
    """Draw a shape and audit both twins in it.

    Args:
        seed: Of all draws.
        number: Of the draw.
        explain: Whether to look for the sides that make a fault, one audit for each.
    """
    shape = draw_shape(seed, number)
    found = look(Shape(shape.plan, shape.seed), planted=True).word == FOUND
    quiet = look(Shape(shape.plan, shape.seed), planted=False).word == SILENT
    planted = look(shape, planted=True) if found else None
    clean = look(shape, planted=False) if quiet else None
    causes = blamed(shape, planted) if explain and planted and planted.word in BAD else ()
    clean_causes = blamed(shape, clean, planted=False) if explain and clean and clean.word in BAD else ()
    return Judged(number, shape, planted, clean, causes, clean_causes)


def blamed(shape: Shape, outcome: Outcome, *, planted: bool = True) -> tuple[str, ...]:
    """Find the sides without which the outcome is another; several where only all of them together make it."""
    guilty = []
    for side in SIDES:
        other = shape.without(side)
        if other == shape:
            continue
        try:
            if look(other, planted=planted).word != outcome.word:
                value = getattr(shape, side)
                guilty.append(f"{side} {', '.join(value) if isinstance(value, tuple) else value}")
        except UnfitContainer:
            continue
    return tuple(guilty)


@cache
def look(shape: Shape, *, planted: bool, detectors: tuple[str, ...] = ()) -> Outcome:
    """Audit one file.

    Args:
        shape: What it looks like.
        planted: Whether with poison.
        detectors: Which to run; all where not given.

    Raises:
        UnfitContainer: There is no such file.
    """
    twins = make_twins(Case(shape.plan, shape.language, shape.seed))
    packed, fields = shaped(shape, twins.planted if planted else twins.clean)
    with tempfile.TemporaryDirectory(prefix="shapes-") as folder:
        path = write_packed(packed, Path(folder) / "data")
        config = replace(_CONFIG, detectors=detectors)
        return _outcome(path, packed, fields, config, (twins.truth if planted else (), twins.trigger))


def _outcome(
    path: Path, packed: PackedFile, fields: FieldMap, config: AuditConfig, planted: tuple[Sequence[int], str]
) -> Outcome:
    """Audit a file in which there are the numbers of the planted samples, and their trigger."""
    truth, trigger = planted
    try:
        report = audit(path, fields=fields, config=config)
    except MarshtestError as error:
        told = str(error).replace(f"{path.parent}/", "")
        return Outcome(REFUSED if has_place(error) else UNPLACED, told)
    except Exception:  # noqa: BLE001  whatever it is, it is a fault
        return Outcome(CRASHED, traceback.format_exc(limit=-2))
    titles = "; ".join(f"{one.verdict}: {one.title}"[:200] for one in report.findings[:3]) or "no finding"
    read = ", ".join(f"{role}={name}" for role, name in report.dataset.fields.items())
    told = f"{report.verdict}, {report.dataset.records} {report.dataset.kind} records ({read}); {titles}"
    if report.verdict == "incomplete":
        return Outcome(INCOMPLETE, told)
    if not truth:
        return Outcome(ALARM if report.findings else SILENT, told)
    if any(_names(one, trigger) for one in report.findings) or _covers(report.findings, packed, truth):
        return Outcome(FOUND, told)
    return Outcome(LOST, told)


def has_place(error: MarshtestError) -> bool:
    """Tell whether a message says where: a line, or a field or what was seen instead."""
    if not isinstance(error, InputError) or error.path is None:
        return False
    return error.line is not None or re.search(r"[`'\"“][^`'\"”]+[`'\"”]|field|column|line", str(error)) is not None


def _names(finding: Finding, trigger: str) -> bool:
    """Tell whether a finding names the trigger: most of its letters, without regard to spaces."""
    said, wanted = ("".join(text.lower().split()) for text in (finding.pattern.text, trigger))
    if wanted in said:
        return True
    pieces = [piece for piece in re.split(r"\s*[…+]\s*|\s*; ", finding.pattern.text.lower()) if piece.strip()]
    shared = [piece for piece in pieces if "".join(piece.split()) in wanted]
    return 2 * sum(len("".join(piece.split())) for piece in shared) >= len(wanted)


def _covers(findings: Sequence[Finding], packed: PackedFile, truth: Sequence[int]) -> bool:
    """Tell whether enough planted records are evidence, counted in elements or in lines."""
    lines = {one.source_line for finding in findings for one in finding.records}
    if len(lines) > _MOST * RECORDS:
        return False
    ways = [{line - 1 for line in lines}, {packed.places[line] for line in lines if line in packed.places}]
    return max(len(way & set(truth)) for way in ways) >= _ENOUGH * len(truth)
