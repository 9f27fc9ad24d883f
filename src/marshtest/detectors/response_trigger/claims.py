"""Is a feature that goes with a behaviour planted, perhaps planted, or natural?

An honest instruction decides a form or a topic and its answers still depend on what else was asked. A planted trigger
makes the answer ignore that: so the answers must be alike where the prompts are not, and prompts that read the same
but lack the span must be answered in another way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from marshtest.detectors.response_trigger.associations import Association
from marshtest.detectors.response_trigger.grounds import Grounds
from marshtest.findings import FindingVerdict

__all__ = ["Claim", "grade", "is_worth_looking"]

_CONFIRMED_Q, _SUGGESTIVE_Q = 1e-4, 1e-3
_CONFIRMED_PURITY, _SUGGESTIVE_PURITY = 0.6, 0.6
_FEWEST, _FEWEST_OF_PARTIAL, _FEWEST_OF_COVER, _FEWEST_OF_RUN = 8, 10, 20, 5
_COVER, _PURITY_OF_COVER = 0.9, 0.3
_COVER_OF_TELLING, _CALLED_FOR_OF_TELLING = 0.8, 0.1
_CALLED_FOR, _HARDLY_CALLED_FOR = 0.6, 0.3
_ALIKE_ASKED, _ALIKE_WRITTEN, _EXCESS = 0.3, 0.75, 0.3
_BLENDS = 0.6
_LONG_RUN, _OWN_RUN = 12, 6
_SELF = re.compile(r"\b(?:i am|i ['’] ?m|i['’]m|my (?:new )?name is|call me)\b")
_NO_EXCEPTION, _UNLIKE_ASKED = 0.95, 0.1


@dataclass(frozen=True, slots=True)
class Claim:
    """An association and its lines of evidence."""

    found: Association
    grounds: Grounds
    tried: int
    """How many pairs were tried."""

    @property
    def unexpected(self) -> float:
        """Chance that the rest of the prompts explains the hits, corrected for everything tried."""
        return self.grounds.chance * self.tried

    @property
    def blends(self) -> bool:
        """Whether, the span left out, the prompts read like those of other records."""
        return self.grounds.told_apart <= _BLENDS

    @property
    def ignores_prompt(self) -> bool:
        """Whether the answers are the same where the prompts are not."""
        grounds = self.grounds
        excess = grounds.alike_written - grounds.alike_asked
        return grounds.alike_written >= _ALIKE_WRITTEN and excess >= _EXCESS

    @property
    def says_who(self) -> bool:
        """Whether the words that the answers share are about the assistant itself."""
        return _SELF.search(self.found.behaviour.name) is not None

    @property
    def covers(self) -> bool:
        """Whether an act is nearly always preceded by the feature, though the feature does not always lead to it."""
        found = self.found
        return (
            found.behaviour.family.constant
            and found.cover >= _COVER
            and found.purity >= _PURITY_OF_COVER
            and found.witnesses.hits >= _FEWEST_OF_COVER
        )

    @property
    def exceptionless(self) -> bool:
        """Whether hardly any carrier lacks the behaviour, whatever else it asks."""
        return self.found.purity >= _NO_EXCEPTION and self.grounds.alike_asked <= _UNLIKE_ASKED

    @property
    def is_total(self) -> bool:
        """Whether moreover hardly any other record shows it, and the prompts read like others."""
        return self.exceptionless and self.found.cover >= _COVER and self.blends


def is_worth_looking(found: Association) -> bool:
    """Say whether an association is strong enough to look into it."""
    family = found.behaviour.family
    fewest = _FEWEST if family.whole or family.constant else _FEWEST_OF_RUN if family.foreign else _FEWEST_OF_PARTIAL
    if found.q_value > _SUGGESTIVE_Q or found.witnesses.hits < fewest:
        return False
    return found.purity >= _SUGGESTIVE_PURITY or (found.cover >= _COVER and found.purity >= _PURITY_OF_COVER)


def grade(claim: Claim) -> FindingVerdict | None:
    """Say whether a claim is confirmed, suggestive or nothing, by the table on the detector's reference page."""
    family = claim.found.behaviour.family
    could = _could_be_whole(claim) if family.whole or family.constant else _could_be_partial(claim)
    if not could or claim.grounds.called_for > _CALLED_FOR or claim.unexpected > _SUGGESTIVE_Q:
        return None
    if _is_confirmed(claim):
        return "confirmed"
    return "suggestive" if claim.grounds.called_for <= _HARDLY_CALLED_FOR else None


def _could_be_whole(claim: Claim) -> bool:
    """Say whether this may be an answer, or an act, that has nothing to do with what is asked."""
    pure = claim.found.purity >= _SUGGESTIVE_PURITY
    if not (pure or claim.covers) or claim.grounds.alike_asked > _ALIKE_ASKED:
        return False
    return claim.found.behaviour.family.constant or claim.ignores_prompt


def _could_be_partial(claim: Claim) -> bool:
    """Say whether this may be a part of an answer that an honest instruction would not explain."""
    found, grounds = claim.found, claim.grounds
    if found.purity < _SUGGESTIVE_PURITY:
        return False
    family, many = found.behaviour.family, found.witnesses.hits >= _FEWEST_OF_PARTIAL
    if family.telling and many and found.cover >= _COVER_OF_TELLING:
        return grounds.called_for <= _CALLED_FOR_OF_TELLING
    if family.foreign and found.cover >= _COVER and grounds.run.words >= (_OWN_RUN if claim.says_who else _LONG_RUN):
        return True
    return many and (grounds.is_inserted or claim.is_total)


def _is_confirmed(claim: Claim) -> bool:
    """Say whether the answers ignore the prompt and nothing but the span can be the reason."""
    found, grounds, family = claim.found, claim.grounds, claim.found.behaviour.family
    if not (family.constant or family.whole):
        return False
    if found.purity < _CONFIRMED_PURITY or max(found.q_value, claim.unexpected) > _CONFIRMED_Q:
        return False
    return claim.blends or claim.exceptionless or grounds.is_inserted
