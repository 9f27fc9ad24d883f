"""Which spans are tested, and which of them are candidates."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, planted, reading

from marshtest.mining.pattern_names import PatternKind
from marshtest.mining.phrases.candidates import Scan, scan
from marshtest.mining.phrases.settings import PhraseSettings

GROUP: PatternKind = "group"


@cache
def features() -> dict[str, list[int]]:
    """Give features of the records with the label that read most like another class."""
    evidence = np.where(reading().own, reading().curve(reading().model.score()), -np.inf)
    texts = np.argsort(-evidence)[:20].tolist()
    return {"desk": texts, "five": texts[:5], "four": texts[:4]}


def scanned(**changes: float) -> Scan:
    kinds = dict.fromkeys(features(), GROUP)
    return scan(reading(), features(), kinds, PhraseSettings(**changes))  # type: ignore[arg-type]


def names(found: Scan) -> set[str]:
    return {one.name for one in found.candidates}


def test_the_trigger_its_parts_and_features_are_candidates() -> None:
    assert {PHRASE, "the blue ledger", "desk"} <= names(scanned())


def test_a_feature_of_five_texts_is_tested_and_one_of_four_is_not() -> None:
    assert scanned().tested - scan(reading(), {}, {}, PhraseSettings()).tested == 2


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"longest_span": 3}, PHRASE),
        ({"fewest_carriers": 25}, PHRASE),
        ({"least_evidence": 1e4}, PHRASE),
        ({"least_share": 1.0}, PHRASE),
    ],
    ids=str,
)
def test_what_is_a_candidate_follows_the_settings(changes: dict[str, float], missing: str) -> None:
    assert missing not in names(scanned(**changes))


@pytest.mark.parametrize("name", [PHRASE, "desk"])
def test_a_candidate_needs_more_than_the_least_evidence(name: str) -> None:
    (one,) = [one for one in scanned().candidates if one.name == name]
    total = float(one.evidence.sum())
    assert name not in names(scanned(least_evidence=total + 1e-9))
    assert name in names(scanned(least_evidence=total - 1e-9))


@pytest.mark.parametrize(("share", "expected"), [(0.5, False), (0.49, True)])
def test_a_candidate_needs_more_than_the_least_share_of_carriers_with_the_label(
    share: float, *, expected: bool
) -> None:
    half = features()["desk"] + np.flatnonzero(~reading().own)[:20].tolist()
    found = scan(reading(), {"half": half}, {"half": "group"}, PhraseSettings(least_share=share))
    assert ("half" in names(found)) is expected


def test_a_feature_that_every_text_has_is_not_tested() -> None:
    everything = {"all": list(range(len(planted().texts)))}
    found = scan(reading(), everything, {"all": "format"}, PhraseSettings())
    assert found.tested == scan(reading(), {}, {}, PhraseSettings()).tested
