"""Real victims on the demo's tickets with a planted phrase."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.made_records import made_records
from tests.unit.evaluation.impact.made import Made, make

from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.errors import ConfigError, InputError
from marshtest.evaluation.impact.evidence import Evidence, evidence_of_truth
from marshtest.evaluation.impact.running import ImpactConfig, measure_impact
from marshtest.evaluation.impact.victims.linear import LinearVictim

pytestmark = pytest.mark.slow


def test_removal_of_the_truth_kills_the_effect_and_random_removal_does_not(made: Made) -> None:
    done: list[float] = []
    found = measure_impact(
        made.dataset(),
        made.evidence(),
        LinearVictim(),
        control=read_dataset(made.clean),
        progress=lambda _, fraction: done.append(fraction),
    )
    assert found.decision.verdict == "shown"
    assert found.arms == ("clean", "poisoned", "cleaned", "random")
    assert found.attack("poisoned").mean > 0.75
    assert abs(found.attack("cleaned").mean - found.attack("clean").mean) <= 0.03
    assert abs(found.attack("random").mean - found.attack("poisoned").mean) <= 0.03
    assert found.accuracy("clean").mean - found.accuracy("cleaned").mean < 0.005
    assert found.evidence == 150
    assert len(found.triggers) == 1
    assert found.targets == ("ordinary",)
    assert done == pytest.approx([number / 12 for number in range(1, 13)])
    json.dumps(found.as_json())


def test_removal_of_half_the_poison_is_not_enough(made: Made) -> None:
    truth = made.evidence()
    half = Evidence(rows=frozenset(sorted(truth.rows)[:75]), touched=truth.touched, donors=truth.donors)
    found = measure_impact(made.dataset(), half, LinearVictim(), truth=truth, config=ImpactConfig(seeds=2))
    assert found.decision.verdict == "not_shown"
    assert [check.name for check in found.decision.checks if not check.holds] == ["killed"]
    assert found.attack("cleaned").mean > 0.5
    assert found.attack("clean").mean < 0.1


def test_honest_records_as_evidence_show_no_effect(made: Made) -> None:
    clean = read_dataset(made.clean)
    rows = frozenset(range(0, 900, 9))
    honest = Evidence(rows=rows, touched=rows, donors=made.evidence().donors)
    found = measure_impact(clean, honest, LinearVictim(), config=ImpactConfig(seeds=2))
    assert found.decision.verdict == "not_shown"
    assert [check.name for check in found.decision.checks if not check.holds] == ["effect"]


@pytest.mark.parametrize("organism", ["punctuation", "rare-token", "invisible-characters", "last-position"])
def test_triggers_of_other_kinds_are_carried_over(organism: str, tmp_path: Path) -> None:
    made = make(tmp_path, organism)
    found = measure_impact(made.dataset(), made.evidence(), LinearVictim(), config=ImpactConfig(seeds=2))
    assert found.attack("poisoned").mean > 0.4
    assert found.attack("cleaned").mean < 0.15


def test_the_same_seed_gives_the_same_numbers(made: Made) -> None:
    config = ImpactConfig(seeds=2, seed=5)
    first, second = (
        measure_impact(made.dataset(), made.evidence(), LinearVictim(), config=config).as_json() for _ in range(2)
    )
    for result in (first, second):
        for run in result["runs"]:  # type: ignore[attr-defined]
            del run["seconds"]
    assert first == second


def test_what_cannot_be_measured_is_refused(made: Made, tmp_path: Path) -> None:
    dataset, evidence = made.dataset(), made.evidence()
    with pytest.raises(ConfigError, match="at least 2 seeds"):
        ImpactConfig(seeds=1)
    with pytest.raises(ConfigError, match="no record has the label 'nobody'"):
        measure_impact(dataset, evidence, LinearVictim(), config=ImpactConfig(source_label="nobody"))
    with pytest.raises(ConfigError, match="no held-out record can get the trigger"):
        measure_impact(dataset, evidence, LinearVictim(), config=ImpactConfig(source_label="ordinary"))
    bare = Evidence(rows=evidence.rows, touched=evidence.touched, donors=())
    with pytest.raises(ConfigError, match="--trigger"):
        measure_impact(dataset, bare, LinearVictim())
    with pytest.raises(InputError, match="the data is chat"):
        measure_impact(Dataset.from_records(made_records("chat")), evidence, LinearVictim())
    other = tmp_path / "other.jsonl"
    other.write_text('{"line": 1, "id": "x", "is_poison": true, "spans": []}\n')
    with pytest.raises(InputError, match="about other data"):
        evidence_of_truth(other, dataset)
    other.write_text("[]\n")
    with pytest.raises(InputError, match="no truth about a record"):
        evidence_of_truth(other, dataset)
