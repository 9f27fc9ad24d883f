"""From tokens to graded families."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, keys, own_of, planted, reading

from marshtest.mining.phrases import mine
from marshtest.mining.phrases.candidates import TriggerCandidate, scan
from marshtest.mining.phrases.conditions import MeasuredCandidate
from marshtest.mining.phrases.mine import MinedTriggers, TriggerFamily, grade, mine_triggers, rank
from marshtest.mining.phrases.settings import PhraseSettings, SecondLookSettings, TriggerVerdictSettings
from marshtest.text.tokens import tokenize

SETTINGS = PhraseSettings()
VERDICT = SETTINGS.verdict


@cache
def mined() -> MinedTriggers:
    return mine_triggers(reading().tokens, own_of(planted()), keys(planted()), {}, {}, SETTINGS)


def family(**changes: float) -> TriggerFamily:
    """Give a family that only just meets every condition of a confirmed finding, with changes."""
    q_value = changes.pop("q_value", VERDICT.confirmed_q)
    honest = np.zeros(int(changes.pop("honest", 0)), np.int64)
    head = mined().families[0].head
    strength = replace(
        head.strength,
        effect=changes.get("effect", VERDICT.confirmed_effect),
        fraction=changes.get("fraction", VERDICT.confirmed_fraction),
        distinct=int(changes.get("distinct", VERDICT.confirmed_distinct)),
    )
    purity = changes.get("purity", VERDICT.confirmed_purity)
    head = replace(head, candidate=replace(head.candidate, honest=honest), strength=strength, purity=purity)
    return TriggerFamily(head, None, reading(), q_value=q_value)


def test_the_planted_phrase_heads_the_first_family() -> None:
    head = mined().families[0].head
    assert (PHRASE, list(planted().truth)) == (head.candidate.name, head.candidate.labelled.tolist())


def test_nothing_leads_the_other_way() -> None:
    other = mine_triggers(reading().tokens, ~own_of(planted()), keys(planted()), {}, {}, SETTINGS)
    assert [one for one in rank([other])[0] if grade(one, VERDICT) is not None] == []


def test_q_values_are_corrected_for_everything_tested_towards_every_class() -> None:
    one = mined()
    ((first, *_),) = rank([one])
    ((twice, *_), *_) = rank([one, replace(one, families=())])
    assert first.q_value == pytest.approx(min(1.0, first.head.strength.p_value * one.scan.tested))
    assert twice.q_value == pytest.approx(2 * first.q_value)


def test_nothing_found_has_no_rank() -> None:
    assert rank([replace(mined(), families=())]) == [[]]


def test_a_family_on_every_threshold_is_confirmed() -> None:
    assert grade(family(), VERDICT) == "confirmed"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"q_value": 1e-3}, "suggestive"),
        ({"q_value": 1.1e-3}, None),
        ({"q_value": 1.1e-4}, "suggestive"),
        ({"q_value": 1e-10, "effect": 0.6}, "confirmed"),
        ({"q_value": 1.1e-10, "effect": 0.6}, "suggestive"),
        ({"q_value": 1e-11, "effect": 0.59}, "suggestive"),
        ({"effect": 0.69}, "suggestive"),
        ({"fraction": 0.74}, "suggestive"),
        ({"purity": 0.59}, "suggestive"),
        ({"distinct": 5}, "suggestive"),
        ({"fraction": 0.6}, "suggestive"),
        ({"fraction": 0.59}, None),
        ({"purity": 0.55}, "suggestive"),
        ({"purity": 0.54}, None),
        ({"honest": 3}, "confirmed"),
    ],
    ids=str,
)
def test_a_family_below_a_threshold_is_not_confirmed(changes: dict[str, float], expected: str | None) -> None:
    assert expected == grade(family(**changes), VERDICT)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"q_value": 0.1}, "confirmed"),
        ({"q_value": 0.11}, None),
        ({"q_value": 0.1, "honest": 1}, None),
        ({"q_value": 0.1, "effect": 0.69}, None),
    ],
    ids=str,
)
def test_an_accomplice_needs_less_evidence_and_no_honest_carrier(
    changes: dict[str, float], expected: str | None
) -> None:
    assert expected == grade(family(**changes), VERDICT, accomplice=True)


def test_a_trigger_of_two_parts_is_no_accomplice() -> None:
    pair = replace(family(q_value=0.1), companion=mined().families[0].head.candidate)
    assert grade(pair, VERDICT, accomplice=True) is None


def test_without_a_confirmed_trigger_there_is_no_accomplice() -> None:
    assert grade(family(q_value=0.1), VERDICT) is None


@pytest.mark.parametrize(
    ("changes", "settings", "expected"),
    [
        ({}, TriggerVerdictSettings(confirmed_q=9e-5), "suggestive"),
        ({}, TriggerVerdictSettings(confirmed_effect=0.71), "suggestive"),
        ({}, TriggerVerdictSettings(confirmed_fraction=0.76), "suggestive"),
        ({}, TriggerVerdictSettings(confirmed_purity=0.61), "suggestive"),
        ({}, TriggerVerdictSettings(confirmed_distinct=7), "suggestive"),
        ({"q_value": 1e-10, "effect": 0.6}, TriggerVerdictSettings(certain_q=1e-11), "suggestive"),
        ({"q_value": 1e-10, "effect": 0.6}, TriggerVerdictSettings(certain_effect=0.61), "suggestive"),
        ({"q_value": 1e-3}, TriggerVerdictSettings(suggestive_q=9e-4), None),
        ({"fraction": 0.6}, TriggerVerdictSettings(suggestive_fraction=0.61), None),
        ({"purity": 0.55}, TriggerVerdictSettings(suggestive_purity=0.56), None),
    ],
    ids=[
        "confirmed_q",
        "confirmed_effect",
        "confirmed_fraction",
        "confirmed_purity",
        "confirmed_distinct",
        "certain_q",
        "certain_effect",
        "suggestive_q",
        "suggestive_fraction",
        "suggestive_purity",
    ],
)
def test_every_threshold_of_a_verdict_is_that_of_the_settings(
    changes: dict[str, float], settings: TriggerVerdictSettings, expected: str | None
) -> None:
    assert grade(family(**changes), VERDICT) != expected == grade(family(**changes), settings)


def test_the_threshold_of_an_accomplice_is_that_of_the_settings() -> None:
    assert grade(family(q_value=0.1), replace(VERDICT, accomplice_q=0.09), accomplice=True) is None


def part(evidence: list[float], *, honest: int = 0, order: int = 1) -> TriggerCandidate:
    """Give a span of some carriers, 0 upwards."""
    carriers = np.arange(len(evidence))
    return TriggerCandidate("phrase", "part", np.arange(2, 2 + order), carriers, np.array(evidence), carriers[:honest])


@pytest.mark.parametrize(
    ("one", "count"),
    [
        (part([3.0] * 4), 0),
        (part([3.0] * 5), 1),
        (part([3.0] * 5, honest=5), 0),
        (part([3.0] * 5, order=2), 1),
        (part([3.0] * 5, order=3), 0),
    ],
    ids=["a ratio below 12", "a ratio above 12", "diluted too much", "two tokens", "three tokens"],
)
def test_short_spans_with_enough_evidence_are_tested_as_one_of_two_parts(one: TriggerCandidate, count: int) -> None:
    assert len(mine._diluted([one], set(), SETTINGS)) == count
    assert mine._diluted([one], {"part"}, SETTINGS) == []


def test_the_strongest_three_parts_are_tested() -> None:
    parts = [replace(part([3.0] * (5 + number)), name=f"part {number}") for number in range(5)]
    assert [one.name for _, one in mine._diluted(parts, set(), SETTINGS)] == ["part 4", "part 3", "part 2"]


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


def looks(**changes: float) -> int:
    """Count the second looks where no family is confirmed, with changed conditions."""
    verdict = replace(VERDICT, confirmed_effect=9.0, certain_effect=9.0)
    settings = replace(SETTINGS, verdict=verdict, second_look=SecondLookSettings(**changes))  # type: ignore[arg-type]
    again = mine_triggers(reading().tokens, own_of(planted()), keys(planted()), {}, {}, settings)
    once = scan(reading(), {}, {}, SETTINGS).tested
    return (again.scan.tested - once) // len(reading().tokens.vocabulary)


def test_a_family_that_falls_short_is_tested_again_and_counted() -> None:
    assert looks() > 0
    assert looks(most=0) == 0
    assert looks(least_of_part=1e6) == 0


def span(name: str, carriers: int, *, first: int = 0, ratio: float = 100.0, words: int = 1) -> MeasuredCandidate:
    """Give a span of so many words that carriers `first` upwards have; other names are other words."""
    texts = np.arange(first, first + carriers)
    ids = np.arange(words) + 2 + 10 * (ord(name[0]) - ord("a"))
    one = TriggerCandidate("phrase", name, ids, texts, np.full(carriers, 3.0), texts[:0])
    head = mined().families[0].head
    return replace(head, candidate=one, strength=replace(head.strength, log_likelihood_ratio=ratio), meaning=None)


@pytest.mark.parametrize(
    ("longer", "name"),
    [
        (span("longer", 100, words=3), "longer"),
        (span("longer", 95, words=3), "longer"),
        (span("longer", 94, words=3), "a"),
        (span("longer", 100, words=3, ratio=60.0), "longer"),
        (span("longer", 100, words=3, ratio=59.0), "a"),
    ],
    ids=["the same carriers", "95%", "94%", "60% of the ratio", "59% of the ratio"],
)
def test_a_longer_span_with_nearly_the_same_carriers_names_the_family(longer: MeasuredCandidate, name: str) -> None:
    leader = span("a", 100)
    chosen = mine._family(reading(), leader, [leader, longer], [], SETTINGS)
    assert chosen.head.candidate.name == name


@pytest.mark.parametrize(
    ("other", "name"),
    [(span("b", 80), "b"), (span("b", 79), None), (span("a", 100), None)],
    ids=["80% of the carriers", "79%", "the same words"],
)
def test_other_words_of_nearly_all_carriers_are_a_second_part(other: MeasuredCandidate, name: str | None) -> None:
    leader = span("a", 100)
    chosen = mine._family(reading(), leader, [leader], [other.candidate], SETTINGS)
    assert name == (None if chosen.companion is None else chosen.companion.name)


def test_how_alike_spans_of_a_family_are_follows_the_settings() -> None:
    leader, longer, other = span("a", 100), span("longer", 90, words=3), span("b", 70)
    loose = replace(SETTINGS, same_span=0.9, same_carriers=0.7)
    chosen = mine._family(reading(), leader, [leader, longer], [other.candidate], loose)
    assert (chosen.head.candidate.name, chosen.companion and chosen.companion.name) == ("longer", "b")
