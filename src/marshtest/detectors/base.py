"""What a detector is, what it is given and what it returns: all that an extension needs.

A detector is a file or folder of this package, or a class of another package that an entry point names
(`detectors/registry.py`). `@detector` registers it. Its docstring has these headings, which `marsh detectors` and the
report show:
Looks for · How · Blind spots · False alarms · Needs · Cost per 1,000 records · Source.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from marshtest.calibration.shipped import Calibration, load_calibration
from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.findings import Dismissed, Finding
from marshtest.judges.asking.verdicts import Harm
from marshtest.judges.questions import Inquiry
from marshtest.progress import Progress, no_progress
from marshtest.report import JudgedQuestion, MissedBound, Resistance
from marshtest.settings import Settings, SettingValue
from marshtest.signals import Failure, Signal

__all__ = ["Detector", "Examination", "Judging", "RecordVerdicts", "Tools"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a detector may use; it opens no file and no connection itself."""

    seed: int = 0
    """Seed for everything random."""
    charter: Charter | None = None
    """What the model is meant to do, where the user says so."""
    progress: Progress = no_progress
    """Call with the name of the stage and the fraction done, 0 to 1."""
    calibration: Calibration = field(default_factory=load_calibration)
    """What weighs the evidence lines of candidates; that of the package when not given."""
    judge: Inquiry | None = None
    """A language model to ask; always given to a detector that needs one."""
    strong_judge: Inquiry | None = None
    """A better and more expensive one, for what the first finds suspicious and a sample of the rest."""
    probes_judge: bool = True
    """Whether to measure how far a judge can be talked out of its verdicts; once for an audit, not in every copy."""
    controls: tuple[Dataset, ...] = ()
    """Datasets that are known to be clean."""
    sisters: tuple[Dataset, ...] = ()
    """Datasets of the same origin that are not known to be clean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVerdicts:
    """What a judge says of every record of one dataset, in columns; a question that was not asked has empty ones."""

    fingerprint: str
    """Of the dataset: the audited one or a control."""
    severity: tuple[int, ...] = ()
    """By row: 0 to 3, negative where there is no answer."""
    harms: Mapping[int, Harm] = field(default_factory=dict)
    """By row, of every record with a severity above 0."""
    labels: tuple[str, ...] = ()
    """The names that the indices stand for."""
    given: tuple[int, ...] = ()
    """By row: index of the dataset's label; negative where it has none."""
    judged: tuple[int, ...] = ()
    """By row: index of the judge's label, or a negative number as in `judges.asking.verdicts`."""
    sure: tuple[int, ...] = ()
    """By row: 0 a guess to 3 certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What a detector asked a judge, and how reliable the answers are."""

    questions: tuple[JudgedQuestion, ...] = ()
    """The questions, with the numbers of answers."""
    missed: tuple[MissedBound, ...] = ()
    """Bounds on what the judge missed."""
    resistance: tuple[Resistance, ...] = ()
    """Whether text of the data can change the judge's answers."""
    verdicts: tuple[RecordVerdicts, ...] = ()
    """What it says of the records of the data and of the controls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """Everything that a detector reports about a dataset."""

    signals: tuple[Signal, ...] = ()
    """At most one per record. Records with neither signal nor failure were examined and are ordinary."""
    findings: tuple[Finding, ...] = ()
    """Strongest first."""
    dismissed: tuple[Dismissed, ...] = ()
    """Patterns that looked odd and are no finding, with what explains each; oddest first. The report shows a few."""
    failures: tuple[Failure, ...] = ()
    """Records that could not be examined."""
    looked_at: int | None = None
    """How many records it examined or failed to, where it sampled very many; None is all."""
    tried: int = 0
    """How many hypotheses were tested."""
    diagnostics: Mapping[str, SettingValue] = field(default_factory=dict)
    """What was measured on the way and is no finding, such as how many groups there are; settings have their own
    place."""
    judging: Judging = field(default_factory=Judging)
    """Empty for detectors that ask no judge."""
    summary: str = ""
    """What was compared and how it came out, in a sentence that reports show found or not; empty for none."""
    refused: str = ""
    """Why nothing can be said after all, where that shows only on examining, e.g. in a comparison with controls; as
    with `Detector.refuses`, the audit is then incomplete. Such an examination has neither signals nor findings."""


class Detector(ABC):
    """One way to look for poison in a dataset."""

    id: ClassVar[str]
    """Stable name in reports and on the command line, e.g. `label-trigger`."""
    version: ClassVar[str]
    """Raised whenever the method or its prompts change, so that old results name the method that gave them."""
    title: ClassVar[str]
    """What it looks for, in a few words."""
    needs_judge: ClassVar[bool] = False
    """Whether it asks a language model; an audit without one leaves it out."""
    needs_language_model: ClassVar[bool] = False
    """Whether the built-in judge cannot answer what it asks; with that judge an audit leaves it out, and says so."""
    needs_control: ClassVar[bool] = False
    """Whether it compares with controls or sister sets; an audit without any leaves it out."""
    on_demand: ClassVar[bool] = False
    """Whether an audit runs it only when it is named."""
    settings: Settings = Settings()
    """Every threshold that decides what it finds, as printed in the report. A detector with thresholds declares an
    object of its own settings class here."""

    def __init__(self, settings: Settings | None = None) -> None:
        """Take other settings than those of the class.

        Raises:
            TypeError: They are of another class than the detector's own.
        """
        if settings is None:
            return
        if not isinstance(settings, type(self.settings)):
            raise TypeError(f"{type(self).__name__} takes {type(self.settings).__name__}, not {settings!r}")
        self.settings = settings

    @property
    def is_alone(self) -> bool:
        """Whether it reads nothing but the dataset, so that it may run on any worker and its result may be kept."""
        return not self.needs_judge and not self.needs_control

    def unsuited(self, dataset: Dataset) -> str | None:
        """Say why data of this kind is not what it is made for (e.g. it has no labels), or None where it is.

        An audit without an unsuited detector is complete.
        """
        return None

    def refuses(self, dataset: Dataset) -> str | None:
        """Say why this dataset cannot be examined although it is of the right kind (e.g. too small), or None if it can.

        An audit in which a detector refuses is incomplete.
        """
        return None

    def declines(self, dataset: Dataset) -> str | None:
        """Say why it does not run on this dataset, for either reason, or None where it does."""
        return self.unsuited(dataset) or self.refuses(dataset)

    @abstractmethod
    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Examine every record of the dataset.

        The same seed must give the same result, and the order of the records must not matter. Text of the dataset is
        hostile: compare and count it, never evaluate it.

        Args:
            dataset: At least one record, of a kind that it does not decline.
            tools: What it may use.

        Returns:
            Signals, findings and failures: every record has a signal, a failure, or is ordinary.
        """
