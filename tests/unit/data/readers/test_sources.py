"""What the user names: files, globs, folders and saved datasets; nothing in them is passed over without a word."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.paths import FORMAT_FILES

from marshtest.data.readers import read_dataset
from marshtest.data.readers.sources import source_files
from marshtest.errors import InputError

LINE = '{"text": "a", "label": "b"}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.jsonl", "a.jsonl", "deep/c.jsonl.gz", ".hidden/d.jsonl", "README.md", "LICENSE", "load.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(LINE)
    shutil.copy(FORMAT_FILES / "labelled.jsonl.gz", tmp_path / "deep" / "c.jsonl.gz")
    return tmp_path


def test_a_folder_is_its_data_files_in_order(folder: Path) -> None:
    assert source_files(folder) == [str(folder / name) for name in ("a.jsonl", "b.jsonl", "deep/c.jsonl.gz")]
    assert len(read_dataset(folder)) == 10


def test_a_folder_with_a_file_of_no_known_format_is_refused(folder: Path) -> None:
    """It may be data, and then nobody would have looked at it."""
    (folder / "more.dat").write_text("?")
    with pytest.raises(InputError, match=r"holds 'more\.dat', whose format is not known; name the files"):
        source_files(folder)


def test_globs_reach_into_folders(folder: Path) -> None:
    assert source_files(f"{folder}/*.jsonl") == [str(folder / "a.jsonl"), str(folder / "b.jsonl")]
    assert source_files(f"{folder}/**/*.gz") == [str(folder / "deep/c.jsonl.gz")]
    with pytest.raises(InputError, match="no file matches"):
        source_files(f"{folder}/*.csv")
    with pytest.raises(InputError, match="named twice"):
        source_files([f"{folder}/*.jsonl", folder / "a.jsonl"])


def test_a_name_with_a_bracket_is_a_name_first(tmp_path: Path) -> None:
    (tmp_path / "d[1].jsonl").write_text(LINE)
    assert len(read_dataset(tmp_path / "d[1].jsonl")) == 1


def test_splits_of_a_saved_dataset_come_in_their_own_order() -> None:
    names = [Path(file).parent.name for file in source_files(FORMAT_FILES / "saved-splits")]
    assert names == ["train", "test"]


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"_data_files": [{"filename": "../elsewhere.arrow"}]}, "lists no data files"),
        ({"_data_files": []}, "lists no data files"),
        ({"_data_files": [{"filename": "x"}], "_indices_data_files": [{"filename": "y"}]}, "saved with indices"),
        ([], "lists no data files"),
    ],
)
def test_a_state_that_cannot_be_right_is_refused(tmp_path: Path, state: object, message: str) -> None:
    """No file outside of the folder is ever reached through it."""
    (tmp_path / "state.json").write_text(json.dumps(state))
    with pytest.raises(InputError, match=message):
        source_files(tmp_path)


def test_a_file_that_the_state_lists_and_that_is_not_there_is_missed(tmp_path: Path) -> None:
    shutil.copytree(FORMAT_FILES / "saved", tmp_path / "saved")
    (tmp_path / "saved" / "data-00001-of-00002.arrow").unlink()
    with pytest.raises(InputError, match=r"data-00001-of-00002\.arrow: there is no such file"):
        read_dataset(tmp_path / "saved")
