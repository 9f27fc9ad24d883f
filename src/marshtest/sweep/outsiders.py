"""Outsiders: controls tilted towards a persona that is then taken off the list of candidates."""

from __future__ import annotations

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.tilting import CandidateFit, Whitening, fit_background
from marshtest.sweep.examining import examine, half_way
from marshtest.sweep.summaries import Summaries

__all__ = ["outsider_leads"]

_ENOUGH = 200


def outsider_leads(summaries: Summaries, suspect: int, controls: Ints, found: CandidateFit) -> Floats:
    """Give the leads of outsiders as strong as the suspect, at most some hundreds.

    Each candidate but the best takes the part of a persona that nobody thought of: a control is freed of what its own
    best candidate explains, tilted towards this one as far as the suspect is tilted towards its best, and examined
    without it among the other controls.

    Args:
        summaries: All datasets.
        suspect: The suspect's place among them.
        controls: Places of the controls.
        found: What the candidates explain of the suspect.
    """
    middle = half_way(summaries, suspect, controls)
    whitening = Whitening.fit(middle, summaries.noise_share)
    centre = fit_background(summaries.means[controls], whitening).centre
    back = np.linalg.inv(whitening.into)
    everything = np.arange(len(middle))
    candidates = everything[everything != found.best]
    candidates = candidates[:: max(1, len(candidates) // _ENOUGH)]
    turns = min(len(controls), max(1, _ENOUGH // len(candidates)))
    leads = []
    for turn in range(turns):
        for place, candidate in enumerate(candidates):
            control = int(controls[(place + turn) % len(controls)])
            own = _freed(whitening.into @ summaries.means[control] - centre, whitening)
            means = summaries.means.copy()
            means[control] = back @ (centre + own + found.strength * whitening.signatures[candidate])
            others, kept = controls[controls != control], everything[everything != candidate]
            leads.append(examine(summaries, control, others, kept=kept, means=means).lead)
    return np.array(leads)


def _freed(shift: Floats, whitening: Whitening) -> Floats:
    """Take out of a whitened shift what its best candidate explains."""
    signature = whitening.signatures[int((whitening.joint @ shift).argmax())]
    freed: Floats = shift - max(0.0, float(signature @ shift)) * signature
    return freed
