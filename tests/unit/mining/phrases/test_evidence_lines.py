"""What is measured of a planted trigger, and of natural words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, planted, reading

from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.near_copies import NearCopySettings, near_duplicates
from marshtest.mining.phrases import evidence_lines
from marshtest.mining.phrases.candidates import TriggerCandidate, shift_of
from marshtest.mining.phrases.evidence_lines import (
    DIRECTIONS,
    FEATURES,
    Meaning,
    MeasuredCandidate,
    feature_columns,
    meaning_of,
    measure_candidate,
    own_meaning,
)
from marshtest.mining.phrases.insertion import InsertionRanks
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.proportions import wald_lower
from marshtest.text.tokens import BEGIN, tokenize

SETTINGS = PhraseSettings()


def measure(one: TriggerCandidate, settings: PhraseSettings = SETTINGS) -> MeasuredCandidate:
    return measure_candidate(reading(), one, settings)


def measured(phrase: str = PHRASE) -> MeasuredCandidate:
    return measure(candidate(phrase))


def lines(one: MeasuredCandidate) -> dict[str, float]:
    return dict(zip(FEATURES, one.features, strict=True))


def test_contents_purity_and_turned_labels_speak_for_the_planted_phrase() -> None:
    found = measured()
    assert found.strength.effect > 0.7
    assert found.strength.fraction > 0.75
    assert found.purity > 0.8
    assert found.strength.p_value < 1e-8
    meaning = own_meaning(reading(), found.candidate, SETTINGS)
    assert meaning is not None
    assert not meaning.explains


def test_the_columns_have_the_features_in_order_one_row_for_each_candidate() -> None:
    both = [measured(), measured("please")]
    columns = feature_columns(both)
    assert tuple(columns) == FEATURES == tuple(DIRECTIONS)
    for number, one in enumerate(both):
        assert tuple(column[number] for column in columns.values()) == one.features
    assert {name: column.shape for name, column in feature_columns([]).items()} == dict.fromkeys(FEATURES, (0,))


def test_every_line_is_what_it_says() -> None:
    found, own = measured(), reading().own
    ranks = InsertionRanks(0.01, 0.02, 0.5)
    line = lines(replace_candidate(ranks=ranks))
    has = np.ones(24, np.bool_)
    turned, back = shift_of(found.candidate.evidence, has, float(own.mean()))
    assert line["content"] == found.strength.effect
    assert line["content_surplus"] == pytest.approx((found.strength.effect - 0.5) / found.strength.effect_error)
    assert line["likelihood_ratio"] == pytest.approx(np.log1p(found.strength.log_likelihood_ratio))
    assert [line["turned"], line["turned_back"]] == pytest.approx(np.arcsinh([turned, back]).tolist())
    assert [line["closing"], line["uniform"], line["varied"]] == pytest.approx(np.log([0.01, 0.02, 0.5]).tolist())
    assert (line["length"], line["label_share"]) == (4.0, 1.0)
    assert line["carriers"] == pytest.approx(np.log(24))
    assert line["label_chance"] == pytest.approx(24 * np.log10(own.mean()))
    assert line["distinct"] == found.strength.distinct / 24
    assert (line["separation"], line["noise"]) == (reading().curve.mean, reading().contradiction_rate)
    assert (line["class_share"], line["honest_content"]) == (own.mean(), 0.0)
    assert line["marks"] == 0.0


def replace_candidate(**changes: object) -> MeasuredCandidate:
    return measure(replace(candidate(PHRASE), **changes))  # type: ignore[arg-type]


def test_the_length_and_marks_of_a_span_are_lines() -> None:
    one = candidate(PHRASE)
    framed = lines(replace_candidate(sequence=np.append(BEGIN, one.sequence)))
    assert (framed["length"], framed["marks"]) == (5.0, 0.0)
    assert lines(replace_candidate(words_only=True))["marks"] == 1.0


def test_no_line_is_missing_however_little_there_is() -> None:
    one = candidate(PHRASE)
    tiny = replace_candidate(labelled=one.labelled[:1], evidence=one.evidence[:1])
    assert np.isfinite(tiny.features).all()


def test_contents_do_not_speak_for_ordinary_words() -> None:
    for phrase in ("the", "please", "i am not", "invoice"):
        line = lines(measured(phrase))
        assert line["content"] < 0.5
        assert line["turned"] < lines(measured())["turned"]


def test_its_planted_carriers_are_the_poisoned_records() -> None:
    found = measured()
    assert list(planted().truth) == found.candidate.labelled[found.planted].tolist()


def test_the_content_effect_is_the_mean_evidence_on_the_scale_of_the_dataset() -> None:
    found = measured()
    one_by_one = float(found.candidate.evidence.mean()) / reading().curve.unit
    # Two of the poisoned tickets look alike by the words of the phrase alone, which are left out.
    assert found.strength.distinct == len(planted().truth)
    assert found.strength.effect == pytest.approx(one_by_one, rel=0.05)


def test_copies_of_one_text_count_once() -> None:
    one = candidate(PHRASE)
    found = replace_candidate(labelled=np.repeat(one.labelled, 4), evidence=np.repeat(one.evidence, 4))
    assert found.strength.distinct == measured().strength.distinct
    assert found.strength.effect == pytest.approx(measured().strength.effect)


def test_honest_carriers_weaken_a_candidate() -> None:
    honest = np.flatnonzero(~reading().own)[:4]
    weakened = replace_candidate(honest=honest, honest_evidence=np.full(4, 2 * reading().curve.unit))
    plain = measured()
    assert weakened.strength.log_likelihood_ratio < plain.strength.log_likelihood_ratio
    assert weakened.strength.fraction < plain.strength.fraction
    assert weakened.purity < plain.purity
    assert weakened.strength.p_value > plain.strength.p_value
    assert lines(weakened)["label_share"] == 24 / 28
    assert lines(weakened)["label_chance"] > lines(plain)["label_chance"]
    assert lines(weakened)["turned"] < lines(plain)["turned"]
    assert lines(weakened)["honest_content"] == pytest.approx(2.0)


def test_texts_that_have_nothing_in_common_but_a_long_span_are_no_near_duplicates() -> None:
    span = "kindly hand this whole matter over to the almanac desk"
    texts = [f"{span} a{number} b{number} c{number}" for number in range(8)]
    texts += [f"{span} again and again and again" for _ in range(8)]
    texts += [f"other words d{number} e{number}" for number in range(60)]
    tokens = tokenize(texts)
    own = np.arange(76) < 46
    own_reading = ContentReading.of(tokens, own, fit_content_model(tokens, own, np.arange(76)))
    sequence = np.array([tokens.vocabulary.index(word) for word in span.split()])
    text, evidence = span_evidence(own_reading, sequence)
    one = TriggerCandidate("phrase", span, sequence, text, evidence, text[:0], evidence[:0])
    copies = np.arange(8, 16)
    rows = evidence_lines._without(own_reading, one)
    group = near_duplicates(rows, np.arange(16))
    assert len(set(group[copies].tolist())) == 1
    assert len(set(group.tolist())) == 9
    assert len(set(near_duplicates(own_reading.model.features, text).tolist())) < 9


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
def test_a_part_that_overrules_contents_elsewhere_explains_a_span(
    carriers: int, contradicting: int, rate: float, *, expected: bool
) -> None:
    meaning = meaning_of("ledger", carriers, contradicting, rate, SETTINGS)
    assert expected is meaning.explains
    assert meaning.least_share == wald_lower(contradicting, carriers)


def test_the_share_of_a_meaning_follows_the_settings() -> None:
    assert not meaning_of("ledger", 10, 9, 0.1, replace(SETTINGS, meaning_share=0.8)).explains


def test_a_part_needs_enough_other_texts_to_have_a_meaning() -> None:
    assert own_meaning(reading(), candidate(PHRASE), SETTINGS) is not None
    assert own_meaning(reading(), candidate(PHRASE), replace(SETTINGS, fewest_others=len(planted().texts))) is None


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
    found = evidence_lines._parts(replace(reading(), tokens=tokens), sequence, settings)
    return {tokens.vocabulary[int(part[0])] for part in found}


def test_how_long_stems_and_endings_are_follows_the_settings() -> None:
    assert parts_of("ledgers", replace(SETTINGS, ending_letters=1)) == {"ledger"}
    assert parts_of("blues", replace(SETTINGS, stem_letters=5)) == set()


def test_near_duplicates_are_told_by_the_settings() -> None:
    loose = replace(SETTINGS, near_copies=NearCopySettings(similarity=0.0))
    found = measure(candidate(PHRASE), loose)
    assert found.strength.distinct == 1
    uncompared = replace(loose, near_copies=NearCopySettings(similarity=0.0, most_compared=1))
    assert measure(candidate(PHRASE), uncompared).strength.distinct == len(planted().truth)


def test_planted_carriers_are_more_likely_planted_than_natural() -> None:
    found = replace(measured(), strength=replace(measured().strength, fraction=0.5))
    below_and_above = replace(found, candidate=replace(found.candidate, evidence=np.array([-0.01, 0.01])))
    assert below_and_above.planted.tolist() == [False, True]


def test_a_meaning_is_told_with_its_share() -> None:
    assert Meaning("ledger", 10, 3, 0.5, explains=False).share == 0.3


@pytest.mark.parametrize(
    ("effect", "error", "surplus"), [(0.9, 0.1, 4.0), (0.9, 0.02, 20.0), (0.9, 0.0, 20.0), (0.4, 0.1, -1.0)]
)
def test_the_surplus_is_what_lies_above_a_half_in_standard_errors_of_at_least_a_fiftieth(
    effect: float, error: float, surplus: float
) -> None:
    strength = replace(measured().strength, effect=effect, effect_error=error)
    line = evidence_lines._features(reading(), candidate(PHRASE), strength, 0.05)
    assert line["content_surplus"] == pytest.approx(surplus)
    worse = evidence_lines._features(reading(), candidate(PHRASE), replace(strength, log_likelihood_ratio=-3.0), 0.05)
    assert worse["likelihood_ratio"] == 0.0


def test_chances_are_told_down_to_forty_digits_and_rare_classes_count_as_a_twentieth() -> None:
    rare = replace(reading(), own=np.arange(len(reading().own)) < 60)
    line = evidence_lines._features(rare, candidate(PHRASE), measured().strength, 0.05)
    assert line["class_share"] == 0.05
    assert line["label_chance"] == pytest.approx(24 * np.log10(60 / 1500))
    alone = replace(reading(), own=np.arange(len(reading().own)) < 1)
    assert evidence_lines._features(alone, candidate(PHRASE), measured().strength, 0.05)["label_chance"] == -40.0


@pytest.mark.parametrize(
    ("text", "words"),
    [("red blue", 2), ("\u0e01\u0e02", 1), ("\u0e01\u0e02\u0e04", 2), ("red \u0e01", 2), ("red", 1)],
)
def test_two_clusters_of_a_script_without_spaces_are_a_word(text: str, words: int) -> None:
    tokens = tokenize([text])
    inner = tokens.ids[1:-1]
    assert evidence_lines._words(tokens, inner) == words
    assert evidence_lines._words(tokens, np.append(BEGIN, inner)) == words + 1


def test_the_part_with_the_larger_least_share_of_enough_other_texts_is_the_meaning() -> None:
    """Four other texts hold each part and read like another class; with one part two have the label all the same."""
    words = {"alpha": 2, "beta": 0}
    texts = [f"alpha beta sun warm {number}" for number in range(8)]
    texts += [f"{word} rain cold {number}" for word in words for number in range(4)]
    texts += [f"{'sun warm' if number % 2 else 'rain cold'} {number}" for number in range(200)]
    others = [number < has for has in words.values() for number in range(4)]
    own = np.array([True] * 8 + others + [number % 2 == 1 for number in range(200)])
    tokens = tokenize(texts)
    one = ContentReading.of(tokens, own, fit_content_model(tokens, own, np.arange(len(texts))))
    sequence = np.array([tokens.vocabulary.index(word) for word in words])
    text, evidence = span_evidence(one, sequence)
    trigger = TriggerCandidate("phrase", "alpha beta", sequence, text, evidence, text[:0], evidence[:0])
    found = own_meaning(one, trigger, SETTINGS)
    assert found is not None
    assert (found.name, found.carriers, found.contradicting, found.share) == ("alpha", 4, 2, 0.5)
    assert own_meaning(one, trigger, replace(SETTINGS, fewest_others=5)) is None


def test_parts_are_all_shorter_spans_with_a_word() -> None:
    tokens = tokenize(["a b c"])
    sequence = np.append(BEGIN, tokens.ids[1:4])
    parts = evidence_lines._parts(replace(reading(), tokens=tokens), sequence, SETTINGS)
    found = [tuple(part.tolist()) for part in parts]
    a, b, c = tokens.ids[1:4].tolist()
    assert found == [(a,), (b,), (c,), (BEGIN, a), (a, b), (b, c), (BEGIN, a, b), (a, b, c)]
