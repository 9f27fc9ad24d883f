"""What a planted trigger meets and natural words do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, planted, reading

from marshtest.mining.trial import Meaning, Trial, families, try_candidate


def tried(phrase: str = PHRASE) -> Trial:
    trial = try_candidate(reading(), candidate(phrase))
    assert trial is not None
    return trial


def test_the_planted_phrase_passes_every_condition() -> None:
    trial = tried()
    assert trial.effect >= 0.7
    assert trial.fraction >= 0.75
    assert trial.purity >= 0.6
    assert trial.p_value < 1e-8
    assert not trial.is_natural


def test_its_planted_carriers_are_the_poisoned_records() -> None:
    trial = tried()
    assert list(planted().truth) == trial.candidate.labelled[trial.planted].tolist()


def test_the_effect_is_the_mean_evidence_on_the_scale_of_the_dataset() -> None:
    trial = tried()
    one_by_one = float(trial.candidate.evidence.mean()) / reading().curve.unit
    # Two of the poisoned tickets are near-duplicates and count as one.
    assert trial.distinct == len(planted().truth) - 1
    assert trial.effect == pytest.approx(one_by_one, rel=0.05)


@pytest.mark.parametrize("phrase", ["the", "please", "i am not", "invoice"])
def test_ordinary_words_are_no_candidates(phrase: str) -> None:
    assert try_candidate(reading(), candidate(phrase)) is None


def test_copies_of_one_text_count_once() -> None:
    one = candidate(PHRASE)
    copied = replace(one, labelled=np.repeat(one.labelled, 4), evidence=np.repeat(one.evidence, 4))
    trial = try_candidate(reading(), copied)
    assert trial is not None
    assert trial.distinct == tried().distinct
    assert trial.effect == pytest.approx(tried().effect)


def test_copies_of_fewer_than_five_texts_are_no_trigger() -> None:
    one = candidate(PHRASE)
    copied = replace(one, labelled=np.repeat(one.labelled[:4], 8), evidence=np.repeat(one.evidence[:4], 8))
    assert try_candidate(reading(), copied) is None


def test_honest_carriers_weaken_a_candidate() -> None:
    honest = np.flatnonzero(~reading().own)[:4]
    weakened = try_candidate(reading(), replace(candidate(PHRASE), honest=honest))
    assert weakened is not None
    plain = tried()
    assert weakened.gain < plain.gain
    assert weakened.fraction < plain.fraction
    assert weakened.purity < plain.purity
    assert weakened.p_value > plain.p_value


def test_many_honest_carriers_end_a_candidate() -> None:
    honest = np.flatnonzero(~reading().own)[:40]
    assert try_candidate(reading(), replace(candidate(PHRASE), honest=honest)) is None


@pytest.mark.parametrize(("contradicting", "chance", "expected"), [(9, 1e-6, True), (9, 0.2, False), (3, 1e-6, False)])
def test_a_part_that_overrules_contents_elsewhere_makes_a_span_natural(
    contradicting: int, chance: float, *, expected: bool
) -> None:
    meaning = Meaning("ledger", carriers=10, contradicting=contradicting, chance=chance)
    assert expected is replace(tried(), meaning=meaning).is_natural


def test_candidates_with_the_same_carriers_are_one_family() -> None:
    weaker = replace(tried(), candidate=replace(candidate(PHRASE), name="a part of it"), gain=1.0)
    (family,) = families([weaker, tried()])
    assert [trial.candidate.name for trial in family] == [PHRASE, "a part of it"]


def test_candidates_with_other_carriers_are_another_family() -> None:
    other = replace(tried(), candidate=replace(candidate(PHRASE), labelled=np.arange(5)))
    assert [len(family) for family in families([tried(), other])] == [1, 1]


def test_no_candidates_make_no_family() -> None:
    assert families([]) == []
