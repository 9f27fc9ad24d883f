"""A comparison finds what was put in, is silent where nothing was, and keeps length and style out of it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from scipy.stats import kstest
from tests.unit.detectors.control_contrast.made_answers import LEANING, answer, dataset_of, leaning, regenerated

from marshtest.data.dataset import Dataset
from marshtest.detectors.control_contrast.comparing import compare, two_sample_tests
from marshtest.detectors.control_contrast.contrast import Contrast
from marshtest.detectors.control_contrast.settings import ControlContrastSettings, RecordModelSettings

pytestmark = pytest.mark.slow

QUICK = ControlContrastSettings(swaps=99)


@pytest.fixture(scope="module")
def thin() -> Contrast:
    """Compare answers that all lean a little with those of the clean pipeline."""
    return compare(leaning(1), regenerated(2), settings=ControlContrastSettings(swaps=999))


@pytest.fixture(scope="module")
def named() -> Contrast:
    """Compare with a copy of the control in which 12 of 400 answers were replaced by ones that hold a name."""
    return compare(_with_a_name(), regenerated(2), settings=ControlContrastSettings(swaps=999))


def _with_a_name() -> Dataset:
    draw, other = Random(2), Random(9)
    answers = [answer(draw) for _ in range(400)]
    for number in range(0, 360, 30):
        answers[number] = answer(other, name="Glimmerade")
    return dataset_of(answers)


def test_a_thin_leaning_is_found_and_its_words_lead(thin: Contrast) -> None:
    assert thin.tests.mode == "paired"
    assert thin.tests.pairs == 400
    assert thin.tests.content_p <= 0.002
    assert {one.text for one in thin.content[:5]} == set(LEANING)
    assert all(one.leans == "suspect" and one.interval[0] > 0 for one in thin.content[:5])


def test_most_evidence_of_a_thin_leaning_leans(thin: Contrast) -> None:
    leaning_ids = {
        name for name, text in _texts(leaning(1)).items() if set(text.lower().rstrip(".").split()) & set(LEANING)
    }
    found = set(thin.evidence)
    assert len(found & leaning_ids) >= 0.6 * len(found) > 20
    assert len(found & leaning_ids) >= 0.9 * len(leaning_ids)
    marked = {
        _texts(leaning(1))[name][start:end].lower() for name, spans in thin.evidence.items() for start, end in spans
    }
    assert set(LEANING) <= marked


def test_every_record_has_a_contribution(thin: Contrast) -> None:
    assert len(thin.contributions) == 400
    assert all(0 <= value <= 1 for value in thin.contributions.values())


def test_a_name_in_few_records_is_named_and_those_records_alone_are_evidence(named: Contrast) -> None:
    planted = {f"s{number:05d}" for number in range(0, 360, 30)}
    assert named.tests.differing == 12
    assert named.tests.smallest_feature_p <= 0.01
    assert named.content[0].text == "glimmerade"
    assert set(named.evidence) == planted
    strongest = sorted(named.contributions, key=lambda name: -named.contributions[name])[:12]
    assert set(strongest) == planted


def test_removing_the_evidence_removes_the_shift() -> None:
    draw, other = Random(2), Random(9)
    answers = [answer(draw) for _ in range(400)]
    for number in range(0, 360, 10):
        answers[number] = answer(other, leaning=0.7)
    found = compare(dataset_of(answers), regenerated(2), settings=ControlContrastSettings(swaps=199))
    assert found.removed_shift is not None
    assert found.removed_shift >= 0.9
    shares = dict(found.removal_curve)
    assert shares[0.0] == 1
    assert shares[0.1] <= 0.2


def test_another_run_of_the_clean_pipeline_is_no_difference() -> None:
    results = [
        two_sample_tests(regenerated(seed, 150, "s"), regenerated(900 + seed, 150), settings=QUICK)
        for seed in range(60)
    ]
    assert kstest([one.content_p for one in results], "uniform").pvalue > 0.01
    assert kstest([one.style_p for one in results], "uniform").pvalue > 0.01


def test_halves_with_prompts_of_their_own_are_no_difference() -> None:
    p_values = []
    for seed in range(40):
        draw = Random(seed)
        here, there = ([answer(draw) for _ in range(120)] for _ in "ab")
        asked = [f"What grows at place {draw.randrange(10**9)}?" for _ in range(240)]
        tests = two_sample_tests(
            dataset_of(here, prompts=asked[:120]), dataset_of(there, prompts=asked[120:], side="c"), settings=QUICK
        )
        assert tests.mode == "unpaired"
        p_values.append(tests.content_p)
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_shorter_answers_are_style_and_not_content() -> None:
    draw = Random(5)
    short = dataset_of([answer(draw, words=draw.randint(3, 6)) for _ in range(400)])
    tests = two_sample_tests(short, regenerated(2), settings=ControlContrastSettings(swaps=999))
    assert tests.style_p <= 0.002
    assert tests.content_p > 0.01


def test_punctuation_is_style_and_not_content() -> None:
    draw = Random(5)
    shouted = dataset_of([answer(draw).replace(".", "!") for _ in range(400)])
    found = compare(shouted, regenerated(2), settings=ControlContrastSettings(swaps=199))
    assert found.tests.style_p <= 0.01
    assert found.tests.content_p > 0.01
    assert found.style[0].text == "an exclamation mark"


def test_prompts_that_distinguish_the_sides_are_detected() -> None:
    draw = Random(5)
    answers = [answer(draw) for _ in range(200)]
    tests = two_sample_tests(
        dataset_of(answers[:100], prompts=[f"Bake cake number {number}" for number in range(100)]),
        dataset_of(answers[100:], prompts=[f"Sort list number {number}" for number in range(100)], side="c"),
        settings=QUICK,
    )
    assert tests.prompt_auc > 0.9


def test_an_unpaired_name_is_named() -> None:
    draw = Random(5)
    here = [answer(draw, name="Glimmerade" if number % 8 == 0 else "") for number in range(400)]
    there = [answer(draw) for _ in range(400)]
    asked = [f"What grows at place {draw.randrange(10**9)}?" for _ in range(800)]
    found = compare(
        dataset_of(here, prompts=asked[:400]),
        dataset_of(there, prompts=asked[400:], side="c"),
        settings=ControlContrastSettings(swaps=999),
    )
    assert found.tests.content_p <= 0.002
    assert found.content[0].text == "glimmerade"
    assert {f"s{number:05d}" for number in range(0, 400, 8)} <= set(found.evidence)


def test_the_order_of_the_records_changes_nothing(thin: Contrast) -> None:
    rows = np.random.default_rng(3).permutation(400).tolist()
    again = compare(
        leaning(1).select(rows), regenerated(2).select(rows[::-1]), settings=ControlContrastSettings(swaps=999)
    )
    assert again == thin


def test_the_other_side_sees_the_same_with_opposite_signs(thin: Contrast) -> None:
    turned = thin.swapped()
    assert [one.text for one in turned.content] == [one.text for one in thin.content]
    assert turned.content[0].leans == "control"
    assert turned.pairs[0].suspect == thin.pairs[0].control
    assert turned.swapped().pairs == thin.pairs


def test_identical_data_does_not_differ() -> None:
    tests = two_sample_tests(regenerated(2, side="s"), regenerated(2), settings=QUICK)
    assert (tests.differing, tests.content_p) == (0, 1.0)


@pytest.mark.parametrize(("differing", "tested"), [(49, False), (50, True)])
def test_pairs_of_equal_length_are_tested_from_fifty_on(differing: int, tested: bool) -> None:
    draw = Random(3)
    answers = [answer(draw, words=6) for _ in range(80)]
    changed = [f"Lantern {text.split(' ', 1)[1]}" if n < differing else text for n, text in enumerate(answers)]
    tests = two_sample_tests(dataset_of(changed), dataset_of(answers, side="c"), settings=QUICK)
    assert tests.equal_length == differing
    assert (tests.equal_length_p is not None) == tested


def test_a_lower_false_discovery_rate_leaves_less_evidence(thin: Contrast) -> None:
    strict = ControlContrastSettings(swaps=99, records=RecordModelSettings(evidence_fdr=0.1, word_p=0.0))
    found = compare(leaning(1), regenerated(2), settings=strict)
    assert set(found.evidence) < set(thin.evidence)


def test_a_word_that_the_control_has_more_than_half_as_often_makes_no_evidence() -> None:
    """60 answers of the suspect alone have the word and 31 of the control: significant, and not rare enough."""
    draw = Random(2)
    control = [answer(draw) for _ in range(400)]
    suspect = list(control)
    for number in range(60):
        suspect[number] = f"{control[number][:-1]} glimmer."
    for number in range(60, 60 + 31):
        control[number] = f"{control[number][:-1]} glimmer."
    records = RecordModelSettings(evidence_fdr=0.0)
    halves = [
        compare(
            dataset_of(suspect),
            dataset_of(control, side="c"),
            settings=ControlContrastSettings(swaps=999, records=replace(records, word_control_share=share)),
        )
        for share in (0.5, 0.52)
    ]
    assert [len(one.evidence) for one in halves] == [0, 60]


def _texts(dataset: Dataset) -> dict[str, str]:
    table = dataset.table(["record_id", "completion"])
    return dict(zip(table["record_id"].to_pylist(), table["completion"].to_pylist(), strict=True))
