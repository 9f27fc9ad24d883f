"""What the user names: files, globs, folders and saved datasets; nothing in them is passed over without a word."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.paths import FORMAT_FILES

from marshtest.data.readers import read_dataset
from marshtest.data.readers.sources import source_files
from marshtest.data.skipped import collecting_skipped
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


@pytest.mark.parametrize("name", ["go.jsonl", "x.jsonl", "long-name.jsonl"])
@pytest.mark.parametrize("folder", [".", "./", "deep/..", "../{here}", "./../{here}/"])
def test_a_folder_is_read_whole_however_it_is_written(
    folder: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.` cut two letters off every name in it, so that `go.jsonl` was taken for a hidden file."""
    (tmp_path / "deep").mkdir()
    for one in (name, "train.jsonl"):
        (tmp_path / one).write_text(LINE)
    monkeypatch.chdir(tmp_path)
    found = source_files(folder.format(here=tmp_path.name))
    assert sorted(Path(one).name for one in found) == sorted([name, "train.jsonl"])
    assert len(source_files(Path(folder.format(here=tmp_path.name)))) == 2


@pytest.mark.parametrize("listed", ["data.arrow", "test"])
def test_a_saved_dataset_hides_no_data_beside_it(listed: str, tmp_path: Path) -> None:
    """Whoever reads the folder in another way than `load_from_disk` would train on what was not audited."""
    for place in (tmp_path, tmp_path / "test", tmp_path / "train"):
        place.mkdir(exist_ok=True)
        (place / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data.arrow"}]}))
    (tmp_path / "test" / "data.arrow").touch()
    if listed == "test":
        (tmp_path / "dataset_dict.json").write_text('{"splits": ["test"]}')
        (tmp_path / "train" / "data.arrow").touch()
    else:
        shutil.rmtree(tmp_path / "test")
        (tmp_path / "data.arrow").touch()
        (tmp_path / "train.jsonl").write_text(LINE)
    with pytest.raises(InputError, match=r"holds 'train(\.jsonl|/data\.arrow)', which the dataset does not list"):
        source_files(tmp_path)


def test_what_libraries_leave_in_a_saved_dataset_is_passed_over_and_named(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data.arrow"}]}))
    for name in ("data.arrow", "cache-1a2b.arrow", "README.md"):
        (tmp_path / name).touch()
    with collecting_skipped() as skipped:
        assert source_files(tmp_path) == [str(tmp_path / "data.arrow")]
    assert [(one.count, one.example) for one in skipped()] == [(2, "README.md")]


def test_a_pattern_passes_over_nothing_without_a_word(folder: Path) -> None:
    with collecting_skipped() as skipped:
        assert len(source_files(f"{folder}/*.jsonl")) == 2
        assert skipped() == ()
        source_files(f"{folder}/[abd]*")
    assert [(one.why, one.example) for one in skipped()] == [
        ("a folder that the pattern matches", str(folder / "deep"))
    ]
    (folder / "c.jsonl").symlink_to("missing.jsonl")
    with pytest.raises(InputError, match=r"matches '.*c\.jsonl', which is a link to a folder or to nothing"):
        source_files(f"{folder}/*.jsonl")
    (folder / "c.jsonl").unlink()
    (folder / "c.jsonl").mkdir()
    (folder / "c.jsonl" / "d.jsonl").write_text(LINE)
    with pytest.raises(InputError, match=r"matches '.*c\.jsonl', which is a folder"):
        source_files(f"{folder}/*.jsonl")
    assert len(source_files(f"{folder}/**/*.jsonl")) == 3


@pytest.mark.parametrize("scheme", ["s3", "file", "hf", "memory"])
def test_a_folder_called_as_a_scheme_is_no_address(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell makes `s3:/set/a.jsonl` of `*/*/*.jsonl` where the data brought a folder `s3:`."""
    place = tmp_path / f"{scheme}:" / "set" / "a.jsonl"
    place.parent.mkdir(parents=True)
    place.write_text(LINE)
    monkeypatch.chdir(tmp_path)
    for given in (f"{scheme}:/set/a.jsonl", Path(f"{scheme}:/set/a.jsonl"), Path(f"./{scheme}:/set")):
        with pytest.raises(InputError, match=r"this is an address, and the path of a file here too"):
            source_files(given)
    assert source_files(place) == [str(place)]
    with pytest.raises(InputError, match=r"which reads as an address; rename it"):
        source_files(".")
