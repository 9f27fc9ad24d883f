"""A sweep with a scorer at hand: what it costs, and the matrices that it gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from marshtest.errors import InputError
from marshtest.sweep.candidates.listing import Candidate
from marshtest.sweep.halving import Round, halve
from marshtest.sweep.matrices import FEWEST_CANDIDATES, FEWEST_RECORDS, ScoreMatrices
from marshtest.sweep.scorers.base import Scorer, Size, Text
from marshtest.sweep.scorers.scoring import score_texts
from marshtest.sweep.scorers.store import ScoreStore

__all__ = ["Cost", "LiveScores", "estimate_cost", "score_live"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a sweep asks of a model."""

    passes: int
    """How many texts go through the model."""
    tokens: int
    """About how many tokens they have, prompts and personas included. The prefix cache saves some of them."""


@dataclass(frozen=True, slots=True)
class LiveScores:
    """What a scorer gave."""

    matrices: ScoreMatrices
    unscored: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By dataset: why texts have no score, and how many."""


def estimate_cost(
    scorer: Scorer, candidates: Sequence[Candidate], datasets: Mapping[str, Sequence[Text]], rounds: Sequence[Round]
) -> Cost:
    """Count what all rounds ask for. What one round has scored is not scored again in the next.

    Which candidates stay is not known before, so each counts with the mean length of a persona.
    """
    told = sum(scorer.persona_tokens(one.persona) for one in candidates) / len(candidates)
    passes, tokens = 0, 0.0
    for texts in datasets.values():
        sizes = [scorer.size(text) for text in texts]
        before = 0
        for current in rounds:
            fresh = sizes[before : current.records]
            passes += len(fresh) * (1 + current.candidates)
            tokens += _tokens(fresh) * (1 + current.candidates) + told * len(fresh) * current.candidates
            before = max(before, min(current.records, len(texts)))
    return Cost(passes, round(tokens))


def score_live(
    scorer: Scorer,
    candidates: Sequence[Candidate],
    datasets: Mapping[str, Sequence[Text]],
    suspect: str,
    rounds: Sequence[Round],
    store: ScoreStore,
    *,
    seed: int = 0,
    done: Callable[[int], None] = lambda _: None,
) -> LiveScores:
    """Score the candidates by successive halving and give the matrices of those that are left.

    Args:
        scorer: The model.
        candidates: What to try, at least three.
        datasets: Texts by name of their dataset, in the order in which they are drawn.
        suspect: The dataset to look at.
        rounds: The plan, of `plan_rounds`.
        store: What is known already, and where new likelihoods are kept.
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
                    f"{FEWEST_RECORDS} are needed.{f' Not scored are {why}.' if why else ''}"
                )
            scores[name], tokens[name] = found.shifts, found.tokens[found.scored]
        return ScoreMatrices("scored live", tuple(candidates[place].name for place in left), scores, tokens)

    return LiveScores(halve(rounds, suspect, scored, seed=seed), unscored)


def _tokens(sizes: Sequence[Size]) -> int:
    return sum(size.context + size.completion for size in sizes)
