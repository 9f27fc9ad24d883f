"""Nothing that is there already is written over without leave, and the audited data never."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marshtest.cli.main import main

DATA = "".join(f'{{"text": "text number {n}", "label": "{"ab"[n % 2]}"}}\n' for n in range(10)).encode()


def marsh(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], standalone_mode=True)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_bytes(DATA)
    return path


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["without force", "with force"])
def test_the_extra_json_never_replaces_the_audited_data(data: Path, force: list[str]) -> None:
    result = marsh("audit", data, "--out", data.parent / "run", "--json", data, *force)
    assert result.exit_code == 2
    assert data.read_bytes() == DATA


def test_the_extra_json_replaces_a_file_only_with_force(data: Path) -> None:
    other = data.with_name("other.json")
    other.write_text("mine")
    assert marsh("audit", data, "--out", data.parent / "run", "--json", other).exit_code == 2
    assert other.read_text() == "mine"
    marsh("audit", data, "--out", data.parent / "run", "--json", other, "--force")
    assert other.read_text().startswith("{")


def test_a_pipe_is_not_replaced_by_a_file(data: Path) -> None:
    pipe = data.with_name("pipe")
    os.mkfifo(pipe)
    assert marsh("audit", data, "--out", data.parent / "run", "--json", pipe, "--force").exit_code == 2
    assert pipe.is_fifo()


def test_a_link_is_not_written_through(data: Path) -> None:
    real, link = data.with_name("real.json"), data.with_name("link.json")
    link.symlink_to(real)
    result = marsh("audit", data, "--out", data.parent / "run", "--json", link, "--force")
    assert result.exit_code == 2
    assert "is a link" in result.output
    assert link.is_symlink()
    assert not real.exists()


def test_data_named_like_the_report_is_not_replaced(tmp_path: Path) -> None:
    data = tmp_path / "report.json"
    data.write_bytes(DATA)
    assert marsh("audit", data, "--out", tmp_path, "--force").exit_code == 2
    assert data.read_bytes() == DATA


def test_clean_does_not_replace_the_report(data: Path) -> None:
    run = data.parent / "run"
    marsh("audit", data, "--out", run, "--quiet")
    report = (run / "report.json").read_bytes()
    assert marsh("clean", run, "--out", run / "report.json", "--force").exit_code == 2
    assert (run / "report.json").read_bytes() == report
