"""Spans that go purely with a label and are no finding, with what explains each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marshtest.findings import Dismissed, Pattern
from marshtest.mining.pattern_names import pattern_type_of
from marshtest.mining.phrases.mine import TriggerFamily

__all__ = ["dismissed_families"]

_MOST = 20
"""Families that are listed. Convention: the oddest twenty; the report shows fewer."""
_PURE = 0.9
"""Share of the carriers with the label from which a span is called pure. Convention: nine in ten."""


def dismissed_families(ranked: Mapping[str, Sequence[TriggerFamily]], detector: str) -> tuple[Dismissed, ...]:
    """List what looked odd: the strongest families without a verdict that go purely with their label.

    Args:
        ranked: The families towards each class.
        detector: Id of the detector.
    """
    odd = [
        (family, label)
        for label, families in ranked.items()
        for family in families
        if family.rate.verdict is None and len(family.head.candidate.labelled) >= _PURE * family.head.candidate.carriers
    ]
    odd.sort(key=lambda one: (-one[0].score, one[0].head.candidate.name))
    return tuple(_dismissed(family, label, detector) for family, label in odd[:_MOST])


def _dismissed(family: TriggerFamily, label: str, detector: str) -> Dismissed:
    candidate, own = family.head.candidate, family.reading.own
    pattern_type = pattern_type_of(candidate.kind, candidate.sequence, family.reading.tokens)
    return Dismissed(
        detector=detector,
        pattern=Pattern(pattern_type, family.name),
        carriers=candidate.carriers,
        outcome=label,
        share=round(len(candidate.labelled) / candidate.carriers, 4),
        base_share=round(float(own.mean()), 4),
        reason=_reason(family),
    )


def _reason(family: TriggerFamily) -> str:
    """Say what speaks against it most, and how common a span this strong is in clean data."""
    head, lines = family.head, []
    if head.meaning is not None and head.meaning.explains:
        lines.append(f"“{head.meaning.name}” goes with this label in other records, too")
    if head.strength.effect <= 0:
        lines.append("its records read like this label without it")
    if head.strength.distinct < len(head.candidate.labelled) / 2:
        lines.append("most of its records are near-duplicates")
    share, below = family.rate.false_alarm, family.rate.false_alarm_below
    lines.append(f"{share:.0%} of clean datasets (95% bound {below:.0%}) have a span that stands out as much")
    return "; ".join(lines)
