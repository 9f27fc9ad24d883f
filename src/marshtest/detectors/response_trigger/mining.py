"""From a dataset to claims: what goes with what, the planted ones first, each pattern once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marshtest.detectors.response_trigger.alike import alike_answers
from marshtest.detectors.response_trigger.associations import associate
from marshtest.detectors.response_trigger.claims import Claim, grade, is_worth_looking
from marshtest.detectors.response_trigger.contents import Contents
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.families import FAMILIES
from marshtest.detectors.response_trigger.gathering import fixed_answers, gather
from marshtest.detectors.response_trigger.grounds import Grounds
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.showing import Showing, show
from marshtest.detectors.response_trigger.unasked import Unasked, find_unasked
from marshtest.findings import FindingVerdict
from marshtest.text.tokens import tokenize

__all__ = ["Mined", "MinedClaim", "mine_behaviours"]

_SAME = 0.5
_LATE = 0.5
_MOST_STOCK = 2


@dataclass(frozen=True, slots=True)
class MinedClaim:
    """A claim that was kept."""

    claim: Claim
    verdict: FindingVerdict
    shown: Showing


@dataclass(frozen=True, slots=True)
class Mined:
    """Everything that was found."""

    claims: tuple[MinedClaim, ...]
    """Confirmed ones first, then the strongest."""
    unasked: tuple[Unasked, ...]
    """What no feature goes with."""
    prompts: Prompts
    behaviours: int
    tried: int


def mine_behaviours(exchanges: Exchanges, seed: int, progress: Callable[[str, float], None]) -> Mined:
    """Look for features of what is read that decide what is written."""
    progress("reading words", 0.0)
    prompts = Prompts.of(exchanges)
    asked, written = Contents(prompts.asked), Contents(tokenize(exchanges.answers))
    progress("gathering behaviours", 0.3)
    behaviours = gather(exchanges, FAMILIES, alike_answers(prompts, asked, written, exchanges))
    progress("mining behaviours", 0.6)
    associations = associate(prompts, behaviours)
    judged: list[tuple[FindingVerdict, Claim]] = []
    for found in associations.heads:
        if is_worth_looking(found):
            claim = Claim(found, Grounds(found, prompts, asked, written, seed), associations.tried)
            verdict = grade(claim)
            if verdict is not None:
                judged.append((verdict, claim))
    progress("mining behaviours", 1.0)
    judged.sort(key=lambda one: (one[0] != "confirmed", -one[1].found.gain))  # stable
    kept: list[MinedClaim] = []
    for verdict, claim in judged:
        hits = set(claim.found.hits.tolist())
        if any(len(hits.intersection(other.claim.found.hits.tolist())) >= _SAME * len(hits) for other in kept):
            continue
        shown = show(claim.found, claim.grounds, exchanges)
        if shown.late < _LATE * len(hits):
            kept.append(MinedClaim(claim, verdict, shown))
    unasked = _others(kept, find_unasked(behaviours, fixed_answers(exchanges), asked, written))
    return Mined(tuple(kept), unasked, prompts, len(behaviours), associations.tried)


def _others(kept: Sequence[MinedClaim], unasked: Sequence[Unasked]) -> tuple[Unasked, ...]:
    """Leave out what a claim explains, what is mostly a part of another, and a house style of many stock sentences."""
    known = [set(one.claim.found.hits.tolist()) for one in kept]
    result: list[Unasked] = []
    for one in unasked:
        records = set(one.behaviour.records.tolist())
        if all(len(records & other) < _SAME * len(records) for other in known):
            known.append(records)
            result.append(one)
    stock = [one for one in result if one.behaviour.family.foreign]
    return tuple(one for one in result if one not in stock or len(stock) <= _MOST_STOCK)
