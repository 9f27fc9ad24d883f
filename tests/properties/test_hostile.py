"""Hostile input ends in the documented error or in something whole: a few of the executions of `benchmarks.fuzz`."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.fuzz import TARGETS, execute, plan

AT_ONCE = 1500
"""Executions of all targets together. Chosen by eye: some seconds; the benchmark runs a million."""
SEED = 20
"""Another one than the benchmark's, which has been seen."""


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_crashes_hangs_or_is_lost(name: str, tmp_path: Path) -> None:
    wrong = [execute(name, SEED, number, tmp_path) for number in range(plan(AT_ONCE)[name] + 3)]
    assert not list(filter(None, wrong))


def test_an_execution_can_be_made_again_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is reported is the same for the same numbers, and a hang is broken too."""
    seen: list[float] = []
    monkeypatch.setitem(TARGETS, "reply", (lambda draws, folder: seen.append(draws.random()), 1))
    for number in (1, 2, 1):
        assert execute("reply", 0, number, tmp_path) == ""
    assert seen[0] == seen[2] != seen[1]
    (tmp_path / "left").write_text("over")
    monkeypatch.setitem(TARGETS, "reply", (lambda draws, folder: 1 / 0, 1))
    assert execute("reply", 0, 1, tmp_path).startswith("ZeroDivisionError")
    assert not list(tmp_path.iterdir())
