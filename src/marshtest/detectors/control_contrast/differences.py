"""What a comparison with a control comes to: plain values, for a detector, a judge who names the target, and pictures.

Example:
    contrast = compare(suspect, control, seed=0)          # marshtest.detectors.control_contrast.comparing
    contrast.differences                                  # content before style; what the suspect has more of first
    [one.text for one in contrast.content][:40]
    contrast.pairs[:150]                                  # what to show side by side, most telling first
    contrast.contributions                                # per record of the suspect, how much it carries

Whoever names the target reads `differences` and `pairs` alone, and shows the two answers of a pair without saying which
is which. With `swapped`, the control plays the suspect: the same framing about the same data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

__all__ = ["Contrast", "Difference", "Family", "Kind", "Pair", "Side", "Verdict"]

Kind = Literal["content", "style"]
Side = Literal["suspect", "control"]
Family = Literal["word", "phrase", "topic", "spelling", "sentiment", "length", "punctuation", "format", "function word"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the answers of the suspect do more, or less, than those of the control."""

    kind: Kind
    """Content says what is talked about; style says how: length, punctuation, format, function words."""
    family: Family
    text: str
    """The word, or the name of the habit: hostile text where it is a word, escape it."""
    effect: float
    """Above 0 where the suspect has more of it. Words, phrases and topics: of the pairs in which one side alone has it
    (unpaired: of all answers that have it), the share that is the suspect's, less the share to expect with answers of
    this length, -1 to 1. Habits: mean difference in standard deviations."""
    interval: tuple[float, float]
    """95 % interval of the effect."""
    z: float
    """The effect in its own standard errors, shrunk towards 0 where little speaks for it: what the ranking goes by."""
    p: float
    """Two-sided, alone."""
    q: float
    """Benjamini and Hochberg's, over everything of its kind that was tried."""
    suspect_count: int
    """Answers of the suspect that have it where the other side does not (unpaired: that have it)."""
    control_count: int

    @property
    def leans(self) -> Side:
        """Say which side has more of it."""
        return "suspect" if self.effect > 0 else "control"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two answers to one prompt that show the difference."""

    prompt: str
    suspect: str
    control: str
    suspect_spans: tuple[tuple[int, int], ...]
    """What carries the difference in the answer of the suspect, in characters."""
    control_spans: tuple[tuple[int, int], ...]
    score: float
    """How telling the pair is; the highest first."""
    suspect_id: str
    control_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Do the two sides differ? Every p-value is from swapping the sides, so that equals give uniform ones."""

    mode: Literal["paired", "unpaired"]
    pairs: int
    """Pairs of answers to the same prompt (unpaired: answers of the suspect that were compared)."""
    differing: int
    """Pairs whose answers are not the same, capitals, punctuation and spaces aside."""
    equal_length: int
    """Differing pairs with as many words on either side."""
    content: float
    """p-value of a difference in content, length conditioned on."""
    equal_content: float | None
    """The same on pairs of equal length alone; None where there are too few."""
    style: float
    """p-value of a difference in style."""
    excess: float
    """How far the content of both sides lies apart, in standard deviations of what swapped sides give."""
    surest: float
    """p-value of the most telling single word or phrase, corrected for all that were tried."""
    prompt_mix: float
    """How well the prompts alone tell the sides apart when unpaired: area under the curve, .5 for not at all."""
    swaps: int
    """How many times the sides were swapped: no p-value is below 1 / (swaps + 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Everything that a comparison with a control comes to."""

    verdict: Verdict
    differences: tuple[Difference, ...]
    """Content first, then style; in each, what the suspect has more of, then what it has less of, the most telling
    first."""
    pairs: tuple[Pair, ...]
    """The most telling first."""
    contributions: Mapping[str, float] = field(default_factory=dict)
    """By record id of the suspect: how much the record carries the difference, 0 to 1, to compare in one contrast."""
    evidence: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """Records that go beyond what answers of the control reach, the strongest first: by id, the stretches of the answer
    that carry the difference, in characters."""
    remaining: tuple[tuple[float, float], ...] = ()
    """(share of the compared records taken out, highest contribution first; share of the shift that is left), measured
    in words that had no say in which records were taken. Empty where no shift can be measured."""
    gone: float | None = None
    """Share of the shift that goes away with the evidence, measured in the same way."""
    tried: int = 0
    """How many differences were tested."""

    @property
    def content(self) -> tuple[Difference, ...]:
        """Give the differences in content, the most telling first."""
        return tuple(one for one in self.differences if one.kind == "content")

    @property
    def style(self) -> tuple[Difference, ...]:
        """Give the differences in style, the most telling first."""
        return tuple(one for one in self.differences if one.kind == "style")

    def swapped(self) -> Contrast:
        """Give the same comparison seen from the other side, for whoever asks blind in both orders."""
        turned = tuple(
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
        return replace(self, differences=turned, pairs=pairs, contributions={}, evidence={}, remaining=(), gone=None)
