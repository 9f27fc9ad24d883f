"""Wrong labels are signals; only their concentration in one source is a finding, which is never confirmed."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.detectors import label_noise
from marshtest.detectors.base import Tools
from marshtest.detectors.label_noise import LabelNoise, LabelNoiseSettings
from marshtest.detectors.registry import select_detectors
from marshtest.organisms import find_organism
from marshtest.stats.arrays import Floats, Ints

needs_cleanlab = pytest.mark.skipif(importlib.util.find_spec("cleanlab") is None, reason="needs the extra `noise`")


def test_it_runs_only_if_it_is_named() -> None:
    assert LabelNoise.id not in [one.id for one in select_detectors(())]
    assert [one.id for one in select_detectors((LabelNoise.id,))] == [LabelNoise.id]


def test_without_cleanlab_it_says_what_to_install() -> None:
    reason = LabelNoise().refuses(Dataset.from_records(made_records("chat")))
    assert reason is not None
    assert "noise" in reason or "labels" in reason


@needs_cleanlab
@pytest.mark.filterwarnings("ignore")
def test_wrong_labels_of_one_contributor_are_reported_and_never_confirmed() -> None:
    planted = find_organism("contributor-flip").plant(made_records("classification", 1_000), 40, seed=1)
    examined = LabelNoise().examine(Dataset.from_records(planted.records), Tools())
    (finding,) = examined.findings
    assert finding.verdict == "suggestive"
    assert finding.pattern.text == f"the group {planted.recipe.parts['group'][0]}"
    flagged = {signal.record_id for signal in examined.signals}
    assert len(flagged & {one.record_id for one in planted.truth}) >= 30


@needs_cleanlab
@pytest.mark.filterwarnings("ignore")
def test_clean_labels_give_no_finding() -> None:
    assert LabelNoise().examine(Dataset.from_records(made_records("classification", 1_000)), Tools()).findings == ()


def unlikely(given: Ints, probabilities: Floats) -> list[int]:
    """Stand in for cleanlab: labels that the model finds less likely than not."""
    return np.flatnonzero(probabilities[np.arange(len(given)), given] < 0.5).tolist()


def test_thresholds_decide_the_finding_and_its_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_noise, "_issues", unlikely)
    planted = find_organism("contributor-flip").plant(made_records("classification", 1_000), 40, seed=1)
    dataset, settings = Dataset.from_records(planted.records), LabelNoiseSettings()
    (finding,) = LabelNoise().examine(dataset, Tools()).findings
    assert (finding.verdict, {record.score for record in finding.records}) == ("suggestive", {0.5})
    assert finding.statistics["outcome_share"] == pytest.approx(46 / 90, abs=0.1)
    assert LabelNoise(replace(settings, largest_p=0.0)).examine(dataset, Tools()).findings == ()
    halved = LabelNoise(replace(settings, signal_weight=0.25)).examine(dataset, Tools()).signals
    assert max(signal.score for signal in halved) <= 0.25
