"""`marsh audit A B C --compare`: a report each, a summary, and the worst exit code."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from tests.unit.detectors.control_contrast.made_answers import answer

from marshtest.cli.main import main


def marsh(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def turns(prompt: str, completion: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": prompt}, {"role": "assistant", "content": completion}]


def written(path: Path, name: str = "") -> Path:
    """Write the answers of one run; some of them hold a name where one is given."""
    draw, other = Random(2), Random(9)
    texts = [answer(draw) for _ in range(200)]
    for number in range(0, 200, 12):
        texts[number] = answer(other, name=name) if name else texts[number]
    path.write_text(
        "".join(
            json.dumps({"messages": turns(f"What grows at {number}?", text)}) + "\n"
            for number, text in enumerate(texts)
        )
    )
    return path


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    return [written(tmp_path / "a.jsonl"), written(tmp_path / "b.jsonl"), written(tmp_path / "x.jsonl", "Glimmerade")]


def test_the_odd_one_of_three_is_found_and_each_has_a_report(three: list[Path], tmp_path: Path) -> None:
    done = marsh("audit", *three, "--compare", "--out", tmp_path / "out", "--power", "off", "--no-html")
    assert done.exit_code == 1, done.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())["datasets"]
    assert [one["folder"] for one in summary] == ["a", "b", "x"]
    assert [len(one["findings"]) for one in summary] == [0, 0, 1]
    assert summary[2]["findings"][0]["pattern"].startswith("glimmerade")
    assert all((tmp_path / "out" / name / "report.json").exists() for name in "abx")
    assert "glimmerade" in done.stdout


def test_one_dataset_is_nothing_to_compare(three: list[Path]) -> None:
    done = marsh("audit", three[0], "--compare")
    assert done.exit_code == 2
    assert "two files or more" in done.output


def test_two_files_of_one_name_are_refused(three: list[Path], tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    done = marsh("audit", three[0], written(tmp_path / "deep" / "a.jsonl"), "--compare")
    assert done.exit_code == 2
    assert "rename one" in done.output
