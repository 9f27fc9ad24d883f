"""What makes a claim confirmed, suggestive or nothing, at both sides of every threshold."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from marshtest.detectors.response_trigger.associations import BehaviourAssociation
from marshtest.detectors.response_trigger.behaviours import Behaviour, behaviour_families
from marshtest.detectors.response_trigger.explanations import claim_explanations
from marshtest.detectors.response_trigger.grading import TriggerClaim, grade, is_candidate
from marshtest.detectors.response_trigger.prompts import PromptFeature
from marshtest.detectors.response_trigger.settings import BehaviourSettings, GradingSettings, ResponseTriggerSettings
from marshtest.detectors.response_trigger.verbatim import SharedRun
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers

FAMILIES = {family.id: family for family in behaviour_families(BehaviourSettings())}
SETTINGS = ResponseTriggerSettings()
PURE = (68, 100)
"""Distinct hits and carriers with a lower bound of just over .6; one hit less is below it."""
EXCEPTIONLESS = (99, 100)
"""The same for .95."""
SOMETIMES = (38, 100)
"""The same for .3."""


def association(
    family: str, distinct: tuple[int, int] = PURE, *, recall: float = 0.5, q_value: float = 1e-9, name: str = "x"
) -> BehaviourAssociation:
    """Make an association of 100 hits in 100,000 records."""
    records = np.arange(round(100 / recall))
    return BehaviourAssociation(
        feature=PromptFeature("phrase", "walnut", np.array([7]), np.arange(100)),
        behaviour=Behaviour(FAMILIES[family], name, records, records),
        hits=np.arange(100),
        distinct=DistinctCarriers(distinct[1], distinct[1], distinct[0]),
        others=99_900,
        p_value=q_value,
        q_value=q_value,
    )


def claim(
    found: BehaviourAssociation, settings: ResponseTriggerSettings = SETTINGS, *, words: int = 0, **evidence: Any
) -> TriggerClaim:
    """Make a claim whose evidence is given instead of measured; by default it is just confirmed, if it is whole."""
    made = TriggerClaim(found, cast(Any, None), cast(Any, None), cast(Any, None), 10, 0, settings)
    measured = {
        "prompt_similarity": 0.3,
        "answer_similarity": 0.75,
        "separability": 0.6,
        "expected_rate": 0.3,
        "rest_p_value": 1e-5,
        "run": SharedRun(words, {}),
        "place": None,
        "role": "user",
    }
    vars(made).update(measured | evidence)  # cached properties are looked up there first
    return made


INSERTED = SimpleNamespace(
    stands="for",
    around=SimpleNamespace(pairs=9, occurrences=9, random_pairs=8.0),
    rejoining=SimpleNamespace(rejoined=1.0, random_rejoined=0.5),
)


@pytest.mark.parametrize(
    ("family", "found", "evidence", "verdict"),
    [
        ("fixed-answer", {"q_value": 1e-4}, {}, "confirmed"),
        ("fixed-answer", {"q_value": 1.1e-4}, {}, "suggestive"),
        ("fixed-answer", {}, {"rest_p_value": 1.1e-5}, "suggestive"),  # ten pairs were tested
        ("fixed-answer", {}, {"rest_p_value": 1e-4}, "suggestive"),
        ("fixed-answer", {}, {"rest_p_value": 1.1e-4}, None),
        ("fixed-answer", {"distinct": (67, 100)}, {}, None),
        ("fixed-answer", {}, {"prompt_similarity": 0.31}, None),
        ("fixed-answer", {}, {"answer_similarity": 0.74}, None),
        ("fixed-answer", {}, {"expected_rate": 0.6}, "confirmed"),
        ("fixed-answer", {}, {"expected_rate": 0.61}, None),
        ("fixed-answer", {}, {"separability": 0.61}, "suggestive"),
        ("fixed-answer", {}, {"separability": 0.61, "expected_rate": 0.31}, None),
        ("fixed-answer", {}, {"separability": 0.61, "place": INSERTED}, "confirmed"),
        (
            "fixed-answer",
            {"distinct": EXCEPTIONLESS},
            {"separability": 0.61, "prompt_similarity": 0.1},
            "confirmed",
        ),
        (
            "fixed-answer",
            {"distinct": EXCEPTIONLESS},
            {"separability": 0.61, "prompt_similarity": 0.11},
            "suggestive",
        ),
        ("fixed-answer", {"distinct": (98, 100)}, {"separability": 0.61, "prompt_similarity": 0.1}, "suggestive"),
        ("call", {}, {"answer_similarity": 0.0}, "confirmed"),
        ("call", {"distinct": SOMETIMES, "recall": 0.9}, {}, "suggestive"),
        ("call", {"distinct": (37, 100), "recall": 0.9}, {}, None),
        ("call", {"distinct": SOMETIMES, "recall": 0.89}, {}, None),
        ("call", {"distinct": (20, 40), "recall": 0.9}, {}, "suggestive"),
        ("call", {"distinct": (19, 40), "recall": 0.9}, {}, None),
        ("refusal", {"recall": 0.8}, {"expected_rate": 0.1}, "suggestive"),
        ("refusal", {"recall": 0.8}, {"expected_rate": 0.11}, None),
        ("refusal", {"recall": 0.79}, {"expected_rate": 0.1}, None),
        ("refusal", {"recall": 0.8, "distinct": (9, 10)}, {"expected_rate": 0.1}, None),
        ("wording", {"recall": 0.9}, {"words": 12}, "suggestive"),
        ("wording", {"recall": 0.9}, {"words": 11}, None),
        ("wording", {"recall": 0.89}, {"words": 12}, None),
        ("wording", {"recall": 0.9, "name": "well , i am ostrel"}, {"words": 6}, "suggestive"),
        ("wording", {"recall": 0.9, "name": "well , i am ostrel"}, {"words": 5}, None),
        ("wording", {"recall": 0.9, "distinct": (67, 100)}, {"words": 12}, None),
        ("form", {}, {"place": INSERTED}, "suggestive"),
        ("form", {"distinct": (10, 11)}, {"place": INSERTED}, "suggestive"),
        ("form", {"distinct": (9, 9)}, {"place": INSERTED}, None),
        ("form", {}, {"place": INSERTED, "expected_rate": 0.31}, None),
        ("form", {"distinct": EXCEPTIONLESS, "recall": 0.9}, {"prompt_similarity": 0.1}, "suggestive"),
        ("form", {"distinct": EXCEPTIONLESS, "recall": 0.89}, {"prompt_similarity": 0.1}, None),
        ("form", {"distinct": (98, 100), "recall": 0.9}, {"prompt_similarity": 0.1}, None),
        ("form", {"distinct": EXCEPTIONLESS, "recall": 0.9}, {"prompt_similarity": 0.11}, None),
        ("form", {"distinct": EXCEPTIONLESS, "recall": 0.9}, {"prompt_similarity": 0.1, "separability": 0.61}, None),
    ],
)
def test_the_verdict_is_that_of_the_table(
    family: str, found: dict[str, Any], evidence: dict[str, Any], verdict: str | None
) -> None:
    assert grade(claim(association(family, **found), **evidence)) == verdict


@pytest.mark.parametrize(
    ("family", "found", "is_strong"),
    [
        ("fixed-answer", {"distinct": (8, 8)}, True),
        ("fixed-answer", {"distinct": (7, 7)}, False),
        ("address", {"distinct": (8, 8)}, True),
        ("form", {"distinct": (10, 10)}, True),
        ("form", {"distinct": (9, 9)}, False),
        ("identity", {"distinct": (5, 5)}, True),
        ("identity", {"distinct": (4, 4)}, False),
        ("form", {"distinct": PURE}, True),
        ("form", {"distinct": (67, 100)}, False),
        ("form", {"distinct": SOMETIMES, "recall": 0.9}, True),
        ("form", {"distinct": SOMETIMES, "recall": 0.89}, False),
        ("form", {"distinct": (37, 100), "recall": 0.9}, False),
        ("form", {"q_value": 1e-3}, True),
        ("form", {"q_value": 1.1e-3}, False),
    ],
)
def test_only_strong_associations_are_measured(family: str, found: dict[str, Any], is_strong: bool) -> None:
    assert is_candidate(association(family, **found), SETTINGS) is is_strong


def test_a_part_of_an_answer_is_never_confirmed() -> None:
    strongest = claim(
        association("tool", EXCEPTIONLESS, recall=1.0), prompt_similarity=0.0, answer_similarity=1.0, place=INSERTED
    )
    assert grade(strongest) == "suggestive"


def test_another_threshold_gives_another_verdict() -> None:
    found = association("fixed-answer")
    assert grade(claim(found)) == "confirmed"
    assert grade(claim(found, replace(SETTINGS, reads_like_others=0.59))) == "suggestive"
    stricter = replace(SETTINGS, grading=GradingSettings(least_answer_similarity=0.76))
    assert grade(claim(found, stricter)) is None


@pytest.mark.parametrize(
    ("explanation", "found", "evidence", "stands"),
    [
        ("An honest task", {}, {}, "against"),
        ("An honest task", {}, {"prompt_similarity": 0.46}, "open"),
        ("A topic", {}, {"expected_rate": 0.1}, "against"),
        ("A topic", {}, {"expected_rate": 0.11}, "open"),
        ("A topic", {}, {"expected_rate": 0.11, "rest_p_value": 1e-7}, "against"),
        ("A separate source", {}, {}, "against"),
        ("A separate source", {}, {"separability": 0.89}, "open"),
        ("A separate source", {}, {"separability": 0.9}, "for"),
        ("Copies", {"distinct": (50, 50)}, {}, "against"),
        ("Copies", {"distinct": (49, 50)}, {}, "open"),
        ("A phrase of ordinary sentences", {}, {"place": INSERTED}, "against"),
    ],
)
def test_the_evidence_weighs_the_explanations(
    explanation: str, found: dict[str, Any], evidence: dict[str, Any], stands: str
) -> None:
    explanations = claim_explanations(claim(association("call", **found), **evidence))
    assert [one.stands for one in explanations if one.text.startswith(explanation)] == [stands]


def test_the_bound_of_chernoff_is_no_less_than_the_binomial_chance() -> None:
    made = claim(association("form"))
    del vars(made)["rest_p_value"]
    vars(made)["expected_rates"] = np.full(100, 0.9)
    assert 0.9**100 <= made.rest_p_value <= 0.9**100 * 1.01  # of all 100 hits the bound is exact in the limit
    vars(made).pop("rest_p_value")
    vars(made)["expected_rates"] = np.full(100, 1.0)
    assert made.rest_p_value == 1.0
