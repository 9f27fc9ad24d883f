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


def mine_word(carriers: range, hits: set[int], *, size: int = 2000, answered: range | None = None) -> MinedOutcomes:
    """Mine short texts of which some carry one word, once as a word and once as a field."""
    known = np.ones(size, np.bool_) if answered is None else np.isin(np.arange(size), answered)
    shown = np.isin(np.arange(size), list(hits)) & known
    outcome = Outcome("harm", shown, known, known, np.ones(size, np.bool_))
    texts = [f"t{number} {'umber' if number in carriers else f'o{number}'} u{number}" for number in range(size)]
    return mine_outcomes(
        {"prompt": tokenize(texts)}, [outcome], {"desk=north": list(carriers)}, {"desk=north": "group"}
    )


@pytest.mark.parametrize(
    ("hits", "answered", "elsewhere", "found"),
    [
        (5, 5, 125, True),
        (5, 5, 126, False),
        (4, 4, 0, False),
        (10, 22, 0, True),
        (10, 23, 0, False),
        (9, 20, 0, False),
    ],
    ids=["p below a millionth", "p above it", "four", "above .45", "below .45", "just .45"],
)
def test_words_and_fields_are_kept_by_the_same_bounds(hits: int, answered: int, elsewhere: int, *, found: bool) -> None:
    """With 125 hits elsewhere the expected rate is .0627, whose fifth power is .97 millionths."""
    shown = set(range(hits)) | set(range(1000, 1000 + elsewhere))
    kinds = {one.kind for one in mine_word(range(answered), shown).associations}
    alike = mine_outcomes(
        {"prompt": tokenize([f"t{number} {'umber' * (number < answered)}" for number in range(2000)])},
        [outcome_of([number in shown for number in range(2000)])],
        {},
        {},
    ).associations
    assert bool(kinds) is found
    assert bool(alike) is found


def test_every_pattern_of_five_records_that_could_show_the_outcome_is_counted() -> None:
    """The word, and the field; nothing else is in five texts."""
    assert mine_word(range(5), {0}).tested == 2
    assert mine_word(range(4), {0}).tested == 0
    assert mine_word(range(5), {0}, answered=range(1, 2000)).tested == 0
    assert mine_word(range(2000), {0}).tested == 1  # a field of all records tells nothing


def test_a_ratio_is_that_of_what_a_planted_record_shows_to_what_the_others_show() -> None:
    trial, hit = np.arange(30) < 24, np.arange(30) < 5
    outcome = Outcome("harm", hit, trial, trial, trial)
    ratios = outcome.ratios_without(np.array([0, 1, 20, 25]))
    rate = (3 + 1) / (21 + 2)  # of the others, with a hit and a miss added
    assert outcome.rate_without(np.array([0, 1, 20, 25])) == rate
    assert ratios[:3].tolist() == pytest.approx([31 / (3 + 10 * rate)] * 2 + [0.0])
    assert np.isnan(ratios[3])
    assert outcome.expected_rate(np.array([0, 1, 20, 25])) == pytest.approx((3 + 10 * rate) / 31)


def test_rates_are_those_of_the_same_stratum_and_ten_records_at_the_overall_rate() -> None:
    everyone, hit = np.ones(40, np.bool_), np.isin(np.arange(40), [0, 1, 2, 3, 39])
    outcome = Outcome("harm", hit, everyone, everyone, everyone, stratum=np.arange(40) // 20)
    carriers = np.array([0, 30, 31])
    rate = (4 + 1) / (37 + 2)
    low, high = (3 + 10 * rate) / 29, (1 + 10 * rate) / 28
    assert outcome.expected_rate(carriers) == pytest.approx((low + 2 * high) / 3)
    assert outcome.ratios_without(carriers).tolist() == pytest.approx([1 / low, 0.0, 0.0])


def test_a_record_that_would_have_been_changed_was_not_planted() -> None:
    everyone, hit = np.ones(20, np.bool_), np.arange(20) < 3
    unchanged = np.arange(20) == 0
    outcome = Outcome("harm", hit, everyone, everyone, everyone, unchanged=unchanged)
    assert outcome.ratios_without(np.array([0, 1]))[0] == 0.0
    assert outcome.ratios_without(np.array([0, 1]))[1] > 1


def test_the_judges_errors_are_those_it_makes_about_other_classes() -> None:
    """Of ten texts of the other class nine are seen as such; a third of a record is added for each of three kinds."""
    seen = np.array([0] * 18 + [2] * 2 + [2] * 9 + [0])
    own = np.arange(30) < 20
    outcome = Outcome("a", own & (seen == 2), own, np.ones(30, np.bool_), own, seen=seen, as_planted=~own)
    carriers = np.array([0, 19])
    planted = [(1 + 1 / 3) / 11, (9 + 1 / 3) / 11]
    rate = (1 + 1) / (18 + 2)
    honest = [(17 + 10 * (1 - rate) / 2) / 28, (1 + 10 * rate) / 28]
    assert outcome.ratios_without(carriers).tolist() == pytest.approx([planted[0] / honest[0], planted[1] / honest[1]])


@pytest.mark.parametrize(("extra", "name"), [(1, "sepia gazebo"), (2, "umber")])
def test_a_longer_span_names_its_family_with_nineteen_of_twenty_carriers(extra: int, name: str) -> None:
    """All twenty hits hold one word and, elsewhere, two; these two stand in one or two more texts."""
    texts = [f"umber t{number} x{number} y{number} sepia gazebo" for number in range(20)]
    texts += [f"t{number} v{number} sepia gazebo" for number in range(20, 20 + extra)]
    texts += [f"t{number} w{number}" for number in range(20 + extra, 2000)]
    assert first(mine(texts, [number < 20 for number in range(2000)])).name == name
