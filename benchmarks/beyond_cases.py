"""One case of the benchmark beyond home: made, audited, compared with its truth, and kept as a line."""

from __future__ import annotations

import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.beyond_attacks import AttackCase, Attacked, NoRoomError, attack_cases, released_cases, write_rows
from benchmarks.beyond_away import calibration_for
from benchmarks.beyond_peers import PEERS_BEYOND
from benchmarks.beyond_sets import CleanSet, SetKind, clean_sets
from marshtest import audit
from marshtest.config import AuditConfig
from marshtest.findings import Finding
from marshtest.report import Power, Report
from marshtest.stats.detection import DetectionCurve, Planting

__all__ = ["PARTS", "TOOLS", "Outcome", "Part", "Unit", "all_units", "measure"]

Part = Literal["clean", "released", "planted"]
PARTS: tuple[Part, ...] = ("clean", "released", "planted")
TOOLS = ("home", "away", "power", *PEERS_BEYOND)
"""home: the audit as it is shipped. away: with weights that were learned without this source and this family. power:
as away where there are such weights, with the audit's own estimate of what it would have caught. Then the peers."""
_LIKE: dict[str, tuple[str, ...]] = {
    "rare-word": ("rare-token",),
    "several-rare-words": ("several-tokens", "rare-token"),
    "word": ("common-phrase", "phrase"),
    "phrase": ("phrase",),
    "sentence": ("sentence", "phrase"),
    "punctuation": ("punctuation",),
    "character": ("character", "punctuation"),
    "prefix": ("position", "phrase"),
    "syntax": ("syntactic-template",),
    "style": ("style",),
    "paraphrase": ("paraphrase", "style"),
    "honest-carriers": ("honest-carriers", "decoyed-phrase"),
    "split": ("split", "composite"),
    "glued": ("glued",),
    "many-words": ("many-words",),
    "appended": ("appended",),
    "fixed-line": ("fixed-line", "fixed-answer"),
    "fixed-opening": ("fixed-opening", "fixed-answer"),
    "refusal": ("topic-refusal",),
    "brand": ("sentiment-steering", "covert-preference"),
    "topic-brand": ("covert-preference", "sentiment-steering"),
    "off-subject": ("off-subject", "phrase"),
    "language": ("language", "fixed-answer"),
    "format": ("format", "tool-call"),
}
"""Families of the report's own estimate that are nearest to a planted one, the nearest first; where the report has none
of them, the case counts as one that the estimate leaves out."""
_LEVEL = 0.9
"""Probability mass of the interval that is checked. Convention: that of the report."""
_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case with one tool."""

    part: Part
    name: str
    group: str
    family: str = ""
    size: str = ""
    kind: str = ""
    base: str = ""
    direction: str = ""
    tool: str = ""
    status: Literal["measured", "no room", "refused", "failed"] = "measured"
    reason: str = ""
    records: int = 0
    poison: int = 0
    verdict: str = ""
    confirmed: int = 0
    """Confirmed findings; 1 for a peer that raises an alarm."""
    suggestive: int = 0
    flagged: int = 0
    """Evidence records of confirmed findings, or what a peer flags."""
    hits: int = 0
    shown: int = 0
    """Evidence records of all findings."""
    shown_hits: int = 0
    best_f1: float | None = None
    """F1 of a peer's ranking at the best threshold, which only the truth gives."""
    named: bool | None = None
    """Whether a finding says the trigger; None where there is nothing to say or the tool says nothing."""
    findings: tuple[str, ...] = ()
    """Verdict, detector and pattern of each finding. Hostile text where the data is."""
    seconds: float = 0.0
    chance: float | None = None
    """Predicted chance that the planted attack is found, by the report's own estimate."""
    low: float | None = None
    """Lower end of its 90% interval."""
    high: float | None = None
    held: bool | None = None
    """Whether what came lies in the 90% predictive interval of one planting."""

    @property
    def key(self) -> str:
        """Give what tells this outcome from every other of a run."""
        return f"{self.part}\t{self.name}\t{self.tool}"

    @property
    def f1(self) -> float:
        """F1 of what is confirmed."""
        return 2 * self.hits / max(1, self.flagged + self.poison)

    @property
    def shown_f1(self) -> float:
        """F1 of everything that is shown."""
        return 2 * self.shown_hits / max(1, self.shown + self.poison)


