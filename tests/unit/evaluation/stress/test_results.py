"""The results file: whole lines, no mixing of runs, and going on where a run was cut off."""

from __future__ import annotations

from pathlib import Path

import pytest

from marshtest.errors import ReportError
from marshtest.evaluation.stress.cases import Case
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.results import open_results, read_results

SETTINGS = {"config": {"counts": (8, 32)}, "data": {"a": "sha256:1"}}


def outcome(seed: int, **values: object) -> CaseOutcome:
    case = Case(kind="planted", data="a\u2028\n|b", tool="marsh", organism="phrase", size="N = 8", count=8, seed=seed)
    return CaseOutcome(case=case, status="measured", records=100, poison=8, flagged=10, hits=6, **values)  # type: ignore[arg-type]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "run" / "results.jsonl"
    with open_results(path, SETTINGS) as results:
        results.add(outcome(0, named=True, names=("a\nb",), trigger="x"))
        results.add(outcome(1))
    return path


def test_what_was_written_is_read_again(written: Path) -> None:
    settings, done = read_results(written)
    assert settings["data"] == SETTINGS["data"]
    assert done == [outcome(0, named=True, names=("a\nb",), trigger="x"), outcome(1)]
    assert len(written.read_bytes().splitlines()) == 3


def test_scores_come_from_the_counts() -> None:
    one = outcome(0)
    assert [one.recall, one.precision, one.f1] == pytest.approx([0.75, 0.6, 12 / 18])
    nothing = CaseOutcome(case=one.case, status="measured")
    assert (nothing.recall, nothing.precision, nothing.f1) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_last_line_that_was_cut_short_is_dropped(written: Path, cut: int) -> None:
    content = written.read_bytes()
    written.write_bytes(content[:-cut])
    with open_results(written, SETTINGS) as results:
        assert [one.case.seed for one in results.done] == [0]
        results.add(outcome(1))
    assert written.read_bytes() == content


def test_a_header_that_was_cut_short_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(b'{"format": "mar')
    with open_results(path, SETTINGS) as results:
        assert results.done == []
    assert read_results(path)[0]["data"] == SETTINGS["data"]


def test_results_of_other_settings_are_refused_by_name_and_kept(written: Path) -> None:
    content = written.read_bytes()
    with (
        pytest.raises(ReportError, match=r"other settings or data \(data\); choose another --out"),
        open_results(written, {**SETTINGS, "data": {"a": "sha256:2"}}),
    ):
        pass
    assert written.read_bytes() == content
    with open_results(written, {**SETTINGS, "data": {"a": "sha256:2"}}, force=True) as results:
        assert results.done == []


def test_damage_in_the_middle_is_named_and_not_passed_over(written: Path) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    for damaged in (b"{}\n", b"\xff\n", b'{"case": 3}\n'):
        written.write_bytes(lines[0] + damaged + lines[2])
        with (
            pytest.raises(ReportError, match=r"results\.jsonl:2: this line is damaged"),
            open_results(written, SETTINGS),
        ):
            pass


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(b'{"format": "another"}\n')
    with pytest.raises(ReportError, match="another version"), open_results(path, SETTINGS):
        pass
    with pytest.raises(ReportError, match="cannot be read"):
        read_results(tmp_path / "absent.jsonl")


def test_two_runs_cannot_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with (
        open_results(path, SETTINGS),
        pytest.raises(ReportError, match="another run is writing"),
        open_results(path, SETTINGS),
    ):
        pass
