"""From exchanges to claims: which feature of the prompt decides which behaviour, each pattern once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marshtest.detectors.response_trigger.associations import associate_behaviours
from marshtest.detectors.response_trigger.base_rates import answers_to_others, decided_shares
from marshtest.detectors.response_trigger.behaviours import fixed_answers, gather_behaviours
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.findings import LocatedClaim, locate
from marshtest.detectors.response_trigger.grading import TriggerClaim, grade, is_candidate
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
    associations = associate_behaviours(prompts, behaviours, settings.associations)
    graded: list[tuple[TriggerClaim, FindingVerdict]] = []
    candidates = [found for found in associations.heads if is_candidate(found, settings)]
    decided = decided_shares(behaviours, [one.behaviour for one in candidates], settings.grading.fewest_distinct)
    for found in candidates:
        claim = TriggerClaim(found, prompts, asked, written, associations.tested, seed, settings)
        is_usual = decided.get(id(found.behaviour), 0.0) > settings.grading.most_decided
        is_usual = is_usual and not claim.looks_inserted
        if found.behaviour.family.id == "tool":
            is_usual = is_usual or answers_to_others(found, candidates)
        if not is_usual:
            verdict = grade(claim)
            if verdict is not None:
                graded.append((claim, verdict))
    progress("mining behaviours", 1.0)
    claims = _distinct_claims(graded, exchanges, settings)
    fixed = fixed_answers(exchanges, settings.behaviours)
    # a sentence in front of a call may be the same without a reason
    own = [one for one in behaviours if exchanges.beside_calls[one.answers].mean() <= settings.untriggered.most_of]
    untriggered = _unexplained(claims, find_untriggered(own, fixed, asked, written, settings), settings)
    return MinedExchanges(claims, untriggered, prompts, len(behaviours), associations.tested)


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
