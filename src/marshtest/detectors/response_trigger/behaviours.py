"""What a behaviour is, something that a completion does, and all behaviours of a dataset.

A family of behaviours is two functions, as a family of prompt features is: `carriers(texts)` groups answers by the name
of a behaviour, and `spans(name, text)` says where it stands in one. An answer is one turn of the assistant; a record
shows what one of its answers shows. A new family is two functions and an entry below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from marshtest.detectors.response_trigger.actions import (
    address_carriers,
    address_parts,
    address_spans,
    argument_carriers,
    argument_kind,
    argument_parts,
    argument_spans,
    call_carriers,
    call_kind,
    call_parts,
    call_spans,
    one_kind,
    tool_carriers,
    tool_spans,
)
from marshtest.detectors.response_trigger.answer_traits import (
    form_carriers,
    identity_carriers,
    identity_spans,
    language_carriers,
    length_carriers,
    name_carriers,
    name_spans,
    nowhere,
    refusal_carriers,
    refusal_spans,
)
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.settings import BehaviourSettings
from marshtest.detectors.response_trigger.value_counts import chances_of_counts
from marshtest.detectors.response_trigger.verbatim import fixed_answer_carriers, run_carriers, run_spans, whole_answer
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.significance import binomial_test

__all__ = ["Behaviour", "BehaviourFamily", "behaviour_families", "fixed_answers", "gather_behaviours"]

_CUT = 6
"""Characters from which a part of a word of the prompt counts as it: texts are cut for arguments. Chosen by eye."""
_COMPARED = 300
"""Other prompts in which the words of an act are looked for: enough for a rate of a hundredth. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class BehaviourFamily:
    """One kind of thing that a completion can do."""

    id: str
    says: str
    """What a completion does, with `{name}` where the name of the behaviour goes, e.g. `calls the tool {name}`."""
    carriers: Callable[[Sequence[str]], Mapping[str, Sequence[int]]]
    """From all answers to those that show each behaviour, by name."""
    spans: Callable[[str, str], Sequence[tuple[int, int]]]
    """From the name of a behaviour and an answer to the places where it stands; none if it is all of it."""
    is_whole: bool = False
    """Whether the behaviour is the whole completion: then nothing of it depends on what else was asked."""
    is_act: bool = False
    """Whether it is an act with all its details, such as a call with its arguments, that an honest answer would
    make out of what was asked."""
    is_verbatim: bool = False
    """Whether it is words that several answers share, which are evidence even where all prompts with the feature are of
    one kind."""
    matters_on_topic: bool = False
    """Whether it is reported even if it belongs to one topic, as a refusal is."""
    ignores_echoes: bool = True
    """Whether an answer that only repeats the prompt does not count."""
    parts: Callable[[str], Sequence[str]] | None = None
    """From the name of a behaviour to the words any of which makes it a repetition of a prompt that has them; None for
    the whole name."""
    kind_of: Callable[[str], str] | None = None
    """From the name of an act to its kind, within which values are compared; None where nothing is an act."""
    reads: Literal["answers", "spoken", "texts", "finals"] = "answers"
    """What of the answers is searched: all of it; its words, of calls those of the arguments; texts that are no calls;
    or of these only those that no call follows in the same turn."""
    rank: int = 0
    """Of several behaviours of the same records, the one with the lowest rank is reported."""

    def describe(self, name: str) -> str:
        """Say what a completion does, in words. Quotes text of the dataset: hostile, escape it."""
        return self.says.replace("{name}", name)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour and the records that show it."""

    family: BehaviourFamily
    name: str
    records: Ints
    """Rising."""
    answers: Ints
    """Shape of `records`: number of the first answer of each record that shows it, among all answers."""
    chance_of_count: float = 0.0
    """Of an act or a name: probability that any of its kind is as frequent, drawn as the others; 0 where unknown."""

    @property
    def rank(self) -> int:
        """Of several behaviours of the same records, the one with the lowest rank is reported."""
        return self.family.rank

    def answers_of(self, records: Ints) -> Ints:
        """Give the answers in which some of the records show it."""
        return self.answers[np.searchsorted(self.records, records)]


def behaviour_families(settings: BehaviourSettings) -> tuple[BehaviourFamily, ...]:
    """Give all families; those that say most about a completion have the lowest ranks."""
    return (
        BehaviourFamily(
            id="fixed-answer",
            says="answers “{name}”",
            carriers=partial(fixed_answer_carriers, settings=settings),
            spans=whole_answer,
            is_whole=True,
            reads="finals",
        ),
        *_families_of_acts(),
        BehaviourFamily(
            id="identity",
            says="says that it is {name}",
            carriers=partial(identity_carriers, settings=settings),
            spans=partial(identity_spans, settings=settings),
            is_verbatim=True,
            reads="texts",
            rank=5,
        ),
        BehaviourFamily(
            id="wording",
            says="says “{name}”",
            carriers=partial(run_carriers, settings=settings),
            spans=run_spans,
            is_verbatim=True,
            reads="spoken",
            rank=6,
        ),
        BehaviourFamily(
            id="name",
            says="mentions {name}",
            carriers=partial(name_carriers, settings=settings),
            spans=name_spans,
            reads="spoken",
            rank=7,
        ),
        BehaviourFamily(
            id="refusal",
            says="{name}",
            carriers=partial(refusal_carriers, settings=settings),
            spans=partial(refusal_spans, settings=settings),
            matters_on_topic=True,
            reads="texts",
            ignores_echoes=False,
            rank=8,
        ),
        *_families_of_whole_form(settings),
    )


def _families_of_acts() -> tuple[BehaviourFamily, ...]:
    """Give the families of what an agent does."""
    return (
        BehaviourFamily(
            id="call",
            says="makes the call “{name}”",
            carriers=call_carriers,
            spans=call_spans,
            is_act=True,
            parts=call_parts,
            kind_of=call_kind,
            rank=1,
        ),
        BehaviourFamily(
            id="address",
            says="gives the address {name}",
            carriers=address_carriers,
            spans=address_spans,
            is_act=True,
            parts=address_parts,
            kind_of=one_kind,
            rank=2,
        ),
        BehaviourFamily(
            id="argument",
            says="gives a tool “{name}”",
            carriers=argument_carriers,
            spans=argument_spans,
            is_act=True,
            parts=argument_parts,
            kind_of=argument_kind,
            rank=3,
        ),
        BehaviourFamily(
            id="tool",
            says="calls the tool {name}",
            carriers=tool_carriers,
            spans=tool_spans,
            kind_of=one_kind,
            rank=4,
        ),
    )


def _families_of_whole_form(settings: BehaviourSettings) -> tuple[BehaviourFamily, ...]:
    """Give the families that say nothing of the content of an answer."""
    kinds = (
        ("language", "answers in {name}", language_carriers),
        ("form", "gives an answer that {name}", form_carriers),
        ("length", "gives an answer that {name}", length_carriers),
    )
    return tuple(
        BehaviourFamily(
            id=family,
            says=says,
            carriers=partial(carriers, settings=settings),
            spans=nowhere,
            ignores_echoes=False,
            reads="finals",
            rank=rank,
        )
        for rank, (family, says, carriers) in enumerate(kinds, start=9)
    )


def gather_behaviours(
    exchanges: Exchanges, settings: BehaviourSettings, more: Sequence[Behaviour] = ()
) -> list[Behaviour]:
    """Give every behaviour that enough records show and not most of them do.

    An answer that only repeats the prompt shows nothing: who asks about a place is told about the place. Of
    behaviours with the very same records only the first is kept.

    Args:
        exchanges: The records.
        settings: How many records may show a behaviour.
        more: Behaviours that were found in another way.
    """
    fewest = settings.fewest_records
    most = max(fewest, settings.most_share * len(exchanges))
    found: dict[bytes, Behaviour] = {}
    for family in behaviour_families(settings):
        texts, numbered = _searched(exchanges, family)
        carriers = family.carriers(texts)
        chances = dict(zip(carriers, chances_of_counts([len(one) for one in carriers.values()]), strict=True))
        for name, numbers in sorted(carriers.items()):
            if len(numbers) < fewest:
                continue
            answers = numbered[np.asarray(numbers, np.int64)]
            records, first = np.unique(exchanges.answered_in[answers], return_index=True)
            if family.ignores_echoes and len(records) >= fewest:
                own = ~_repeating(exchanges, records, name, family, settings)
                records, first = records[own], first[own]
            chance = chances[name] if family.is_act or family.id == "name" else 0.0
            if fewest <= len(records) <= most:
                found.setdefault(records.tobytes(), Behaviour(family, name, records, answers[first], chance))
    for behaviour in more:
        found.setdefault(behaviour.records.tobytes(), behaviour)
    return list(found.values())


def _searched(exchanges: Exchanges, family: BehaviourFamily) -> tuple[Sequence[str], Ints]:
    """Give the texts in which a family is searched, and the number of the answer that each belongs to."""
    everyone = np.arange(len(exchanges.answers), dtype=np.int64)
    if family.reads in ("answers", "spoken"):
        return (exchanges.answers if family.reads == "answers" else exchanges.spoken), everyone
    left_out = exchanges.calls | exchanges.beside_calls if family.reads == "finals" else exchanges.calls
    kept = everyone[~left_out]
    return [exchanges.answers[number] for number in kept.tolist()], kept


def _repeating(
    exchanges: Exchanges, records: Ints, name: str, family: BehaviourFamily, settings: BehaviourSettings
) -> Bools:
    """Say of each record whether its behaviour only repeats the prompt.

    A word of an act may be in a prompt by chance, as a number is. So it counts only if the prompts of these records
    have it more often than others.
    """
    if family.parts is None:
        found = [exchanges.repeats(record, name, whole=family.is_whole) for record in records.tolist()]
        return np.array(found, np.bool_)
    repeating = np.zeros(len(records), np.bool_)
    others = np.setdiff1d(np.arange(len(exchanges)), records)
    others = others[:: max(1, len(others) // _COMPARED)]
    for part in family.parts(name):
        if any(map(str.isalnum, part)):
            whole = len(part) < _CUT
            here = np.array([exchanges.repeats(record, part, whole=whole) for record in records.tolist()], np.bool_)
            if here.any():
                there = sum(exchanges.repeats(record, part, whole=whole) for record in others.tolist())
                rate = (there + 1) / (len(others) + 2)
                if binomial_test(int(here.sum()), len(here), rate) < settings.echo_p_value:
                    repeating |= here
    return repeating


def fixed_answers(exchanges: Exchanges, settings: BehaviourSettings) -> list[Ints]:
    """Give the records of every answer that enough records give, however many do."""
    texts = [
        "" if left_out else text
        for text, left_out in zip(exchanges.answers, (exchanges.calls | exchanges.beside_calls).tolist(), strict=True)
    ]
    found = fixed_answer_carriers(texts, settings).values()
    records = [
        np.unique(exchanges.answered_in[numbers]) for numbers in found if len(numbers) >= settings.fewest_records
    ]
    return [one for one in records if len(one) >= settings.fewest_records]
