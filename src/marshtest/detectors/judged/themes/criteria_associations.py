"""Which criteria are worth checking, and which are associated with an outcome?

Reading brings more criteria than anybody would pay to check. They are ranked by the records that were named for them,
which are all in the half that they were read out of. They are tested on the other half, so that neither the reading nor
the ranking touches the test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.detectors.judged.themes.settings import CriteriaSettings
from marshtest.mining.outcomes.likelihood import weaker
from marshtest.mining.outcomes.outcome_mining import Association, CarriedPattern, Outcome, associate
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.significance import benjamini_hochberg, binomial_test
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import END, Tokens, tokenize

__all__ = [
    "AssociatedCriterion",
    "CheckedCriteria",
    "associated_criteria",
    "grounded_share",
    "literal_span",
    "ranked_criteria",
]


@dataclass(frozen=True, slots=True)
class AssociatedCriterion:
    """A criterion that is associated with an outcome."""

    number: int
    """Which criterion."""
    association: Association
    """The p-value and the distinct carriers are from the half of the data that the criterion was not read out of, or
    from both if it was read out of each; carriers and hits are those of all records."""


def ranked_criteria(criteria: Sequence[Criterion], outcomes: Sequence[Outcome], rows: Ints) -> list[Criterion]:
    """Rank criteria by the smallest p-value of an outcome in the records named for them, then by how many these are.

    Args:
        criteria: In any order.
        outcomes: The outcomes of the records, in the order of the texts.
        rows: Shape (N,): the row of each text.
    """
    place = np.zeros(int(rows.max()) + 1, np.int64)
    place[rows] = np.arange(len(rows))

    def smallest_p_value(criterion: Criterion) -> float:
        named = place[list(criterion.rows)]
        counts = [(int(one.hit[named].sum()), int(one.trial[named].sum()), one.rate_without(named)) for one in outcomes]
        return min((binomial_test(*one) for one in counts), default=1.0)

    return sorted(criteria, key=lambda one: (smallest_p_value(one), -len(one.shards), -len(one.rows), one.question))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCriteria:
    """Criteria with the records for which they hold."""

    criteria: Sequence[Criterion]
    holds: Bools
    """Shape (N, criteria), in the order of the texts: whether a criterion holds."""
    answered: Bools
    """The same shape: whether this is known."""
    quotes: Mapping[int, Sequence[str]]
    """What the judge quoted, by criterion."""
    made: int = 0
    """How many criteria these were chosen from: the correction is for all of them."""


def associated_criteria(
    texts: JudgedTexts,
    outcomes: Sequence[Outcome],
    checked: CheckedCriteria,
    half: Ints,
    settings: CriteriaSettings = CriteriaSettings(),
) -> tuple[list[AssociatedCriterion], int]:
    """Test every criterion against every outcome, on the half of the data that it was not read out of.

    One that was read out of each half without knowledge of the other is tested on both. A criterion of meaning must
    also hold among the records that the judge reads alike: else it may only repeat its reading.

    Args:
        texts: The records.
        outcomes: Their outcomes, in the order of the texts.
        checked: The criteria, and for which records they hold.
        half: Shape (N,): the half of each record.
        settings: Which associations are kept.

    Returns:
        The associations, strongest first, and how many pairs of a criterion and an outcome were tried.
    """
    found: list[AssociatedCriterion] = []
    count = max(checked.made, len(checked.criteria)) * len(outcomes)
    for number, criterion in enumerate(checked.criteria):
        fresh = checked.answered[:, number].copy()
        if len(criterion.halves) == 1:
            fresh &= half != min(criterion.halves)
        limited = [_limited(outcome, fresh) for outcome in outcomes]
        carriers = np.flatnonzero(checked.holds[:, number])
        span = literal_span(texts.tokens, checked.quotes.get(number, ()), carriers, settings)
        field, sequence = ("prompt", np.zeros(0, np.int64)) if span is None else span
        for place, outcome in enumerate(limited):
            tested = carriers[fresh[carriers]]
            trials, hits = int(outcome.trial[tested].sum()), int(outcome.hit[tested].sum())
            if hits < settings.fewest_with_outcome:
                continue
            if binomial_test(hits, trials, outcome.expected_rate(tested)) > settings.largest_p_value:
                continue
            kind: Literal["phrase", "group"] = "group" if span is None else "phrase"
            pattern = CarriedPattern(kind, criterion.question, sequence, field)
            one = associate(texts.tokens["prompt"], pattern, tested, limited, place, settings.near_copies)
            if criterion.rule is None and outcome.same_reading is not None:
                alike = associate(
                    texts.tokens["prompt"], pattern, tested, [outcome.same_reading], 0, settings.near_copies
                )
                one = replace(one, likelihood=weaker(one.likelihood, alike.likelihood))
            shown = outcomes[place].hit[carriers]
            found.append(AssociatedCriterion(number, replace(one, carriers=carriers, hits=carriers[shown])))
    q_values = benjamini_hochberg(np.array([one.association.p_value for one in found]), count)
    tests = [
        AssociatedCriterion(one.number, replace(one.association, q_value=float(q), tried=count))
        for one, q in zip(found, q_values, strict=True)
    ]
    tests.sort(key=lambda one: (-one.association.log_bayes_factor, one.association.name))
    return tests, count


def grounded_share(criterion: Criterion, holds: Bools) -> float:
    """Give the share of the records named for a criterion for which it holds when each is asked about alone.

    Args:
        criterion: The criterion.
        holds: Shape (records,): whether it holds, by row.
    """
    return float(holds[list(criterion.rows)].mean()) if criterion.rows else 0.0


def literal_span(
    fields: Mapping[str, Tokens],
    quotes: Sequence[str],
    carriers: Ints,
    settings: CriteriaSettings = CriteriaSettings(),
) -> tuple[str, Ints] | None:
    """Give the words that a criterion comes down to, if nearly the same records have them.

    Args:
        fields: The texts by canonical field.
        quotes: What the judge quoted for the criterion.
        carriers: The records for which it holds.
        settings: How nearly.

    Returns:
        Field and token ids of the quote with the most similar records; None if no quote is similar enough.
    """
    known = set(carriers.tolist())
    counted = Counter(" ".join(quote.casefold().split()) for quote in quotes)
    frequent = sorted(counted, key=lambda quote: (-counted[quote], quote))[: settings.most_quotes]
    best: tuple[float, int] = (0.0, 0)
    found: tuple[str, Ints] | None = None
    for field, tokens in fields.items():
        index = {word: number for number, word in enumerate(tokens.vocabulary)}
        for quote in frequent:
            own = tokenize([quote])
            words = [own.vocabulary[number] for number in own.ids if number > END]
            if not words or any(word not in index for word in words):
                continue
            sequence = np.array([index[word] for word in words], np.int64)
            standing = set(tokens.text[occurrences(tokens, sequence)].tolist())
            alike = len(standing & known) / max(1, len(standing | known))
            if alike >= settings.same_records and (alike, len(words)) > best:
                best, found = (alike, len(words)), (field, sequence)
    return found


def _limited(outcome: Outcome, fresh: Bools) -> Outcome:
    """Restrict an outcome to some records."""
    return Outcome(
        name=outcome.name,
        hit=outcome.hit & fresh,
        trial=outcome.trial & fresh,
        answered=outcome.answered & fresh,
        could=outcome.could & fresh,
        seen=None if outcome.seen is None else np.where(fresh, outcome.seen, -1),
        as_planted=None if outcome.as_planted is None else outcome.as_planted & fresh,
        unchanged=None if outcome.unchanged is None else outcome.unchanged & fresh,
        stratum=outcome.stratum,
        same_reading=None if outcome.same_reading is None else _limited(outcome.same_reading, fresh),
    )
