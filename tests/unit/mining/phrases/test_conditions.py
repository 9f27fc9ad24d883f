"""What a planted trigger meets and natural words do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, planted, reading

from marshtest.mining.near_copies import NearCopySettings
from marshtest.mining.phrases import conditions
from marshtest.mining.phrases.candidates import TriggerCandidate
from marshtest.mining.phrases.conditions import MeasuredCandidate, families, may_pass, meaning_of, measure_candidate
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Ints
from marshtest.text.tokens import tokenize

SETTINGS = PhraseSettings()


def measure(one: TriggerCandidate, settings: PhraseSettings = SETTINGS) -> MeasuredCandidate | None:
    return measure_candidate(reading(), one, settings)


def measured(phrase: str = PHRASE) -> MeasuredCandidate:
    found = measure(candidate(phrase))
    assert found is not None
    return found


def test_the_planted_phrase_passes_every_condition() -> None:
    found = measured()
    assert found.strength.effect >= SETTINGS.verdict.confirmed_effect
    assert found.strength.fraction >= SETTINGS.verdict.confirmed_fraction
    assert found.purity >= SETTINGS.verdict.confirmed_purity
    assert found.strength.p_value < 1e-8
    assert not found.is_natural


def test_its_planted_carriers_are_the_poisoned_records() -> None:
    found = measured()
    assert list(planted().truth) == found.candidate.labelled[found.planted].tolist()


def test_the_content_effect_is_the_mean_evidence_on_the_scale_of_the_dataset() -> None:
    found = measured()
    one_by_one = float(found.candidate.evidence.mean()) / reading().curve.unit
    # Two of the poisoned tickets are near-duplicates and count as one.
    assert found.strength.distinct == len(planted().truth) - 1
    assert found.strength.effect == pytest.approx(one_by_one, rel=0.05)


@pytest.mark.parametrize("phrase", ["the", "please", "i am not", "invoice"])
def test_ordinary_words_are_no_candidates(phrase: str) -> None:
    assert measure(candidate(phrase)) is None


def test_copies_of_one_text_count_once() -> None:
    one = candidate(PHRASE)
    copied = replace(one, labelled=np.repeat(one.labelled, 4), evidence=np.repeat(one.evidence, 4))
    found = measure(copied)
    assert found is not None
    assert found.strength.distinct == measured().strength.distinct
    assert found.strength.effect == pytest.approx(measured().strength.effect)


def test_copies_of_fewer_than_five_texts_are_no_trigger() -> None:
    one = candidate(PHRASE)
    copied = replace(one, labelled=np.repeat(one.labelled[:4], 8), evidence=np.repeat(one.evidence[:4], 8))
    assert measure(copied) is None


def test_honest_carriers_weaken_a_candidate() -> None:
    honest = np.flatnonzero(~reading().own)[:4]
    weakened = measure(replace(candidate(PHRASE), honest=honest))
    assert weakened is not None
    plain = measured()
    assert weakened.strength.log_likelihood_ratio < plain.strength.log_likelihood_ratio
    assert weakened.strength.fraction < plain.strength.fraction
    assert weakened.purity < plain.purity
    assert weakened.strength.p_value > plain.strength.p_value


def test_many_honest_carriers_end_a_candidate() -> None:
    honest = np.flatnonzero(~reading().own)[:40]
    assert measure(replace(candidate(PHRASE), honest=honest)) is None


@pytest.mark.parametrize(
    ("labelled", "carriers", "expected"),
    [(5, 5, True), (4, 4, False), (16, 29, True), (15, 27, False)],
    ids=["five carriers", "four carriers", "bound at .401", "bound at .399"],
)
def test_too_few_carriers_and_too_many_with_another_label_cannot_pass(
    labelled: int, carriers: int, *, expected: bool
) -> None:
    assert expected is may_pass(labelled, carriers, SETTINGS)


def test_what_may_pass_follows_the_settings() -> None:
    assert not may_pass(5, 5, replace(SETTINGS, fewest_distinct=6))
    assert may_pass(15, 27, replace(SETTINGS, least_purity=0.3))


def test_the_content_effect_of_a_candidate_is_held_against_the_settings() -> None:
    effect = measured().strength.effect
    assert measure(candidate(PHRASE), replace(SETTINGS, least_effect=effect)) is not None
    assert measure(candidate(PHRASE), replace(SETTINGS, least_effect=effect + 0.001)) is None


def test_the_distinct_carriers_of_a_candidate_are_held_against_the_settings() -> None:
    distinct = measured().strength.distinct
    assert measure(candidate(PHRASE), replace(SETTINGS, fewest_distinct=distinct)) is not None
    assert measure(candidate(PHRASE), replace(SETTINGS, fewest_distinct=distinct + 1)) is None


@pytest.mark.parametrize(
    ("carriers", "contradicting", "rate", "expected"),
    [
        (10, 9, 0.1, True),
        (10, 9, 0.75, False),
        (10, 3, 0.1, False),
        (10, 8, 0.1, True),
        (10, 7, 0.1, False),
        (100, 84, 0.7, False),
        (100, 86, 0.7, True),
        (4, 4, 0.3, True),
        (4, 4, 0.32, False),
    ],
    ids=[
        "nearly always",
        "labels are that noisy",
        "seldom",
        "the lower bound is above half",
        "the lower bound is below half",
        "not half-way from the noise to always",
        "half-way from the noise to always",
        "a chance of .008",
        "a chance of .0105",
    ],
)
def test_a_part_that_overrules_contents_elsewhere_makes_a_span_natural(
    carriers: int, contradicting: int, rate: float, *, expected: bool
) -> None:
    meaning = meaning_of("ledger", carriers, contradicting, rate, SETTINGS)
    assert expected is replace(measured(), meaning=meaning).is_natural


def test_the_share_of_a_meaning_follows_the_settings() -> None:
    assert not meaning_of("ledger", 10, 9, 0.1, replace(SETTINGS, meaning_share=0.8)).explains


def test_a_part_needs_enough_other_texts_to_have_a_meaning() -> None:
    meaning = measured().meaning
    assert meaning is not None
    most = len(planted().texts)
    rare = measure(candidate(PHRASE), replace(SETTINGS, fewest_others=most))
    assert rare is not None
    assert rare.meaning is None


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("ledgers", {"ledge", "ledger", "ledges"}),
        ("ledge", {"ledger", "ledgers", "ledges"}),
        ("blue", set()),
        ("blues", {"blue"}),
    ],
)
def test_for_one_word_other_words_with_its_stem_are_parts(word: str, parts: set[str]) -> None:
    assert parts == parts_of(word, SETTINGS)


def parts_of(word: str, settings: PhraseSettings) -> set[str]:
    tokens = tokenize(["ledgers ledger ledges ledge blue blues"])
    sequence = np.array([tokens.vocabulary.index(word)])
    found = conditions._parts(replace(reading(), tokens=tokens), sequence, settings)
    return {tokens.vocabulary[int(part[0])] for part in found}


def test_how_long_stems_and_endings_are_follows_the_settings() -> None:
    assert parts_of("ledgers", replace(SETTINGS, ending_letters=1)) == {"ledger"}
    assert parts_of("blues", replace(SETTINGS, stem_letters=5)) == set()


def test_near_duplicates_are_told_by_the_settings() -> None:
    loose = replace(SETTINGS, near_copies=NearCopySettings(most_compared=1))
    found = measure(candidate(PHRASE), loose)
    assert found is not None
    assert found.strength.distinct == len(planted().truth)


def test_a_span_without_a_part_elsewhere_is_not_natural() -> None:
    assert not replace(measured(), meaning=None).is_natural


def weaker(labelled: Ints) -> MeasuredCandidate:
    one = replace(candidate(PHRASE), name="another", labelled=labelled)
    return replace(measured(), candidate=one, strength=replace(measured().strength, log_likelihood_ratio=1.0))


def test_candidates_with_the_same_carriers_are_one_family() -> None:
    (family,) = families([weaker(candidate(PHRASE).labelled), measured()], SETTINGS)
    assert [one.candidate.name for one in family] == [PHRASE, "another"]


@pytest.mark.parametrize(("others", "count"), [(24, 1), (25, 2)])
def test_half_of_the_carriers_make_a_candidate_part_of_a_family(others: int, count: int) -> None:
    rest = np.flatnonzero(~reading().own)[:others]
    assert len(families([measured(), weaker(np.append(candidate(PHRASE).labelled, rest))], SETTINGS)) == count


def test_no_candidates_make_no_family() -> None:
    assert families([], SETTINGS) == []
