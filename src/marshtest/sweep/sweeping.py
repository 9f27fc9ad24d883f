"""A sweep from beginning to end: score matrices in, ranking and decision out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.errors import ConfigError
from marshtest.stats.arrays import Floats, Ints
from marshtest.sweep.decision import decide
from marshtest.sweep.examining import with_noise_share
from marshtest.sweep.matrices import ScoreMatrices
from marshtest.sweep.pooling import Trust, pool, trust_in_ways
from marshtest.sweep.settings import SweepSettings
from marshtest.sweep.summaries import Summaries, summarise

__all__ = ["Ranked", "Sweep", "sweep_personas"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate with its score."""

    candidate: str
    """Its name."""
    score: float
    """How far it stands out by all ways of ranking together, in standard deviations over the candidates: about 0 for
    those that are not the reason."""
    interval: tuple[float, float]
    """Bootstrap interval of the score."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The result of a sweep for one suspect."""

    suspect: str
    """The dataset that was examined."""
    controls: tuple[str, ...]
    """The datasets it was compared with."""
    ranking: tuple[Ranked, ...]
    """All candidates, the likeliest first."""
    decision: str | None
    """The named candidate, or None: none of these."""
    lead: float
    """How far the first candidate is ahead of all others as a single explanation."""
    needed: float | None
    """The lead it needed to be named; None when there were too few controls to say."""
    fewest_controls: int
    """Controls that a decision needs."""

    @property
    def reason(self) -> str:
        """Give the reason of the decision in a sentence."""
        best = self.ranking[0].candidate
        if self.needed is None:
            return f"no decision: it needs {self.fewest_controls} controls or more, and there are {len(self.controls)}."
        compared = f"its lead is {self.lead:.2f}, and {self.needed:.2f} is needed to rule out a leader by chance."
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


def sweep_personas(
    matrices: ScoreMatrices,
    suspect: str,
    controls: Sequence[str],
    *,
    settings: SweepSettings = SweepSettings(),
    seed: int = 0,
) -> Sweep:
    """Rank the candidates by how well they explain the shift between the suspect and its controls.

    Args:
        matrices: Scores of all datasets.
        suspect: Name of the dataset to examine.
        controls: Names of the datasets to compare with; they may be poisoned with other personas.
        settings: All thresholds.
        seed: Seed of the blocks and of the bootstrap.

    Raises:
        ConfigError: There are no controls, one is named twice, or the suspect is among them.
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
    summaries = with_noise_share(summarise(scores, settings, tokens=tokens, seed=seed), settings)
    others = np.arange(1, len(names))
    trust = trust_in_ways(summaries, np.arange(len(names)), settings.pooling)
    found = pool(summaries, 0, others, trust, settings.pooling)
    low, high = _intervals(summaries, others, trust, settings, np.random.default_rng(seed))
    decision = decide(summaries, 0, others, found, trust, settings)
    ranking = [
        Ranked(matrices.candidates[place], float(found.scores[place]), (float(low[place]), float(high[place])))
        for place in np.argsort(-found.scores, kind="stable")
    ]
    return Sweep(
        suspect=suspect,
        controls=tuple(controls),
        ranking=tuple(ranking),
        decision=None if decision.candidate is None else matrices.candidates[decision.candidate],
        lead=decision.lead,
        needed=decision.needed,
        fewest_controls=settings.fewest_controls,
    )


def _intervals(
    summaries: Summaries, controls: Ints, trust: Trust, settings: SweepSettings, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Give bootstrap bounds of the scores: records are drawn anew in every dataset, and controls among the controls.

    Returns:
        Lower and upper bounds, each of shape (C,). With one control only records are drawn, so the bounds do not
        include how much controls differ.
    """
    drawn = []
    for _ in range(settings.draws):
        chosen = np.sort(rng.choice(controls, size=len(controls)))
        drawn.append(pool(summaries.resampled(rng), 0, chosen, trust, settings.pooling).scores)
    level = settings.interval_level
    low, high = np.quantile(np.array(drawn), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high
