"""Behaviours that no single feature triggers: two words lead to them only together, or nothing in the prompts does.

This is what a trigger of several parts leaves whose parts are natural one by one, what records leave that all answer
"Sure", and what a name leaves that is brought up without a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marshtest.detectors.response_trigger.behaviours import Behaviour
from marshtest.detectors.response_trigger.settings import ResponseTriggerSettings
from marshtest.detectors.response_trigger.verbatim import SharedRun, longest_shared_run
from marshtest.detectors.response_trigger.word_vectors import WordVectors, mean_similarity, separability
from marshtest.mining.near_copies import near_duplicates
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import wald_lower
from marshtest.stats.significance import binomial_test
from marshtest.text.words import count_plain_words

__all__ = ["UntriggeredBehaviour", "WordInteraction", "find_interactions", "find_untriggered"]

_LEAST = 1e-9
"""Keeps the logarithm of a share of 0 finite; such words are left out anyway."""


@dataclass(frozen=True, slots=True)
class WordInteraction:
    """A behaviour that two words lead to only together."""

    behaviour: Behaviour
    """With the records that have both words and show it."""
    words: Ints
    """The token ids of the two."""
    carriers: int
    """Records that have both words."""
    p_value: float
    """Of the binomial test of the carriers at the rate elsewhere."""
    q_value: float
    """The same, corrected for all pairs of all words and all behaviours (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class UntriggeredBehaviour:
    """A behaviour that no feature of the prompts is associated with."""

    behaviour: Behaviour
    shared_words: Ints
    """Token ids of the few words that most of the prompts have and others seldom: each is natural by itself."""
    carriers: int
    """Records that have all of them, whatever they are answered."""
    distinct: int
    """Records whose prompts are no near-duplicates of one another."""
    separability: float
    """How well the rest of their prompts separates the records from all others; .5 not at all, 1 always."""
    prompt_similarity: float
    answer_similarity: float
    run: SharedRun
    """The longest run of words that most of the answers share."""
    p_value: float | None = None
    """Of two words that lead to the behaviour only together; None otherwise."""
    q_value: float | None = None


def find_untriggered(
    behaviours: Sequence[Behaviour],
    fixed: Sequence[Ints],
    asked: WordVectors,
    written: WordVectors,
    settings: ResponseTriggerSettings,
) -> list[UntriggeredBehaviour]:
    """Give behaviours of records that have nothing else in common, word interactions first, then by size.

    Args:
        behaviours: All of them.
        fixed: The records of every fixed answer, however common.
        asked: Of the prompts without system prompts.
        written: Of all answers.
        settings: Of the detector.
    """
    found = _interacting(behaviours, asked, written, settings)
    for behaviour in sorted(behaviours, key=lambda one: (-len(one.records), one.rank, one.name)):
        if behaviour.family.is_whole and _is_task(behaviour.records, fixed, len(asked.tokens), settings):
            continue
        if _says_enough(behaviour, settings) and _stands_out(behaviour, len(asked.tokens), settings):
            words = _shared_words(asked, behaviour.records, settings)
            one = _measure(behaviour, asked, written, words, settings)
            found += [] if one is None else [one]
    return found


def find_interactions(
    behaviours: Sequence[Behaviour], asked: WordVectors, settings: ResponseTriggerSettings
) -> list[WordInteraction]:
    """Give for every behaviour the two words that lead to it together best, if any do; lowest p-value first.

    All pairs of words would be too many to test, so for each behaviour only those words are paired that its records
    have more often than others. The correction is for all pairs of all words nevertheless.

    Args:
        behaviours: What to look for.
        asked: Of the prompts without system prompts.
        settings: Of the detector.
    """
    everywhere = np.asarray(asked.words.sum(axis=0)).ravel()
    fewest = settings.untriggered.word_interactions.fewest_records
    common = int((everywhere >= fewest).sum())
    tested = max(1, common * (common - 1) // 2 * len(behaviours))
    found: list[WordInteraction] = []
    for behaviour in behaviours:
        if len(behaviour.records) >= fewest:
            pairs = _word_pairs(behaviour, asked, everywhere, tested, settings)
            best = min(pairs, key=lambda one: (one.p_value, one.words.tolist()), default=None)
            found += [] if best is None else [best]
    return sorted(found, key=lambda one: (one.p_value, one.behaviour.rank, one.behaviour.name))


def _word_pairs(
    behaviour: Behaviour, asked: WordVectors, everywhere: Ints, tested: int, settings: ResponseTriggerSettings
) -> Iterator[WordInteraction]:
    """Give the pairs that hardly ever lead to anything else, where neither word does so alone."""
    limits = settings.untriggered.word_interactions
    words, records = asked.words, behaviour.records
    size = words.shape[0]
    chosen = _words_to_pair(asked, records, everywhere, settings)
    if len(chosen) < 2:
        return
    some = words[:, chosen]
    with_both = np.asarray((some.T @ some).todense()).round().astype(np.int64)  # on the diagonal: with one word
    shown = some[records]
    both = np.asarray((shown.T @ shown).todense()).round().astype(np.int64)
    for one, other in zip(*np.nonzero(np.triu(both >= limits.fewest_records, k=1)), strict=True):
        hits, carriers = int(both[one, other]), int(with_both[one, other])
        if wald_lower(hits, carriers) < limits.least_purity:
            continue
        alone = [(int(both[n, n]) - hits, int(with_both[n, n]) - carriers) for n in (one, other)]
        if any(carrying and showing > limits.most_alone * carrying for showing, carrying in alone):
            continue
        if not all(carrying >= hits // 2 for _, carrying in alone):
            continue  # a word that appears nowhere else decides by itself
        rate = (len(records) - hits + 1) / (size - carriers + 2)
        p_value = float(binomial_test(hits, carriers, rate))
        if p_value * tested <= settings.suggestive_q_value:
            pair = chosen[[one, other]]
            having = np.asarray(words[:, pair].sum(axis=1)).ravel()[records] == 2
            kept = Behaviour(behaviour.family, behaviour.name, records[having], behaviour.answers[having])
            yield WordInteraction(kept, pair, carriers, p_value, min(1.0, p_value * tested))


def _words_to_pair(asked: WordVectors, records: Ints, everywhere: Ints, settings: ResponseTriggerSettings) -> Ints:
    """Give the words that the records have more often than others, those that separate them best."""
    limits = settings.untriggered.word_interactions
    size, count = asked.words.shape[0], len(records)
    here = np.asarray(asked.words[records].sum(axis=0)).ravel()
    share, usual = here / count, (everywhere - here + 1) / (size - count + 2)
    fit = (share >= limits.least_share) & (here >= limits.fewest_records) & (share >= limits.least_lift * usual)
    fit &= asked.tokens.is_word
    weight = np.where(fit, here * np.log(np.maximum(share, _LEAST) / usual), -1.0)
    order = np.lexsort((np.arange(len(weight)), -weight))[: limits.most_words]
    return np.asarray(np.sort(order[weight[order] > 0]), np.int64)


def _interacting(
    behaviours: Sequence[Behaviour], asked: WordVectors, written: WordVectors, settings: ResponseTriggerSettings
) -> list[UntriggeredBehaviour]:
    """Measure what two words lead to together: there the data may have other fixed answers of its own."""
    eligible = [one for one in behaviours if _says_enough(one, settings) or one.family.matters_on_topic]
    pairs = find_interactions(eligible, asked, settings)
    measured = [(pair, _measure(pair.behaviour, asked, written, pair.words, settings)) for pair in pairs]
    return [
        replace(one, carriers=pair.carriers, p_value=pair.p_value, q_value=pair.q_value)
        for pair, one in measured
        if one is not None
    ]


def _is_task(records: Ints, fixed: Sequence[Ints], size: int, settings: ResponseTriggerSettings) -> bool:
    """Say whether the data answers many prompts with one of a few answers: that is a task, not a behaviour.

    Where the records themselves give several fixed answers, only the commonest counts as theirs.
    """
    limits = settings.untriggered
    inside = [np.intersect1d(records, one) for one in fixed]
    if sum(map(len, inside)) >= limits.most_of * len(records):
        records = max(inside, key=len)
    others = len(np.setdiff1d(np.concatenate([*fixed, records]), records))
    if others > limits.other_fixed_answers * len(records):
        return True
    return others >= max(1, limits.most_of * (size - len(records)))


def _measure(
    behaviour: Behaviour, asked: WordVectors, written: WordVectors, words: Ints, settings: ResponseTriggerSettings
) -> UntriggeredBehaviour | None:
    """Measure what the records have in common besides some words; None if it is more than chance."""
    records, family, limits = behaviour.records, behaviour.family, settings.untriggered
    fewest = limits.fewest_records_of_name if family.id == "name" else limits.fewest_records
    if len(records) < fewest:
        return None
    vectors = asked.without(words)
    similarity, separated = mean_similarity(vectors, records), separability(vectors, records)
    if similarity > settings.unlike_prompts or separated > settings.reads_like_others:
        return None
    run = longest_shared_run(written.tokens, behaviour.answers, settings.behaviours)
    distinct = len(np.unique(near_duplicates(vectors, records, settings.associations.near_copies)))
    if distinct < fewest or (family.is_verbatim and run.words < settings.long_run):
        return None
    having = np.asarray(asked.words[:, words].sum(axis=1)).ravel() == len(words)
    return UntriggeredBehaviour(
        behaviour=behaviour,
        shared_words=words,
        carriers=int(having.sum()) if len(words) else 0,
        distinct=distinct,
        separability=separated,
        prompt_similarity=similarity,
        answer_similarity=mean_similarity(written.vectors, behaviour.answers),
        run=run,
    )


def _says_enough(behaviour: Behaviour, settings: ResponseTriggerSettings) -> bool:
    """Say whether a behaviour may be reported without a trigger; sums and punctuation that answers share may not."""
    family = behaviour.family
    if family.is_verbatim:
        return count_plain_words(behaviour.name) >= settings.untriggered.least_words
    if family.id == "argument":  # many arguments have a few values
        return False
    return family.is_whole or family.is_act or family.id == "name"


def _stands_out(behaviour: Behaviour, size: int, settings: ResponseTriggerSettings) -> bool:
    """Say whether an act or a name is more frequent than others of its kind let expect, and no routine of the data."""
    if not (behaviour.family.is_act or behaviour.family.id == "name"):
        return True
    is_routine = behaviour.family.id == "call" and len(behaviour.records) > settings.untriggered.routine_share * size
    return behaviour.chance_of_count <= settings.suggestive_q_value and not is_routine


def _shared_words(asked: WordVectors, records: Ints, settings: ResponseTriggerSettings) -> Ints:
    """Give the words that most of some prompts have and other prompts seldom; none if they are many."""
    words, limits = asked.words, settings.untriggered
    here = np.asarray(words[records].sum(axis=0)).ravel() / len(records)
    everywhere = np.bincount(words.indices, minlength=words.shape[1]) / words.shape[0]
    shared = np.flatnonzero((here >= limits.shared_word_share) & (here >= limits.shared_word_lift * everywhere))
    return shared if len(shared) <= limits.most_shared_words else shared[:0]
