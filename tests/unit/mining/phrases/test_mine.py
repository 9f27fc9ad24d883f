"""From tokens to graded families."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, keys, own_of, planted, reading

from marshtest.mining.phrases.mine import Family, Mined, grade, mine, rank


@cache
def mined() -> Mined:
    return mine(reading().tokens, own_of(planted()), keys(planted()), {}, {})


def family(**changes: float) -> Family:
    """Give a family that only just meets every condition of a confirmed finding, with changes."""
    q_value = changes.pop("q_value", 1e-4)
    honest = np.zeros(int(changes.pop("honest", 0)), np.int64)
    head = replace(mined().families[0].head, effect=0.7, fraction=0.75, purity=0.6, distinct=6)
    head = replace(head, candidate=replace(head.candidate, honest=honest), **changes)  # type: ignore[arg-type]
    return Family(head, None, reading(), q_value=q_value)


def test_the_planted_phrase_heads_the_first_family() -> None:
    head = mined().families[0].head
    assert (PHRASE, list(planted().truth)) == (head.candidate.name, head.candidate.labelled.tolist())


def test_nothing_leads_the_other_way() -> None:
    other = mine(reading().tokens, ~own_of(planted()), keys(planted()), {}, {})
    assert [one for one in rank([other])[0] if grade(one) is not None] == []


def test_q_values_are_corrected_over_everything_tried_towards_every_class() -> None:
    one = mined()
    ((first, *_),) = rank([one])
    ((twice, *_), *_) = rank([one, replace(one, families=())])
    assert first.q_value == pytest.approx(min(1.0, first.head.p_value * one.scan.tried))
    assert twice.q_value == pytest.approx(2 * first.q_value)


def test_nothing_found_has_no_rank() -> None:
    assert rank([replace(mined(), families=())]) == [[]]


def test_a_family_on_every_threshold_is_confirmed() -> None:
    assert grade(family()) == "confirmed"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"q_value": 1.1e-3}, None),
        ({"q_value": 1.1e-4}, "suggestive"),
        ({"q_value": 1e-11, "effect": 0.6}, "confirmed"),
        ({"q_value": 1e-11, "effect": 0.59}, "suggestive"),
        ({"effect": 0.69}, "suggestive"),
        ({"fraction": 0.74}, "suggestive"),
        ({"purity": 0.59}, "suggestive"),
        ({"distinct": 5}, "suggestive"),
        ({"fraction": 0.59}, None),
        ({"purity": 0.54}, None),
    ],
    ids=str,
)
def test_a_family_below_a_threshold_is_not_confirmed(changes: dict[str, float], expected: str | None) -> None:
    assert expected == grade(family(**changes))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"q_value": 0.1}, "confirmed"), ({"q_value": 0.11}, None), ({"q_value": 0.1, "honest": 1}, None)],
    ids=str,
)
def test_an_accomplice_needs_less_evidence_and_no_honest_carrier(
    changes: dict[str, float], expected: str | None
) -> None:
    assert expected == grade(family(**changes), accomplice=True)


def test_without_a_confirmed_trigger_there_is_no_accomplice() -> None:
    assert grade(family(q_value=0.1)) is None
