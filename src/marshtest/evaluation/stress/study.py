"""A study: what runs of `marsh stress` measured, in a form that can be published.

It keeps the results and, unless more is asked for, leaves out what a poison was made of. The dataclasses are the
schema, as with a report; pydantic reads them to write, validate and publish it (docs/reference/study.schema.json).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from marshtest.config import FieldMap
from marshtest.data.folders import open_ordinary
from marshtest.data.records import Kind
from marshtest.errors import ReportError
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.scores import Scores
from marshtest.findings import Figure
from marshtest.organisms.companions import Disclosure

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = [
    "STUDY_NAME",
    "STUDY_VERSION",
    "DisclosedRecipe",
    "Methods",
    "StudiedOrganism",
    "StudiedRun",
    "StudiedSet",
    "Study",
    "read_study",
    "study_json",
    "study_schema",
]

STUDY_VERSION: Final = 1
"""Version of the format of study.json; raised when a reader of the old one would misread it."""
STUDY_NAME: Final = "study.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiedSet:
    """A dataset that cases were made of."""

    name: str
    fingerprint: str
    """As in `report.json`: who has the data can compare it."""
    kind: Kind
    records: int
    poison: int = 0
    """How many of its records are poison, where it came with its truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiedOrganism:
    """A family of poisons that was planted."""

    id: str
    version: str
    title: str
    card: Mapping[str, str] = field(default_factory=dict)
    """How it is planted, its source, what it tests and why it is harmless. Told from `methods` up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Methods:
    """How a run measured. Told from `methods` up."""

    seeds: int
    """How many seeds every case was drawn with; which ones is part of the recipe."""
    splits: int
    """How many random draws into halves every clean set gave."""
    twins: bool
    """Whether the honest twin of every planted case was measured too."""
    truth_field: str | None
    fields: FieldMap
    on_bad_record: Literal["fail", "skip"]
    command: str
    """The command line, without what is kept back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedRecipe:
    """What draws the triggers again from the data. Told in `full` only."""

    first_seed: int
    target_labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiedRun:
    """One run of `marsh stress`."""

    results_sha256: str
    """Hash of its results.jsonl: who is given the file can tell that it is the one of this study."""
    tool_version: str
    """Version of marshtest that measured."""
    planned: int
    """How many cases the run was to measure."""
    done: int
    """How many it had come to."""
    methods: Methods | None = None
    recipe: DisclosedRecipe | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What runs of `marsh stress` measured."""

    study_version: Literal[1] = STUDY_VERSION
    tool_version: str
    """Version of marshtest that wrote the study."""
    disclosed: Disclosure
    kept_back: tuple[str, ...] = ()
    """What is not told here."""
    summary: tuple[str, ...] = ()
    runs: tuple[StudiedRun, ...]
    sets: tuple[StudiedSet, ...]
    tools: Mapping[str, str]
    """Version of every tool, by its name."""
    organisms: tuple[StudiedOrganism, ...] = ()
    scores: Scores
    figures: tuple[Figure, ...] = ()
    cases: tuple[CaseOutcome, ...] = ()
    """Every case with its seed and, where the run kept them, its trigger and what the tool named. In `full` only."""


@cache
def _adapter() -> TypeAdapter[Study]:
    from pydantic import TypeAdapter  # heavy, and only needed where a study meets the disk

    return TypeAdapter(Study)


def study_json(study: Study) -> bytes:
    """Give the study as UTF-8 JSON, indented, with a final line end."""
    return _adapter().dump_json(study, indent=2) + b"\n"


def study_schema() -> dict[str, Any]:
    """Give the JSON Schema of `study.json`."""
    schema = _adapter().json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def read_study(path: str | Path) -> Study:
    """Read `study.json`, or the one in a folder.

    Raises:
        ReportError: There is no study, it is damaged, or another version of the schema wrote it.
    """
    from pydantic import ValidationError

    file = Path(path)
    if file.is_dir():
        file = file / STUDY_NAME
    try:
        with open_ordinary(file) as opened:
            content = opened.read()
    except OSError as error:
        raise ReportError(f"{file}: cannot read the study ({error.strerror}); give a study.json.") from error
    try:
        return _adapter().validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReportError(f"{file}: no study of version {STUDY_VERSION} ({place}: {first['msg']}).") from error
