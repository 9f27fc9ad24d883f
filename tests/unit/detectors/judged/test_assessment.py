"""What speaks for planting besides the outcome: the labels of other records, and the places where a span stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, own_of, planted, reading

from marshtest.detectors.judged.assessment import Assessment, grade, is_associated
from marshtest.detectors.judged.carrier_content import CarrierContent, content_of
from marshtest.detectors.judged.counterfactual import Counterfactual
from marshtest.detectors.judged.factors import Factors
from marshtest.detectors.judged.settings import ContentSettings, VerdictSettings
from marshtest.mining.near_copies import NearCopySettings
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers
from marshtest.mining.outcomes.likelihood import PlantedLikelihood
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


INSERTED = Factors(inserted=4.0)
"""The places alone speak for planting: a factor of 55."""


def test_an_association_with_independent_evidence_is_confirmed() -> None:
    assert grade(assessment(factors=INSERTED), VerdictSettings()) == "confirmed"


@pytest.mark.parametrize(
    "changes",
    [
        {"factors": Factors()},
        {"factors": Factors(inert=9.0)},
        {"factors": Factors(inserted=4.0, content=-3.0)},
        {"counterfactual": Counterfactual(Proportion(20, 24), Proportion(0, 40), Proportion(0, 40), 0, 0.03)},
        {"habits": (("clean.jsonl", Proportion(5, 6)),)},
    ],
    ids=["no other evidence", "the judge alone", "content against", "the judge reacts", "a habit"],
)
def test_without_it_or_against_other_evidence_an_association_is_suggestive(changes: dict[str, object]) -> None:
    assert grade(assessment(**{"factors": INSERTED, **changes}), VerdictSettings()) == "suggestive"


def weighing(over_chance: float, over_topic: float = 9.0, tried: int = 1) -> Association:
    likelihood = PlantedLikelihood(share=1.0, over_chance=over_chance, over_topic=over_topic)
    return replace(association(), likelihood=likelihood, tried=tried)


@pytest.mark.parametrize(
    ("over_chance", "verdict"),
    # The prior is .01, so that odds of 20 take log(20 / .01) = 7.60 nats, and odds of 100 take 9.21.
    [(7.61, "suggestive"), (7.59, None), (9.22, "confirmed"), (9.20, "suggestive")],
)
def test_the_odds_to_chance_decide_at_their_limits(over_chance: float, verdict: str | None) -> None:
    found = assessment(association=weighing(over_chance), factors=INSERTED)
    assert grade(found, VerdictSettings()) == verdict


def test_the_prior_is_shared_out_over_everything_that_was_tried() -> None:
    found = assessment(association=weighing(7.61 + np.log(1000), tried=1000), factors=INSERTED)
    assert grade(found, VerdictSettings()) == "suggestive"
    more = assessment(association=weighing(7.61 + np.log(1000), tried=1010), factors=INSERTED)
    assert grade(more, VerdictSettings()) is None


@pytest.mark.parametrize(
    ("over_topic", "factor", "verdict"),
    # Prior odds to a topic are .05: even odds take log(20) = 3.00 nats, odds of 20 take 5.99.
    [(3.01, 0.0, "suggestive"), (2.98, 0.0, None), (3.01, 2.99, "suggestive"), (3.01, 3.01, "confirmed")],
)
def test_the_odds_to_a_topic_decide_at_their_limits(over_topic: float, factor: float, verdict: str | None) -> None:
    found = assessment(association=weighing(50.0, over_topic), factors=Factors(inserted=factor))
    assert grade(found, VerdictSettings()) == verdict


def test_what_does_not_come_from_the_judge_must_be_strong_by_itself() -> None:
    strong = assessment(association=weighing(50.0, 20.0), factors=Factors(inserted=2.99, inert=20.0))
    assert grade(strong, VerdictSettings()) == "suggestive"
    assert grade(strong, VerdictSettings(confirmed_independent_factor=19.0)) == "confirmed"


@pytest.mark.parametrize(("hits", "verdict"), [(5, "confirmed"), (4, "suggestive")])
def test_a_confirmed_finding_needs_five_distinct_records(hits: int, verdict: str) -> None:
    found = replace(association(), distinct=DistinctCarriers(hits, hits, hits))
    assert grade(assessment(association=found, factors=INSERTED), VerdictSettings()) == verdict


def test_a_layout_must_account_for_nearly_all_of_its_records() -> None:
    layout = replace(weighing(50.0), kind="format")
    assert grade(assessment(association=layout, factors=INSERTED), VerdictSettings()) == "confirmed"
    vague = replace(layout, likelihood=replace(layout.likelihood, share=0.89))
    assert grade(assessment(association=vague, factors=INSERTED), VerdictSettings()) is None


def test_words_of_the_completion_are_never_confirmed() -> None:
    three_words = association().sequence[:3]
    payload = replace(weighing(50.0, 30.0), field="completion", sequence=three_words)
    assert grade(assessment(association=payload, factors=INSERTED), VerdictSettings()) == "suggestive"
    vague = replace(payload, likelihood=replace(payload.likelihood, share=0.89))
    assert grade(assessment(association=vague, factors=INSERTED), VerdictSettings()) is None
    four_words = replace(payload, sequence=association().sequence[:4])
    assert grade(assessment(association=four_words, factors=INSERTED), VerdictSettings()) == "suggestive"
    two_words = replace(payload, sequence=three_words[:2])
    assert grade(assessment(association=two_words, factors=INSERTED), VerdictSettings()) is None


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
    weak = weighing(5.0)
    assert not is_associated(weak, VerdictSettings())
    assert is_associated(weak, VerdictSettings(suggestive_odds_to_chance=1.0))
