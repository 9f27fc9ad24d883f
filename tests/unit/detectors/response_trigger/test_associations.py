"""Pairs of a feature and a behaviour: which are candidates, which are one claim, and how they are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from tests.unit.detectors.response_trigger.made_chats import dataset_of

from marshtest.detectors.response_trigger.associations import BehaviourAssociation, associate_behaviours
from marshtest.detectors.response_trigger.behaviours import Behaviour, behaviour_families
from marshtest.detectors.response_trigger.counterparts import Answered
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.settings import (
    AssociationSettings,
    BehaviourSettings,
    PromptFeatureSettings,
)
from marshtest.detectors.response_trigger.word_vectors import WordVectors
from marshtest.stats.arrays import Ints
from marshtest.text.tokens import tokenize

FORM = next(family for family in behaviour_families(BehaviourSettings()) if family.id == "form")
SETTINGS = AssociationSettings()
SIZE = 400


def prompts(spans: Mapping[str, range], *, copies: bool = False) -> tuple[Prompts, Answered, Ints]:
    """Give prompts of random words with spans in some, their answers, and the record of each prompt."""
    draw = Random(4)
    words = [[f"w{draw.randrange(4000)}" for _ in range(8)] for _ in range(SIZE)]
    if copies:
        words = [words[number - number % 2] for number in range(SIZE)]
    for span, places in spans.items():
        for place in places:
            words[place] = [*words[place], *span.split(), f"w{draw.randrange(4000)}"]
    chats = [[("user", " ".join(text)), ("assistant", "Yes")] for text in words]
    exchanges = Exchanges.of(dataset_of(chats))
    where = {int(name[1:]): record for record, name in enumerate(exchanges.record_ids)}
    read = Prompts.of(exchanges, PromptFeatureSettings())
    answered = Answered(exchanges, WordVectors(tokenize(exchanges.spoken)))
    return read, answered, np.array([where[number] for number in range(SIZE)])


def associated(
    spans: Mapping[str, range], shown: range, settings: AssociationSettings = SETTINGS, *, copies: bool = False
) -> list[BehaviourAssociation]:
    read, answered, where = prompts(spans, copies=copies)
    records = np.sort(where[list(shown)])
    behaviour = Behaviour(FORM, "is odd", records, records)
    return list(associate_behaviours(read, [behaviour], answered, settings).heads)


def test_the_longest_exact_span_names_the_claim() -> None:
    (head,) = associated({"old copper awning": range(10), "copper": range(10, 12)}, range(10))
    assert head.feature.name == "old copper awning"
    assert (len(head.hits), head.distinct.hits, head.shown_elsewhere, head.others) == (10, 10, 0, 390)
    assert (head.rate, head.recall) == (1 / 392, 1.0)


@pytest.mark.parametrize(("shown", "found"), [(5, 1), (4, 0)])
def test_five_records_show_both(shown: int, found: int) -> None:
    assert len(associated({"awning": range(5)}, range(shown))) == found


@pytest.mark.parametrize(("carriers", "found"), [(44, 1), (45, 0)])
def test_almost_half_of_the_carriers_show_it(carriers: int, found: int) -> None:
    """20 of 44 are more than 45%; half of all records with the behaviour carry the span."""
    assert len(associated({"awning": range(20, 20 + carriers)}, range(40))) == found


@pytest.mark.parametrize(("elsewhere", "found"), [(5, 1), (6, 0)])
def test_of_a_behaviour_found_hardly_elsewhere_fewer_carriers_show_it(elsewhere: int, found: int) -> None:
    """20 of 80 carriers show it, which is enough where they are 80% of all records that do."""
    assert len(associated({"awning": range(80)}, range(60, 80 + elsewhere))) == found


def test_then_a_quarter_of_the_carriers_is_enough() -> None:
    assert len(associated({"awning": range(81)}, range(61, 81))) == 0


def names(heads: list[BehaviourAssociation]) -> set[str]:
    return {head.feature.name for head in heads}


def test_a_part_of_the_records_is_a_claim_of_its_own() -> None:
    """The wide feature may be an honest instruction and the narrow one the trigger."""
    assert names(associated({"awning": range(19), "lantern": range(40)}, range(40))) == {"lantern", "awning"}
    half = {"awning": range(20), "lantern": range(40)}
    assert names(associated(half, range(40))) == {"lantern"}
    assert len(associated(half, range(40), replace(SETTINGS, same_hits=0.51))) == 2


@pytest.mark.parametrize(("carriers", "name"), [(21, "old copper awning"), (22, "lantern")])
def test_a_longer_span_with_nearly_the_same_carriers_names_the_claim(carriers: int, name: str) -> None:
    spans = {"lantern": range(20), "old copper awning": range(carriers)}
    assert names(associated(spans, range(20))) == {name}


def test_near_duplicates_of_a_prompt_count_once() -> None:
    (head,) = associated({"awning": range(20)}, range(20), copies=True)
    assert (len(head.hits), head.distinct.hits, head.distinct.answered) == (20, 10, 10)


def test_q_values_are_corrected_for_every_pair() -> None:
    read, answered, where = prompts({"awning": range(10)})
    one, other = (np.sort(where[list(shown)]) for shown in (range(10), range(200, 260)))
    behaviours = [Behaviour(FORM, name, records, records) for name, records in (("is odd", one), ("is even", other))]
    found = associate_behaviours(read, behaviours, answered, SETTINGS)
    assert found.tested == 2 * len(read.counts)
    assert found.heads[0].q_value == pytest.approx(found.heads[0].p_value * found.tested / len(found.heads))
