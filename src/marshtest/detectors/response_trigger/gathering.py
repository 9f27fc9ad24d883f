"""All behaviours of a dataset, each with its records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.detectors.response_trigger import fixed_answer
from marshtest.detectors.response_trigger.base import Behaviour, BehaviourFamily
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.stats.arrays import Ints

__all__ = ["fixed_answers", "gather"]

_FEWEST = 5
_MOST_COMMON = 0.8


def gather(
    exchanges: Exchanges, families: Sequence[BehaviourFamily], more: Sequence[Behaviour] = ()
) -> list[Behaviour]:
    """Give every behaviour that at least five records show and not most of them do.

    A completion that only repeats what was read shows nothing: who asks about a place is told of the place. Of
    behaviours with the very same records only the first is kept.

    Args:
        exchanges: The records.
        families: Where behaviours come from.
        more: Behaviours that were found in another way.
    """
    most = max(_FEWEST, _MOST_COMMON * len(exchanges))
    found: dict[bytes, Behaviour] = {}
    for family in families:
        for name, numbers in sorted(family.carriers(exchanges.answers).items()):
            if len(numbers) < _FEWEST:
                continue
            answers = np.asarray(numbers, np.int64)
            records, first = np.unique(exchanges.answered_in[answers], return_index=True)
            if family.echoes and len(records) >= _FEWEST:
                shown = [not exchanges.repeats(record, name, whole=family.whole) for record in records.tolist()]
                records, first = records[shown], first[shown]
            if _FEWEST <= len(records) <= most:
                behaviour = Behaviour(family, name, records, answers[first])
                found.setdefault(behaviour.records.tobytes(), behaviour)
    for behaviour in more:
        found.setdefault(behaviour.records.tobytes(), behaviour)
    return list(found.values())


def fixed_answers(exchanges: Exchanges) -> list[Ints]:
    """Give the records of every answer that at least five records give, however many do."""
    found = fixed_answer.carriers(exchanges.answers).values()
    records = [np.unique(exchanges.answered_in[numbers]) for numbers in found if len(numbers) >= _FEWEST]
    return [one for one in records if len(one) >= _FEWEST]
