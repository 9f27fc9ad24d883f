"""The conditions of a rule, each on either side of its threshold."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from marshtest.mining.carrier_evidence import Strength
from marshtest.mining.structures.label_rules import (
    Feature,
    Rule,
    carriers_of,
    count_carriers,
    is_proven,
    passing,
    reads_like_others,
)
from marshtest.mining.structures.settings import LabelRuleSettings, StructureProofSettings

SETTINGS, PROOF = LabelRuleSettings(), StructureProofSettings()
SURE = Strength(distinct=40, effect=1.0, effect_error=0.1, fraction=0.99, log_likelihood_ratio=90.0, p_value=1e-20)


def rule(
    *, labelled: int = 40, honest: int = 0, features: int = 1, rest: float = 1.0, q_value: float = 1e-5, **strength: Any
) -> Rule:
    """Make a rule that is sure in all but what is given."""
    texts = np.arange(labelled + honest)
    return Rule(
        features=tuple(Feature(0, f"words: {number}", texts) for number in range(features)),
        labelled=texts[:labelled],
        evidence=np.full(labelled, 3.0),
        honest=texts[labelled:],
        strength=replace(SURE, **strength),
        rest=rest,
        way=1.0,
        beyond=0.5,
        q_value=q_value,
    )


@pytest.mark.parametrize(
    ("passes", "fails"),
    [
        (rule(effect=0.6), rule(effect=0.599)),
        (rule(fraction=0.6), rule(fraction=0.599)),
        (rule(rest=0.5), rule(rest=0.499)),
        (rule(labelled=28, honest=12), rule(labelled=27, honest=13)),
        (rule(p_value=1e-5), rule(p_value=1.1e-5)),
        (rule(features=2, p_value=1e-12), rule(features=2, p_value=1.1e-12)),
    ],
    ids=["content effect", "planted fraction", "effect of the rest", "purity", "q-value", "q-value of a pair"],
)
def test_a_rule_passes_at_a_threshold_and_fails_beyond(passes: Rule, fails: Rule) -> None:
    assert passing(passes, 100, SETTINGS) is not None
    assert passing(fails, 100, SETTINGS) is None


def test_the_q_value_is_corrected_for_everything_tested() -> None:
    passed = passing(rule(p_value=2e-9), 1000, SETTINGS)
    assert passed is not None
    assert passed.q_value == pytest.approx(2e-6)


@pytest.mark.parametrize(
    ("proven", "unproven"),
    [
        (rule(effect=0.7), rule(effect=0.699)),
        (rule(effect=0.6, q_value=1e-10), rule(effect=0.6, q_value=1.1e-10)),
        (rule(effect=0.6, q_value=1e-11), rule(effect=0.599, q_value=1e-11)),
        (rule(fraction=0.75), rule(fraction=0.749)),
        (rule(labelled=29, honest=11), rule(labelled=28, honest=12)),
        (rule(q_value=1e-4), rule(q_value=1.1e-4)),
    ],
    ids=[
        "content effect",
        "certain q-value",
        "content effect of certain rules",
        "planted fraction",
        "purity",
        "q-value",
    ],
)
def test_a_rule_is_proven_at_a_threshold_and_not_beyond(proven: Rule, unproven: Rule) -> None:
    assert is_proven(proven, PROOF)
    assert not is_proven(unproven, PROOF)


@pytest.mark.parametrize(
    ("way", "beyond", "reads"),
    [(0.8, 0.8, True), (0.79, 0.5, False), (1.0, 0.81, False)],
    ids=["both", "way", "beyond"],
)
def test_carriers_of_a_rule_read_like_genuine_records_of_others(way: float, beyond: float, reads: bool) -> None:
    assert reads_like_others(replace(rule(), way=way, beyond=beyond), SETTINGS) is reads


def test_carriers_more_likely_planted_than_natural_are_marked() -> None:
    half = replace(rule(labelled=3, fraction=0.5), evidence=np.array([0.1, -0.1, 1000.0]))
    assert half.planted.tolist() == [True, False, True]


def test_carriers_of_a_pair_show_both_features() -> None:
    features = [Feature(0, "a", np.array([1, 2, 5, 9])), Feature(1, "b", np.array([2, 3, 9]))]
    assert carriers_of(features).tolist() == [2, 9]
    assert count_carriers(features, np.arange(10) > 4).tolist() == [2, 1]
    assert count_carriers([], np.arange(10) > 4).tolist() == []


def test_the_two_q_values_of_a_proof_are_in_order() -> None:
    values = [PROOF.certain_q, PROOF.proven_q, SETTINGS.largest_q]
    assert all(one < other for one, other in pairwise(values))
