"""How sure is this? Controls and power in words, for every renderer."""

from __future__ import annotations

from marshtest.render.words import count
from marshtest.report import Controls, ControlSet, FamilyPower

__all__ = ["NO_CONTROLS", "NO_POWER", "control_sentences", "family_sentence", "outcome", "percent"]

NO_CONTROLS = "Nobody has measured how often this audit raises an alarm on clean data like this."
NO_POWER = "No harmless test poison was planted, so it is not known which poisons this audit would have missed here."

_RUNGS = {
    "honest twin": "the same inputs with honest labels",
    "regenerated answers": "the same prompts, answered by a clean pipeline",
    "known clean": "other data that is known to be clean",
    "sister set": "data of the same making that is not known to be clean",
    "none": "nothing but the dataset itself",
}


def control_sentences(controls: Controls) -> list[str]:
    """Say what the claims stand on and how many alarms there were where none should be."""
    runs = [*controls.sets, *controls.own]
    if not runs or controls.rate_below is None:
        return []
    confirmed = (
        "no finding was confirmed in" if controls.alarms == 0 else f"findings were confirmed in {controls.alarms} of"
    )
    bound = f"so with 95 % confidence at most {percent(controls.rate_below)} of such sets raise an alarm"
    return [
        f"The claims are held against {_RUNGS[controls.rung]}.",
        f"Where no poison should be, {confirmed} {count(len(runs), 'set')}, {bound}.",
    ]


def outcome(control: ControlSet) -> str:
    """Say in a few words what was found in a control."""
    if not control.confirmed and not control.suggestive:
        return "nothing found" if control.complete else "nothing found, but not everything was looked at"
    return f"{control.confirmed} confirmed, {control.suggestive} suggestive"


def family_sentence(family: FamilyPower) -> str:
    """Say from how many records a family would have been caught."""
    largest = max((size.size for size in family.sizes), default=0)
    if family.from_size is None:
        last = family.sizes[-1] if family.sizes else None
        share = "" if last is None else f"; {percent(last.chance)} of them at {last.size}"
        return f"would not have been caught reliably by {largest} records{share}"
    upper = "more than the largest size" if family.high is None else f"{family.high:.0f}"
    interval = f"90 % interval {family.low or 1:.0f} to {upper}"
    return f"95 % would have been caught from {family.from_size:.0f} records up ({interval})"


def percent(share: float) -> str:
    """Write a share as whole percent, never rounding something to 0 or to all."""
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"
