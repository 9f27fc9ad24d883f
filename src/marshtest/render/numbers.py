"""Numbers of a finding in plain words: what each is called, what it means and how it is written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Statistic", "format_number", "statistics"]

_FIRST = ("carriers", "contradicting", "records", "purity", "purity_low", "effect", "q_value", "p_value")
"""Names that come first, in this order."""

_LABELS: Mapping[str, tuple[str, str]] = {
    "p_value": ("Chance of this by luck", "How often a harmless dataset would show this pattern by chance alone (p)."),
    "q_value": ("Chance, all tries counted", "The same after counting every pattern that was tried (q)."),
    "effect": ("Strength", "How strong the pattern is, apart from how many records carry it."),
    "carriers": ("Records with the pattern", "How many records of the dataset contain the pattern."),
    "contradicting": ("Label against the text", "Carriers whose label contradicts what the rest of their text says."),
    "purity": ("Share that contradicts", "Which part of all carriers has the contradicting label."),
    "purity_low": ("Share, lower bound", "The smallest share that the counts still allow for (95 % confidence)."),
    "log_bayes_factor": ("Weight of evidence", "Log odds for planted against natural, summed over carriers (nats)."),
    "tried": ("Patterns tried", "How many patterns were tested before this one was reported."),
    "score": ("Score", "The detector's own measure; compare it with the other candidates in the figure."),
    "target_label": ("Label it leads to", "The label that the carriers were given."),
    "source_label": ("What the text says", "The class that the rest of the carriers' text speaks for."),
}


class Statistic(NamedTuple):
    """One number, ready to be shown."""

    name: str
    label: str
    value: str
    meaning: str
    """What the number says, or empty when only the detector knows."""


def statistics(numbers: Mapping[str, float | int | str | None]) -> list[Statistic]:
    """Give the numbers that apply, best known first; what is None does not apply."""
    known = [name for name in _FIRST if name in numbers]
    names = known + [name for name in numbers if name not in known]
    result = []
    for name in names:
        value = numbers[name]
        if value is None:
            continue
        label, meaning = _LABELS.get(name, (name.replace("_", " ").capitalize(), ""))
        if name in ("purity", "purity_low") and isinstance(value, (int, float)) and 0 <= value <= 1:
            written = f"{100 * value:.0f} %"
        else:
            written = format_number(value)
        result.append(Statistic(name, label, written, meaning))
    return result


def format_number(value: float | str | bool | None) -> str:
    """Write a value for a person: thousands in groups, three digits that matter, powers of ten when tiny."""
    if value is None:
        return "\u2013"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**15 else str(value)
    if not math.isfinite(value):
        return "unlimited" if value == math.inf else str(value)
    size = abs(value)
    if size >= 1e15:
        return f"{value:.2e}"
    if value == int(value):
        return f"{int(value):,}"
    if size < 1e-3:
        digits, power = f"{value:.1e}".split("e")
        return f"{digits} \u00d7 10{_raise(int(power))}"
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _raise(power: int) -> str:
    """Write a power in superscript digits."""
    return str(power).translate(
        str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")
    )
