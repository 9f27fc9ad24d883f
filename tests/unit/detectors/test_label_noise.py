"""Wrong labels are signals; only their concentration in one source is a finding, and it confirms nothing."""

from __future__ import annotations

import importlib.util

import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Tools
from marshtest.detectors.label_noise import LabelNoise
from marshtest.detectors.registry import select_detectors
from marshtest.organisms import find_organism

needs_cleanlab = pytest.mark.skipif(importlib.util.find_spec("cleanlab") is None, reason="needs the extra `noise`")


def test_it_takes_part_only_when_it_is_named() -> None:
    assert LabelNoise.id not in [one.id for one in select_detectors(())]
    assert [one.id for one in select_detectors((LabelNoise.id,))] == [LabelNoise.id]


def test_without_cleanlab_it_says_what_to_install() -> None:
    reason = LabelNoise().refuses(Dataset.from_records(made_records("chat")))
    assert reason is not None
    assert "noise" in reason or "labels" in reason


@needs_cleanlab
@pytest.mark.filterwarnings("ignore")
def test_wrong_labels_of_one_contributor_are_told_and_never_confirmed() -> None:
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