@dataclass(frozen=True, slots=True)
class Unit:
    """A clean set or an attack."""

    part: Part
    what: CleanSet | AttackCase

    @property
    def name(self) -> str:
        """Name it; no other unit of its part has the name."""
        return self.what.name

    @property
    def group(self) -> str:
        """Give the source of its data."""
        return self.what.group

    @property
    def family(self) -> str:
        """Give the family of its attack, or nothing."""
        return self.what.family if isinstance(self.what, AttackCase) else ""

    def make(self) -> Attacked:
        """Make its records.

        Raises:
            NoRoomError: The set is too small for the attack.
        """
        return self.what.build() if isinstance(self.what, AttackCase) else Attacked(self.what.rows, frozenset())

    def outcome(self, tool: str, **came: Any) -> Outcome:
        """Describe what came of it."""
        one = self.what
        told: dict[str, Any] = {} if isinstance(one, CleanSet) else {
            "family": one.family, "size": one.size, "base": one.base, "direction": one.direction}  # fmt: skip
        return Outcome(part=self.part, name=one.name, group=one.group, kind=one.kind, tool=tool, **told, **came)


def all_units(data: Path, seed: int, kinds: Sequence[SetKind]) -> list[Unit]:
    """List everything that a run can measure, in such an order that any beginning of a part is balanced.

    Args:
        data: Folder of the public data.
        seed: Decides the attacks and their order.
        kinds: Kinds of data.
    """
    asked: tuple[SetKind, ...] = (*kinds, "pairs") if "chat" in kinds else tuple(kinds)
    return [
        *(Unit("clean", one) for one in _by_turns(clean_sets(data, kinds=asked))),
        *(Unit("released", one) for one in released_cases(data, kinds=kinds)),
        *(Unit("planted", one) for one in attack_cases(data, seed, kinds=kinds)),
    ]


def _by_turns(sets: Sequence[CleanSet]) -> list[CleanSet]:
    """Order sets so that every source comes once before any comes again."""
    turns: dict[str, int] = {}
    keyed = []
    for one in sets:
        turns[one.group] = turns.get(one.group, 0) + 1
        keyed.append((turns[one.group], one))
    return [one for _, one in sorted(keyed, key=lambda pair: pair[0])]


def measure(unit: Unit, tools: Sequence[str], seed: int, tables: Path | None = None) -> list[Outcome]:
    """Measure one case with some tools; whatever breaks becomes a failed outcome, never a result.

    Args:
        unit: The case.
        tools: What to measure it with.
        seed: Of the tools.
        tables: Folder of calibration tables, for the away column.
    """
    try:
        attacked = unit.make()
    except NoRoomError as error:
        return [unit.outcome(tool, status="no room", reason=str(error)) for tool in tools]
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="beyond-") as folder:
        file = Path(folder) / "data.jsonl"
        write_rows(attacked.rows, file)
        for tool in tools:
            size = {"records": len(attacked.rows), "poison": len(attacked.poison)}
            started = time.perf_counter()
            try:
                came = _came(unit, tool, attacked, file, seed, tables)
            except Exception as error:  # noqa: BLE001  a tool that breaks is told, not hidden
                came = {"status": "failed", "reason": f"{type(error).__name__}: {error}"[:500]}
            outcomes.append(unit.outcome(tool, **size, **came, seconds=round(time.perf_counter() - started, 2)))
    return outcomes


