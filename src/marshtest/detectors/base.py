"""The whole extension surface: what a detector is and what it hands back.

A detector is one file in this folder, one test file and one docs page. The class is registered by `@detector`, its
docstring (with the headings below) becomes its docs page and its card in the report:
Looks for · How · Blind spots · False alarms · Needs · Cost per 1,000 records · Source.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.findings import Finding
from marshtest.judges.questions import Inquiry
from marshtest.progress import Progress, no_progress
from marshtest.report import JudgedQuestion, MissedBound, Resistance
from marshtest.settings import Settings, SettingValue
from marshtest.signals import Failure, Signal

__all__ = ["Detector", "Examination", "Judging", "Tools"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a detector may use; it opens nothing itself."""

    seed: int = 0
    """Seed for everything random."""
    charter: Charter | None = None
    progress: Progress = no_progress
    """Call with the name of the stage and the fraction done, 0 to 1."""
    judge: Inquiry | None = None
    """A language model to ask; there is one whenever a detector runs that needs it."""
    strong_judge: Inquiry | None = None
    """A better and dearer one, for what the first finds suspicious and an audit of the rest."""
    controls: tuple[Dataset, ...] = ()
    """Datasets that are known to be clean."""
    sisters: tuple[Dataset, ...] = ()
    """Datasets of the same making that are not known to be clean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What a detector asked of a judge."""

    questions: tuple[JudgedQuestion, ...] = ()
    missed: tuple[MissedBound, ...] = ()
    resistance: tuple[Resistance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """Everything that a detector has to say of a dataset."""

    signals: tuple[Signal, ...] = ()
    """At most one per record. Records with neither signal nor failure were looked at and are ordinary."""
    findings: tuple[Finding, ...] = ()
    """Strongest first."""
    failures: tuple[Failure, ...] = ()
    """Records that could not be looked at."""
    looked_at: int | None = None
    """How many records it looked at or failed to, where it drew some of very many; None is all."""
    tried: int = 0
    """How many hypotheses were tested."""
    diagnostics: Mapping[str, SettingValue] = field(default_factory=dict)
    """What was measured on the way and is no finding, such as how many groups there are."""
    judging: Judging = field(default_factory=Judging)
    """Empty for detectors that ask no judge."""


class Detector(ABC):
    """One way to look for poison in a dataset."""

    id: ClassVar[str]
    """Stable name in reports and on the command line, e.g. `label-trigger`."""
    version: ClassVar[str]
    """Raised whenever the method or its prompts change, so that old numbers name what made them."""
    title: ClassVar[str]
    """What it looks for, in a few words."""
    needs_judge: ClassVar[bool] = False
    """Whether it asks a language model: without one it is no part of an audit."""
    needs_control: ClassVar[bool] = False
    """Whether it compares with controls or sister sets: without any it is no part of an audit."""
    on_demand: ClassVar[bool] = False
    """Whether it takes part in an audit only when it is named."""
    settings: Settings = Settings()
    """Every threshold that decides what it finds. A detector with settings takes them as its only argument."""

    @property
    def is_alone(self) -> bool:
        """Whether it looks at nothing but the dataset, so that it may run anywhere and be kept."""
        return not self.needs_judge and not self.needs_control

    def unsuited(self, dataset: Dataset) -> str | None:
        """Say why data of this kind are not what it looks at (e.g. they have no labels): an audit is whole without."""
        return None

    def refuses(self, dataset: Dataset) -> str | None:
        """Say why this dataset cannot be examined although it is of the kind (e.g. too small), or None when it can."""
        return None

    def declines(self, dataset: Dataset) -> str | None:
        """Say why it does not run on this dataset, for whichever reason, or None when it does."""
        return self.unsuited(dataset) or self.refuses(dataset)

    @abstractmethod
    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Look at every record of the dataset."""
