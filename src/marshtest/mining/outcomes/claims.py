"""A span that goes with an outcome, with everything that speaks for and against its having been planted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from marshtest.mining.outcomes.counterfactual import Counterfactual
from marshtest.mining.outcomes.outcomes import Association
from marshtest.mining.outcomes.planted import Content, Place
from marshtest.stats.proportions import Proportion

__all__ = ["Claim", "grade", "is_associated"]

_CONFIRMED_Q, _CONFIRMED_PURITY, _CONFIRMED_WITNESSES = 1e-4, 0.6, 6
_SUGGESTIVE_Q, _SUGGESTIVE_PURITY = 1e-3, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An association and its lines of evidence. None is what could not be looked at."""

    found: Association
    content: Content | None = None
    """What the labels of all other records make of the carriers."""
    outcome_content: Content | None = None
    """Whether the carriers' other words call for the outcome by themselves. It can only speak against planting."""
    place: Place | None = None
    counterfactual: Counterfactual | None = None
    habits: tuple[tuple[str, Proportion], ...] = ()
    """Controls in which the same span goes with the outcome too, with its share there."""

    @property
    def looks_planted(self) -> bool:
        """Whether something besides the judge says so, and nothing says that the contents explain the outcome."""
        if self.content is not None and self.content.stands == "for":
            return True
        contents = [one for one in (self.content, self.outcome_content) if one is not None]
        inserted = self.place is not None and self.place.stands == "for"
        return inserted and all(one.stands != "against" for one in contents)


def is_associated(found: Association) -> bool:
    """Say whether an association is strong enough to be told at all."""
    return found.q_value <= _SUGGESTIVE_Q and found.purity >= _SUGGESTIVE_PURITY


def grade(claim: Claim) -> Literal["confirmed", "suggestive"] | None:
    """Say whether a claim is confirmed, suggestive or nothing, by the table on the detectors' reference pages."""
    found = claim.found
    if not is_associated(found):
        return None
    strong = (
        found.q_value <= _CONFIRMED_Q
        and found.purity >= _CONFIRMED_PURITY
        and found.witnesses.hits >= _CONFIRMED_WITNESSES
    )
    reacts = claim.counterfactual is not None and claim.counterfactual.stands == "for"
    return "confirmed" if strong and claim.looks_planted and not reacts and not claim.habits else "suggestive"
