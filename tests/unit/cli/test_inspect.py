"""`marsh inspect` shows how data would be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marshtest.cli.main import main


@pytest.fixture
def cargo(tmp_path: Path) -> Path:
    path = tmp_path / "cargo.jsonl"
    lines = [json.dumps({"load": f"crate {n} of pears", "mark": "ab"[n % 2], "n": n}) for n in range(30)]
    path.write_text("\n".join(lines))
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([*map(str, words)])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_what_cannot_be_told_has_exit_code_2_and_a_guess(cargo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "inspect", cargo)
    assert (code, err) == (2, "")
    assert "CANNOT BE READ AS IT IS" in out
    assert out.splitlines()[-1] == f"  marsh audit {cargo} --text-field load --label-field mark"


def test_the_field_options_of_an_audit_hold(cargo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("inspect", cargo, "--text-field", "load", "--label-field", "mark")
    code, out, err = run(capsys, *words, "--records", "2")
    assert (code, err) == (0, "")
    assert "READING 1 of 1: format labelled" in out
    assert out.count(f"{cargo}:") == 3  # the file and two records
    assert f"marsh audit {cargo} --text-field load --label-field mark" in out


def test_everything_can_be_had_as_json(cargo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "inspect", cargo, "--text-field", "load", "--label-field", "mark", "--json")
    seen = json.loads(out)
    assert code == 0
    assert seen["files"] == {str(cargo): "JSON Lines"}
    assert seen["readings"][0]["roles"] == {"text": "load", "label": "mark"}
    assert [one["name"] for one in seen["fields"]] == ["load", "mark", "n"]
    assert len(seen["readings"][0]["records"]) == 10


def test_a_missing_file_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "inspect", tmp_path / "none.jsonl")
    assert (code, out) == (2, "")
    assert "there is no such file" in err
