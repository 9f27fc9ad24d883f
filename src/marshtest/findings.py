"""One claim about the dataset with all its evidence.

A finding carries every word and number that a renderer needs, so a report can be drawn without the data and without
the detector that made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from marshtest.signals import Span

__all__ = [
    "EVIDENCE_COLUMNS",
    "EXCERPT",
    "Comparison",
    "Dismissed",
    "EvidenceRecord",
    "Explanation",
    "Figure",
    "Finding",
    "FindingVerdict",
    "LineOfEvidence",
    "Pattern",
    "PatternType",
    "Rung",
    "Series",
    "Weighed",
    "evidence_rows",
]

EVIDENCE_COLUMNS = (
    *("finding", "verdict", "detector", "pattern", "pattern_type", "record_id"),
    *("path", "line", "row", "label", "score", "excerpt"),
)
"""Names of the columns of `evidence_rows`."""

Weighed = Literal["copies", "topic", "template"]
"""Alternative explanations that apply to any finding: its records are copies of one text, are about one topic, or the
pattern is part of the language or of a template."""
EXCERPT = 2_000
"""Characters of an excerpt: the start of a long text is not enough to see a span in its surroundings. Convention."""

FindingVerdict = Literal["confirmed", "suggestive"]
PatternType = Literal["phrase", "structure", "format", "theme", "persona", "duplicate", "encoding", "group"]
Rung = Literal["honest twin", "regenerated answers", "known clean", "sister set", "none"]
"""The control that a finding was compared with, strongest first: the same inputs with honest labels; the same prompts
answered by a clean pipeline; other data known to be clean; other data from the same pipeline, not known to be clean;
none."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the records of a finding have in common."""

    type: PatternType
    text: str
    """The pattern itself, as it stands in the data: hostile text, escape it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecord:
    """A record that is evidence for a finding."""

    record_id: str
    source_path: str
    source_line: int
    spans: tuple[Span, ...]
    """Where the pattern stands, in characters of the canonical field."""
    label: str | None = None
    score: float = 1.0
    """How strongly this record supports the finding, 0 to 1."""
    excerpt: str = ""
    """Text around the first span (of its field), at most a few thousand characters: hostile text, escape it."""
    excerpt_start: int = 0
    """Where the excerpt begins in its field, in characters; a span maps to the excerpt by taking this away."""
    content_hash: str = ""
    """sha256 of what the record says, as hex: what `marsh clean` checks before it moves the record."""

    @classmethod
    def quoting(
        cls,
        text: str,
        spans: Sequence[Span],
        *,
        record_id: str,
        source: tuple[str, int],
        label: str | None = None,
        score: float = 1.0,
    ) -> EvidenceRecord:
        """Make one with an excerpt around its first span, or from the start where there are no spans.

        Args:
            text: The whole text of the field in which the first span stands.
            spans: Where the pattern stands; the excerpt is drawn around the first.
            record_id: Id of the record.
            source: Path and line of the record.
            label: Its label, if it has one.
            score: How strongly it is evidence, 0 to 1.
        """
        start = 0
        if spans and len(text) > EXCERPT:
            start = max(0, min(spans[0].start - EXCERPT // 2, len(text) - EXCERPT))
        return cls(
            record_id=record_id,
            source_path=source[0],
            source_line=source[1],
            spans=tuple(spans),
            label=label,
            score=score,
            excerpt=text[start : start + EXCERPT],
            excerpt_start=start,
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """An alternative explanation of the pattern, and whether the evidence supports it."""

    text: str
    """One sentence with its numbers."""
    stands: Literal["for", "against", "open"]
    """Whether the evidence supports this explanation, contradicts it, or leaves it open."""
    weighs: tuple[Weighed, ...] = ()
    """Which of the explanations that apply to any finding it weighs, so that nobody weighs them again."""


@dataclass(frozen=True, slots=True)
class Series:
    """One set of points of a figure."""

    name: str
    points: tuple[tuple[float, float], ...]
    highlight: bool = False
    """True for what the finding is about; the other series are for comparison."""
    names: tuple[str, ...] = ()
    """What each point is (hostile text), or empty."""
    intervals: tuple[tuple[float, float], ...] = ()
    """Lower and upper end of each point's value, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Numbers to be drawn by any renderer."""

    type: Literal["scatter", "histogram", "bars", "intervals"]
    """scatter: x against y. histogram: x is the left edge of a bin, y its height. bars: x is ignored, `names` label.
    intervals: x is ignored, y is drawn as a point on its interval, `names` label."""
    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two answers to one prompt, to be read side by side. All text is hostile: escape it."""

    prompt: str
    suspect: str
    """The answer of the audited data."""
    control: str
    """The answer that it is compared with."""
    suspect_spans: tuple[tuple[int, int], ...] = ()
    """What carries the difference in the suspect's answer, in characters."""
    control_spans: tuple[tuple[int, int], ...] = ()
    record_id: str
    """The record of the audited data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOfEvidence:
    """What another detector found about the same records."""

    detector: str
    verdict: FindingVerdict
    title: str
    """One sentence. May quote dataset text: hostile, escape it."""
    explanation: str
    pattern: Pattern
    statistics: Mapping[str, float | int | str | None]
    shared: int
    """How many of the finding's evidence records it points at too."""
    records: int
    """How many records it points at."""
    other_explanations: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One claim about the dataset with its evidence."""

    id: str
    """Stable within a report: the detector's id and a number, strongest first."""
    detector: str
    verdict: FindingVerdict
    title: str
    """One sentence without jargon. May quote dataset text: hostile, escape it."""
    explanation: str
    """What was seen and why it matters, in a few sentences."""
    pattern: Pattern
    statistics: Mapping[str, float | int | str | None]
    """Numbers by name; always p_value and q_value, None where they do not apply. The glossary defines each name."""
    other_explanations: tuple[Explanation, ...] = ()
    records: tuple[EvidenceRecord, ...] = ()
    figures: tuple[Figure, ...] = field(default=())
    lines: tuple[LineOfEvidence, ...] = ()
    """What other detectors found about the same records."""
    rung: Rung = "none"
    """The strongest control that this finding was compared with."""
    comparisons: tuple[Comparison, ...] = ()
    """Pairs of answers that show the difference, the clearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """A pattern that looked odd and is no finding, with what explains it."""

    detector: str
    """Id of the detector that tried it."""
    pattern: Pattern
    carriers: int
    """Records that contain it."""
    outcome: str = ""
    """The label or behaviour that its carriers share: hostile text, escape it. Empty where it is about none."""
    share: float
    """Share of the carriers with that outcome, 0 to 1."""
    base_share: float | None = None
    """Share of all records with that outcome; None where it is not known."""
    reason: str
    """What explains it, or what it lacks, as half a sentence without a full stop, e.g. `the other words of its records
    say that label too`. May quote dataset text: hostile, escape it."""


def evidence_rows(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Give one row for each evidence record of each finding, strongest finding first.

    `line` counts from 1, as everywhere in a report. `row` counts from 0, for records in memory alone: it is the place
    in the object that was audited. The texts are hostile: escape them.
    """
    return [
        dict(
            zip(
                EVIDENCE_COLUMNS,
                (
                    *(finding.id, finding.verdict, finding.detector, finding.pattern.text, finding.pattern.type),
                    *(record.record_id, record.source_path, record.source_line),
                    record.source_line - 1 if record.source_path.startswith("<") else None,
                    *(record.label, record.score, record.excerpt),
                ),
                strict=True,
            )
        )
        for finding in findings
        for record in finding.records
    ]
