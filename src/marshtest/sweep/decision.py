"""Deciding whether the best candidate is named: its lead against the leads that wrong names reach.

A wrong name is what the best candidate gets when the true persona is not on the list. Such leads are measured on the
controls, each without its own best candidate, and, where the controls are too weak to show them, on simulated
outsiders.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.tilting import Whitening, fit_background
from marshtest.sweep.examining import half_way
from marshtest.sweep.pooling import PooledFit, Trust, pool
from marshtest.sweep.settings import SweepSettings
from marshtest.sweep.summaries import Summaries

__all__ = ["PersonaDecision", "decide", "outsider_leads"]


@dataclass(frozen=True, slots=True)
class PersonaDecision:
    """Whether the best candidate is named, and why."""

    candidate: int | None
    """Its place, or None for none of the candidates."""
    lead: float
    """How far the best candidate is ahead of all others as a single explanation."""
    needed: float | None
    """The lead that was needed; None when there were too few controls to say."""


def decide(
    summaries: Summaries, suspect: int, controls: Ints, found: PooledFit, trust: Trust, settings: SweepSettings
) -> PersonaDecision:
    """Decide whether the best candidate is named, or none.

    Every control takes a turn as the suspect *without* the candidate that explains it best, so that no right answer is
    left. The leads there are what a wrong name can reach: the suspect needs more than one further lead would exceed
    with probability `false_names` (prediction bound of Student's t). Controls with no persona of their own, or a far
    weaker one, cannot show this. Then outsiders are simulated, and the suspect also needs more than that share of their
    leads exceed.

    Args:
        summaries: All datasets.
        suspect: The suspect's place among them.
        controls: Places of the controls.
        found: What the candidates explain of the suspect.
        trust: How well each way of ranking works on these datasets.
        settings: How many controls are enough, and how often a wrong name may be given.
    """
    from scipy.special import stdtrit

    if len(controls) < settings.fewest_controls:
        return PersonaDecision(None, found.lead, None)
    everything = np.arange(summaries.means.shape[1])
    leads, strengths = [], []
    for control in controls:
        others = controls[controls != control]
        own = pool(summaries, int(control), others, trust, settings.pooling)
        strengths.append(own.alone.strength)
        rest = summaries.of(everything[everything != own.best])
        leads.append(pool(rest, int(control), others, trust, settings.pooling).lead)
    count = len(leads)
    width = float(stdtrit(count - 1, 1 - settings.false_names)) * np.sqrt(1 + 1 / count)
    needed = max(0.0, float(np.mean(leads) + width * np.std(leads, ddof=1)))
    if float(np.median(strengths)) < settings.weak_controls * found.alone.strength:
        simulated = outsider_leads(summaries, suspect, controls, found, trust, settings)
        needed = max(needed, float(np.quantile(simulated, 1 - settings.false_names)))
    return PersonaDecision(found.best if found.lead > needed else None, found.lead, needed)


def outsider_leads(
    summaries: Summaries, suspect: int, controls: Ints, found: PooledFit, trust: Trust, settings: SweepSettings
) -> Floats:
    """Simulate outsiders as strong as the suspect, and give their leads.

    An outsider is a dataset whose persona is not among the candidates. Each candidate but the best takes the part of
    such a persona: a control is freed of what its own best candidate explains, tilted towards this one as far as the
    suspect is tilted towards its best, and examined without this candidate among the other controls.

    Args:
        summaries: All datasets.
        suspect: The suspect's place among them.
        controls: Places of the controls.
        found: What the candidates explain of the suspect.
        trust: How well each way of ranking works on these datasets.
        settings: How many outsiders, about.

    Returns:
        Shape (outsiders,).
    """
    most = settings.simulated_leads
    middle = half_way(summaries, suspect, controls)
    whitening = Whitening.fit(middle, summaries.noise_share)
    centre = fit_background(summaries.means[controls], whitening).centre
    back = np.linalg.inv(whitening.into)
    everything = np.arange(len(middle))
    candidates = everything[everything != found.best]
    candidates = candidates[:: max(1, len(candidates) // most)]
    turns = min(len(controls), max(1, most // len(candidates)))
    # plain means move as bounded ones do, in their own unit
    away = summaries.means[controls] - summaries.means[controls].mean(axis=0)
    plain_away = summaries.plain[controls] - summaries.plain[controls].mean(axis=0)
    unit = float(np.sqrt((plain_away**2).mean() / max(float((away**2).mean()), 1e-12)))
    leads = []
    for turn in range(turns):
        for place, candidate in enumerate(candidates):
            control = int(controls[(place + turn) % len(controls)])
            own = _freed(whitening.into @ summaries.means[control] - centre, whitening)
            means, plain = summaries.means.copy(), summaries.plain.copy()
            means[control] = back @ (centre + own + found.alone.strength * whitening.signatures[candidate])
            plain[control] += unit * (means[control] - summaries.means[control])
            made = replace(summaries, means=means, plain=plain).of(everything[everything != candidate])
            leads.append(pool(made, control, controls[controls != control], trust, settings.pooling).lead)
    return np.array(leads)


def _freed(shift: Floats, whitening: Whitening) -> Floats:
    """Remove from a whitened shift what its best candidate explains."""
    signature = whitening.signatures[int((whitening.joint @ shift).argmax())]
    freed: Floats = shift - max(0.0, float(signature @ shift)) * signature
    return freed
