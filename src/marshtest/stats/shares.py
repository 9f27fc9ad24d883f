"""A share of a few trials with its interval. Numbers in, numbers out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Share"]

_Z = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    trials: int

    @property
    def value(self) -> float | None:
        """The share itself, 0 to 1; None without trials."""
        return self.hits / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Wilson (1927); 0 to 1 without trials."""
        if not self.trials:
            return 0.0, 1.0
        share, spread = self.hits / self.trials, _Z**2 / self.trials
        centre = share + spread / 2
        width = _Z * np.sqrt(share * (1 - share) / self.trials + spread / (4 * self.trials))
        low, high = (centre - width) / (1 + spread), (centre + width) / (1 + spread)
        return float(max(0.0, low)), float(min(1.0, high))

    def __str__(self) -> str:
        """Write it with its interval, as a sentence needs it."""
        low, high = self.interval
        return f"{self.hits:,} of {self.trials:,} (95 % interval {low:.0%} to {high:.0%})"
