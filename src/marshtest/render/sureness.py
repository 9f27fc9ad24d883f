"""Controls and power in words, for every renderer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from marshtest.render.words import count
from marshtest.report import Controls, ControlSet, DirectionPower, FamilyPower, SizePower

__all__ = [
    "NO_CONTROLS",
    "NO_POWER",
    "PowerRow",
    "control_sentences",
    "direction_of",
    "family_of",
    "family_sentence",
    "outcome",
    "percent",
    "power_rows",
    "power_sizes",
]

NO_CONTROLS = "The false-alarm rate of this audit on clean data like this is unknown."
NO_POWER = "No harmless test poison was planted, so it is unknown which poison this audit would have missed here."

_RUNGS = {
    "honest twin": "an honest twin (the same inputs with honest labels)",
    "regenerated answers": "regenerated answers (the same prompts, answered by a clean pipeline)",
    "known clean": "other data that is known to be clean",
    "sister set": "a sister set (data made in the same way that is not known to be clean)",
}
_CONFIDENCE = 0.95
"""Confidence of the bound in the report. Convention."""
_WANTED_RATE = 0.05
"""False-alarm rate that a reader would want to have shown. Convention."""
_LOOSE_BOUND = 0.2
"""Bounds above this say next to nothing about the false-alarm rate. Chosen by eye."""


def control_sentences(controls: Controls) -> list[str]:
    """Say what the findings were compared with, and what the controls show about the false-alarm rate."""
    runs = [*controls.sets, *controls.own]
    if not runs or controls.rate_below is None:
        return []
    strongest = (
        "There is no independent control, only tests on the dataset itself."
        if controls.rung == "none"
        else f"Strongest control: {_RUNGS[controls.rung]}."
    )
    return [
        strongest,
        f"{_alarms(controls.alarms, len(runs))} {_bound(controls.rate_below, controls.alarms, len(runs))}",
    ]


def _alarms(alarms: int, runs: int) -> str:
    if alarms == 0:
        return f"No finding was confirmed in {'the control' if runs == 1 else f'any of the {runs} controls'}."
    return f"{alarms} of {count(runs, 'control')} had a confirmed finding, which is a false alarm."


def _bound(rate_below: float, alarms: int, runs: int) -> str:
    """Say which false-alarm rates the controls leave possible; a few controls leave nearly all."""
    if rate_below <= _LOOSE_BOUND:
        return f"With 95% confidence, fewer than {percent(rate_below)} of such datasets raise a false alarm."
    if alarms:
        return f"The false-alarm rate on such datasets may be as high as {percent(rate_below)} (95% confidence)."
    # without an alarm the exact upper bound of n controls is 1 - (1 - confidence)^(1/n)
    needed = math.ceil(math.log(1 - _CONFIDENCE) / math.log(1 - _WANTED_RATE))
    few = "One control" if runs == 1 else f"{runs} controls"
    return (
        f"{few} cannot bound the false-alarm rate below {percent(rate_below)}; it takes {needed} controls without an "
        f"alarm to show that it is below {percent(_WANTED_RATE)}."
    )


def outcome(control: ControlSet) -> str:
    """Say in a few words what was found in a control."""
    if not control.confirmed and not control.suggestive:
        return "nothing found" if control.complete else "nothing found, but not everything was examined"
    return f"{control.confirmed} confirmed, {control.suggestive} suggestive"


def family_sentence(family: FamilyPower | DirectionPower) -> str:
    """Say from how many planted records a family would have been detected, by the safe end of the interval."""
    largest = max((size.size for size in family.sizes), default=0)
    last = family.sizes[-1] if family.sizes else None
    share = "" if last is None else f" ({percent(last.chance)} at {last.size})"
    if family.from_size is None:
        return f"not detected reliably with up to {largest} records{share}"
    least = family.low or 1
    if family.high is None:
        return f"perhaps 80% detected from {family.from_size:.0f} records (90% interval {least:.0f} to over {largest})"
    return f"80% detected from {family.high:.0f} records at most (90% interval {least:.0f} to {family.high:.0f})"


def family_of(family: FamilyPower) -> str:
    """Name the family, with the reading that it was planted into where that is not the first one."""
    return f"{family.family} (read as {family.reading})" if family.reading else family.family


class PowerRow(NamedTuple):
    """One row of the table of power: a family in a direction."""

    family: str
    direction: str
    """Empty where there is only one, or none."""
    cells: tuple[SizePower | None, ...]
    """By size; None where the family could not be planted with so many records."""
    sentence: str


def direction_of(power: FamilyPower | DirectionPower) -> str:
    """Write the direction that numbers are about: hostile text, escape it."""
    if power.source_label is None:
        return ""
    return f"{power.source_label} \u2192 {power.target_label}"


def power_sizes(families: Sequence[FamilyPower]) -> list[int]:
    """Give every number of records in which any family was planted."""
    of_families = {size.size for family in families for size in family.sizes}
    return sorted(of_families | {size.size for family in families for one in family.directions for size in one.sizes})


def power_rows(families: Sequence[FamilyPower]) -> list[PowerRow]:
    """Give the rows of the table: every family once, or once for every direction where it was planted in several."""
    sizes, rows = power_sizes(families), []
    for family in families:
        several: Sequence[FamilyPower | DirectionPower] = family.directions if len(family.directions) > 1 else [family]
        for one in several:
            cells = {size.size: size for size in one.sizes}
            where = direction_of(one) if len(several) > 1 else ""
            rows.append(PowerRow(family_of(family), where, tuple(map(cells.get, sizes)), family_sentence(one)))
    return rows


def percent(share: float) -> str:
    """Write a share as whole percent, never rounding something to 0 or to all."""
    if 0 < share < 0.01:
        return "under 1%"
    if 0.99 < share < 1:
        return "over 99%"
    return f"{100 * share:.0f}%"
