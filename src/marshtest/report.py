"""The result of an audit, and `report.json`, its stable form on disk (schema_version 1). No drawing here.

The dataclasses are the schema: pydantic reads them to write, validate and publish it
(docs/reference/report.schema.json).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from marshtest.charter import Charter
from marshtest.config import AuditConfig, FieldMap
from marshtest.data.folders import open_ordinary
from marshtest.data.records import Kind
from marshtest.data.skipped import Skipped
from marshtest.data.unread import UnreadField
from marshtest.errors import ConfigError, ReportError
from marshtest.findings import EVIDENCE_COLUMNS, Dismissed, Finding, Rung, evidence_rows
from marshtest.signals import Coverage, Failure, Span
from marshtest.text.visible import escaped_json

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = [
    "SCHEMA_VERSION",
    "ControlSet",
    "Controls",
    "DatasetSummary",
    "DetectorRun",
    "DirectionPower",
    "ExpectedByChance",
    "FamilyPower",
    "JudgePower",
    "JudgeSummary",
    "JudgedQuestion",
    "JudgedRate",
    "JudgedRecord",
    "JudgedRecords",
    "MissedBound",
    "Power",
    "ReadingSummary",
    "Report",
    "ReportVerdict",
    "Resistance",
    "SizePower",
    "Swayed",
    "TakenOver",
    "Usage",
    "read_report",
    "report_json",
    "report_schema",
    "verdict_of",
]

_LARGEST: Final = 1024**3
"""Bytes of the largest report that is read. Chosen by eye: 400,000 evidence records with long excerpts."""
_LAST_LINE: Final = 2**63 - 1
"""Last line that a dataset can number. Convention: Arrow's largest integer."""
SCHEMA_VERSION: Final = 1
"""Version of report.json; raised when a reader of the old one would misread it."""
ReportVerdict = Literal["poisoned", "suspicious", "nothing_found", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSummary:
    """A further reading of the records: a use that a trainer could make of them besides the first."""

    kind: Kind
    records: int
    fields: Mapping[str, str]
    """Which source field was read as which canonical field."""
    labels: Mapping[str, int]
    """Records per label; empty for unlabelled data."""


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
    readings: tuple[ReadingSummary, ...] = ()
    """Further readings of the same records, each of which was audited."""
    unread: tuple[UnreadField, ...] = ()
    """Fields that a trainer could use and that no reading holds: with one, nothing found is incomplete."""
    asked: FieldMap = field(default_factory=FieldMap)
    """Which fields and formats the user named: to clean the data they are read in the same way again."""
    skipped: tuple[Skipped, ...] = ()
    """What the readers passed over as no record, by kind."""


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
    reading: str = ""
    """The reading that it was run on, where it is not the first one: its kind, and its number where two have that."""

    @property
    def name(self) -> str:
        """Its id, with the reading where that is not the first one: the key of its coverage."""
        return f"{self.id} (read as {self.reading})" if self.reading else self.id


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
class DirectionPower:
    """What this audit would have caught of one family where records of one label were given another."""

    source_label: str
    """The label that they had: hostile text, escape it."""
    target_label: str
    """The label that they were given."""
    from_size: float | None
    """As in FamilyPower, and so are the others."""
    low: float | None
    high: float | None
    sizes: tuple[SizePower, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPower:
    """What this audit would have caught of one family of poisons; in its weakest direction, where it has several."""

    family: str
    """The organism's id."""
    from_size: float | None
    """Number of planted records from which 80% would have been found; None where no size that was tried is enough."""
    low: float | None
    """Lower end of its 90% interval."""
    high: float | None
    """Upper end; None where it lies beyond the largest size."""
    sizes: tuple[SizePower, ...]
    """Up to the largest that was planted."""
    source_label: str | None = None
    """Of the direction that the numbers are about; None where there is only one or none, and where directions were
    drawn at random, so that the numbers are about a random one."""
    target_label: str | None = None
    reading: str = ""
    """The reading that it was planted into, named as in `DetectorRun`, where it is not the first one."""
    directions: tuple[DirectionPower, ...] = ()
    """The same for every direction in which it was planted, where not drawn at random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What would have been caught: harmless test poison was planted into copies of this dataset."""

    mode: Literal["off", "quick", "full"] = "off"
    statement: str = ""
    """One or two sentences that sum it up."""
    families: tuple[FamilyPower, ...] = ()
    copies: int = 0
    """How many copies of the dataset were planted and audited."""
    plantings: int = 0
    """How many plantings these copies held."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePower:
    """What the detectors that ask a judge would have caught: it was asked about planted test poison too."""

    share: float = 0.0
    """Most questions, as a share of those that the audit asked about records; 0 where it was not asked for."""
    statement: str = ""
    """A few sentences that sum it up, or say why it was not measured."""
    families: tuple[FamilyPower, ...] = ()
    """Found here is a finding that is confirmed or suggestive; empty where nothing was measured."""
    copies: int = 0
    """Copies that count: one planting each, with an answer about every planted record."""
    left_out: int = 0
    """Copies that do not count, since answers are missing."""
    confirmed: int = 0
    """Copies in which the planting was found by a confirmed finding."""
    asked: int = 0
    """Questions about planted and changed records that the audit had not asked."""
    allowed: int = 0
    """Most of them: the share of the questions of the audit."""
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
class JudgedRecord:
    """What a judge says of one record. All text is hostile: escape it."""

    record_id: str
    source_path: str
    source_line: int
    severity: int | None = None
    """Harm that training on it would do: 0 ordinary, 1 slight, 2 clear, 3 grave; None without an answer."""
    learns: str = ""
    """What a model would learn from it, in the judge's words; empty for ordinary records."""
    quote: str = ""
    """The words of the record that do it, as the judge gave them."""
    excuses: bool = False
    """Whether reasoning in the record excuses what it does."""
    label: str | None = None
    """The label of the dataset."""
    judged_label: str | None = None
    """The label that the judge gives without seeing that of the dataset, `unsure` where the text does not decide it;
    None without an answer."""
    sure: int | None = None
    """How sure the judge is of its label: 0 a guess to 3 certain; None without a label and where it is unsure."""
    group: str | None = None
    """Where the record comes from, if the data say so."""
    excerpt_field: str = "prompt"
    """The canonical field that the excerpt is from."""
    excerpt: str = ""
    """Text around the quote, else from the start, at most a few hundred characters; empty for records not flagged."""
    excerpt_start: int = 0
    """Where the excerpt begins in its field, in characters."""
    excerpt_is_cut: bool = False
    """Whether the field goes on after the excerpt."""
    spans: tuple[Span, ...] = ()
    """Where the quote is in that field; empty where the record does not contain it."""

    @property
    def is_contradicted(self) -> bool:
        """Whether the judge gives another label than the dataset."""
        return self.sure is not None and self.label is not None and self.judged_label != self.label

    @property
    def is_flagged(self) -> bool:
        """Whether the judge sees harm in it or contradicts its label."""
        return bool(self.severity) or self.is_contradicted


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRate:
    """How many records of one part of the data are flagged. Intervals are two-sided, 95% (Wilson 1927)."""

    by: Literal["all", "label", "group", "control"]
    """What the part is: all audited records, those of a label or of a group, or a control."""
    name: str
    """Name of the label, the group or the control: hostile text, escape it. Empty for `all`."""
    records: int
    effects: int
    """Records for which the judge said what training on them would do."""
    harmful: int
    """Of these, records with clear or grave harm."""
    harmful_low: float
    harmful_high: float
    slight: int
    """Records with slight harm."""
    labels: int
    """Labelled records for which the judge decided on a label without seeing theirs."""
    contradicted: int
    """Of these, records that have another label."""
    contradicted_low: float
    contradicted_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedByChance:
    """How many records would be flagged if the data were like the controls."""

    what: Literal["harm", "slight harm", "contradiction"]
    flagged: int
    """Records of the data that are flagged so."""
    records: int
    """Records of the data with an answer."""
    control_flagged: int
    control_records: int
    """The same in all controls together."""
    expected: float
    """Records of the data that would be flagged at the rate of the controls."""
    at_most: int
    """Upper end of the 95% prediction interval of that number, which covers chance in the controls and in the data, for
    independent records (beta-binomial, prior of Jeffreys)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRecords:
    """What the judge says of every record of the data."""

    judged: int
    """Records with at least one answer."""
    unanswered: int
    """Records without any."""
    flagged: int
    """Records with any harm or a contradicted label."""
    grave: int
    """Records with grave harm; the row `all` of `rates` counts clear and slight harm and contradictions."""
    excused: int
    """Records in which reasoning excuses what the record does."""
    unsure: int
    """Labelled records of which the judge is unsure which label fits."""
    rates: tuple[JudgedRate, ...]
    """All records, then every label, then groups (the highest rates first), then controls."""
    groups_left_out: int = 0
    """Groups without a row of their own."""
    by_chance: tuple[ExpectedByChance, ...] = ()
    """Empty without a control."""
    records: tuple[JudgedRecord, ...] = ()
    """Gravest first; then contradicted labels, the surest first; then in the order of the source."""
    left_out: int = 0
    """Judged records that are not in the list: the last of that order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSummary:
    """Which judge was asked what, what it answered, and how far it can be trusted."""

    model: str
    strong_model: str | None = None
    questions: tuple[JudgedQuestion, ...] = ()
    missed: tuple[MissedBound, ...] = ()
    resistance: tuple[Resistance, ...] = ()
    records: JudgedRecords | None = None
    """What it says of every record; None where it was not asked about single records."""

    @property
    def missing(self) -> int:
        """Count the answers that are missing."""
        return sum(one.planned - one.answered for one in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What an audit took over from earlier ones of the same user, and what it left although it lay there."""

    results: Mapping[str, int] = field(default_factory=dict)
    """Results of a stopped run of the same audit, by detector: of the data, of its controls and of its copies."""
    answers: int = 0
    """Answers of the judge that were known."""
    refused_results: Mapping[str, int] = field(default_factory=dict)
    """Results in the run folder that this user's secret has not sealed, by detector: these detectors ran again."""
    refused_answers: int = 0
    """Rows in the store of answers that this user's secret has not sealed: the judge was asked again."""


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
    dismissed: tuple[Dismissed, ...] = ()
    """What looked odd and is no finding, with what explains it: the oddest of every detector."""
    judge: JudgeSummary | None = None
    """What a judge was asked; None when there was none."""
    controls: Controls = field(default_factory=Controls)
    """False alarms on clean data."""
    power: Power = field(default_factory=Power)
    """What would have been caught."""
    judge_power: JudgePower = field(default_factory=JudgePower)
    """What would have been caught with the judge."""
    taken_over: TakenOver = field(default_factory=TakenOver)
    """What is not of this run."""
    failures: tuple[Failure, ...] = ()
    usage: Usage = field(default_factory=Usage)

    def evidence(self) -> list[dict[str, object]]:
        """Give one row for each evidence record of each finding, e.g. for `polars.DataFrame`.

        `line` counts from 1, `row` from 0 and only for records in memory. The texts are hostile: escape them.
        """
        return evidence_rows(self.findings)

    def to_pandas(self) -> Any:
        """Give the rows of `evidence` as a frame of pandas, with the same columns where there are no findings.

        Raises:
            ConfigError: pandas is not installed.
        """
        try:
            pandas = import_module("pandas")  # no requirement of ours: who asks for a frame has it
        except ModuleNotFoundError as error:
            raise ConfigError(
                "to_pandas needs pandas: install it with `pip install pandas`, or take the same rows from "
                "`report.evidence()`."
            ) from error
        return pandas.DataFrame(self.evidence(), columns=list(EVIDENCE_COLUMNS)).astype({"row": "Int64"})

    def __str__(self) -> str:
        """Say the verdict in one line."""
        confirmed = sum(finding.verdict == "confirmed" for finding in self.findings)
        suggestive = len(self.findings) - confirmed
        return (
            f"{self.verdict}: {confirmed} confirmed and {suggestive} suggestive findings "
            f"in {self.dataset.records:,} records"
        )


def verdict_of(
    findings: Sequence[Finding],
    runs: Sequence[DetectorRun],
    *,
    failures: Sequence[Failure],
    unread: Sequence[UnreadField],
    judge: JudgeSummary | None,
) -> ReportVerdict:
    """Sum an audit up in one word; what was found outweighs what could not be looked at."""
    if any(finding.verdict == "confirmed" for finding in findings):
        return "poisoned"
    if findings:
        return "suspicious"
    statuses = {run.status for run in runs}
    whole = not failures and not unread and "ran" in statuses and statuses <= {"ran", "unsuited"}
    return "nothing_found" if whole and (judge is None or not judge.missing) else "incomplete"


@cache
def _adapter() -> TypeAdapter[Report]:
    from pydantic import TypeAdapter  # heavy, and only needed where a report meets the disk

    return TypeAdapter(Report)


def report_json(report: Report) -> bytes:
    """Give the report as UTF-8 JSON, indented, with a final line end; what steers a terminal is escaped."""
    try:
        content = _adapter().dump_json(report, indent=2).decode()
    except ValueError:  # half a character, which a detector of another package may hand over
        whole = json.dumps(_adapter().dump_python(report, mode="json"), indent=2, ensure_ascii=False)
        content = whole.encode("utf-8", "replace").decode()
    return escaped_json(content).encode() + b"\n"


def report_schema() -> dict[str, Any]:
    """Give the JSON Schema of `report.json`."""
    schema = _adapter().json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def read_report(path: str | Path) -> Report:
    """Read `report.json`, or the one in a run folder.

    Raises:
        ReportError: There is no report, it is damaged or contradicts itself, or another version of the schema wrote it.
    """
    from pydantic import ValidationError

    file = Path(path)
    if file.is_dir():
        file = file / "report.json"
    try:
        with open_ordinary(file, follow=file == Path(path)) as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise ReportError(f"{file}: cannot read the report ({error.strerror}); give the folder of an audit.") from error
    if len(content) > _LARGEST:
        raise ReportError(f"{file}: is larger than any report; give the folder of an audit.")
    try:
        report = _adapter().validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReportError(f"{file}: no report of schema version {SCHEMA_VERSION} ({place}: {first['msg']}).") from error
    if fault := _contradiction(report):
        raise ReportError(f"{file}: contradicts itself, so somebody has changed it: {fault}. Audit the data again.")
    return report


def _contradiction(report: Report) -> str:
    """Say what no audit would have written; empty where nothing is."""
    follows = verdict_of(
        report.findings,
        report.detectors,
        failures=report.failures,
        unread=report.dataset.unread,
        judge=report.judge,
    )
    if report.verdict != follows:
        return f"its verdict is {report.verdict}, and {follows} follows from what it found and examined"
    ids = [finding.id for finding in report.findings]
    if len(set(ids)) < len(ids):
        return "two findings have the same id"
    files = set(report.dataset.source)
    for finding in report.findings:
        places = {(record.source_path, record.source_line, record.record_id) for record in finding.records}
        if len(places) < len(finding.records):
            return f"{finding.id} names an evidence record twice"
        if not {path for path, _, _ in places} <= files or not all(
            0 <= record.score <= 1 and 0 <= record.source_line <= _LAST_LINE for record in finding.records
        ):
            return f"{finding.id} has evidence that was not audited"
    return ""
