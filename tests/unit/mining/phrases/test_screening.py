"""What is ruled out among very many texts could not have been a finding."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, keys, own_of, planted, reading

from marshtest.mining import drawing
from marshtest.mining.candidates import MAX_ORDER, Candidate, scan
from marshtest.mining.phrases.hash_table import HashTable
from marshtest.mining.phrases.mine import grade, mine, rank
from marshtest.mining.phrases.screening import Screening, screen
from marshtest.mining.trial import try_candidate
from marshtest.text.ngrams import RollingHashes
from marshtest.text.tokens import store_tokens


@cache
def screening() -> Screening:
    texts, labels = planted().texts, list(planted().labels)
    features = {"a habit of the poison": list(planted().truth), "even": list(range(0, len(labels), 2))}
    return screen(store_tokens(texts), labels, ["ordinary", "urgent"], keys(planted()), features, seed=0)


def span_hash(candidate: Candidate) -> int:
    tokens = reading().tokens
    rolling, alive = RollingHashes(tokens), np.ones(len(tokens.ids), np.bool_)
    for _ in range(len(candidate.sequence)):
        place, hashes = rolling.next_order(alive)
    here = np.all([tokens.ids[place + step] == one for step, one in enumerate(candidate.sequence)], axis=0)
    return int(hashes[np.flatnonzero(here)[0]])


def test_no_span_that_passes_its_trial_is_ruled_out() -> None:
    spans = screening().screened["ordinary"].spans
    passing = [one for one in scan(reading(), {}, {}).candidates if try_candidate(reading(), one) is not None]
    assert PHRASE in {one.name for one in passing}
    for one in passing:
        assert span_hash(one) in spans[len(one.sequence) - 1].tolist(), one.name


def test_most_spans_are_ruled_out() -> None:
    kept = sum(map(len, screening().screened["ordinary"].spans))
    assert kept < 0.1 * scan(reading(), {}, {}).tried
    assert screening().screened["ordinary"].tried >= scan(reading(), {}, {}).tried


def test_a_feature_of_the_poison_is_kept_and_one_of_chance_is_not() -> None:
    kept = screening().features["ordinary"]
    assert list(kept) == ["a habit of the poison"]
    assert screening().rows[kept["a habit of the poison"]].tolist() == list(planted().truth)


def test_the_bound_holds_for_every_run_that_is_taken_out() -> None:
    model, tokens = reading().model, reading().tokens
    random = Random(3)
    for words_only in (False, True):
        lowest = model.lowest_without(tokens, MAX_ORDER, words_only=words_only)
        for _ in range(300):
            text, order = random.randrange(len(tokens)), random.randint(1, MAX_ORDER)
            start = random.randrange(int(tokens.offsets[text]), max(1, int(tokens.offsets[text + 1]) - order + 1))
            if start < tokens.offsets[text]:
                continue
            one = np.array([start]), order, np.array([0]), np.array([text])
            assert model.score_without(*one, words_only=np.array([words_only]))[0] >= lowest[text] - 1e-9


def test_a_trigger_is_found_where_the_model_learned_from_a_few_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_SIZE", 500)
    monkeypatch.setattr(drawing, "_OF_CLASS", 100)
    texts, labels = planted().texts, list(planted().labels)
    store = store_tokens(texts)
    found = screen(store, labels, ["ordinary", "urgent"], keys(planted()), {}, seed=0)
    assert 500 <= found.drawn < len(found.rows) < len(texts)
    tokens = store.take(found.rows)
    own, screened = own_of(planted())[found.rows], found.screened["ordinary"]
    ((family, *_),) = rank([mine(tokens, own, keys(planted())[found.rows], {}, {}, screened=screened)])
    assert grade(family) == "confirmed"
    assert (PHRASE, list(planted().truth)) == (
        family.head.candidate.name,
        found.rows[family.head.candidate.labelled].tolist(),
    )


def test_texts_are_drawn_whatever_their_order_and_enough_of_every_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_SIZE", 50)
    monkeypatch.setattr(drawing, "_OF_CLASS", 4)
    key = np.random.default_rng(0).integers(0, 2**62, 400)
    labels = ["rare" if number % 100 == 0 else "common" for number in range(400)]
    drawn = drawing.draw_texts(labels, key, seed=1)
    assert 50 <= len(drawn) <= 54
    assert sum(labels[row] == "rare" for row in drawn) == 4
    turned = 399 - drawing.draw_texts(labels[::-1], key[::-1], seed=1)
    assert sorted(turned.tolist()) == drawn.tolist()
    assert drawing.draw_texts(labels, key, seed=2).tolist() != drawn.tolist()


def test_a_table_finds_its_hashes_and_no_others() -> None:
    random = np.random.default_rng(1)
    hashes = np.unique(random.integers(0, 2**63, 5_000).astype(np.uint64))
    keys_, others = hashes[::2], hashes[1::2]
    table = HashTable(keys_)
    assert table.find(keys_).tolist() == list(range(len(keys_)))
    assert set(table.find(others).tolist()) == {-1}
    assert HashTable(keys_[:0]).find(others).tolist() == [-1] * len(others)
