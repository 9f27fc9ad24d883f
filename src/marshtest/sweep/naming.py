"""Naming the candidate behind a suspect, or none of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.tilting import CandidateFit
from marshtest.sweep.examining import examine
from marshtest.sweep.outsiders import outsider_leads
from marshtest.sweep.summaries import Summaries

__all__ = ["FALSE_NAMES", "FEWEST_CONTROLS", "Decision", "decide", "intervals"]

FEWEST_CONTROLS = 5
"""With fewer controls there is a ranking and no decision."""
FALSE_NAMES = 0.1
"""How often a name may be given when the true one is not among the candidates."""

_LEVEL = 0.9
_ALIKE = 0.5
"""Controls of which the middle one is less than this part as strong as the suspect are too weak to be its measure."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the best candidate is named, and why."""

    candidate: int | None
    """The candidate, or None for none of these."""
    lead: float
    """How far the best candidate is ahead as a single explanation."""
    needed: float | None
    """The lead that was needed; None when there were too few controls to say."""


def intervals(
    summaries: Summaries, suspect: int, controls: Ints, *, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Give 90 % bootstrap bounds of the effects: records are drawn anew in every dataset, and controls among them.

    Returns:
        Lower and upper bounds, each of shape (C,). With one control only records are drawn, so the bounds do not know
        how much controls differ.
    """
    drawn = []
    for _ in range(draws):
        means = summaries.resampled(rng)
        chosen = np.sort(rng.choice(controls, size=len(controls)))
        drawn.append(examine(summaries, suspect, chosen, means=means).effects)
    effects = np.array(drawn)
    low, high = np.quantile(effects, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2], axis=0)
    return low, high


def decide(summaries: Summaries, suspect: int, controls: Ints, found: CandidateFit) -> Decision:
    """Decide whether the best candidate is the one, or whether none of them is.

    Every control takes a turn as the suspect *without* the candidate that explains it best, so that no right answer is
    left. The leads seen there are what a wrong name can reach: the suspect needs more than one more of them would
    exceed with probability .1 (prediction bound of Student's t). Controls with no persona of their own, or a far
    weaker one, cannot show this. Then controls are tilted as far as the suspect is, each towards a candidate that is
    left out, and the suspect also needs more than a tenth of these leads exceed.
    """
    from scipy.special import stdtrit

    if len(controls) < FEWEST_CONTROLS:
        return Decision(None, found.lead, None)
    everything = np.arange(summaries.means.shape[1])
    leads, strengths = [], []
    for control in controls:
        others = controls[controls != control]
        own = examine(summaries, int(control), others)
        strengths.append(own.strength)
        leads.append(examine(summaries, int(control), others, kept=everything[everything != own.best]).lead)
    count = len(leads)
    width = float(stdtrit(count - 1, 1 - FALSE_NAMES)) * np.sqrt(1 + 1 / count)
    needed = max(0.0, float(np.mean(leads) + width * np.std(leads, ddof=1)))
    if float(np.median(strengths)) < _ALIKE * found.strength:
        needed = max(needed, float(np.quantile(outsider_leads(summaries, suspect, controls, found), 1 - FALSE_NAMES)))
    return Decision(found.best if found.lead > needed else None, found.lead, needed)
