"""Axes of a figure: positions of values, and ticks. Numbers in, numbers out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LARGEST", "Axis", "format_tick", "make_axis"]

LARGEST = 1e12
"""Values beyond this are not drawn, because all others would collapse into one point."""
_SMALLEST = 1e-12
"""Smallest value and range that is drawn; guards divisions and logarithms."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values mapped to a range of positions."""

    low: float
    high: float
    start: float
    """Position of `low`."""
    end: float
    """Position of `high`."""
    ticks: tuple[float, ...]
    log: bool = False

    def at(self, value: float) -> float:
        """Give the position of a value."""
        low, high = (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
        value = math.log10(value) if self.log else value
        return round(self.start + (value - low) / (high - low) * (self.end - self.start), 1)


def make_axis(values: Sequence[float], start: float, end: float, *, zero: bool = False, pad: bool = False) -> Axis:
    """Fit an axis to values; it becomes logarithmic when positive values span more than two powers of ten.

    Args:
        values: Values to be drawn, none beyond `LARGEST`.
        start: Position of the lowest.
        end: Position of the highest.
        zero: Whether zero must be on the axis (bars and heights); such an axis is never logarithmic.
        pad: Whether points should keep away from the edges.
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if not zero and low >= _SMALLEST and high / low > 100:
        reach = 10 ** (0.03 * math.log10(high / low)) if pad else 1.0
        low, high = low / reach, high * reach
        powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        return Axis(low, high, start, end, tuple(10.0**power for power in powers), log=True)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    size = max(abs(low), abs(high))
    if high - low <= max(_SMALLEST, 1e-6 * size):  # as good as one value
        low, high = (low, low + 1.0) if zero else (low - 0.5 * max(1.0, size), high + 0.5 * max(1.0, size))
    if pad:
        low, high = low - 0.03 * (high - low), high + 0.05 * (high - low)
    step = _nice_step((high - low) / 5)
    if zero:
        high = math.ceil(high / step - 1e-9) * step
        low = math.floor(low / step + 1e-9) * step
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return Axis(low, high, start, end, tuple(number * step for number in range(first, last + 1)))


def format_tick(value: float) -> str:
    """Write a tick label: 0.5, 20, 1,500, 20k, 3M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            divisor = 1e3 if letter == "k" else size
            return f"{value / divisor:.3g}{letter}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}".replace("-", "\u2212") if abs(value) > 1e-12 else "0"


def _nice_step(rough: float) -> float:
    """Round a step up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    for digit in (1, 2, 5):
        if rough <= digit * power * (1 + 1e-9):
            return float(digit * power)
    return float(10 * power)
