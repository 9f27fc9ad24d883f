"""What is ordinary for acts of one kind: how often each value occurs, and whether words of the prompt decide it.

Thirty addresses in ten records each are what addresses are like in such data, and so is an address that a department is
written to by its name where every department has one. An act is compared with the other acts of its kind therefore.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from marshtest.detectors.response_trigger.behaviours import Behaviour
from marshtest.detectors.response_trigger.grading import TriggerClaim
from marshtest.stats.arrays import Ints

__all__ = ["decided_shares", "is_asked_for"]


def decided_shares(behaviours: Sequence[Behaviour], decided: Sequence[Behaviour], fewest: int) -> Mapping[int, float]:
    """Give for every act what share of the other acts of its kind words of the prompt decide, one more of each added.

    Args:
        behaviours: All of them.
        decided: Those that a feature of the prompt is associated with.
        fewest: Records from which an act could be associated at all.

    Returns:
        The shares by the identity of the behaviour.
    """
    kinds: dict[str, list[tuple[int, Ints]]] = defaultdict(list)
    for one in behaviours:
        if one.family.kind_of is not None and len(one.records) >= fewest:
            kinds[one.family.id + one.family.kind_of(one.name)].append((id(one), one.records))
    known = {id(one) for one in decided}
    shares: dict[int, float] = {}
    for members in kinds.values():
        for number, records in members:
            # what the very same records do is the same act, not another value
            others = [other for other, held in members if other != number and not np.array_equal(held, records)]
            shares[number] = (sum(other in known for other in others) + 1) / (len(others) + 2)
    return shares


def is_asked_for(one: TriggerClaim, all_of_them: Sequence[TriggerClaim]) -> bool:
    """Say whether ordinary words in other records lead to the same act: then such requests lead to it."""
    found = one.found
    return any(
        other.found.behaviour is found.behaviour
        and not len(np.intersect1d(found.hits, other.found.hits))
        and not len(np.intersect1d(one.span, other.span))  # else they are forms of one trigger
        and not other.looks_inserted
        for other in all_of_them
    )
