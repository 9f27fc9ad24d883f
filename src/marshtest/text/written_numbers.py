"""Numbers as people write them in sentences."""

from __future__ import annotations

__all__ = ["probability", "scientific"]

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LEAST_DECIMAL = 1e-3
"""Least value that is written without a power of ten. Convention: three zeros can be counted at a glance."""


def probability(value: float) -> str:
    """Write a probability with two significant digits; one below .001 with a power of ten."""
    return f"{value:.2g}" if value >= _LEAST_DECIMAL or value == 0 else scientific(value)


def scientific(value: float) -> str:
    """Write a number with two significant digits and a power of ten, e.g. 2.1 × 10⁻³⁶."""
    digits, power = f"{value:.1e}".split("e")
    return f"{digits} × 10{str(int(power)).translate(_RAISED)}"
