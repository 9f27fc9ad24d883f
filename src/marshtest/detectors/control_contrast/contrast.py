"""The result of a comparison with a control, as plain values: for the detector, for figures, and for naming a target.

Example:
    contrast = compare(suspect, control)                  # marshtest.detectors.control_contrast.comparing
    contrast.differences                                  # content before style; what the suspect has more of first
    [one.text for one in contrast.content][:40]
    contrast.pairs[:150]                                  # to be read side by side, strongest first
    contrast.contributions                                # per record of the suspect, how much it carries
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

__all__ = ["AnswerPair", "Contrast", "ContrastTests", "Family", "FeatureDifference", "Kind", "Side"]

Kind = Literal["content", "style"]
Side = Literal["suspect", "control"]
Family = Literal["word", "phrase", "topic", "spelling", "sentiment", "length", "punctuation", "format", "function word"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDifference:
    """One feature that the suspect's answers have more, or less, than the control's."""

    kind: Kind
    """Content is what is talked about; style is how: length, punctuation, format, function words."""
    family: Family
    text: str
    """The word, or the name of the measure. A word is hostile text: escape it."""
    effect: float
    """Above 0 where the suspect has more of it. Words and phrases: of the pairs in which one side alone has it
    (unpaired: of all answers that have it), the share that is the suspect's, less the share to expect with answers of
    this length, -1 to 1. Measures: mean difference in standard deviations."""
    interval: tuple[float, float]
    """95% interval of the effect."""
    z: float
    """Effect over its standard error, shrunk towards 0 for features of few answers. The ranking goes by it."""
    p: float
    """Two-sided p-value of this feature alone."""
    q: float
    """q-value (Benjamini-Hochberg) over all features of the same kind that were tested."""
    suspect_count: int
    """The suspect's answers that have it where the other side does not (unpaired: that have it)."""
    control_count: int
    """The same for the control."""

    @property
    def leans(self) -> Side:
        """Say which side has more of it."""
        return "suspect" if self.effect > 0 else "control"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPair:
    """Two answers that show the difference, to the same prompt when the comparison is paired."""

    prompt: str
    suspect: str
    control: str
    suspect_spans: tuple[tuple[int, int], ...]
    """What carries the difference in the suspect's answer, in characters."""
    control_spans: tuple[tuple[int, int], ...]
    score: float
    """How clearly the suspect's answer leans away from the control, out of fold; highest first."""
    suspect_id: str
    control_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastTests:
    """Do the two sides differ? Every p-value is from swapping the sides and uniform where they do not differ."""

    mode: Literal["paired", "unpaired"]
    pairs: int
    """Pairs of answers to the same prompt (unpaired: the suspect's answers)."""
    differing: int
    """Pairs whose answers are not the same, apart from capitals, punctuation and spaces."""
    equal_length: int
    """Differing pairs with as many words on either side."""
    content_p: float
    """p-value of a difference in content, length conditioned on."""
    equal_length_p: float | None
    """The same among pairs of equal length alone; None where there are too few."""
    style_p: float
    """p-value of a difference in style."""
    excess: float
    """How far apart the sides are in content, in standard deviations of the same statistic with swapped sides."""
    smallest_feature_p: float
    """Smallest p-value of a single word or phrase, corrected for all that were tested."""
    prompt_auc: float
    """How well the prompts alone tell the sides apart when unpaired: area under the curve, .5 for not at all."""
    swaps: int
    """Times the sides were swapped: no p-value is below 1 / (swaps + 1)."""
    guided_p: float | None = None
    """p-value of the pairs along the direction that answers without a pair lean to; None where there are too few of
    these."""
    unmatched: int = 0
    """Answers of both sides without a pair that showed this direction."""
    prompt_p: float = 1.0
    """p-value of a difference in the words of the prompts, within the strata of an unpaired comparison."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The whole result of a comparison with a control."""

    tests: ContrastTests
    differences: tuple[FeatureDifference, ...]
    """Content first, then style; in each, what the suspect has more of, then what it has less of, strongest first."""
    pairs: tuple[AnswerPair, ...]
    """Strongest first."""
    contributions: Mapping[str, float] = field(default_factory=dict)
    """By record id of the suspect: how much the record carries the difference, 0 to 1. Comparable within a contrast."""
    evidence: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """Records that go beyond what the control's answers reach, highest contribution first: by id, the spans of the
    answer that carry the difference, in characters."""
    removal_curve: tuple[tuple[float, float], ...] = ()
    """(share of the compared records removed, highest contribution first; share of the shift that remains), measured
    in words that had no part in choosing the records. Empty where no shift can be measured."""
    removed_shift: float | None = None
    """Share of the shift that goes when the evidence is removed, measured in the same way."""
    tested: int = 0
    """Differences that were tested."""

    @property
    def content(self) -> tuple[FeatureDifference, ...]:
        """Give the differences in content, strongest first."""
        return tuple(one for one in self.differences if one.kind == "content")

    @property
    def style(self) -> tuple[FeatureDifference, ...]:
        """Give the differences in style, strongest first."""
        return tuple(one for one in self.differences if one.kind == "style")

    def swapped(self) -> Contrast:
        """Give the same comparison with the control as the suspect; records and removal are left out."""
        differences = tuple(
            replace(
                one,
                effect=-one.effect,
                interval=(-one.interval[1], -one.interval[0]),
                z=-one.z,
                suspect_count=one.control_count,
                control_count=one.suspect_count,
            )
            for one in self.differences
        )
        pairs = tuple(
            replace(
                one,
                suspect=one.control,
                control=one.suspect,
                suspect_spans=one.control_spans,
                control_spans=one.suspect_spans,
                suspect_id=one.control_id,
                control_id=one.suspect_id,
            )
            for one in self.pairs
        )
        return replace(
            self,
            differences=differences,
            pairs=pairs,
            contributions={},
            evidence={},
            removal_curve=(),
            removed_shift=None,
        )
