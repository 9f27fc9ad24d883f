"""Which candidates are one claim: parts, extensions and punctuation of one trigger, and the words of one attack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.mining.phrases.candidates import TriggerCandidate
from marshtest.mining.phrases.evidence_lines import MeasuredCandidate
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Floats
from marshtest.text.tokens import END

__all__ = ["families"]


def families(measured: Sequence[MeasuredCandidate], log_odds: Floats, settings: PhraseSettings) -> list[list[int]]:
    """Group candidates that claim the same records, the strongest first in each family and among families.

    A candidate is of a family if most of its labelled carriers are its leader's. Of two spans of which one holds the
    other, it is enough that the fewer carriers are: a frequent trigger has many extensions, and the one that happens to
    be the strongest holds few of its records. A leader that is one of several words weighed together claims the records
    of all of them.

    Args:
        measured: The candidates.
        log_odds: Shape (n,): how strong each is.
        settings: When two are one family.

    Returns:
        Their numbers, by family.
    """
    order = sorted(range(len(measured)), key=lambda one: (-log_odds[one], measured[one].candidate.name))
    joined = next((one.candidate for one in measured if one.candidate.kind == "words"), None)
    grouped: list[tuple[TriggerCandidate, set[int], list[int]]] = []
    for number in order:
        candidate = measured[number].candidate
        own = candidate.labelled.tolist()
        for leader, hits, members in grouped:
            shared = len(hits.intersection(own))
            if shared >= settings.same_family * len(own) or (
                shared >= settings.same_family * min(len(own), len(hits)) and _is_nested(candidate, leader)
            ):
                members.append(number)
                break
        else:
            claimed = candidate
            if joined is not None and candidate.kind == "phrase" and np.isin(candidate.sequence, joined.sequence).any():
                claimed = joined
            grouped.append((candidate, set(claimed.labelled.tolist()), [number]))
    return [members for _, _, members in grouped]


def _is_nested(one: TriggerCandidate, other: TriggerCandidate) -> bool:
    """Say whether a span holds the other, or one of several words."""
    if "words" in (one.kind, other.kind):
        return bool(np.isin(one.sequence, other.sequence).any())
    if one.kind != "phrase" or other.kind != "phrase":
        return False
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    return any(longer[at : at + len(shorter)] == shorter for at in range(len(longer) - len(shorter) + 1))


def _words(candidate: TriggerCandidate) -> list[int]:
    """Give the tokens of a span without the frame."""
    return [int(token) for token in candidate.sequence if token > END]
