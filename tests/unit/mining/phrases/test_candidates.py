"""Which spans are tested, and which of them are candidates."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, index, planted, reading

from marshtest.mining.growing import GrowthSettings, grown
from marshtest.mining.pattern_names import PatternKind
from marshtest.mining.phrases.candidates import Scan, expected_share, scan, shift_of
from marshtest.mining.phrases.insertion import SpanIndex
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.text.tokens import END, tokenize

GROUP: PatternKind = "group"


@cache
def features() -> dict[str, list[int]]:
    """Give features of the records with the label that read most like another class."""
    evidence = np.where(reading().own, reading().curve(reading().model.score()), -np.inf)
    texts = np.argsort(-evidence)[:20].tolist()
    return {"desk": texts, "five": texts[:5], "four": texts[:4]}


def scanned(**changes: float) -> Scan:
    kinds = dict.fromkeys(features(), GROUP)
    return scan(index(), reading(), features(), kinds, PhraseSettings(**changes))  # type: ignore[arg-type]


@cache
def without_features() -> Scan:
    return scan(index(), reading(), {}, {}, PhraseSettings())


def names(found: Scan) -> set[str]:
    return {one.name for one in found.candidates}


def test_the_trigger_its_parts_and_features_are_candidates() -> None:
    assert {PHRASE, "the blue ledger", "desk"} <= names(scanned())


def test_a_feature_of_five_texts_is_tested_and_one_of_four_is_not() -> None:
    assert scanned().tested - without_features().tested == 2


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"fewest_carriers": 25}, PHRASE),
        ({"largest_share": 23.5 / 1500}, PHRASE),
        ({"least_shift": 1e4, "pure_chance": 0.0}, PHRASE),
        ({"most_measured": 0}, PHRASE),
        ({"least_shift": 1e4}, "desk"),
    ],
    ids=str,
)
def test_what_is_a_candidate_follows_the_settings(changes: dict[str, float], missing: str) -> None:
    assert missing not in names(scanned(**changes))


@pytest.mark.parametrize("changes", [{"largest_share": 24 / 1500}, {"least_shift": 1e4}, {"pure_chance": 0.0}], ids=str)
def test_what_turns_labels_or_goes_purely_with_one_is_a_candidate(changes: dict[str, float]) -> None:
    assert PHRASE in names(scanned(**changes))


def test_spans_longer_than_the_longest_are_no_candidates_unless_they_grow() -> None:
    short = PhraseSettings(longest_span=3)
    three = SpanIndex(reading().tokens, longest=3, fewest=short.fewest_carriers, window=short.window)
    assert PHRASE in names(scan(three, reading(), {}, {}, short))
    assert PHRASE not in names(scan(three, reading(), {}, {}, PhraseSettings(longest_span=3, longest_grown=3)))


def test_a_sentence_grows_until_its_carriers_part() -> None:
    sentence = "kindly hand this whole matter over to the almanac desk"
    texts = [f"a{number} b{number} {sentence} c{number} d{number}" for number in range(20)]
    texts += [f"matter over to the e{number}" for number in range(20)]
    tokens = tokenize(texts)
    seed = np.array([tokens.vocabulary.index(word) for word in ("hand", "this", "whole")])
    found = grown(tokens, seed, GrowthSettings())
    assert " ".join(tokens.vocabulary[token] for token in found) == sentence
    cut = grown(tokens, seed, GrowthSettings(longest=5))
    assert " ".join(tokens.vocabulary[token] for token in cut) == "hand this whole matter over"


@pytest.mark.parametrize(("others", "grows"), [(1, True), (2, False)], ids=["95 of 100 places", "fewer"])
def test_a_span_grows_where_nearly_all_of_its_places_go_on(others: int, *, grows: bool) -> None:
    texts = [f"a{number} red ledger desk c{number}" for number in range(19)]
    texts += [f"a{number} red ledger b{number}" for number in range(others)]
    tokens = tokenize(texts)
    seed = np.array([tokens.vocabulary.index(word) for word in ("red", "ledger")])
    assert (len(grown(tokens, seed, GrowthSettings())) == 3) is grows


def test_a_span_that_ends_a_text_grows_to_the_end_of_the_text_and_no_further() -> None:
    tokens = tokenize([f"a{number} red ledger" for number in range(20)])
    seed = np.array([tokens.vocabulary.index("red")])
    found = grown(tokens, seed, GrowthSettings())
    assert found.tolist() == [seed[0], tokens.vocabulary.index("ledger"), END]


def test_a_feature_that_every_text_has_is_not_tested() -> None:
    everything = {"all": list(range(len(planted().texts)))}
    found = scan(index(), reading(), everything, {"all": "format"}, PhraseSettings())
    assert found.tested == without_features().tested


def test_a_candidate_knows_its_carriers_and_what_their_contents_say() -> None:
    (one,) = [one for one in without_features().candidates if one.name == PHRASE]
    by_hand = candidate(PHRASE)
    assert one.labelled.tolist() == by_hand.labelled.tolist()
    assert one.evidence == pytest.approx(by_hand.evidence)
    assert (one.honest.tolist(), one.carriers) == ([], 24)
    assert 0 < one.ranks.closing <= 1


@pytest.mark.parametrize(
    ("evidence", "own_share", "expected"),
    [(0.0, 0.3, 0.3), (np.log(3), 0.5, 0.25), (99.0, 0.5, 0.0), (-99.0, 0.5, 1.0)],
)
def test_the_expected_share_follows_bayes(evidence: float, own_share: float, expected: float) -> None:
    assert expected_share(np.array([evidence]), own_share)[0] == pytest.approx(expected, abs=1e-12)


HALF = np.append(np.full(20, 3.0), np.full(20, -3.0))
"""Evidence of texts of which half read like the other class."""


def test_a_trigger_turns_labels_one_way() -> None:
    towards, back = shift_of(HALF, np.ones(40, np.bool_), 0.5)
    assert towards > 3
    assert back < 0


def test_a_negation_turns_labels_both_ways() -> None:
    towards, back = shift_of(HALF, HALF > 0, 0.5)
    assert towards == pytest.approx(0.0)
    assert back > 3


def test_a_word_without_an_effect_turns_no_labels() -> None:
    towards, back = shift_of(HALF, HALF < 0, 0.5)
    assert abs(towards) < 1
    assert abs(back) < 1


def test_texts_that_lose_the_label_are_a_shift_the_other_way() -> None:
    assert shift_of(HALF, np.zeros(40, np.bool_), 0.5)[0] < -3


def test_where_no_content_reads_like_the_class_nothing_is_turned_back() -> None:
    assert shift_of(np.full(20, 3.0), np.ones(20, np.bool_), 0.5)[1] == 0.0


def test_a_shift_is_a_z_score() -> None:
    # Four texts at even odds: two are expected, with a variance of 1 and a quarter more.
    assert shift_of(np.zeros(4), np.ones(4, np.bool_), 0.5)[0] == pytest.approx(2 / np.sqrt(1.25))
