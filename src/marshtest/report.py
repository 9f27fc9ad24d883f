"""The result of an audit, and `report.json`, its stable form on disk (schema_version 1). No drawing here.

The dataclasses are the schema: pydantic reads them to write, validate and publish it
(docs/reference/report.schema.json).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from marshtest.charter import Charter
from marshtest.config import AuditConfig
from marshtest.data.records import Kind
from marshtest.errors import ReportError
from marshtest.findings import Finding, Rung
from marshtest.signals import Coverage, Failure

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = [
    "SCHEMA_VERSION",
    "ControlSet",
    "Controls",
    "DatasetSummary",
    "DetectorRun",
    "FamilyPower",
    "JudgeSummary",
    "JudgedQuestion",
    "MissedBound",
    "Power",
    "Report",
    "ReportVerdict",
    "Resistance",
    "SizePower",
    "Swayed",
    "Usage",
    "read_report",
    "report_json",
    "report_schema",
]

SCHEMA_VERSION: Final = 1
"""Version of report.json; raised when a reader of the old one would misread it."""
ReportVerdict = Literal["poisoned", "suspicious", "nothing_found", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """What was audited."""

    source: tuple[str, ...]
    """The files, as the user named them."""
    records: int
    fingerprint: str
    """`sha256:` and the hash of the sorted content hashes of all records: independent of order and file format."""
    kind: Kind
    files: Mapping[str, str] = field(default_factory=dict)
    """sha256 of every file's bytes, by path: what `marsh clean` checks before it splits the data."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Which source field was read as which canonical field, e.g. {"prompt": "text", "label": "label"}."""
    labels: Mapping[str, int] = field(default_factory=dict)
    """Records per label; empty for unlabelled data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorRun:
    """How one detector was run."""

    id: str
    version: str
    status: Literal["ran", "unsuited", "skipped", "failed"]
    """unsuited: made for another kind of data, so nothing is missing. skipped: it should have run and could not."""
    reason: str = ""
    """Why it did not run or failed; empty when it ran."""
    settings: Mapping[str, float | int | str | bool | None] = field(default_factory=dict)
    """The thresholds it used, by name."""
    diagnostics: Mapping[str, float | int | str | bool | None] = field(default_factory=dict)
    """What it measured on the way and is no finding, such as how many groups there are."""
    tried: int = 0
    """How many hypotheses it tested: its q-values are corrected over all of them."""
    seconds: float = 0.0
    blind_spots: str = ""
    """What this detector cannot see, from its docstring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSet:
    """What the same detectors find in data without poison: every finding there is a false alarm."""

    name: str
    """The files as the user named them, or what was made of the dataset itself, e.g. `shuffled labels`."""
    rung: Rung
    records: int
    confirmed: int
    suggestive: int
    titles: tuple[str, ...] = ()
    """The findings there, at most ten: hostile text, escape it."""
    complete: bool = True
    """Whether every detector looked at every record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """False alarms on clean data, measured with the settings of the audit."""

    rung: Rung = "none"
    """The best rung that any control stands on."""
    sets: tuple[ControlSet, ...] = ()
    """Controls that the user gave."""
    own: tuple[ControlSet, ...] = ()
    """Controls made of the dataset itself."""
    alarms: int = 0
    """How many of the sets (given and own) had a confirmed finding."""
    rate_below: float | None = None
    """Upper 95% bound of the share of such sets that would have one; None where none was run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizePower:
    """How often a family would have been found with so many planted records."""

    size: int
    found: int
    tried: int
    chance: float
    """Estimate from all sizes together, 0 to 1."""
    low: float
    """Lower end of its 90% interval."""
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPower:
    """What this audit would have caught of one family of poisons."""

    family: str
    """The organism's id."""
    from_size: float | None
    """Number of planted records from which 95% would have been found; None where no size that was tried is enough."""
    low: float | None
    """Lower end of its 90% interval."""
    high: float | None
    """Upper end; None where it lies beyond the largest size."""
    sizes: tuple[SizePower, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What would have been caught: harmless test poison was planted into copies of this dataset."""

    mode: Literal["off", "quick", "full"] = "off"
    statement: str = ""
    """One or two sentences that sum it up."""
    families: tuple[FamilyPower, ...] = ()
    copies: int = 0
    """How many copies of the dataset were planted and audited."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the audit cost."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuestion:
    """What became of one question that a detector put to a judge. planned = answered + the sum of `problems`."""

    detector: str
    question: str
    """Its id, e.g. `label`; a second asking about changed records is `label, counterfactual`."""
    model: str
    planned: int
    answered: int
    remembered: int = 0
    """Of the answered, how many were known from an earlier asking and cost nothing."""
    problems: Mapping[str, int] = field(default_factory=dict)
    """Why the others have no answer: refused, truncated, malformed, unreachable, over_budget, waiting."""

    def __post_init__(self) -> None:
        if self.planned != self.answered + sum(self.problems.values()):
            raise AssertionError(f"answers do not add up: {self!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedBound:
    """What a cheap judge may have missed, by a stronger judge's audit of records drawn from those it passed."""

    detector: str
    question: str
    passed: int
    """Records that the cheap judge found ordinary."""
    audited: int
    missed: int
    """Of the audited, how many the strong judge found suspicious."""
    at_most: int
    """Upper 95% bound (one-sided, exact) of the suspicious records among all that passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swayed:
    """How often one kind of text in a record changed the judge's verdict."""

    kind: str
    probes: int
    """Answered probes."""
    swayed: int
    """Of these, how many got the verdict that the text asked for (for a plain remark: any other verdict)."""
    low: float
    """Lower end of the 95% interval of the share (exact, Clopper and Pearson 1934)."""
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Resistance:
    """How often the judge was talked out of a verdict by planted records that speak to it."""

    detector: str
    question: str
    model: str
    asked_for: str = ""
    """The verdict that the records asked for."""
    records: int = 0
    """Records into which the texts were put."""
    probes: int
    """Answered probes: every text in every record."""
    unanswered: int = 0
    talked_out: int
    low: float
    """Lower end of the 95% interval of the share that was talked out, as if all probes were independent."""
    high: float
    kinds: tuple[Swayed, ...] = ()
    """The same by kind of text."""
    chance: Swayed | None = None
    """How often a plain remark changed the verdict: what changes by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSummary:
    """Which judge was asked what, what it answered, and how far it can be trusted."""

    model: str
    strong_model: str | None = None
    questions: tuple[JudgedQuestion, ...] = ()
    missed: tuple[MissedBound, ...] = ()
    resistance: tuple[Resistance, ...] = ()

    @property
    def missing(self) -> int:
        """Count the answers that are missing."""
        return sum(one.planned - one.answered for one in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of an audit."""

    schema_version: Literal[1] = SCHEMA_VERSION
    tool_version: str
    verdict: ReportVerdict
    dataset: DatasetSummary
    charter: Charter | None = None
    config: AuditConfig = field(default_factory=AuditConfig)
    """The settings, the seed among them."""
    detectors: tuple[DetectorRun, ...] = ()
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    judge: JudgeSummary | None = None
    """What a judge was asked; None when there was none."""
    controls: Controls = field(default_factory=Controls)
    """False alarms on clean data."""
    power: Power = field(default_factory=Power)
    """What would have been caught."""
    failures: tuple[Failure, ...] = ()
    usage: Usage = field(default_factory=Usage)

    def __str__(self) -> str:
        """Say the verdict in one line."""
        confirmed = sum(finding.verdict == "confirmed" for finding in self.findings)
        suggestive = len(self.findings) - confirmed
        return (
            f"{self.verdict}: {confirmed} confirmed and {suggestive} suggestive findings "
            f"in {self.dataset.records:,} records"
        )


@cache
def _adapter() -> TypeAdapter[Report]:
    from pydantic import TypeAdapter  # heavy, and only needed where a report meets the disk

    return TypeAdapter(Report)


def report_json(report: Report) -> bytes:
    """Give the report as UTF-8 JSON, indented, with a final line end."""
    return _adapter().dump_json(report, indent=2) + b"\n"


def report_schema() -> dict[str, Any]:
    """Give the JSON Schema of `report.json`."""
    schema = _adapter().json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def read_report(path: str | Path) -> Report:
    """Read `report.json`, or the one in a run folder.

    Raises:
        ReportError: There is no report, it is damaged, or another version of the schema wrote it.
    """
    from pydantic import ValidationError

    file = Path(path)
    if file.is_dir():
        file = file / "report.json"
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ReportError(f"{file}: cannot read the report ({error.strerror}); give the folder of an audit.") from error
    try:
        return _adapter().validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReportError(f"{file}: no report of schema version {SCHEMA_VERSION} ({place}: {first['msg']}).") from error
