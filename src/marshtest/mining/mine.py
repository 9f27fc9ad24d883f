"""From tokens and one class to families of planted triggers towards it.

One trigger shows up as many candidates: its parts, its extensions, its punctuation. A family is all candidates that
share most carriers; its head is the longest span with the carriers of the strongest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from marshtest.arrays import Bools, Ints
from marshtest.features.tokens import END, Tokens
from marshtest.mining.candidates import Candidate, Reading, Scan, scan, span_evidence
from marshtest.mining.content_model import fit_content_model
from marshtest.mining.trial import Trial, families, try_candidate
from marshtest.stats.evidence import false_discovery

__all__ = ["Family", "Grade", "Mined", "grade", "mine", "rank"]

Grade = Literal["confirmed", "suggestive"]

_SECOND_LOOK_GAIN = 30.0
_SECOND_LOOKS = 3
_CONFIRMED_Q, _SUGGESTIVE_Q, _ACCOMPLICE_Q, _CERTAIN_Q = 1e-4, 1e-3, 0.1, 1e-10


@dataclass(frozen=True, slots=True)
class Family:
    """One planted trigger."""

    head: Trial
    """The span that names it."""
    companion: Candidate | None
    """A second span, at another place of the same carriers, that nearly always comes with it."""
    reading: Reading
    """The reading under which the head was tried."""
    q_value: float = 1.0


@dataclass(frozen=True, slots=True)
class Mined:
    """Everything found towards one class."""

    reading: Reading
    scan: Scan
    families: tuple[Family, ...]
    """Strongest first; natural spans are left out."""
    natural: int
    """How many families were natural: a part of the span has the same effect elsewhere."""


def mine(
    tokens: Tokens,
    own: Bools,
    fold_key: Ints,
    features: Mapping[str, Sequence[int]],
    kinds: Mapping[str, Literal["format", "group"]],
) -> Mined:
    """Look for triggers towards one class.

    Args:
        tokens: The texts.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        features: Texts that show each feature of whole records, by its name.
        kinds: The kind of each such feature.
    """
    reading = Reading.of(tokens, own, fit_content_model(tokens, own, fold_key))
    scanned = scan(reading, features, kinds)
    trials = [trial for trial in (try_candidate(reading, candidate) for candidate in scanned.candidates) if trial]
    grouped = families([trial for trial in trials if not trial.is_natural])
    natural = len(families([trial for trial in trials if trial.is_natural]))
    found = [_family(reading, members, scanned.candidates) for members in grouped]
    looks = 0
    for number, family in enumerate(found):
        if looks == _SECOND_LOOKS:
            break
        if family.head.gain >= _SECOND_LOOK_GAIN and grade(replace(family, q_value=0.0)) != "confirmed":
            looks += 1
            found[number] = _second_look(tokens, own, fold_key, family, scanned.candidates) or family
    return Mined(reading, scanned, tuple(found), natural)


def rank(mined: Sequence[Mined]) -> list[list[Family]]:
    """Give the families towards each class with q-values over everything tried towards any class."""
    tried = sum(one.scan.tried for one in mined)
    p_values = np.array([family.head.p_value for one in mined for family in one.families])
    q_values = iter(false_discovery(p_values, tried))
    return [[replace(family, q_value=float(next(q_values))) for family in one.families] for one in mined]


def grade(family: Family, *, accomplice: bool = False) -> Grade | None:
    """Say whether a family is confirmed, suggestive or nothing; the table stands in docs/explanation/label-trigger.md.

    Args:
        family: What was found.
        accomplice: Whether another trigger towards the same class is confirmed: then a span that is as pure and
            as strong needs less evidence of its own.
    """
    head = family.head
    effect = 0.6 if family.q_value <= _CERTAIN_Q else 0.7
    strong = head.effect >= effect and head.fraction >= 0.75 and head.purity >= 0.6 and head.distinct >= 6
    if strong and family.q_value <= _CONFIRMED_Q:
        return "confirmed"
    if accomplice and strong and family.q_value <= _ACCOMPLICE_Q and len(head.candidate.honest) == 0:
        return "confirmed"
    if family.q_value <= _SUGGESTIVE_Q and head.fraction >= 0.6 and head.purity >= 0.55:
        return "suggestive"
    return None


def _family(reading: Reading, members: list[Trial], candidates: Sequence[Candidate]) -> Family:
    """Choose the head and the companion of a family."""
    leader = members[0]
    carriers = set(leader.candidate.labelled.tolist())
    same = [
        trial
        for trial in members
        if _overlap(carriers, trial.candidate.labelled) >= 0.95 and trial.gain >= 0.6 * leader.gain
    ]
    head = max(same, key=lambda trial: (_words(trial.candidate), trial.gain))
    inside = set(head.candidate.sequence.tolist())
    others = [
        candidate
        for candidate in candidates
        if candidate.kind == "phrase"
        and not inside & set(candidate.sequence[candidate.sequence > END].tolist())
        and _overlap(carriers, candidate.labelled) >= 0.8
    ]
    companion = max(others, key=lambda candidate: (_words(candidate), candidate.evidence.sum()), default=None)
    return Family(head, companion, reading)


def _second_look(
    tokens: Tokens, own: Bools, fold_key: Ints, family: Family, candidates: Sequence[Candidate]
) -> Family | None:
    """Try a family again with its words out of every text.

    Many decoys around a trigger make its words the content of the other class; then the rest of the carriers looks
    poor beside texts that still have theirs.
    """
    carriers = set(family.head.candidate.labelled.tolist())
    related = [c for c in candidates if c.kind == "phrase" and _overlap(carriers, c.labelled) >= 0.8]
    masked = sorted({int(token) for c in related for token in c.sequence if token > END})
    if not masked:
        return None
    reading = Reading.of(tokens, own, fit_content_model(tokens, own, fold_key, masked=masked))
    again = []
    for candidate in related:
        text, evidence = span_evidence(reading, candidate.sequence)
        again.append(replace(candidate, evidence=evidence[own[text]]))
    trials = [trial for trial in (try_candidate(reading, candidate) for candidate in again) if trial]
    grouped = families([trial for trial in trials if not trial.is_natural])
    return _family(reading, grouped[0], again) if grouped else None


def _overlap(carriers: set[int], others: Ints) -> float:
    """Give the Jaccard overlap of two sets of texts, 0 to 1."""
    both = len(carriers.intersection(others.tolist()))
    return both / (len(carriers) + len(others) - both)


def _words(candidate: Candidate) -> int:
    """Count the tokens of a span without the frame."""
    return int((candidate.sequence > END).sum())
