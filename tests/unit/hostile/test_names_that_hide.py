"""Names by which files of the data are passed over, taken for another, or taken away."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest
from tests.unit.hostile.strangers import SHORT, marsh, write_data

from marshtest.data.readers.sources import source_files
from marshtest.data.skipped import collecting_skipped
from marshtest.errors import InputError


def saved_dataset(folder: Path) -> Path:
    """Write a dataset as Hugging Face saves it; give its file."""
    folder.mkdir(parents=True)
    table = pa.table({"text": [f"note {n} about boats" for n in range(40)], "label": ["a", "b"] * 20})
    file = folder / "data-00000-of-00001.arrow"
    with pa.OSFile(str(file), "wb") as opened, pa.ipc.new_stream(opened, table.schema) as stream:
        stream.write_table(table)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": file.name}], "_fingerprint": "0" * 16}))
    return file


def test_data_that_a_saved_dataset_does_not_list_are_not_passed_over(tmp_path: Path) -> None:
    file = saved_dataset(tmp_path / "set")
    (tmp_path / "set" / "cache-01.arrow").write_bytes(file.read_bytes())
    (tmp_path / "set" / "notes.bin").write_bytes(b"")
    with collecting_skipped() as skipped:
        assert source_files(tmp_path / "set") == [str(file)]
    assert {one.example for one in skipped()} & {"cache-01.arrow", "notes.bin"}
    write_data(tmp_path / "set", "train.jsonl")

    with pytest.raises(InputError, match=r"'train\.jsonl', which the dataset does not list"):
        source_files(tmp_path / "set")


def test_a_file_called_like_a_pattern_does_not_stand_for_what_the_pattern_matches(tmp_path: Path) -> None:
    write_data(tmp_path, "*.jsonl")
    pattern = str(tmp_path / "*.jsonl")
    assert source_files(pattern) == [pattern]
    write_data(tmp_path, "part-1.jsonl")

    with pytest.raises(InputError, match="a pattern of others too"):
        source_files(pattern)


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_a_pattern_passes_over_no_pipe_and_no_link(tmp_path: Path, kind: str) -> None:
    write_data(tmp_path, "a.jsonl")
    place = tmp_path / "b.jsonl"
    os.mkfifo(place) if kind == "pipe" else place.symlink_to("nowhere")

    with pytest.raises(InputError, match="would not be read"):
        source_files(str(tmp_path / "*.jsonl"))


def test_a_folder_that_a_pattern_matches_is_noted(tmp_path: Path) -> None:
    write_data(tmp_path, "a.jsonl")
    write_data(tmp_path / "b")
    with collecting_skipped() as skipped:
        source_files(str(tmp_path / "[ab]*"))

    assert [Path(one.example).name for one in skipped()] == ["b"]


@pytest.mark.parametrize("pattern", ["", "**/*.jsonl", "*/*.jsonl", "[s]hut/*.jsonl", "**"])
def test_a_folder_that_cannot_be_listed_is_no_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    write_data(tmp_path)
    write_data(tmp_path / "open")
    (tmp_path / "shut").mkdir()
    listed = os.scandir

    def refusing(place: str) -> object:
        if Path(place).name == "shut":
            raise PermissionError(13, "Permission denied", str(place))
        return listed(place)

    monkeypatch.setattr(os, "scandir", refusing)

    with pytest.raises(InputError, match="Permission denied"):
        source_files(f"{tmp_path}/{pattern}")


def test_a_folder_that_cannot_be_searched_is_no_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_data(tmp_path / "open", "a.jsonl")
    (tmp_path / "shut").mkdir()
    (tmp_path / "empty").mkdir()
    status = os.lstat

    def refusing(place: str) -> os.stat_result:
        if Path(place).parent.name == "shut":
            raise PermissionError(13, "Permission denied", str(place))
        return status(place)

    monkeypatch.setattr(os, "lstat", refusing)

    with pytest.raises(InputError, match="Permission denied"):
        source_files(f"{tmp_path}/*/a.jsonl")
    assert len(source_files(f"{tmp_path}/[oe]*/a.jsonl")) == 1


def test_a_pattern_leads_through_no_other_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_data(tmp_path / "open")
    (tmp_path / "shut").mkdir()
    (tmp_path / ".hidden").mkdir()
    listed = os.scandir

    def refusing(place: str) -> object:
        assert Path(place).name not in ("shut", ".hidden")
        return listed(place)

    monkeypatch.setattr(os, "scandir", refusing)

    assert len(source_files(f"{tmp_path}/o*/**/*.jsonl")) == 1


@pytest.mark.parametrize("place", ["s3:/bucket/data.jsonl", "."])
def test_a_folder_called_like_a_scheme_is_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_data(Path("s3:/bucket"))

    with pytest.raises(InputError, match="rename"):
        source_files(Path(place))


def test_the_current_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_data(Path())
    write_data(Path("inner"), ".hidden.jsonl")

    assert source_files(".") == source_files(Path()) == ["data.jsonl"]
    assert source_files("./inner/../") == ["inner/../data.jsonl"]


@pytest.mark.parametrize(
    ("name", "options"), [("report.html", ()), ("report.html", ("--no-html",)), ("timings.json", ("--timings",))]
)
def test_a_file_of_the_user_in_the_run_folder_is_neither_replaced_nor_removed(
    tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")

    result = marsh("audit", write_data(tmp_path), "--out", tmp_path / "out", *options, *SHORT)

    assert result.exit_code == 2, result.output
    assert (tmp_path / "out" / name).read_text() == "mine"


@pytest.mark.parametrize("split", [".marsh-spill", ".marsh-checkpoints"])
def test_data_in_a_folder_that_is_deleted_are_refused(tmp_path: Path, split: str) -> None:
    file = saved_dataset(tmp_path / "set" / split)
    (tmp_path / "set" / "dataset_dict.json").write_text(json.dumps({"splits": [split]}))

    result = marsh("audit", tmp_path / "set", "--out", tmp_path / "set", *SHORT)

    assert result.exit_code == 2
    assert "deleted after an audit" in result.output
    assert file.exists()


@pytest.mark.parametrize("force", [False, True])
def test_a_comparison_does_not_write_its_summary_over_the_data(tmp_path: Path, *, force: bool) -> None:
    data, other = write_data(tmp_path, "summary.json"), write_data(tmp_path, "other.jsonl")
    before = data.read_bytes()

    options = ("--force",) if force else ()
    result = marsh("audit", data, other, "--compare", "--out", tmp_path, *options, *SHORT)

    assert result.exit_code == 2, result.output
    assert data.read_bytes() == before
