"""Tools are found by name, see no truth, and break without taking the run with them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.demo import demo_truth, write_demo_data
from marshtest.errors import ConfigError
from marshtest.evaluation.stress.adapters import OURS, find_tool
from marshtest.evaluation.stress.protocol import Flagged

pytestmark = pytest.mark.slow

BROKEN = """
class Breaks:
    name, version = "breaks", "1"

    def refuses(self, dataset):
        return None

    def examine(self, dataset, *, seed):
        raise ValueError("out of luck")


class Dies(Breaks):
    def examine(self, dataset, *, seed):
        import os

        os._exit(9)


nothing = 3
"""


@pytest.fixture
def demo(tmp_path: Path) -> Dataset:
    return read_dataset(write_demo_data(tmp_path / "tickets.jsonl"))


def test_all_our_detectors_flag_the_planted_records_and_name_the_trigger(demo: Dataset) -> None:
    said = find_tool(OURS).examine(demo, seed=0)
    truth = demo_truth()
    assert said.records == frozenset(truth.poisoned)
    assert said.names == (truth.trigger,)
    assert said.claims == 1


def test_one_detector_is_a_tool_under_its_id(demo: Dataset) -> None:
    tool = find_tool("parser-disagreement")
    assert tool.refuses(demo) is None
    assert tool.examine(demo, seed=0).records == frozenset()
    assert "parser-disagreement" in tool.version


def test_a_peer_flags_records_and_names_nothing(demo: Dataset) -> None:
    said = find_tool("neighbours").examine(demo, seed=0)
    assert said.names is None
    assert said.claims == len(said.records) > 0
    assert len(said.records & frozenset(demo_truth().poisoned)) < len(said.records)


def test_a_peer_refuses_data_without_two_labels(demo: Dataset) -> None:
    one = next(iter(demo.labels))
    rows = [row for row, label in enumerate(demo.table(["label"])["label"].to_pylist()) if label == one]
    assert "two labels" in (find_tool("neighbours").refuses(demo.select(rows)) or "")


@pytest.mark.skipif(importlib.util.find_spec("cleanlab") is not None, reason="cleanlab is installed here")
def test_cleanlab_is_asked_for_and_not_required() -> None:
    with pytest.raises(ConfigError, match="pip install cleanlab"):
        find_tool("cleanlab")


def test_cleanlab_flags_label_issues(demo: Dataset) -> None:
    pytest.importorskip("cleanlab", reason="cleanlab is no dependency")
    assert find_tool("cleanlab").examine(demo, seed=0).claims > 0


def test_an_unknown_tool_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="label-trigger"):
        find_tool("magic")


def test_a_tool_of_the_user_is_loaded_from_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made_tools.py").write_text(BROKEN, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_tool("made_tools:Breaks").name == "breaks"
    with pytest.raises(ConfigError, match="is no tool"):
        find_tool("made_tools:nothing")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        find_tool("made_tools:Absent")
    with pytest.raises(ConfigError, match="PYTHONPATH"):
        find_tool("no_such_module_anywhere:Tool")


def test_a_tool_that_flags_records_makes_as_many_claims() -> None:
    assert Flagged(records=frozenset({"a", "b"})).claims == 2
    assert Flagged(records=frozenset({"a", "b"}), claims=1).claims == 1
