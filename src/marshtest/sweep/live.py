"""Scoring for a sweep with a model: what it costs, and the score matrices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from marshtest.errors import InputError
from marshtest.sweep.halving import Round, halve
from marshtest.sweep.matrices import FEWEST_CANDIDATES, FEWEST_RECORDS, ScoreMatrices
from marshtest.sweep.personas import PersonaCandidate
from marshtest.sweep.scorers.likelihoods import ScoreStore, score_texts
from marshtest.sweep.scorers.scorer import Scorer, Size, Text
from marshtest.sweep.settings import SweepSettings

__all__ = ["LiveScores", "ScoringCost", "estimate_cost", "score_live"]


@dataclass(frozen=True, slots=True)
class ScoringCost:
    """What a sweep costs, at most."""

    passes: int
    """Texts that go through the model."""
    tokens: int
    """Their tokens, about, prompts and personas included. The prefix cache saves some of them."""


@dataclass(frozen=True, slots=True)
class LiveScores:
    """The scores of the candidates that are left."""

    matrices: ScoreMatrices
    unscored: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By dataset: why texts have no score, and how many of them."""


def estimate_cost(
    scorer: Scorer,
    candidates: Sequence[PersonaCandidate],
    datasets: Mapping[str, Sequence[Text]],
    rounds: Sequence[Round],
) -> ScoringCost:
    """Estimate the cost of all rounds. What one round has scored is not scored again in the next.

    Which candidates stay is not known in advance, so each counts with the mean length of a persona.
    """
    persona_tokens = sum(scorer.persona_tokens(one.persona) for one in candidates) / len(candidates)
    passes, tokens = 0, 0.0
    for texts in datasets.values():
        sizes = [scorer.size(text) for text in texts]
        before = 0
        for current in rounds:
            fresh = sizes[before : current.records]
            passes += len(fresh) * (1 + current.candidates)
            tokens += _tokens(fresh) * (1 + current.candidates) + persona_tokens * len(fresh) * current.candidates
            before = max(before, min(current.records, len(texts)))
    return ScoringCost(passes, round(tokens))


def score_live(
    scorer: Scorer,
    candidates: Sequence[PersonaCandidate],
    datasets: Mapping[str, Sequence[Text]],
    rounds: Sequence[Round],
    store: ScoreStore,
    *,
    settings: SweepSettings = SweepSettings(),
    seed: int = 0,
    done: Callable[[int], None] = lambda _: None,
) -> LiveScores:
    """Score the candidates by successive halving and give the matrices of those that are left.

    Args:
        scorer: The model.
        candidates: At least three personas.
        datasets: Texts by name of their dataset, in the order in which they are drawn; the suspect is the first.
        rounds: The plan, of `plan_rounds`.
        store: What is known already, and where new likelihoods are kept.
        settings: How scores are summarised between the rounds.
        seed: Seed of the sweep.
        done: Called with the number of likelihoods that have become known.

    Raises:
        InputError: There are too few candidates or too few texts.
        ScorerError: The model cannot be used.
    """
    if len(candidates) < FEWEST_CANDIDATES:
        raise InputError(f"{len(candidates)} candidates are too few to compare; give at least {FEWEST_CANDIDATES}.")
    unscored: dict[str, Mapping[str, int]] = {}

    def scored(left: Sequence[int], records: int) -> ScoreMatrices:
        personas = [candidates[place].persona for place in left]
        scores, tokens = {}, {}
        for name, texts in datasets.items():
            found = score_texts(scorer, personas, texts[:records], store, done)
            unscored[name] = found.unscored
            if int(found.scored.sum()) < FEWEST_RECORDS:
                why = "; ".join(f"{count}: {reason}" for reason, count in Counter(found.unscored).most_common(3))
                raise InputError(
                    f"{name!r} has {int(found.scored.sum())} scored records of {len(texts[:records])}; at least "
                    f"{FEWEST_RECORDS} are needed.{f' Not scored: {why}.' if why else ''}"
                )
            scores[name], tokens[name] = found.shifts, found.tokens[found.scored]
        return ScoreMatrices("scored live", tuple(candidates[place].name for place in left), scores, tokens)

    suspect = next(iter(datasets))
    return LiveScores(halve(rounds, suspect, scored, settings, seed=seed), unscored)


def _tokens(sizes: Sequence[Size]) -> int:
    return sum(size.context + size.completion for size in sizes)
