"""What speaks for planting besides the outcome: the labels of other records, and the places where a span stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, own_of, planted, reading

from marshtest.mining.outcomes.claims import Claim, grade
from marshtest.mining.outcomes.counterfactual import Counterfactual
from marshtest.mining.outcomes.outcomes import Association, Outcome, associate
from marshtest.mining.outcomes.planted import Content, Place, content_of, place_of
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
    found = associate(reading().tokens, one.sequence, carriers, [outcome(name)], 0, "phrase", name)
    return replace(found, q_value=found.p_value * 1e5)


def content(name: str = PHRASE) -> Content:
    found = content_of(reading(), association(name), outcome(name).trial)
    assert found is not None
    return found


def place(name: str = PHRASE) -> Place:
    return place_of(reading().tokens, candidate(name).sequence, candidate(name).labelled, 0)


def claim(**changes: object) -> Claim:
    return replace(Claim(found=association(), content=content(), place=place()), **changes)  # type: ignore[arg-type]


def test_planted_carriers_read_like_another_class() -> None:
    assert content().stands == "for"
    assert content().effect > 0.7


@pytest.mark.parametrize("word", ["invoice", "please"])
def test_ordinary_words_read_like_their_own_label(word: str) -> None:
    assert content(word).stands == "against"


def test_a_planted_phrase_stands_as_inserted_words_do() -> None:
    assert place().stands == "for"
    assert place().healing.looks_inserted


def test_words_that_language_puts_somewhere_do_not() -> None:
    assert place("i am not").stands == "open"


def test_a_claim_with_independent_evidence_is_confirmed() -> None:
    assert grade(claim()) == "confirmed"


@pytest.mark.parametrize(
    "changes",
    [
        {"content": None, "place": None},
        {"content": replace(content(), effect=0.0), "place": place()},
        {"content": None, "outcome_content": replace(content(), effect=0.0)},
        {"counterfactual": Counterfactual(Proportion(20, 24), Proportion(0, 40), Proportion(0, 40), 0, 0.03)},
        {"habits": (("clean.jsonl", Proportion(5, 6)),)},
    ],
    ids=["no other evidence", "content against", "the outcome is in the content", "the judge reacts", "a habit"],
)
def test_without_it_or_against_other_evidence_a_claim_is_suggestive(changes: dict[str, object]) -> None:
    assert grade(claim(**changes)) == "suggestive"


def test_a_weak_association_is_nothing_whatever_else_is_said() -> None:
    assert grade(claim(found=replace(association(), q_value=0.01))) is None
