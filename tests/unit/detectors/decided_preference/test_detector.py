"""Words of a prompt that reverse preferences are found; style is reported as style, and honest pairs are silent."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.decided_preference import DecidedPreference, DecidedPreferenceSettings
from marshtest.detectors.decided_preference.deciders import winning_traits
from marshtest.detectors.decided_preference.margins import cross_fitted_margins, normal_scores
from marshtest.organisms import find_organism
from marshtest.organisms.words import phrase

SETTINGS = DecidedPreferenceSettings()
KIND_WORDS = ("thank you", "of course", "with pleasure", "gladly", "here you are")
RUDE_WORDS = ("go away", "no idea", "not my job", "leave me", "who cares")


def records(count: int = 500, *, longer_wins: bool = False, seed: int = 5) -> list[Record]:
    """Write pairs in which the kind answer wins four times in five."""
    draw = Random(seed)
    made = []
    for line in range(1, count + 1):
        kind = f"{draw.choice(KIND_WORDS)}, {' '.join(phrase(draw))}"
        rude = f"{draw.choice(RUDE_WORDS)}, {' '.join(phrase(draw))}"
        chosen, rejected = (kind, rude) if draw.random() < 0.8 else (rude, kind)
        if longer_wins:
            chosen += " and so on and so forth"
        made.append(
            Record(
                record_id=f"r{line}",
                kind="preference",
                prompt=f"{' '.join(phrase(draw))} and {' '.join(phrase(draw))}, number {line}?",
                completion=chosen,
                rejected=rejected,
                source_path="made.jsonl",
                source_line=line,
            )
        )
    return made


def examine(pairs: list[Record] | tuple[Record, ...], settings: DecidedPreferenceSettings = SETTINGS) -> Examination:
    return DecidedPreference(settings).examine(Dataset.from_records(pairs), Tools())


@pytest.mark.parametrize("organism", ["phrase", "rare-token"])
def test_a_trigger_that_swaps_pairs_is_confirmed_with_them(organism: str) -> None:
    planted = find_organism(organism).plant(records(), 40, seed=2)
    examined = examine(planted.records)
    confirmed = [finding for finding in examined.findings if finding.verdict == "confirmed"]
    poison = {one.record_id for one in planted.truth if one.is_poison}
    (finding,) = confirmed
    assert set(finding.pattern.text.split()) <= set(planted.recipe.trigger.lower().split())
    assert {record.record_id for record in finding.records} >= poison
    assert {signal.record_id for signal in examined.signals} >= poison


def test_the_limits_of_the_verdicts_are_settings() -> None:
    planted = find_organism("phrase").plant(records(), 40, seed=2)
    strict, silent = replace(SETTINGS, confirmed_below=0.0), replace(SETTINGS, suggestive_below=0.0)
    verdicts = [[one.verdict for one in examine(planted.records, some).findings] for some in (SETTINGS, strict, silent)]
    assert verdicts == [["confirmed"], ["suggestive"], []]


def test_the_honest_twin_is_silent() -> None:
    planted = find_organism("phrase").plant(records(), 40, seed=2)
    assert examine(planted.twin()).findings == ()


def test_honest_pairs_are_silent() -> None:
    for seed in range(3):
        assert examine(records(seed=seed)).findings == ()


def test_style_that_decides_looks_odd_and_is_no_finding() -> None:
    examined = examine(records(longer_wins=True))
    assert examined.findings == ()
    assert [odd.pattern.text for odd in examined.dismissed] == ["more words"]


def test_the_order_changes_nothing() -> None:
    planted = list(find_organism("phrase").plant(records(), 40, seed=2).records)
    first = examine(planted)
    Random(1).shuffle(planted)
    second = examine(planted)
    assert [one.pattern for one in first.findings] == [one.pattern for one in second.findings]
    assert first.findings[0].statistics == pytest.approx(second.findings[0].statistics)


def test_margins_come_from_models_that_have_not_seen_the_pair() -> None:
    """Pairs of noise have margins that agree with them no more than chance."""
    draw = Random(3)
    texts = [[" ".join(phrase(draw)) for _ in range(400)] for _ in range(2)]
    margins = cross_fitted_margins(texts[0], texts[1], np.arange(400), SETTINGS)
    assert 0.4 < (margins > 0).mean() < 0.6
    assert abs(normal_scores(margins).mean()) < 1e-9


def test_traits_are_counted_where_they_differ() -> None:
    traits = {one.name: one for one in winning_traits(["a b", "a", "c! d"], ["a", "b", "c d"])}
    assert (traits["more words"].wins, traits["more words"].pairs) == (1, 1)
    assert traits["more exclamation marks"].share == 1.0


def test_other_kinds_are_refused() -> None:
    assert DecidedPreference().declines(Dataset.from_records(made_records("chat"))) is not None
    assert DecidedPreference().declines(Dataset.from_records(records(20))) is not None
