"""What is ordinary: how often each value of an act occurs, and whether words of the prompt decide acts and answers.

Thirty addresses in ten records each are what addresses are like in such data, and so is an address that a department is
written to by its name where every department has one. An act is compared with the other acts of its kind therefore.
Likewise a stock answer, or stock wording, where most questions have theirs: answers to frequent questions, templates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from marshtest.detectors.response_trigger.associations import BehaviourAssociation
from marshtest.detectors.response_trigger.behaviours import Behaviour
from marshtest.detectors.response_trigger.grading import TriggerClaim
from marshtest.stats.arrays import Ints

_LOOKED_AT = 100
"""Records of a claim whose nearest ones are looked at. Chosen by eye: a share of a few hundredths is close enough."""

__all__ = ["StockAnswers", "decided_shares", "is_asked_for", "is_stock"]


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


class StockAnswers:
    """Records whose answer, or part of its wording, is decided by words of the prompt.

    Args:
        associations: All that chance does not explain.
        records: How many records there are.
    """

    def __init__(self, associations: Sequence[BehaviourAssociation], records: int) -> None:
        self._records = records
        self._held = [one for one in associations if one.behaviour.family.is_whole or one.behaviour.family.is_verbatim]

    def share_near(self, found: BehaviourAssociation, prompts: Any, most: int) -> float:
        """Give their share of the nearest records without a feature, 0 to 1, the behaviour's own claims left out.

        Args:
            found: The feature and its behaviour.
            prompts: Sparse (N, vocabulary), rows of unit length: the prompts without the feature.
            most: Nearest records that are looked at for each record with both.
        """
        stock = np.zeros(self._records, np.bool_)
        for one in self._held:
            if one.behaviour is not found.behaviour:
                stock[one.hits] = True
        others = np.setdiff1d(np.arange(self._records), found.feature.carriers)
        similar = (prompts[found.hits[:_LOOKED_AT]] @ prompts[others].T).toarray()
        nearest = np.argsort(-similar, axis=1, kind="stable")[:, :most]
        return float(stock[others[nearest]].mean()) if nearest.size else 0.0


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


def is_stock(one: TriggerClaim, stock: StockAnswers) -> bool:
    """Say whether this is a stock answer, or stock wording, where most records that ask the like are answered so.

    Not one that overrules what is asked, as a trigger does, nor one whose words stand as if inserted.
    """
    family = one.found.behaviour.family
    if not (family.is_whole or family.is_verbatim) or one.is_foreign:
        return False
    share = stock.share_near(one.found, one.rest, one.settings.associations.counterparts.most)
    return share > one.settings.grading.most_decided and not one.overrules
