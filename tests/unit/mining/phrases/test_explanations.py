"""The other ways in which a span could have come to decide a label."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.planting import insert, plant
from tests.unit.mining.planted_tokens import PHRASE, candidate, keys, own_of, reading

from marshtest.calibration.likelihood import DiscoveryRate
from marshtest.findings import Explanation
from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.phrases.candidates import TriggerCandidate
from marshtest.mining.phrases.evidence_lines import Meaning, MeasuredCandidate, measure_candidate
from marshtest.mining.phrases.explanations import explain
from marshtest.mining.phrases.mine import TriggerFamily
from marshtest.mining.phrases.settings import PhraseExplanationSettings, PhraseSettings
from marshtest.mining.surroundings import Surroundings
from marshtest.stats.arrays import Ints
from marshtest.text.tokens import tokenize

AROUND = Surroundings(pairs=16, occurrences=16, random_pairs=14.0, positions=np.zeros(16))


def measured() -> MeasuredCandidate:
    return measure_candidate(reading(), candidate(PHRASE), PhraseSettings())


def explained(
    head: MeasuredCandidate, around: Surroundings | None = AROUND, settings: PhraseExplanationSettings | None = None
) -> dict[str, Explanation]:
    family = TriggerFamily(head, None, reading(), 4.0, DiscoveryRate(0.01, 0.02, 0.01, 0.02))
    return {one.text.split(":")[0]: one for one in explain(family, around, settings or PhraseExplanationSettings())}


def with_distinct(count: int) -> MeasuredCandidate:
    head = measured()
    return replace(head, strength=replace(head.strength, distinct=count))


@pytest.mark.parametrize(
    ("meaning", "stands"),
    [
        (None, "open"),
        (Meaning("ledger", 10, 1, 0.4, explains=False), "against"),
        (Meaning("ledger", 10, 9, 1e-6, explains=True), "for"),
    ],
)
def test_the_meaning_of_a_span_is_weighed(meaning: Meaning | None, stands: str) -> None:
    found = explained(replace(measured(), meaning=meaning))["Its own meaning calls for this label"]
    assert stands == found.stands


def test_the_meaning_is_reported_with_its_counts() -> None:
    head = replace(measured(), meaning=Meaning("ledger", 1200, 300, 0.4, explains=False))
    expected = (
        "Its own meaning calls for this label: of 1,200 records that contain “ledger” but not the whole pattern and "
        "read like another class, 300 have this label (25%)."
    )
    assert expected == explained(head)["Its own meaning calls for this label"].text


def test_label_noise_does_not_make_all_these_contradictions() -> None:
    found = explained(measured())["Ordinary label noise"]
    assert found.stands == "against"
    against = int((measured().candidate.evidence > 0).sum())
    assert f"the probability that {against} of these 24 carriers do so by chance is" in found.text


def test_label_noise_may_make_one_contradiction() -> None:
    head = measured()
    weak = replace(head.candidate, evidence=np.array([1.0, *[-1.0] * 23]))
    assert explained(replace(head, candidate=weak))["Ordinary label noise"].stands == "open"


@pytest.mark.parametrize(("distinct", "stands"), [(24, "against"), (12, "against"), (11, "open")])
def test_copies_are_weighed(distinct: int, stands: str) -> None:
    assert stands == explained(with_distinct(distinct))["Copies of one text or template"].stands


@pytest.mark.parametrize(("pairs", "stands"), [(14, "against"), (13, "open")])
def test_the_neighbours_of_a_span_are_weighed(pairs: int, stands: str) -> None:
    around = replace(AROUND, pairs=pairs)
    assert stands == explained(measured(), around)["A phrase of ordinary sentences"].stands


def test_a_feature_of_whole_records_has_no_neighbours() -> None:
    assert {
        "Its own meaning calls for this label",
        "Ordinary label noise",
        "Copies of one text or template",
    } == set(explained(measured(), None))


def test_the_exact_wording_decides_only_where_most_variants_have_another_label() -> None:
    found = explained(measured()).get("A topic or a habit of speech")
    assert found is None or (found.stands == "against") == ("only the exact wording decides" in found.text)


def test_when_an_explanation_is_ruled_out_follows_the_settings() -> None:
    strict = PhraseExplanationSettings(noise_chance=0.0, distinct_share=0.75)
    found = explained(with_distinct(12), settings=strict)
    assert (found["Ordinary label noise"].stands, found["Copies of one text or template"].stands) == ("open", "open")


@cache
def with_variants() -> tuple[ContentReading, TriggerFamily, Ints]:
    """Plant a phrase, with decoys that hold all of it but a word; give the decoys that read like another class."""
    tickets = plant(
        insert(PHRASE),
        poisoned=24,
        decoy=lambda text, random: insert(random.choice(["with the blue", "the blue ledger"]))(text, random),
        decoys=30,
        size=1500,
    )
    tokens, own = tokenize(tickets.texts), own_of(tickets)
    one = ContentReading.of(tokens, own, fit_content_model(tokens, own, keys(tickets)))
    sequence = np.array([tokens.vocabulary.index(word) for word in PHRASE.split()])
    text, evidence = span_evidence(one, sequence)
    has = own[text]
    trigger = TriggerCandidate("phrase", PHRASE, sequence, text[has], evidence[has], text[~has], evidence[~has])
    head = measure_candidate(one, trigger, PhraseSettings())
    family = TriggerFamily(head, None, one, 4.0, DiscoveryRate(0.01, 0.02, 0.01, 0.02))
    near = [
        place[~np.isin(place, text) & (said > 0)]
        for part in (sequence[1:], sequence[:-1])
        for place, said in [span_evidence(one, part)]
    ]
    assert all(len(part) > 3 for part in near)
    return one, family, np.unique(np.concatenate(near))


@pytest.mark.parametrize(("less", "stands"), [(0, "against"), (1, "open")])
def test_half_of_the_variants_with_another_label_show_that_the_wording_decides(less: int, stands: str) -> None:
    one, family, near = with_variants()
    own = one.own.copy()
    own[near] = False
    honest = -(-len(near) // 2) - less
    own[near[honest:]] = True
    changed = replace(family, reading=replace(one, own=own))
    found = explain(changed, AROUND, PhraseExplanationSettings())[1]
    assert f"of {len(near)} records that read like another class and contain all of it" in found.text
    assert f"{honest} have another label" in found.text
    assert (found.stands, "only the exact wording decides" in found.text) == (stands, stands == "against")


def test_a_single_word_has_no_variants() -> None:
    _, family, _ = with_variants()
    word = replace(family.head.candidate, sequence=family.head.candidate.sequence[-1:])
    found = explain(replace(family, head=replace(family.head, candidate=word)), AROUND, PhraseExplanationSettings())
    assert len(found) == 4
    two = replace(family.head.candidate, sequence=family.head.candidate.sequence[-2:])
    pair = replace(family, head=replace(family.head, candidate=two))
    assert len(explain(pair, AROUND, PhraseExplanationSettings())) == 5


@pytest.mark.parametrize(("rate", "stands"), [(0.09, "against"), (0.11, "open")])
def test_noise_is_ruled_out_below_one_percent(rate: float, stands: str) -> None:
    """Two contradictions among two carriers have a probability of .0081 and .0121."""
    head = measured()
    pair = replace(head.candidate, evidence=np.array([1.0, 0.5]))
    family = TriggerFamily(
        replace(head, candidate=pair), None, replace(reading(), contradiction_rate=rate), 4.0,
        DiscoveryRate(0.01, 0.02, 0.01, 0.02),
    )  # fmt: skip
    assert explain(family, None, PhraseExplanationSettings())[1].stands == stands


def test_evidence_of_nothing_is_no_contradiction() -> None:
    head = measured()
    level = replace(head.candidate, evidence=np.zeros(24))
    assert (
        "the probability that 0 of these 24 carriers"
        in explained(replace(head, candidate=level))["Ordinary label noise"].text
    )
