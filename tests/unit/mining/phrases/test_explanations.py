"""The other ways in which a span could have come to decide a label."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, reading

from marshtest.findings import Explanation
from marshtest.mining.phrases.explanations import explain
from marshtest.mining.phrases.mine import Family
from marshtest.mining.surroundings import Surroundings
from marshtest.mining.trial import Meaning, Trial, try_candidate

AROUND = Surroundings(pairs=16, occurrences=16, random_pairs=14.0, positions=np.zeros(16))


def trial() -> Trial:
    found = try_candidate(reading(), candidate(PHRASE))
    assert found is not None
    return found


def explained(head: Trial, around: Surroundings | None = AROUND) -> dict[str, Explanation]:
    return {one.text.split(":")[0]: one for one in explain(Family(head, None, reading()), around)}


@pytest.mark.parametrize(
    ("meaning", "stands"),
    [
        (None, "open"),
        (Meaning("ledger", 10, 1, 0.4), "against"),
        (Meaning("ledger", 10, 9, 1e-6), "for"),
    ],
)
def test_the_meaning_of_a_span_is_weighed(meaning: Meaning | None, stands: str) -> None:
    found = explained(replace(trial(), meaning=meaning))["Its own meaning calls for this label"]
    assert stands == found.stands


def test_the_meaning_is_told_with_its_counts() -> None:
    head = replace(trial(), meaning=Meaning("ledger", 1200, 300, 0.4))
    expected = (
        "Its own meaning calls for this label: of 1,200 records without it that carry “ledger” and read like another "
        "class, 300 have the label (25%)."
    )
    assert expected == explained(head)["Its own meaning calls for this label"].text


def test_label_noise_does_not_make_all_these_contradictions() -> None:
    found = explained(trial())["Ordinary label noise"]
    assert found.stands == "against"
    against = int((trial().candidate.evidence > 0).sum())
    assert f"that {against} of these 24 carriers do by chance" in found.text


def test_label_noise_may_make_one_contradiction() -> None:
    head = trial()
    weak = replace(head.candidate, evidence=np.array([1.0, *[-1.0] * 23]))
    assert explained(replace(head, candidate=weak))["Ordinary label noise"].stands == "open"


@pytest.mark.parametrize(("distinct", "stands"), [(24, "against"), (12, "against"), (11, "open")])
def test_copies_are_weighed(distinct: int, stands: str) -> None:
    assert stands == explained(replace(trial(), distinct=distinct))["Copies of one text or template"].stands


@pytest.mark.parametrize(("pairs", "stands"), [(14, "against"), (13, "open")])
def test_the_neighbours_of_a_span_are_weighed(pairs: int, stands: str) -> None:
    around = replace(AROUND, pairs=pairs)
    assert stands == explained(trial(), around)["A phrase of ordinary sentences"].stands


def test_a_feature_of_whole_records_has_no_neighbours() -> None:
    assert {
        "Its own meaning calls for this label",
        "Ordinary label noise",
        "Copies of one text or template",
    } == set(explained(trial(), None))
