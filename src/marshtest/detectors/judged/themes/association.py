"""Which criterion goes with an outcome, on the half of the records that it was not read out of?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.mining.outcomes.judged_texts import JudgedTexts
from marshtest.mining.outcomes.outcomes import Association, Outcome, associate
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.significance import benjamini_hochberg, binomial_test
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import END, Tokens, tokenize

__all__ = ["Tested", "grounded_share", "literal_span", "tested_criteria"]

_WORTH_COUNTING = 1e-4
_FEWEST_HITS = 3
_SAME_RECORDS = 0.6
_QUOTES_TRIED = 5


@dataclass(frozen=True, slots=True)
class Tested:
    """A criterion and an outcome that go together."""

    number: int
    """Which criterion."""
    found: Association
    """Chance and witnesses come from the half that was not read for it; carriers and hits are those of all records."""


def tested_criteria(
    texts: JudgedTexts,
    outcomes: Sequence[Outcome],
    criteria: Sequence[Criterion],
    holds: Bools,
    answered: Bools,
    half: Ints,
    quotes: Mapping[int, Sequence[str]],
) -> tuple[list[Tested], int]:
    """Test every criterion against every outcome.

    Args:
        texts: The records.
        outcomes: What a judge said of them, in the order of the texts.
        criteria: What was asked.
        holds: Shape (N, criteria), in the order of the texts.
        answered: The same shape.
        half: Shape (N,): the half of each record.
        quotes: What the judge quoted, by criterion.

    Returns:
        Those that go with an outcome beyond chance, strongest first, and how many pairs were tried.
    """
    found: list[Tested] = []
    tried = 0
    for number, criterion in enumerate(criteria):
        fresh = (half != criterion.half) & answered[:, number]
        limited = [_limited(outcome, fresh) for outcome in outcomes]
        carriers = np.flatnonzero(holds[:, number])
        span = literal_span(texts.tokens, quotes.get(number, ()), carriers)
        field, sequence = ("prompt", np.zeros(0, np.int64)) if span is None else span
        for place, outcome in enumerate(limited):
            tested = carriers[fresh[carriers]]
            trials, hits = int(outcome.trial[tested].sum()), int(outcome.hit[tested].sum())
            tried += 1
            if hits < _FEWEST_HITS or binomial_test(hits, trials, outcome.rate_without(tested)) > _WORTH_COUNTING:
                continue
            kind: Literal["phrase", "group"] = "group" if span is None else "phrase"
            one = associate(texts.tokens["prompt"], sequence, tested, limited, place, kind, criterion.question, field)
            shown = outcomes[place].hit[carriers]
            found.append(Tested(number, replace(one, carriers=carriers, hits=carriers[shown])))
    q_values = benjamini_hochberg(np.array([one.found.p_value for one in found]), tried)
    told = [replace(one, found=replace(one.found, q_value=float(q))) for one, q in zip(found, q_values, strict=True)]
    told.sort(key=lambda one: (-one.found.gain, one.found.name))
    return told, tried


def grounded_share(criterion: Criterion, holds: Bools) -> float:
    """Give the share of the records named for a criterion for which it holds when asked of each alone.

    Args:
        criterion: The criterion.
        holds: Shape (records,): whether it holds, by row.
    """
    return float(holds[list(criterion.rows)].mean()) if criterion.rows else 0.0


def literal_span(fields: Mapping[str, Tokens], quotes: Sequence[str], carriers: Ints) -> tuple[str, Ints] | None:
    """Give the words that a criterion comes down to, where the quotes show that it is words: their field and token ids.

    They are such words when the records that hold them are nearly the records for which the criterion holds.
    """
    known = set(carriers.tolist())
    counted = Counter(" ".join(quote.casefold().split()) for quote in quotes)
    tried = [quote for quote, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:_QUOTES_TRIED]]
    best: tuple[float, int] = (0.0, 0)
    found: tuple[str, Ints] | None = None
    for field, tokens in fields.items():
        index = {word: number for number, word in enumerate(tokens.vocabulary)}
        for quote in tried:
            own = tokenize([quote])
            words = [own.vocabulary[number] for number in own.ids if number > END]
            if not words or any(word not in index for word in words):
                continue
            sequence = np.array([index[word] for word in words], np.int64)
            standing = set(tokens.text[occurrences(tokens, sequence)].tolist())
            alike = len(standing & known) / max(1, len(standing | known))
            if alike >= _SAME_RECORDS and (alike, len(words)) > best:
                best, found = (alike, len(words)), (field, sequence)
    return found


def _limited(outcome: Outcome, fresh: Bools) -> Outcome:
    """Give an outcome of some records only."""
    return Outcome(
        name=outcome.name,
        hit=outcome.hit & fresh,
        trial=outcome.trial & fresh,
        answered=outcome.answered & fresh,
        could=outcome.could & fresh,
    )
