"""Is it the span that the judge reacts to? Take it out of its records, put it into others, and count what changes.

A judge that contradicts labels because of a word (a topic it misreads, an instruction it obeys) changes its mind with
the word. A planted trigger leaves an unknowing judge alone: with or without it the contents say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from marshtest.mining.outcomes.planted import Stands
from marshtest.stats.proportions import Proportion

__all__ = ["Counterfactual"]

_FEWEST = 5
_REACTS, _INSERTED = 0.2, 0.1


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What the judge said once the span was taken out of, or put into, records."""

    gone: Proportion
    """Carriers that no longer show the outcome with the span taken out, of those that were answered."""
    appeared: Proportion
    """Ordinary records that show the outcome with the span put in."""
    obeyed: Proportion
    """Ordinary records of other classes that the judge gives the finding's label with the span put in."""
    unanswered: int
    """Changed texts without an answer."""
    rate: float
    """How often the judge shows the outcome anyway."""

    @property
    def stands(self) -> Stands:
        """How this stands to "the judge reacts to the span itself": for it, against it, or too little is known."""
        if self.gone.interval[0] > _REACTS or max(self.appeared.interval[0], self.obeyed.interval[0]) > max(
            _INSERTED, 2 * self.rate
        ):
            return "for"
        highs = [share.interval[1] for share in (self.gone, self.appeared)]
        enough = self.gone.trials >= _FEWEST and self.appeared.trials >= _FEWEST
        return "against" if enough and max(highs) < 0.5 else "open"
