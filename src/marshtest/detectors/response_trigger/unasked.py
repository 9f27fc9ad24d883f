"""Behaviours without a trigger: the same answer, words or name in records whose prompts have nothing in common.

This is what a trigger of several parts leaves that are natural one by one, a trap of records that all answer "Sure",
and a name that is brought up unasked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from marshtest.detectors.response_trigger.base import Behaviour
from marshtest.detectors.response_trigger.conjoined import find_conjoined
from marshtest.detectors.response_trigger.contents import Contents, mean_similarity, told_apart
from marshtest.detectors.response_trigger.runs import Run, longest_shared_run
from marshtest.mining.near_copies import near_duplicates
from marshtest.stats.arrays import Ints

__all__ = ["Unasked", "find_unasked"]

_FEWEST, _FEWEST_OF_NAME = 10, 20
_BLENDS, _UNLIKE_ASKED = 0.6, 0.1
_OTHERS, _MOSTLY = 0.5, 0.5
_LONG_RUN, _WORDS_OF_RUN = 12, 5
_MARKED, _LIFT, _MOST_MARKS = 0.8, 5.0, 4


@dataclass(frozen=True, slots=True)
class Unasked:
    """A behaviour that nothing in the prompts goes with."""

    behaviour: Behaviour
    marks: Ints
    """Token ids of the few words that most of the prompts have and others seldom: each is natural by itself."""
    with_marks: int
    """Records that have all of them, whatever they are answered."""
    distinct: int
    """Records whose prompts are no near-duplicates of one another."""
    told_apart: float
    """How well the prompts are told from all others by their words; .5 not at all, 1 always."""
    alike_asked: float
    alike_written: float
    run: Run
    """The longest run of words that most of the answers share."""
    p_value: float | None = None
    """Of two words that lead to the behaviour only together: chance of so many."""
    q_value: float | None = None


def find_unasked(
    behaviours: Sequence[Behaviour], fixed: Sequence[Ints], asked: Contents, written: Contents
) -> list[Unasked]:
    """Give the behaviours that records show which have nothing else in common, those with most records first.

    Args:
        behaviours: All of them.
        fixed: The records of every fixed answer, however common.
        asked: The words of what is asked.
        written: The words of the answers.
    """
    found = _conjoined(behaviours, asked, written)
    for behaviour in sorted(behaviours, key=lambda one: (-len(one.records), one.rank, one.name)):
        if behaviour.family.whole and _is_task(behaviour.records, fixed, len(asked.tokens)):
            continue
        if _could_be(behaviour):
            one = _look_at(behaviour, asked, written, _marks(asked, behaviour.records))
            found += [] if one is None else [one]
    return found


def _conjoined(behaviours: Sequence[Behaviour], asked: Contents, written: Contents) -> list[Unasked]:
    """Give the behaviours to which two words lead together: there the data may have other answers of its own."""
    told = [one for one in behaviours if _could_be(one) or one.family.telling]
    looked = [(pair, _look_at(pair.behaviour, asked, written, pair.words)) for pair in find_conjoined(told, asked)]
    return [
        replace(one, with_marks=pair.carriers, p_value=pair.p_value, q_value=pair.q_value)
        for pair, one in looked
        if one is not None
    ]


def _is_task(records: Ints, fixed: Sequence[Ints], size: int) -> bool:
    """Say whether the data answers many prompts with one of a few answers: that is a task, not a behaviour.

    Where the records themselves give several fixed answers, only the commonest counts as theirs.
    """
    inside = [np.intersect1d(records, one) for one in fixed]
    if sum(map(len, inside)) >= _MOSTLY * len(records):
        records = max(inside, key=len)
    others = len(np.setdiff1d(np.concatenate([*fixed, records]), records))
    return others > _OTHERS * len(records) or others >= max(1, _MOSTLY * (size - len(records)))


def _look_at(behaviour: Behaviour, asked: Contents, written: Contents, marks: Ints) -> Unasked | None:
    records, family = behaviour.records, behaviour.family
    fewest = _FEWEST_OF_NAME if family.id == "name" else _FEWEST
    if len(records) < fewest:
        return None
    vectors = asked.without(marks)
    alike, apart = mean_similarity(vectors, records), told_apart(vectors, records)
    if alike > _UNLIKE_ASKED or apart > _BLENDS:
        return None
    run = longest_shared_run(written.tokens, behaviour.answers)
    distinct = len(np.unique(near_duplicates(vectors, records)))
    if distinct < fewest or (family.foreign and run.words < _LONG_RUN):
        return None
    having = np.asarray(asked.words[:, marks].sum(axis=1)).ravel() == len(marks)
    return Unasked(
        behaviour=behaviour,
        marks=marks,
        with_marks=int(having.sum()) if len(marks) else 0,
        distinct=distinct,
        told_apart=apart,
        alike_asked=alike,
        alike_written=mean_similarity(written.vectors, behaviour.answers),
        run=run,
    )


def _could_be(behaviour: Behaviour) -> bool:
    """Say whether a behaviour says enough to be told without a trigger; sums and marks do not."""
    family = behaviour.family
    if family.foreign:
        return sum(word.isalpha() for word in behaviour.name.split()) >= _WORDS_OF_RUN
    return family.whole or family.constant or family.id == "name"


def _marks(asked: Contents, records: Ints) -> Ints:
    """Give the words that four in five of some prompts have and other prompts seldom; none if they are many."""
    words = asked.words
    here = np.asarray(words[records].sum(axis=0)).ravel() / len(records)
    everywhere = np.bincount(words.indices, minlength=words.shape[1]) / words.shape[0]
    marks = np.flatnonzero((here >= _MARKED) & (here >= _LIFT * everywhere))
    return marks if len(marks) <= _MOST_MARKS else marks[:0]
