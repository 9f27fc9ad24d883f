"""Naming the candidate behind a suspect, or none of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.arrays import Floats, Ints
from marshtest.stats.tilting import Explanation, Whitening, explain, fit_background
from marshtest.sweep.summaries import Summaries

__all__ = ["FALSE_NAMES", "FEWEST_CONTROLS", "Decision", "decide", "examine", "intervals"]

FEWEST_CONTROLS = 5
"""With fewer controls there is a ranking and no decision."""
FALSE_NAMES = 0.1
"""How often a name may be given when the true one is not among the candidates."""

_LEVEL = 0.9


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the best candidate is named, and why."""

    candidate: int | None
    """The candidate, or None for none of these."""
    lead: float
    """How far the best candidate is ahead as a single explanation."""
    needed: float | None
    """The lead that was needed; None when there were too few controls to say."""


def examine(
    summaries: Summaries, suspect: int, controls: Ints, kept: Ints | None = None, means: Floats | None = None
) -> Explanation:
    """Say what each candidate explains of how the suspect differs from its controls.

    Coordinates come from the covariance half-way between suspect and controls, which makes the signatures right to
    second order in the size of the shift.

    Args:
        summaries: All datasets.
        suspect: The suspect's place among them.
        controls: Places of the controls.
        kept: Places of the candidates to look at; None is all.
        means: Means to use instead of the summaries' own, for bootstrap draws.
    """
    means = summaries.means if means is None else means
    half_way = (summaries.covariances[suspect] + summaries.covariances[controls].mean(axis=0)) / 2
    if kept is not None:
        half_way, means = half_way[np.ix_(kept, kept)], means[:, kept]
    whitening = Whitening.fit(half_way)
    background = fit_background(means[controls], whitening)
    return explain(means[suspect], background, whitening)


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


def decide(summaries: Summaries, controls: Ints, found: Explanation) -> Decision:
    """Decide whether the best candidate is the one, or whether none of them is.

    Every control takes a turn as the suspect *without* the candidate that explains it best, so that no right answer
    is left. The leads seen there tell what a wrong name can reach: the suspect needs more than the bound that one more
    of them would exceed with probability .1 (prediction bound of Student's t), and never less than 0.
    """
    from scipy.special import stdtrit

    if len(controls) < FEWEST_CONTROLS:
        return Decision(None, found.lead, None)
    everything = np.arange(summaries.means.shape[1])
    leads = []
    for control in controls:
        others = controls[controls != control]
        own = examine(summaries, int(control), others).best
        leads.append(examine(summaries, int(control), others, kept=everything[everything != own]).lead)
    count = len(leads)
    width = float(stdtrit(count - 1, 1 - FALSE_NAMES)) * np.sqrt(1 + 1 / count)
    needed = max(0.0, float(np.mean(leads) + width * np.std(leads, ddof=1)))
    return Decision(found.best if found.lead > needed else None, found.lead, needed)
