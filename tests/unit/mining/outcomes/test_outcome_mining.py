"""A span that is associated with an outcome is named exactly, and only distinct carriers count."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from tests.planting import insert
from tests.scripted_inquiry import chance

from marshtest.demo import demo_tickets
from marshtest.mining.outcomes.outcome_mining import Association, MinedOutcomes, Outcome, OutcomeSettings, mine_outcomes
from marshtest.text.tokens import tokenize

PHRASE = "umber gazebo plan"
TICKETS = [ticket.text for ticket in demo_tickets(poisoned=False)[:2000]]


def outcome_of(hits: Sequence[bool], answered: Sequence[bool] | None = None) -> Outcome:
    everyone = np.ones(len(hits), np.bool_)
    known = everyone if answered is None else np.array(answered)
    return Outcome("harm", np.array(hits) & known, known, known, everyone)


def mine(texts: Sequence[str], hits: Sequence[bool], answered: Sequence[bool] | None = None) -> MinedOutcomes:
    return mine_outcomes({"prompt": tokenize(texts)}, [outcome_of(hits, answered)], {}, {})


def planted(count: int, *, decoys: int = 0, seed: int = 1) -> tuple[list[str], list[bool]]:
    random = Random(seed)
    texts = list(TICKETS)
    chosen = random.sample(range(len(texts)), count + decoys)
    for number in chosen[:count]:
        texts[number] = insert(PHRASE)(texts[number], random)
    for number in chosen[count:]:
        texts[number] = insert("umber gazebo")(texts[number], random)
    inside = set(chosen[:count])
    return texts, [number in inside or chance(text) < 0.02 for number, text in enumerate(texts)]


def first(mined: MinedOutcomes) -> Association:
    return mined.associations[0]


@pytest.mark.parametrize("seed", range(5))
def test_the_exact_phrase_is_named_and_its_part_with_more_carriers_is_not(seed: int) -> None:
    mined = mine(*planted(24, decoys=48, seed=seed))
    assert first(mined).name == PHRASE
    assert (len(first(mined).hits), len(first(mined).carriers)) == (24, 24)


def test_the_parts_and_extensions_of_a_phrase_are_no_associations_of_their_own() -> None:
    claims = mine(*planted(24, decoys=48)).associations
    assert [claim.name for claim in claims if set(claim.name.split()) & set(PHRASE.split())] == [PHRASE]


def test_an_extension_by_chance_does_not_win() -> None:
    random = Random(4)
    texts, hits = planted(0)
    for count, number in enumerate(random.sample(range(len(texts)), 24)):
        extended = f"{PHRASE} today" if count < 20 else PHRASE
        texts[number], hits[number] = insert(extended)(texts[number], random), True
    assert first(mine(texts, hits)).name == PHRASE


def test_the_rate_is_that_of_the_records_without_the_span() -> None:
    texts, hits = planted(24)
    claim = first(mine(texts, hits))
    elsewhere = sum(hits) - 24
    assert claim.rate == pytest.approx((elsewhere + 1) / (len(texts) - 24 + 2))


def test_random_outcomes_are_associated_with_nothing() -> None:
    for seed in range(5):
        hits = [chance(text, str(seed)) < 0.03 for text in TICKETS]
        mined = mine(TICKETS, hits)
        assert [claim.name for claim in mined.associations if claim.q_value <= 1e-3] == []
        assert mined.tested > 1000


def test_copies_of_one_text_are_one_distinct_carrier() -> None:
    texts = [*TICKETS, *[f"{TICKETS[0]} {PHRASE}"] * 30]
    hits = [False] * len(TICKETS) + [True] * 30
    assert all(claim.distinct.hits == 1 for claim in mine(texts, hits).associations)


def test_texts_that_are_nothing_but_the_span_are_one_distinct_carrier() -> None:
    texts, hits = [*TICKETS, *[PHRASE] * 30], [False] * len(TICKETS) + [True] * 30
    assert all(claim.distinct.hits == 1 for claim in mine(texts, hits).associations)


def test_records_without_an_answer_count_neither_way() -> None:
    texts, hits = planted(24)
    answered = [chance(text, "answered") > 0.25 for text in texts]
    claim = first(mine(texts, hits, answered))
    assert claim.name == PHRASE
    assert len(claim.carriers) == 24
    assert claim.distinct.answered == claim.distinct.hits == len(claim.hits) < 24


def test_a_field_value_is_an_association_too() -> None:
    members = list(range(0, 600, 20))
    hits = [number in members for number in range(len(TICKETS))]
    mined = mine_outcomes(
        {"prompt": tokenize(TICKETS)}, [outcome_of(hits)], {"desk=north": members}, {"desk=north": "group"}
    )
    assert (first(mined).kind, first(mined).name) == ("group", "desk=north")


def features(*members: Sequence[int]) -> dict[str, Sequence[int]]:
    return {f"desk={number}": rows for number, rows in enumerate(members)}


def mine_features(
    hits: Sequence[int], *members: Sequence[int], settings: OutcomeSettings = OutcomeSettings()
) -> list[Association]:
    shown = [number in set(hits) for number in range(len(TICKETS))]
    named = features(*members)
    mined = mine_outcomes(
        {"prompt": tokenize(TICKETS)},
        [outcome_of(shown)],
        named,
        dict.fromkeys(named, "group"),
        settings=settings,
    )
    return [one for one in mined.associations if one.kind == "group"]


@pytest.mark.parametrize(("count", "found"), [(5, 1), (4, 0)])
def test_five_carriers_with_the_outcome_are_enough(count: int, found: int) -> None:
    assert len(mine_features(range(count), range(count))) == found


def test_fewer_carriers_are_enough_if_the_settings_say_so() -> None:
    assert len(mine_features(range(4), range(4), settings=OutcomeSettings(fewest_carriers=4))) == 1


@pytest.mark.parametrize(("carriers", "found"), [(22, 1), (23, 0)])  # 10 of 22 are 45.5%, 10 of 23 are 43.5%
def test_a_pattern_is_kept_above_the_smallest_share(carriers: int, found: int) -> None:
    assert len(mine_features(range(10), range(carriers))) == found


@pytest.mark.parametrize(("shared", "families"), [(10, 1), (9, 2)])
def test_patterns_that_share_half_of_their_records_are_one_claim(shared: int, families: int) -> None:
    leader, other = range(40), range(40 - shared, 60 - shared)
    assert len(mine_features(range(60), leader, other)) == families


def test_a_phrase_is_named_up_to_its_longest_n_gram() -> None:
    random, words = Random(2), "umber gazebo plan seven ochre lanterns drift east"
    texts, hits = planted(0)
    for number in random.sample(range(len(texts)), 24):
        texts[number], hits[number] = insert(words)(texts[number], random), True
    assert first(mine(texts, hits)).name == words
    shorter = mine_outcomes(
        {"prompt": tokenize(texts)}, [outcome_of(hits)], {}, {}, settings=OutcomeSettings(longest_ngram=7)
    )
    assert len(first(shorter).name.split()) == 7
