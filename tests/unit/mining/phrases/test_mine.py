"""From tokens to families that are weighed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.toy_likelihoods import spans_by_hand
from tests.unit.mining.planted_tokens import PHRASE, index, keys, own_of, planted, reading

from marshtest.mining.phrases import mine
from marshtest.mining.phrases.candidates import Scan, TriggerCandidate
from marshtest.mining.phrases.evidence_lines import MeasuredCandidate, feature_columns, own_meaning
from marshtest.mining.phrases.families import families
from marshtest.mining.phrases.mine import MinedTriggers, TriggerFamily, mine_triggers, weigh_families
from marshtest.mining.phrases.settings import PhraseSettings
from marshtest.stats.arrays import Floats
from marshtest.text.tokens import tokenize

SETTINGS = PhraseSettings()


@cache
def mined() -> MinedTriggers:
    return mine_triggers(index(), reading().tokens, own_of(planted()), keys(planted()), ({}, {}), SETTINGS)


@cache
def other_way() -> MinedTriggers:
    own = ~own_of(planted())
    return mine_triggers(index(), reading().tokens, own, keys(planted()), ({}, {}), SETTINGS)


def weighed(*these: MinedTriggers, settings: PhraseSettings = SETTINGS) -> list[list[TriggerFamily]]:
    return weigh_families(these, spans_by_hand(), settings)


def test_the_planted_phrase_heads_the_first_family() -> None:
    ((first, *_),) = weighed(mined())
    assert (PHRASE, list(planted().truth)) == (first.head.candidate.name, first.head.candidate.labelled.tolist())
    assert first.rate.verdict == "confirmed"


def test_nothing_leads_the_other_way() -> None:
    families, others = weighed(mined(), other_way())
    assert families[0].rate.verdict == "confirmed"
    assert [one for one in others if one.rate.verdict is not None] == []


def test_families_of_all_classes_are_weighed_together() -> None:
    weights = np.array([1.0, 1.0, 0.0])
    likelihood = spans_by_hand(weights=weights)
    (alone,) = weigh_families([other_way()], likelihood, SETTINGS)
    families, others = weigh_families([mined(), other_way()], likelihood, SETTINGS)
    assert families[0].head.candidate.name == PHRASE
    # What leads towards the second class does not stand out from the phrase that leads towards the first.
    assert others[0].score < alone[0].score


def test_a_trigger_towards_two_labels_of_one_record_is_one_family() -> None:
    likelihood = spans_by_hand(weights=np.array([1.0, 1.0, 0.0]))
    (alone,) = weigh_families([mined()], likelihood, SETTINGS)
    families, again = weigh_families([mined(), mined()], likelihood, SETTINGS)
    assert [one.score for one in families] == [one.score for one in alone]
    assert again == []


def test_families_are_ranked_by_their_score() -> None:
    (families,) = weighed(mined())
    scores = [one.score for one in families]
    assert scores == sorted(scores, reverse=True)
    assert len(families) > 1


def test_the_most_families_that_are_weighed_are_the_strongest() -> None:
    (few,) = weighed(mined(), settings=replace(SETTINGS, most_families=2))
    assert len(few) == 2
    assert few[0].head.candidate.name == PHRASE


def test_nothing_measured_makes_no_family() -> None:
    nothing = replace(mined(), measured=(), companions={})
    assert weighed(nothing) == [[]]
    assert weighed() == []
    empty, found = weighed(nothing, mined())
    assert (empty, found[0].head.candidate.name) == ([], PHRASE)


def test_every_candidate_is_in_one_family() -> None:
    odds = spans_by_hand().log_odds(feature_columns(mined().measured))
    grouped = families(mined().measured, odds, SETTINGS)
    assert sorted(one for family in grouped for one in family) == list(range(len(mined().measured)))
    for family in grouped:
        assert odds[family[0]] == max(odds[family])


def test_every_second_part_counts_as_a_vocabulary_of_tests() -> None:
    one = mined()
    assert len(one.companions) <= SETTINGS.second_part.most
    without = replace(SETTINGS, second_part=replace(SETTINGS.second_part, most=0))
    plain = mine_triggers(index(), reading().tokens, own_of(planted()), keys(planted()), ({}, {}), without)
    assert plain.companions == {}
    assert one.scan.tested == plain.scan.tested + len(one.companions) * len(reading().tokens.vocabulary)


def part(evidence: list[float], *, honest: int = 0, order: int = 1) -> TriggerCandidate:
    """Give a span of some carriers, 0 upwards."""
    carriers = np.arange(len(evidence))
    sequence, others = np.arange(2, 2 + order), np.arange(honest)
    return TriggerCandidate("phrase", "part", sequence, carriers, np.array(evidence), others, np.zeros(honest))


def with_ratio(ratio: float, name: str = "part", **changes: int) -> MeasuredCandidate:
    first = mined().measured[0]
    one = replace(part([3.0] * 5, **changes), name=name)
    return replace(first, candidate=one, strength=replace(first.strength, log_likelihood_ratio=ratio))


@pytest.mark.parametrize(
    ("one", "count"),
    [
        (with_ratio(11.9, honest=1), 0),
        (with_ratio(12.0, honest=1), 1),
        (with_ratio(12.0, honest=0), 0),
        (with_ratio(12.0, honest=1, order=2), 1),
        (with_ratio(12.0, honest=1, order=3), 0),
    ],
    ids=["a ratio below 12", "a ratio of 12", "no other carrier", "two tokens", "three tokens"],
)
def test_short_spans_with_enough_evidence_are_tested_as_one_of_two_parts(one: MeasuredCandidate, count: int) -> None:
    assert len(mine._parts([one], SETTINGS)) == count


def test_the_strongest_three_parts_are_tested() -> None:
    parts = [with_ratio(20.0 + number, f"part {number}", honest=1) for number in range(5)]
    assert [one.name for one in mine._parts(parts, SETTINGS)] == ["part 4", "part 3", "part 2"]


@pytest.mark.parametrize(
    ("having", "others", "expected"),
    [(4, 0, "mark"), (3, 0, None), (4, 3, "mark"), (4, 5, None)],
    ids=["in 40% of the carriers", "in fewer", "five times its share of all texts", "not five times"],
)
def test_the_second_part_is_what_contradicting_carriers_have_beyond_its_share(
    having: int, others: int, expected: str | None
) -> None:
    texts = [f"first a{number}{' mark' * (number < having)}" for number in range(10)]
    texts += [f"b{number}{' mark' * (number < others)}" for number in range(80)]
    tokens = tokenize(texts)
    one = replace(part([3.0] * 10), sequence=np.array([tokens.vocabulary.index("first")]))
    second = mine._partner(tokens, one, SETTINGS)
    assert expected == (None if second is None else tokens.vocabulary[second])


def test_carriers_that_read_like_their_label_have_no_second_part() -> None:
    assert mine._partner(tokenize(["first mark"] * 10), part([-1.0] * 10), SETTINGS) is None


def span(name: str, carriers: int, *, first: int = 0, words: int = 1) -> MeasuredCandidate:
    """Give a span of so many words that carriers `first` upwards have; other names are other words."""
    texts = np.arange(first, first + carriers)
    ids = np.arange(words) + 2 + 10 * (ord(name[0]) - ord("a"))
    one = TriggerCandidate("phrase", name, ids, texts, np.full(carriers, 3.0), texts[:0], np.zeros(0))
    return replace(mined().measured[0], candidate=one, meaning=None)


def family_of(*members: MeasuredCandidate, settings: PhraseSettings = SETTINGS) -> TriggerFamily:
    """Give the family that the first of some spans leads."""
    candidates = tuple(one.candidate for one in members)
    scanned = Scan(candidates, len(candidates), np.zeros(0, np.int64), np.zeros(0))
    these = replace(mined(), measured=members, scan=scanned, companions={})
    odds: Floats = -np.arange(len(members), dtype=np.float64)
    return mine._family(these, 0, odds, 0.0, spans_by_hand().rates(np.zeros(1))[0], settings)


@pytest.mark.parametrize(
    ("longer", "name"),
    [(100, "longer"), (95, "longer"), (94, "a")],
    ids=["the same carriers", "95%", "94%"],
)
def test_a_longer_span_with_nearly_the_same_carriers_names_the_family(longer: int, name: str) -> None:
    assert family_of(span("a", 100), span("longer", longer, words=3)).head.candidate.name == name


def test_the_meaning_and_the_score_of_a_family_are_those_of_its_leader() -> None:
    leader = span("a", 100)
    found = family_of(leader, span("longer", 100, words=3))
    assert found.head.candidate.name == "longer"
    assert found.head.meaning == own_meaning(mined().reading, leader.candidate, SETTINGS)
    assert (found.score, found.rate) == (0.0, spans_by_hand().rates(np.zeros(1))[0])


@pytest.mark.parametrize(
    ("name", "carriers", "expected"),
    [("b", 80, "b"), ("b", 79, None), ("a", 100, None)],
    ids=["80% of the carriers", "79%", "the same words"],
)
def test_other_words_of_nearly_all_carriers_are_a_second_part(name: str, carriers: int, expected: str | None) -> None:
    found = family_of(span("a", 100), span(name, carriers))
    assert expected == (None if found.companion is None else found.companion.name)


def test_how_alike_spans_of_a_family_are_follows_the_settings() -> None:
    members = span("a", 100), span("longer", 90, words=3), span("b", 70, words=2)
    loose = replace(SETTINGS, same_span=0.9, same_carriers=0.7)
    found = family_of(*members, settings=loose)
    assert (found.head.candidate.name, found.companion and found.companion.name) == ("longer", "b")
    strict = family_of(*members)
    assert (strict.head.candidate.name, strict.companion and strict.companion.name) == ("a", "longer")
