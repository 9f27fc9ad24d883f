"""From comparisons with a control to what a judge is shown: the suspect's, and clean against clean in the same form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.naming.evidence import Evidence, Exhibit, Shown, evidence_from
from marshtest.detectors.control_contrast.naming.targets import DRAWS, Naming, name_target
from marshtest.judges.questions import Inquiry

__all__ = ["Compare", "Compared", "clean_evidence", "evidence_of", "name_contrast"]

_SPLITS = 2
_SHOWN = 80
_FEWEST = 4
"""With fewer pairs of clean answers to one prompt there are none worth showing."""


class _Difference(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def effect(self) -> float: ...


class _Pair(Protocol):
    @property
    def prompt(self) -> str: ...
    @property
    def suspect(self) -> str: ...
    @property
    def control(self) -> str: ...


class Compared(Protocol):
    """What a comparison of two datasets has to offer; `differences.Contrast` does."""

    @property
    def content(self) -> Sequence[_Difference]:
        """Differences in content, the most telling first; an effect above 0 is more in the first dataset."""

    @property
    def pairs(self) -> Sequence[_Pair]:
        """Answers to the same prompt, the most telling first; none where no prompt is shared."""


Compare = Callable[[Dataset, Dataset], Compared]
"""Compares two datasets, e.g. `marshtest.detectors.control_contrast.comparing.compare`."""


def evidence_of(compared: Compared) -> Evidence:
    """Take from a comparison what a judge is shown."""
    return evidence_from(
        ((one.text, one.effect) for one in compared.content),
        ((one.prompt, one.suspect, one.control) for one in compared.pairs),
    )


def clean_evidence(control: Dataset, compare: Compare, *, splits: int = _SPLITS, seed: int = 0) -> list[Evidence]:
    """Compare random halves of a clean dataset with each other, as the suspect was compared with it.

    Where the halves share no prompts, answers to different prompts are set side by side.
    """
    found = []
    for number in range(splits):
        rows = Random(f"{seed}/halves/{number}").sample(range(len(control)), len(control))
        middle = len(rows) // 2
        halves = [control.select(sorted(part)) for part in (rows[:middle], rows[middle:])]
        evidence = evidence_of(compare(*halves))
        if len(evidence.exhibits) < _FEWEST:
            evidence = Evidence(evidence.more, evidence.less, _side_by_side(*halves))
        found.append(evidence)
    return found


def name_contrast(
    inquiry: Inquiry,
    compared: Compared,
    control: Dataset,
    compare: Compare,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Naming:
    """Name what a suspect is about, from its comparison with a control.

    If clean answers to the same prompt cannot be had, the suspect's pairs are parted too: both sorts of comparison
    have to look alike, or the judge could tell them apart by their form.

    Args:
        inquiry: The judge.
        compared: The suspect compared with the control.
        control: The control.
        compare: What compared them; it compares halves of the control here.
        draws: How often each question is asked of the suspect, and of clean comparisons.
        seed: Decides what is drawn.
    """
    clean = [one for one in clean_evidence(control, compare, seed=seed) if not one.is_empty]
    suspect = evidence_of(compared)
    if any(exhibit.suspect.prompt != exhibit.control.prompt for one in clean for exhibit in one.exhibits):
        suspect = _parted(suspect)
    return name_target(inquiry, suspect, clean, draws=draws, seed=seed)


def _parted(evidence: Evidence) -> Evidence:
    """Set every answer of the suspect beside the control's answer to another prompt."""
    turned = [*evidence.exhibits[1:], *evidence.exhibits[:1]]
    exhibits = (Exhibit(one.suspect, other.control) for one, other in zip(evidence.exhibits, turned, strict=True))
    return Evidence(evidence.more, evidence.less, tuple(exhibits))


def _side_by_side(first: Dataset, second: Dataset) -> tuple[Exhibit, ...]:
    """Set answers of two datasets side by side, in random order."""
    shown = [_some(half) for half in (first, second)]
    return tuple(Exhibit(one, other) for one, other in zip(*shown, strict=False))


def _some(half: Dataset) -> list[Shown]:
    rows = half.table(["prompt", "completion"]).slice(0, 20 * _SHOWN).to_pylist()
    chosen = Random(half.fingerprint).sample(rows, min(_SHOWN, len(rows)))
    return [Shown(row["prompt"], row["completion"]) for row in chosen]
