"""The settings of an audit: frozen objects that the report prints."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

__all__ = ["LARGE", "AuditConfig", "FieldMap", "JudgeConfig"]

LARGE = 50_000
"""Records above which parts of an audit examine a sample, and say so; docs/decisions/0012 has the measurements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """Which source fields hold what, and in which formats. None means: detect it."""

    text: str | None = None
    """Field with the prompt, the text of a labelled record, or the document."""
    label: str | None = None
    """Field with the label of a classification record."""
    completion: str | None = None
    """Field with the completion."""
    messages: str | None = None
    """Field with the turns of a chat record."""
    id: str | None = None
    """Field with the record's own id."""
    group: str | None = None
    """Field with provenance."""
    system: str | None = None
    """Field with the system prompt, which comes before all turns."""
    context: str | None = None
    """Field with text that follows the prompt, such as the input of an instruction."""
    reasoning: str | None = None
    """Field with the reasoning before the completion."""
    steps: str | None = None
    """Field with the steps of an agent."""
    chosen: str | None = None
    """Field with the preferred completion, in preference records."""
    rejected: str | None = None
    """Field with the rejected completion."""
    title: str | None = None
    """Field with the title of a document."""
    query: str | None = None
    """Field with the query of a passage."""
    file_format: str | None = None
    """Format of the files: jsonl, json, csv, csv-header, csv-no-header, text, fasttext, parquet or arrow."""
    record_format: str | None = None
    """Format of the records: preference, comparison, retrieval, retrieval-negatives, chat, sharegpt, trajectory,
    alpaca, prompt-completion, stepwise, labelled, transcripts, passages or documents."""
    ignored: tuple[str, ...] = ()
    """Fields that do not matter: they are part of no reading, and an audit is complete without them."""

    def named(self) -> dict[str, str]:
        """Give the fields that are named, by what they hold."""
        formats = ("file_format", "record_format", "ignored")
        names = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in formats}
        return {role: name for role, name in names.items() if name is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditConfig:
    """Settings of one audit."""

    detectors: tuple[str, ...] = ()
    """Ids of the detectors to run; empty means every detector that suits the data."""
    seed: int = 0
    """Seed of everything random (folds, draws). The same data and seed give the same report."""
    on_bad_record: Literal["fail", "skip"] = "fail"
    """What to do with a record that cannot be read: stop, or count it as a failure and go on."""
    calibration: str | None = None
    """Folder with likelihoods, made by `benchmarks.calibrate`; those of the package when not given."""
    own_controls: bool = False
    """Whether to repeat the audit on shuffled outcomes and, for findings, on halves of the data and of its sources."""
    profile: str | None = None
    """The threat profile that the detectors and organisms were taken from."""
    power: Literal["off", "quick", "full"] = "off"
    """How thoroughly to measure what the audit would have caught: it plants harmless poison into copies of the data."""
    judge_power: float = 0.0
    """Most questions that the judge is asked about poison planted into copies, as a share (0 to 1) of those that the
    audit asks about records; 0 plants none for the judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeConfig:
    """Which judge to ask, and at what cost and speed. Nothing here changes what is asked."""

    model: str
    """A model of an OpenAI-compatible server, `inspect:provider/model`, or `builtin`, which uses nothing below."""
    base_url: str | None = None
    """Address of the OpenAI-compatible server; that of OpenAI when not given."""
    strong_model: str | None = None
    """A stronger model, for what the first finds suspicious and for a random sample of the rest."""
    price: tuple[float, float] | None = None
    """US dollars per million tokens in and out."""
    strong_price: tuple[float, float] | None = None
    """The same for the strong model."""
    budget_usd: float | None = None
    """Budget in US dollars: a call that could exceed what is left is not made."""
    concurrency: int = 32
    """Calls in flight at once."""
    patience: float = 600.0
    """Seconds without any answer after which a server is considered down."""
    store: Path | None = None
    """File that keeps every answer; None keeps them in memory only."""
    batch_out: Path | None = None
    """Write requests here, in the batch format of OpenAI, instead of sending them."""
