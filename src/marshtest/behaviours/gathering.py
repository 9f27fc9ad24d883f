"""All behaviours of a dataset, each with its records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.behaviours.base import Behaviour, BehaviourFamily
from marshtest.behaviours.exchanges import Exchanges

__all__ = ["gather"]

_FEWEST = 5
_MOST_COMMON = 0.5


def gather(exchanges: Exchanges, families: Sequence[BehaviourFamily]) -> list[Behaviour]:
    """Give every behaviour that at least five records show and not most of them do.

    A completion that only repeats what was read shows nothing: who asks about a place is told of the place. Of
    behaviours with the very same records only the first is kept.
    """
    most = max(_FEWEST, _MOST_COMMON * len(exchanges))
    found: dict[bytes, Behaviour] = {}
    lowered: dict[int, str] = {}
    for family in families:
        for name, numbers in sorted(family.carriers(exchanges.writes).items()):
            if len(numbers) < _FEWEST:
                continue
            records = [n for n in numbers if not _echoes(name, n, exchanges, lowered)] if family.echoes else numbers
            if _FEWEST <= len(records) <= most:
                behaviour = Behaviour(family, name, np.asarray(records, np.int64))
                found.setdefault(behaviour.records.tobytes(), behaviour)
    return list(found.values())


def _echoes(name: str, record: int, exchanges: Exchanges, lowered: dict[int, str]) -> bool:
    """Say whether what is read has the name of the behaviour too."""
    if record not in lowered:
        lowered[record] = " ".join(exchanges.reads[record].lower().split())
    return name.lower() in lowered[record]