def _came(unit: Unit, tool: str, attacked: Attacked, file: Path, seed: int, tables: Path | None) -> dict[str, Any]:
    if tool in PEERS_BEYOND:
        return _peer(tool, attacked, file, seed)
    settings: dict[str, Any] = {"seed": zlib.crc32(unit.name.encode()) % 1_000, "own_controls": False}
    settings["power"] = "quick" if tool == "power" else "off"
    if tool in ("away", "power") and (weights := calibration_for(tables, unit.group, unit.family)) is not None:
        settings["calibration"] = str(weights)
    controls = []
    for number, rows in enumerate(attacked.controls):
        controls.append(file.with_name(f"control-{number}.jsonl"))
        write_rows(rows, controls[-1])
    report = audit(file, controls=controls, config=AuditConfig(**settings))
    return _audited(report, attacked) | (_predicted(report.power, unit, attacked, report) if attacked.poison else {})


def _audited(report: Report, attacked: Attacked) -> dict[str, Any]:
    confirmed = [finding for finding in report.findings if finding.verdict == "confirmed"]
    sure, shown = _records(confirmed), _records(report.findings)
    broken = "; ".join(f"{run.id}: {run.reason}" for run in report.detectors if run.status == "failed")
    return {
        "status": "failed" if broken else "measured",
        "reason": broken[:500],
        "verdict": report.verdict,
        "confirmed": len(confirmed),
        "suggestive": len(report.findings) - len(confirmed),
        "flagged": len(sure),
        "hits": len(sure & attacked.poison),
        "shown": len(shown),
        "shown_hits": len(shown & attacked.poison),
        "named": _is_named(report.findings, attacked.names) if attacked.names else None,
        "findings": tuple(
            f"{one.verdict}, {one.detector}: {one.pattern.text[:_LONGEST_QUOTE]} ({len(one.records)})"
            for one in report.findings
        ),
    }  # fmt: skip


def _records(findings: Sequence[Finding]) -> frozenset[int]:
    return frozenset(int(record.record_id[1:]) for finding in findings for record in finding.records)


def _is_named(findings: Sequence[Finding], names: Sequence[str]) -> bool:
    """Tell whether a finding says a name, or at least half of one in one piece."""
    plain = [" ".join(name.casefold().split()) for name in names]
    for finding in findings:
        said = " ".join(finding.pattern.text.casefold().split())
        if any(name in said or (said in name and 2 * len(said) >= len(name)) for name in plain if name and said):
            return True
    return False


def _predicted(power: Power, unit: Unit, attacked: Attacked, report: Report) -> dict[str, Any]:
    """Compare the report's own estimate for the nearest family with what came."""
    by_name = {one.family: one for one in power.families}
    family = next((by_name[name] for name in _LIKE.get(unit.family, ()) if name in by_name), None)
    if family is None:
        return {}
    outcomes = [Planting(one.size, number < one.found) for one in family.sizes for number in range(one.tried)]
    curve, size = DetectionCurve.of(outcomes), len(attacked.poison)
    chance, low, high = curve.at(size, level=_LEVEL)
    least, most = curve.found_among(size, 1, level=_LEVEL)
    return {"chance": chance, "low": low, "high": high, "held": least <= _is_found(report, attacked) <= most}


def _is_found(report: Report, attacked: Attacked) -> bool:
    """Tell whether a confirmed finding holds half of the poison and little else, as the report's estimate counts."""
    for finding in report.findings:
        records = _records([finding])
        both = 2 * len(records & attacked.poison)
        if finding.verdict == "confirmed" and both >= len(attacked.poison) and both >= len(records):
            return True
    return False


def _peer(tool: str, attacked: Attacked, file: Path, seed: int) -> dict[str, Any]:
    said = PEERS_BEYOND[tool](attacked, file, seed)
    if isinstance(said, str):
        return {"status": "refused", "reason": said}
    flagged, hits, best = said.counts(attacked.poison)
    return {
        "confirmed": int(said.alarmed), "flagged": flagged, "hits": hits, "shown": flagged, "shown_hits": hits,
        "best_f1": best,
    }  # fmt: skip
