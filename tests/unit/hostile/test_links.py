"""Nothing is written through a link that may have come with the data, whatever writes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.hostile.strangers import SHORT, audited, marsh, write_data

from marshtest.auditing.checkpoints import Checkpoints
from marshtest.cli.run_folder import run_folder
from marshtest.data.atomic import write_atomically
from marshtest.data.folders import remove_inside
from marshtest.data.memory import memory_budget
from marshtest.data.readers import read_dataset
from marshtest.demo import write_demo_data
from marshtest.detectors.base import Examination
from marshtest.detectors.hidden_text.detector import HiddenText
from marshtest.errors import MarshtestError, ReportError
from marshtest.evaluation.stress.results import open_results
from marshtest.judges.batch_requests import BatchFile
from marshtest.judges.store import AnswerStore


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Give a folder of the user with a file, into which links lead."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes").write_text("my notes")
    return folder


@pytest.fixture(autouse=True)
def untouched(mine: Path) -> object:
    """After every test the user's folder is as it was."""
    yield
    assert [(path.name, path.read_text()) for path in mine.iterdir()] == [("notes", "my notes")]


FILES = ("report.json", "report.html", "timings.json", "judge.sqlite", "judge.sqlite-wal", "judge.sqlite-journal")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("leads_to", ["notes", "nothing"])
def test_a_run_folder_with_a_link_is_refused(tmp_path: Path, mine: Path, name: str, leads_to: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).symlink_to(mine / leads_to)
    result = marsh("audit", write_data(tmp_path), "--out", tmp_path / "run", "--force", *SHORT)
    assert result.exit_code == 2
    assert "is a link" in result.output
    assert str(tmp_path / "run" / name) in result.output.replace("\n", "")


@pytest.mark.parametrize("name", [".marsh-checkpoints", ".marsh-spill"])
def test_a_linked_folder_in_the_run_folder_is_refused(tmp_path: Path, mine: Path, name: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).symlink_to(mine)
    result = marsh("audit", write_data(tmp_path), "--out", tmp_path / "run", "--memory", "1GiB", *SHORT)
    assert result.exit_code == 2
    assert "is a link" in result.output


def test_a_link_as_the_run_folder_or_above_it_is_refused(
    tmp_path: Path, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_data(tmp_path / "repository")
    monkeypatch.chdir(tmp_path / "repository")
    for link in ("marsh-data", "results"):
        Path(link).symlink_to(mine)
    for out in ([], ["--out", "results"], ["--out", "results/today"], ["--out", str(Path.cwd() / "results" / "today")]):
        result = marsh("audit", "data.jsonl", *SHORT, *out)
        assert result.exit_code == 2
        assert "is a link" in result.output


def test_links_of_the_machine_above_a_folder_that_is_named_are_followed(tmp_path: Path) -> None:
    """Only what the user named, or what lies below the current folder, can have come with the data."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "volume").symlink_to(tmp_path / "disk")
    with run_folder(tmp_path / "volume" / "run", force=False):
        write_atomically({tmp_path / "volume" / "run" / "a": b"a"})
    assert (tmp_path / "disk" / "run" / "a").read_bytes() == b"a"


def test_a_pipe_in_place_of_the_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    os.mkfifo(tmp_path / "run" / "report.html")
    result = marsh("audit", write_data(tmp_path), "--out", tmp_path / "run", *SHORT)
    assert result.exit_code == 2
    assert "is no ordinary file" in result.output


def test_the_page_of_show_goes_through_no_link(tmp_path: Path, mine: Path) -> None:
    run = audited(tmp_path)
    (run / "report.html").symlink_to(mine / "notes")
    assert marsh("show", run, "--html").exit_code == 2


@pytest.mark.parametrize("place", ["c.jsonl", "c.quarantined.jsonl"])
def test_clean_writes_through_no_link(tmp_path: Path, mine: Path, place: str) -> None:
    run = audited(tmp_path)
    (tmp_path / place).symlink_to(mine / "new")
    result = marsh("clean", run, "--out", tmp_path / "c.jsonl", "--force")
    assert result.exit_code == 2
    assert "is a link" in result.output


def test_clean_writes_into_no_linked_folder_below_the_one_that_is_named(tmp_path: Path, mine: Path) -> None:
    for name in ("train", "test"):
        write_data(tmp_path / "data" / name)
    result = marsh("audit", tmp_path / "data", "--out", tmp_path / "run", "--no-html", *SHORT)
    assert result.exit_code == 1
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "train").symlink_to(mine)
    result = marsh("clean", tmp_path / "run", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "is a link" in result.output


def test_batch_files_are_written_through_no_link(tmp_path: Path, mine: Path) -> None:
    (tmp_path / ".requests.jsonl.partial").symlink_to(mine / "notes")
    batch = BatchFile(tmp_path / "requests.jsonl", "m", AnswerStore(None))
    batch._write(b"a request\n")
    batch.close()
    assert (tmp_path / "requests.jsonl").read_bytes() == b"a request\n"
    (tmp_path / "linked.jsonl").symlink_to(mine / "notes")
    with pytest.raises(ReportError, match="is a link"):
        BatchFile(tmp_path / "linked.jsonl", "m", AnswerStore(None))


def test_results_demo_data_and_checkpoints_are_written_through_no_link(tmp_path: Path, mine: Path) -> None:
    (tmp_path / "results.jsonl").symlink_to(mine / "notes")
    with pytest.raises(ReportError, match="is a link"), open_results(tmp_path / "results.jsonl", {}, force=True):
        pass
    (tmp_path / ".tickets.jsonl.partial").symlink_to(mine / "notes")
    write_demo_data(tmp_path / "tickets.jsonl")
    (tmp_path / "kept").symlink_to(mine)
    Checkpoints(tmp_path / "kept", seed=0, charter=None).keep(
        HiddenText(), read_dataset(write_data(tmp_path)), Examination()
    )


def test_removing_what_an_audit_left_follows_no_link(tmp_path: Path, mine: Path) -> None:
    (tmp_path / "spill").symlink_to(mine)
    with memory_budget(10**9, tmp_path / "spill"):
        pass
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "kept").mkdir()
    (tmp_path / "run" / "kept" / "link").symlink_to(mine)
    remove_inside(tmp_path / "run", "kept")
    assert not (tmp_path / "run" / "kept").exists()
    (tmp_path / "other").symlink_to(tmp_path)
    remove_inside(tmp_path / "other", "mine")


def test_a_file_that_cannot_be_put_into_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(MarshtestError):
        write_atomically({tmp_path / "new" / "a": b"a", tmp_path / "b": b"b"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "mine"]
