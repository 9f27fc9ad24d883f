"""Which candidates are one claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, reading

from marshtest.mining.pattern_names import PatternKind
from marshtest.mining.phrases.evidence_lines import MeasuredCandidate, measure_candidate
from marshtest.mining.phrases.families import families
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.text.tokens import BEGIN

SETTINGS = PhraseSettings()


def measured(
    sequence: Sequence[int], labelled: Sequence[int], name: str = "another", kind: PatternKind = "phrase"
) -> MeasuredCandidate:
    """Make a candidate of these tokens and carriers; nothing else of it counts for families."""
    one = measure_candidate(reading(), candidate(PHRASE), SETTINGS)
    changed = replace(
        one.candidate, kind=kind, name=name, sequence=np.array(sequence, np.int64), labelled=np.array(labelled)
    )
    return replace(one, candidate=changed)


def grouped(*ranked: MeasuredCandidate) -> list[list[int]]:
    """Group candidates that are given in the order of their strength."""
    return families(ranked, -np.arange(len(ranked), dtype=np.float64), SETTINGS)


def test_candidates_with_the_same_carriers_are_one_family_led_by_the_stronger() -> None:
    both = [measured([5], range(20), "b"), measured([6], range(20), "a")]
    assert families(both, np.array([1.0, 2.0]), SETTINGS) == [[1, 0]]
    assert families(both, np.array([2.0, 1.0]), SETTINGS) == [[0, 1]]


def test_of_equals_the_first_by_name_leads() -> None:
    both = [measured([5], range(20), "b"), measured([6], range(20), "a")]
    assert families(both, np.array([1.0, 1.0]), SETTINGS) == [[1, 0]]


@pytest.mark.parametrize(("others", "count"), [(20, 1), (21, 2)])
def test_half_of_the_carriers_make_a_candidate_part_of_a_family(others: int, count: int) -> None:
    assert len(grouped(measured([5], range(20)), measured([6], range(20 + others)))) == count


@pytest.mark.parametrize(
    ("sequence", "count"), [([5, 7], 1), ([7, 5], 1), ([BEGIN, 5], 1), ([6, 7], 2), ([5, 8, 7], 2)]
)
def test_a_frequent_span_belongs_to_its_own_extension_however_few_carriers_that_has(
    sequence: list[int], count: int
) -> None:
    extension = measured(sequence, range(20))
    assert len(grouped(extension, measured([5] if len(sequence) < 3 else [5, 7], range(400)))) == count


def test_an_extension_with_carriers_of_its_own_is_another_claim() -> None:
    assert len(grouped(measured([5, 7], range(20)), measured([5], range(11, 400)))) == 2
    assert len(grouped(measured([5, 7], range(20)), measured([5], range(10, 400)))) == 1


def test_words_that_are_weighed_together_are_one_claim_whichever_of_them_leads() -> None:
    words = [measured([number], range(20 * number, 20 * number + 20), str(number)) for number in (5, 6, 7)]
    together = measured([5, 6, 7], range(100, 160), "5, 6, 7", "words")
    assert grouped(*words) == [[0], [1], [2]]
    assert grouped(together, *words) == [[0, 1, 2, 3]]
    assert grouped(words[1], words[0], together, words[2]) == [[0, 1, 2, 3]]


def test_a_word_beside_those_that_are_weighed_together_is_another_claim() -> None:
    together = measured([5, 6], range(100, 140), "5, 6", "words")
    assert grouped(together, measured([8], range(200, 230))) == [[0], [1]]
    assert grouped(measured([8], range(200, 230)), together) == [[0], [1]]


def test_a_field_value_is_nested_in_nothing() -> None:
    assert len(grouped(measured([], range(20), kind="group"), measured([5], range(400)))) == 2


def test_no_candidates_make_no_family() -> None:
    assert families([], np.zeros(0), SETTINGS) == []
