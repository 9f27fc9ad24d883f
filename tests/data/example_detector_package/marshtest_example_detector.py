"""A toy detector in a package of its own: records that contain a word which the house does not use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marshtest import (
    Dataset,
    Detector,
    Examination,
    Explanation,
    Finding,
    Pattern,
    Settings,
    Signal,
    Span,
    Tools,
    detector,
    evidence_record,
)

__all__ = ["HouseWord", "HouseWordSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseWordSettings(Settings):
    """Settings of `house-word`."""

    word: str = "teapot"
    """The word that the house does not use. Convention: any word shows the way."""
    fewest_records: int = 2
    """Records with the word from which it is reported. Chosen by eye: one may be a slip."""


@detector
class HouseWord(Detector):
    """Find records that contain a word which the house does not use.

    Looks for: one word in prompts, in any case.
    How: a search for the whole word.
    Blind spots: every other word; other spellings of this one.
    False alarms: records that rightly mention the word.
    Needs: nothing.
    Cost per 1,000 records: a few milliseconds.
    Source: made up, to show how a detector is packaged.
    """

    id = "house-word"
    version = "1"
    title = "A word that the house does not use"
    settings: HouseWordSettings = HouseWordSettings()

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Search every prompt."""
        pattern = re.compile(rf"\b{re.escape(self.settings.word)}\b", re.IGNORECASE)
        found: dict[int, Span] = {}
        for row, prompt in enumerate(dataset.table(["prompt"])["prompt"].to_pylist()):
            if match := pattern.search(prompt):
                found[row] = Span("prompt", match.start(), match.end())
        records = {row: dataset.record(row) for row in found}
        signals = tuple(
            Signal(record_id=record.record_id, detector=self.id, score=0.5, spans=(found[row],), reason="has the word")
            for row, record in records.items()
        )
        if len(found) < self.settings.fewest_records:
            return Examination(signals=signals, tried=1)
        finding = Finding(
            id=f"{self.id}-1",
            detector=self.id,
            verdict="suggestive",
            title=f"{len(found):,} of {len(dataset):,} records contain “{self.settings.word}”.",
            explanation="The house does not use this word, so the records may come from elsewhere.",
            pattern=Pattern("phrase", self.settings.word),
            statistics={"p_value": None, "q_value": None, "records": len(found)},
            other_explanations=(Explanation("The records are about teapots.", "open"),),
            records=tuple(evidence_record(record, [found[row]]) for row, record in records.items()),
        )
        return Examination(signals=signals, findings=(finding,), tried=1)
