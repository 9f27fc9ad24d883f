"""What came of one case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from marshtest.evaluation.stress.cases import Case

__all__ = ["CaseOutcome"]

_COUNTS = ("records", "poison", "flagged", "hits", "claims", "suggestive")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """What came of one case, in counts, so that every score can be made of it."""

    case: Case
    status: Literal["measured", "unfit", "refused", "failed"]
    """unfit: the organism cannot be planted into this set. refused: the tool does not look at such data. failed: the
    tool broke, which is never counted as a result."""
    reason: str = ""
    records: int = 0
    poison: int = 0
    """How many records are poison in truth."""
    flagged: int = 0
    """How many the tool calls poison."""
    hits: int = 0
    """How many it is right about."""
    claims: int = 0
    suggestive: int = 0
    named: bool | None = None
    """Whether the exact trigger is named; None where the tool names none or there is none to name."""
    seconds: float = 0.0
    """Wall time of the tool alone."""
    peak_mb: float = 0.0
    """Peak memory of the process while the tool ran."""
    trigger: str | None = None
    """The trigger; only where it is to be disclosed."""
    names: tuple[str, ...] | None = None
    """What the tool named; only where it is to be disclosed."""

    @property
    def recall(self) -> float:
        """Give the share of the poison that was flagged."""
        return self.hits / self.poison if self.poison else 0.0

    @property
    def precision(self) -> float:
        """Give the share of the flagged records that are poison; 0 where nothing was flagged."""
        return self.hits / self.flagged if self.flagged else 0.0

    @property
    def f1(self) -> float:
        """Give the harmonic mean of recall and precision."""
        return 2 * self.hits / max(1, self.flagged + self.poison)

    @property
    def found(self) -> bool:
        """Tell whether at least half of the poison is flagged, and at most as many other records."""
        return self.poison > 0 and 2 * self.hits >= max(self.poison, self.flagged)

    @property
    def alarmed(self) -> bool:
        """Tell whether the tool makes any claim: on clean data, a false alarm."""
        return self.claims > 0

    def to_json(self) -> dict[str, Any]:
        """Give the values as JSON has them; what is None is left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> CaseOutcome:
        """Make the outcome that a line of a results file describes.

        Raises:
            KeyError: Something is missing.
            TypeError: Something is too much, or of another kind.
        """
        rest = {name: value for name, value in values.items() if name not in ("case", "names")}
        names = values.get("names")
        if values["status"] not in ("measured", "unfit", "refused", "failed"):
            raise TypeError("there is no such status")
        if not all(isinstance(rest.get(name, 0), int) and rest.get(name, 0) >= 0 for name in _COUNTS):
            raise TypeError("a count is a whole number")
        return cls(case=Case.of(values["case"]), names=None if names is None else tuple(names), **rest)
