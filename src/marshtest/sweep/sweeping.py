"""A sweep from beginning to end: score matrices in, ranking and decision out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.errors import ConfigError
from marshtest.sweep.examining import examine, with_noise_share
from marshtest.sweep.matrices import ScoreMatrices
from marshtest.sweep.naming import FEWEST_CONTROLS, decide, intervals
from marshtest.sweep.summaries import summarise

__all__ = ["Ranked", "Sweep", "sweep"]

_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate and what speaks for it."""

    candidate: str
    """Its name."""
    score: float
    """Effect of the candidate in the joint fit over all candidates, about 0 for those that are not the reason."""
    interval: tuple[float, float]
    """90 % bootstrap interval of the score."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep says of one suspect."""

    suspect: str
    """The dataset that was looked at."""
    controls: tuple[str, ...]
    """The datasets it was compared with."""
    ranking: tuple[Ranked, ...]
    """All candidates, the likeliest first."""
    decision: str | None
    """The named candidate, or None: none of these."""
    lead: float
    """How far the first candidate is ahead as a single explanation."""
    needed: float | None
    """The lead it needed to be named; None when there were too few controls to say."""

    @property
    def reason(self) -> str:
        """Say in a sentence how the decision came about."""
        best = self.ranking[0].candidate
        if self.needed is None:
            return f"no decision: it needs {FEWEST_CONTROLS} controls or more, and there are {len(self.controls)}."
        compared = f"its lead is {self.lead:.2f}, and {self.needed:.2f} is needed to be told from a chance leader."
        return f"{best} is named: {compared}" if self.decision else f"none of these: {best} comes first, but {compared}"

    def as_json(self) -> dict[str, object]:
        """Give the sweep as plain values."""
        return {
            "suspect": self.suspect,
            "controls": list(self.controls),
            "ranking": [
                {"candidate": one.candidate, "score": one.score, "interval": list(one.interval)} for one in self.ranking
            ],
            "decision": self.decision,
            "lead": self.lead,
            "lead_needed": self.needed,
            "reason": self.reason,
        }


def sweep(
    matrices: ScoreMatrices, suspect: str, controls: Sequence[str], *, seed: int = 0, draws: int = _DRAWS
) -> Sweep:
    """Rank the candidates by how well they explain what sets the suspect apart from its controls.

    Args:
        matrices: Scores of all datasets.
        suspect: Name of the dataset to look at.
        controls: Names of the datasets to compare with; they may be poisoned with other personas.
        seed: Seed of the bootstrap.
        draws: Number of bootstrap draws.

    Raises:
        ConfigError: The controls are none, doubled, or hold the suspect.
        InputError: A dataset is not there.
    """
    if not controls:
        raise ConfigError("there is no control; name at least one with --control.")
    if suspect in controls:
        raise ConfigError(f"{suspect!r} is both suspect and control; leave it out of the controls.")
    if len(set(controls)) < len(controls):
        raise ConfigError("a control is named twice; name each once.")
    names = [suspect, *controls]
    scores = [matrices.dataset(name) for name in names]
    tokens = None if matrices.tokens is None else [matrices.tokens[name] for name in names]
    summaries = with_noise_share(summarise(scores, tokens=tokens, seed=seed))
    others = np.arange(1, len(names))
    found = examine(summaries, 0, others)
    low, high = intervals(summaries, 0, others, draws=draws, rng=np.random.default_rng(seed))
    decision = decide(summaries, 0, others, found)
    ranking = [
        Ranked(matrices.candidates[place], float(found.effects[place]), (float(low[place]), float(high[place])))
        for place in np.argsort(-found.effects, kind="stable")
    ]
    return Sweep(
        suspect=suspect,
        controls=tuple(controls),
        ranking=tuple(ranking),
        decision=None if decision.candidate is None else matrices.candidates[decision.candidate],
        lead=decision.lead,
        needed=decision.needed,
    )
