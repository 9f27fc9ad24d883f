"""Everything that decides what an audit does, in one frozen object that is printed into the report."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

__all__ = ["LARGE", "AuditConfig", "FieldMap", "JudgeConfig"]

LARGE = 50_000
"""With more records than this, parts of an audit look at some of them only, and say so; see docs/decisions/0012."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """Which source fields hold what, and in which formats. None means: find out from the data."""

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
    """Field with the system prompt, which stands before all turns."""
    context: str | None = None
    """Field with what belongs behind the prompt, such as the input of an instruction."""
    reasoning: str | None = None
    """Field with what is thought before the completion."""
    steps: str | None = None
    """Field with the steps of an agent."""
    chosen: str | None = None
    """Field with the completion that won, in preference records."""
    rejected: str | None = None
    """Field with the completion that lost."""
    title: str | None = None
    """Field with the title of a document."""
    query: str | None = None
    """Field with the question that a passage goes with."""
    file_format: str | None = None
    """Format of the files: jsonl, json, csv, parquet or arrow."""
    record_format: str | None = None
    """Format of the records: chat, sharegpt, trajectory, preference, alpaca, prompt-completion, labelled, passages or
    documents."""

    def named(self) -> dict[str, str]:
        """Give the fields that are named, by what they hold."""
        formats = ("file_format", "record_format")
        names = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in formats}
        return {role: name for role, name in names.items() if name is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditConfig:
    """Settings of one audit."""

    detectors: tuple[str, ...] = ()
    """Ids of the detectors to run; empty means every detector whose needs the data meets."""
    seed: int = 0
    """Seed of everything random (folds, draws). The same data and seed give the same report."""
    on_bad_record: Literal["fail", "skip"] = "fail"
    """What to do with a record that cannot be read: stop, or count it as a failure and go on."""
    own_controls: bool = False
    """Whether to run on the data with shuffled outcomes and, where something was found, on its halves and sources."""
    profile: str | None = None
    """The threat profile that the detectors and organisms were taken from."""
    power: Literal["off", "quick", "full"] = "off"
    """How thoroughly to measure what would have been caught: harmless poison is planted into copies of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeConfig:
    """Which judge is asked, and on what terms. Nothing here changes what is asked."""

    model: str
    """A model of an OpenAI-compatible server, or `inspect:provider/model`."""
    base_url: str | None = None
    """Address of the OpenAI-compatible server; that of OpenAI when not given."""
    strong_model: str | None = None
    """A better model for what the first finds suspicious and an audit of the rest."""
    price: tuple[float, float] | None = None
    """US dollars per million tokens in and out."""
    strong_price: tuple[float, float] | None = None
    """The same for the strong model."""
    budget_usd: float | None = None
    """No call is made that could cost more than what is left of this."""
    concurrency: int = 32
    """Calls under way at once."""
    patience: float = 600.0
    """Seconds without any answer after which a server is given up."""
    store: Path | None = None
    """File that keeps every answer; None keeps them in memory only."""
    batch_out: Path | None = None
    """Write requests here, in the batch format of OpenAI, instead of sending them."""
