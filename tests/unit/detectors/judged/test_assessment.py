"""What speaks for planting besides the outcome: the labels of other records, and the places where a span stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, own_of, planted, reading

from marshtest.detectors.judged.assessment import Assessment, grade, is_associated
from marshtest.detectors.judged.carrier_content import CarrierContent, content_of
from marshtest.detectors.judged.counterfactual import Counterfactual
from marshtest.detectors.judged.settings import ContentSettings, VerdictSettings
from marshtest.mining.near_copies import NearCopySettings
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers
from marshtest.mining.outcomes.outcome_mining import Association, CarriedPattern, Outcome, associate
from marshtest.mining.outcomes.placement import Placement, PlacementSettings, placement_of
from marshtest.stats.proportions import Proportion


def outcome(name: str = PHRASE) -> Outcome:
    one = candidate(name)
    everyone = np.ones(len(planted().texts), np.bool_)
    hit = np.zeros(len(everyone), np.bool_)
    hit[one.labelled] = True
    return Outcome("ordinary", hit, own_of(planted()), everyone, own_of(planted()))


def association(name: str = PHRASE) -> Association:
    one = candidate(name)
    carriers = np.union1d(one.labelled, one.honest)
    found = associate(
        reading().tokens, CarriedPattern("phrase", name, one.sequence), carriers, [outcome(name)], 0, NearCopySettings()
    )
    return replace(found, q_value=found.p_value * 1e5)


def content(name: str = PHRASE) -> CarrierContent:
    found = content_of(reading(), association(name), outcome(name).trial)
    assert found is not None
    return found


def placement(name: str = PHRASE) -> Placement:
    return placement_of(reading().tokens, candidate(name).sequence, candidate(name).labelled, 0)


def assessment(**changes: object) -> Assessment:
    found = Assessment(association=association(), content=content(), placement=placement())
    return replace(found, **changes)  # type: ignore[arg-type]


def test_planted_carriers_read_like_another_class() -> None:
    assert content().stands == "for"
    assert content().effect > 0.7


@pytest.mark.parametrize("word", ["invoice", "please"])
def test_ordinary_words_read_like_their_own_label(word: str) -> None:
    assert content(word).stands == "against"


def test_a_planted_phrase_stands_as_inserted_words_do() -> None:
    assert placement().stands == "for"
    assert placement().rejoining.looks_inserted


def test_words_that_language_puts_somewhere_do_not() -> None:
    assert placement("i am not").stands == "open"


def test_an_association_with_independent_evidence_is_confirmed() -> None:
    assert grade(assessment(), VerdictSettings()) == "confirmed"


@pytest.mark.parametrize(
    "changes",
    [
        {"content": None, "placement": None},
        {"content": replace(content(), effect=0.0), "placement": placement()},
        {"content": None, "outcome_content": replace(content(), effect=0.0)},
        {"counterfactual": Counterfactual(Proportion(20, 24), Proportion(0, 40), Proportion(0, 40), 0, 0.03)},
        {"habits": (("clean.jsonl", Proportion(5, 6)),)},
    ],
    ids=["no other evidence", "content against", "the outcome is in the content", "the judge reacts", "a habit"],
)
def test_without_it_or_against_other_evidence_an_association_is_suggestive(changes: dict[str, object]) -> None:
    assert grade(assessment(**changes), VerdictSettings()) == "suggestive"


def test_a_weak_association_is_nothing_whatever_else_is_said() -> None:
    assert grade(assessment(association=replace(association(), q_value=0.01)), VerdictSettings()) is None


def test_a_stricter_setting_takes_the_confirmation_away() -> None:
    for strict in (
        VerdictSettings(confirmed_q_value=0.0),
        VerdictSettings(confirmed_outcome_share=0.99),
        VerdictSettings(confirmed_distinct_carriers=1000),
    ):
        assert grade(assessment(), strict) == "suggestive"


@pytest.mark.parametrize(
    ("q_value", "verdict"), [(1e-4, "confirmed"), (1.1e-4, "suggestive"), (1e-3, "suggestive"), (1.1e-3, None)]
)
def test_the_q_value_decides_at_its_limits(q_value: float, verdict: str | None) -> None:
    found = replace(association(), q_value=q_value)
    assert grade(assessment(association=found), VerdictSettings()) == verdict


def spread(hits: int, answered: int) -> Association:
    return replace(association(), q_value=0.0, distinct=DistinctCarriers(answered, answered, hits))


@pytest.mark.parametrize(
    ("hits", "answered", "verdict"),
    [
        (6, 6, "confirmed"),
        (5, 5, "suggestive"),
        # Lower bounds of the share: .628 for 10 of 12 and .599 for 9 of 11, limit .6.
        (10, 12, "confirmed"),
        (9, 11, "suggestive"),
        # .528 for 9 of 12 and .473 for 9 of 13, limit .5.
        (9, 12, "suggestive"),
        (9, 13, None),
    ],
)
def test_share_and_number_of_distinct_carriers_decide_at_their_limits(
    hits: int, answered: int, verdict: str | None
) -> None:
    assert grade(assessment(association=spread(hits, answered)), VerdictSettings()) == verdict


def read(effect: float = 0.6, fraction: float = 0.6, p_value: float = 1e-4, separation: float = 0.3) -> CarrierContent:
    return CarrierContent(effect, fraction, p_value, separation)


@pytest.mark.parametrize(
    ("found", "stands"),
    [
        (read(), "for"),
        (read(effect=0.59), "open"),
        (read(fraction=0.59), "open"),
        (read(p_value=1.1e-4), "open"),
        (read(effect=0.25), "open"),
        (read(effect=0.24), "against"),
        (read(effect=0.24, separation=0.29), "open"),
    ],
)
def test_contents_speak_from_the_limits_on(found: CarrierContent, stands: str) -> None:
    assert found.stands == stands


def test_other_settings_read_the_contents_otherwise() -> None:
    assert replace(read(), settings=ContentSettings(planted_effect=0.61)).stands == "open"
    assert replace(read(effect=0.25), settings=ContentSettings(natural_effect=0.26)).stands == "against"


@pytest.mark.parametrize(
    ("words", "records", "stands"), [(3, 16, "for"), (3, 15, "open"), (1, 20, "for"), (1, 19, "open")]
)
def test_placement_needs_enough_records(words: int, records: int, stands: str) -> None:
    around = replace(placement().around, occurrences=records)
    assert replace(placement(), around=around, words=words).stands == stands


def test_placement_needs_more_records_if_the_settings_say_so() -> None:
    assert replace(placement(), settings=PlacementSettings(fewest_records_of_phrase=10_000)).stands == "open"


def test_a_laxer_setting_makes_a_weak_association_a_finding() -> None:
    weak = replace(association(), q_value=0.01)
    assert not is_associated(weak, VerdictSettings())
    assert is_associated(weak, VerdictSettings(suggestive_q_value=0.01))
