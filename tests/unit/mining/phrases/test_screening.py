"""What is ruled out among very many texts could not have been a finding."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pytest
from tests.toy_likelihoods import spans_by_hand
from tests.unit.mining.planted_tokens import PHRASE, index, keys, own_of, planted, reading

from marshtest.mining.drawing import DrawSettings
from marshtest.mining.phrases.candidates import TriggerCandidate, scan
from marshtest.mining.phrases.hash_table import HashTable
from marshtest.mining.phrases.insertion import SpanIndex
from marshtest.mining.phrases.mine import mine_triggers, weigh_families
from marshtest.mining.phrases.screening import Screening, screen
from marshtest.mining.phrases.settings import PhraseSettings, ScreeningSettings
from marshtest.text.ngrams import RollingHashes
from marshtest.text.tokens import store_tokens

SETTINGS = PhraseSettings()


@cache
def screening() -> Screening:
    texts, labels = planted().texts, list(planted().labels)
    features = {"a habit of the poison": list(planted().truth), "even": list(range(0, len(labels), 2))}
    return screen(store_tokens(texts), labels, ["ordinary", "urgent"], keys(planted()), features, 0, SETTINGS)


def span_hash(candidate: TriggerCandidate) -> int:
    tokens = reading().tokens
    rolling, alive = RollingHashes(tokens), np.ones(len(tokens.ids), np.bool_)
    for _ in range(len(candidate.sequence)):
        place, hashes = rolling.next_order(alive)
    here = np.all([tokens.ids[place + step] == one for step, one in enumerate(candidate.sequence)], axis=0)
    return int(hashes[np.flatnonzero(here)[0]])


def test_no_span_that_meets_the_conditions_is_ruled_out() -> None:
    spans = screening().screened["ordinary"].spans
    candidates = scan(index(), reading(), {}, {}, SETTINGS).candidates
    least, unit = SETTINGS.screening, reading().curve.unit
    passing = [
        one
        for one in candidates
        if len(one.sequence) <= SETTINGS.longest_span
        and one.evidence.sum() > least.least_evidence
        and len(one.labelled) > least.least_share * one.carriers
        and one.evidence.mean() >= least.least_effect * max(unit, reading().words_curve.unit)
    ]
    assert PHRASE in {one.name for one in passing}
    for one in passing:
        assert span_hash(one) in spans[len(one.sequence) - 1].tolist(), one.name


def test_most_spans_are_ruled_out() -> None:
    kept = sum(map(len, screening().screened["ordinary"].spans))
    tested = scan(index(), reading(), {}, {}, SETTINGS).tested
    assert kept < 0.1 * tested
    assert screening().screened["ordinary"].tested >= tested


def test_a_feature_of_the_poison_is_kept_and_one_of_chance_is_not() -> None:
    kept = screening().features["ordinary"]
    assert list(kept) == ["a habit of the poison"]
    assert screening().rows[kept["a habit of the poison"]].tolist() == list(planted().truth)


def test_the_bound_holds_for_every_run_that_is_taken_out() -> None:
    model, tokens = reading().model, reading().tokens
    random = Random(3)
    for words_only in (False, True):
        lowest = model.lowest_without(tokens, SETTINGS.longest_span, words_only=words_only)
        for _ in range(300):
            text, order = random.randrange(len(tokens)), random.randint(1, SETTINGS.longest_span)
            start = random.randrange(int(tokens.offsets[text]), max(1, int(tokens.offsets[text + 1]) - order + 1))
            if start < tokens.offsets[text]:
                continue
            one = np.array([start]), order, np.array([0]), np.array([text])
            assert model.score_without(*one, words_only=np.array([words_only]))[0] >= lowest[text] - 1e-9


def test_a_trigger_is_found_where_the_model_learned_from_a_few_texts() -> None:
    texts, labels = planted().texts, list(planted().labels)
    store = store_tokens(texts)
    settings = PhraseSettings(screening=ScreeningSettings(drawn=DrawSettings(size=500, of_class=100)))
    found = screen(store, labels, ["ordinary", "urgent"], keys(planted()), {}, 0, settings)
    assert 500 <= found.drawn < len(found.rows) < len(texts)
    tokens = store.take(found.rows)
    own, screened = own_of(planted())[found.rows], found.screened["ordinary"]
    kept = SpanIndex(
        tokens, longest=settings.longest_span, fewest=settings.fewest_carriers, window=settings.window,
        only=screened.spans,
    )  # fmt: skip
    mined = mine_triggers(kept, tokens, own, keys(planted())[found.rows], ({}, {}), settings, screened=screened)
    ((family, *_),) = weigh_families([mined], spans_by_hand(), settings)
    assert family.rate.verdict == "confirmed"
    # Parts of the phrase have a carrier or two more; by hand, they weigh as much as the phrase.
    carriers = set(found.rows[family.head.candidate.labelled].tolist())
    assert PHRASE.endswith(family.head.candidate.name)
    assert set(planted().truth) <= carriers
    assert len(carriers) <= len(planted().truth) + 2


@pytest.mark.parametrize(
    "settings",
    [
        PhraseSettings(fewest_carriers=25),
        PhraseSettings(screening=ScreeningSettings(least_share=0.99), fewest_carriers=20),
        PhraseSettings(screening=ScreeningSettings(least_evidence=1e4)),
        PhraseSettings(screening=ScreeningSettings(least_effect=1e2)),
    ],
    ids=["carriers", "share", "evidence", "effect"],
)
def test_what_is_ruled_out_follows_the_settings(settings: PhraseSettings) -> None:
    found = screen(
        store_tokens(planted().texts), list(planted().labels), ["ordinary"], keys(planted()), {}, 0, settings
    )
    kept = {span for spans in found.screened["ordinary"].spans for span in spans.tolist()}
    all_of = {span for spans in screening().screened["ordinary"].spans for span in spans.tolist()}
    assert kept < all_of


def test_other_texts_with_the_words_of_a_span_are_kept() -> None:
    def rows(other_texts: int) -> int:
        drawn = ScreeningSettings(drawn=DrawSettings(size=300, of_class=100), other_texts=other_texts)
        store, labels = store_tokens(planted().texts), list(planted().labels)
        settings = PhraseSettings(screening=drawn)
        return len(screen(store, labels, ["ordinary", "urgent"], keys(planted()), {}, 0, settings).rows)

    assert rows(0) < rows(3) < rows(30)


def test_more_standard_errors_and_fewer_counted_spans_make_the_estimate_larger() -> None:
    def tested(**changes: float) -> int:
        changed = PhraseSettings(screening=ScreeningSettings(**changes))  # type: ignore[arg-type]
        store, labels = store_tokens(planted().texts), list(planted().labels)
        found = screen(store, labels, ["ordinary", "urgent"], keys(planted()), {}, 0, changed)
        return found.screened["ordinary"].tested

    exact = scan(index(), reading(), {}, {}, SETTINGS).tested
    assert exact <= tested(counted_bits=0, standard_errors=0.0) <= exact + 3
    assert tested(standard_errors=0.0) < tested() < tested(standard_errors=6.0)
    assert tested(most_counted_tokens=1_000) != tested()


def test_a_table_finds_its_hashes_and_no_others() -> None:
    random = np.random.default_rng(1)
    hashes = np.unique(random.integers(0, 2**63, 5_000).astype(np.uint64))
    keys_, others = hashes[::2], hashes[1::2]
    table = HashTable(keys_)
    assert table.find(keys_).tolist() == list(range(len(keys_)))
    assert set(table.find(others).tolist()) == {-1}
    assert HashTable(keys_[:0]).find(others).tolist() == [-1] * len(others)
