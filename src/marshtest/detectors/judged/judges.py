"""The judges of one examination, and the log of what they were asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from marshtest.charter import Charter
from marshtest.detectors.base import Tools
from marshtest.errors import ConfigError
from marshtest.judges.questions import Inquiry, Tally
from marshtest.report import JudgedQuestion

__all__ = ["Judges"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """Who is asked, under which charter, and what was asked so far."""

    detector: str
    """Id of the detector that asks."""
    judge: Inquiry
    """Asked about every record."""
    strong: Inquiry | None
    """Asked where it matters, if there is one."""
    charter: Charter | None
    seed: int
    questions: list[JudgedQuestion] = field(default_factory=list)
    """What became of every question, in the order of asking."""

    @classmethod
    def of(cls, detector: str, tools: Tools) -> Judges:
        """Take the judges of a run.

        Raises:
            ConfigError: There is none.
        """
        if tools.judge is None:
            raise ConfigError(f"the detector {detector!r} asks a judge; name one with --judge MODEL.")
        return cls(
            detector=detector,
            judge=tools.judge,
            strong=tools.strong_judge,
            charter=tools.charter,
            seed=tools.seed,
        )

    @property
    def best(self) -> Inquiry:
        """The better judge, if there are two."""
        return self.strong or self.judge

    def note(self, question: str, inquiry: Inquiry, tally: Tally) -> None:
        """Log what became of a question."""
        self.questions.append(self.asked(question, inquiry, tally))

    def asked(self, question: str, inquiry: Inquiry, tally: Tally) -> JudgedQuestion:
        """Say what became of a question, as the report gives it."""
        return JudgedQuestion(
            detector=self.detector,
            question=question,
            model=inquiry.model,
            planned=tally.planned,
            answered=tally.answered,
            remembered=tally.remembered,
            problems={str(name): count for name, count in sorted(tally.problems.items()) if count},
        )
