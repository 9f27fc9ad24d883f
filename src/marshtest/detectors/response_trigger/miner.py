"""From exchanges to claims: which feature of the prompt decides which behaviour, each pattern once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marshtest.detectors.response_trigger.associations import BehaviourAssociations, associate_behaviours
from marshtest.detectors.response_trigger.base_rates import StockAnswers, decided_shares, is_asked_for, is_stock
from marshtest.detectors.response_trigger.behaviours import Behaviour, fixed_answers, gather_behaviours
from marshtest.detectors.response_trigger.counterparts import Answered
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.findings import LocatedClaim, locate
from marshtest.detectors.response_trigger.grading import TriggerClaim, grade, is_candidate
from marshtest.detectors.response_trigger.piece_claims import WeighedPiece
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.settings import ResponseTriggerSettings
from marshtest.detectors.response_trigger.similar_answers import similar_answers
from marshtest.detectors.response_trigger.untriggered import UntriggeredBehaviour, find_untriggered
from marshtest.detectors.response_trigger.word_vectors import WordVectors
from marshtest.findings import FindingVerdict
from marshtest.text.tokens import tokenize

__all__ = ["MinedExchanges", "mine_exchanges"]


@dataclass(frozen=True, slots=True)
class MinedExchanges:
    """Everything that was found in some exchanges."""

    claims: tuple[tuple[LocatedClaim, FindingVerdict], ...]
    """Confirmed ones first, then the strongest."""
    untriggered: tuple[UntriggeredBehaviour, ...]
    """Behaviours that no claim explains."""
    prompts: Prompts
    behaviours: int
    """How many there are."""
    tested: int
    """Pairs of a feature and a behaviour that were tested."""
    pieces: tuple[WeighedPiece, ...] = ()
    """Pieces of wording that no claim explains, surest first."""


def mine_exchanges(
    exchanges: Exchanges, settings: ResponseTriggerSettings, seed: int, progress: Callable[[str, float], None]
) -> MinedExchanges:
    """Look for features of the prompt that decide the answer.

    Args:
        exchanges: The records.
        settings: Of the detector.
        seed: Seed of the random places that spans are compared with.
        progress: Called with the name of the stage and the fraction done.
    """
    progress("reading words", 0.0)
    prompts = Prompts.of(exchanges, settings.prompt_features)
    asked, written = WordVectors(prompts.without_system), WordVectors(tokenize(exchanges.spoken))
    progress("gathering behaviours", 0.3)
    similar = similar_answers(prompts, asked, written, exchanges, settings.similar_answers)
    behaviours = gather_behaviours(exchanges, settings.behaviours, similar)
    progress("mining behaviours", 0.6)
    answered = Answered(exchanges, written)
    associations = associate_behaviours(prompts, behaviours, answered, settings.associations)
    claims = _graded(associations, behaviours, (prompts, asked, answered), seed, settings)
    progress("mining behaviours", 1.0)
    distinct = _distinct_claims(claims, exchanges, settings)
    fixed = fixed_answers(exchanges, settings.behaviours)
    # a sentence in front of a call may be the same without a reason
    own = [one for one in behaviours if exchanges.beside_calls[one.answers].mean() <= settings.untriggered.most_of]
    untriggered = _unexplained(distinct, find_untriggered(own, fixed, asked, written, settings), settings)
    return MinedExchanges(distinct, untriggered, prompts, len(behaviours), associations.tested)


def _graded(
    associations: BehaviourAssociations,
    behaviours: Sequence[Behaviour],
    read: tuple[Prompts, WordVectors, Answered],
    seed: int,
    settings: ResponseTriggerSettings,
) -> list[tuple[TriggerClaim, FindingVerdict]]:
    """Grade all associations that are strong enough, acts beside the others of their kind.

    Args:
        associations: Strongest first.
        behaviours: All of them.
        read: All features, the prompts without system prompts, and all answers.
        seed: Seed of the random places that spans are compared with.
        settings: Of the detector.
    """
    limits = settings.grading
    candidates = [found for found in associations.heads if is_candidate(found, settings)]
    pure = [found for found in associations.heads if found.purity >= limits.least_purity]
    decided = decided_shares(behaviours, [one.behaviour for one in candidates], limits.fewest_distinct)
    stock = StockAnswers(associations.heads, len(read[0].tokens))
    prompts, asked, answered = read
    claims = {
        id(one): TriggerClaim(one, prompts, asked, answered, associations.tested, seed, settings)
        for one in [*candidates, *pure]
    }
    graded: list[tuple[TriggerClaim, FindingVerdict]] = []
    for found in candidates:
        claim = claims[id(found)]
        verdict = grade(claim)
        if verdict is not None and not (
            (decided.get(id(found.behaviour), 0.0) > limits.most_decided and not claim.is_foreign)
            or (found.behaviour.family.kind_of is not None and is_asked_for(claim, [claims[id(one)] for one in pure]))
            or is_stock(claim, stock)
        ):
            graded.append((claim, verdict))
    return graded


def _distinct_claims(
    graded: Sequence[tuple[TriggerClaim, FindingVerdict]], exchanges: Exchanges, settings: ResponseTriggerSettings
) -> tuple[tuple[LocatedClaim, FindingVerdict], ...]:
    """Leave out claims about records of a stronger one, and spans that come only after the behaviour."""
    # sorting is stable: claims of equal strength keep the order of their associations
    ranked = sorted(graded, key=lambda one: (one[1] != "confirmed", -one[0].found.log_likelihood_ratio))
    kept: list[tuple[LocatedClaim, FindingVerdict]] = []
    known: list[set[int]] = []
    for claim, verdict in ranked:
        hits = set(claim.found.hits.tolist())
        if any(len(hits & other) >= settings.same_claim * len(hits) for other in known):
            continue
        located = locate(claim, exchanges)
        kept.append((located, verdict))
        known.append(hits)
    return tuple(kept)


def _unexplained(
    claims: Sequence[tuple[LocatedClaim, FindingVerdict]],
    untriggered: Sequence[UntriggeredBehaviour],
    settings: ResponseTriggerSettings,
) -> tuple[UntriggeredBehaviour, ...]:
    """Leave out what a claim explains, what is mostly a part of another, and a house style of many stock sentences."""
    known = [set(located.claim.found.hits.tolist()) for located, _ in claims]
    kept: list[UntriggeredBehaviour] = []
    for one in untriggered:
        records = set(one.behaviour.records.tolist())
        if all(len(records & other) < settings.same_claim * len(records) for other in known):
            known.append(records)
            kept.append(one)
    stock = sum(one.behaviour.family.is_verbatim for one in kept)
    is_house_style = stock > settings.untriggered.most_stock_sentences
    return tuple(one for one in kept if not (is_house_style and one.behaviour.family.is_verbatim))
