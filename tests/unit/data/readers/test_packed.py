"""Packed files are read in a stream, and whatever is wrong with them is said."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.paths import FORMAT_FILES

from marshtest.data.readers import read_dataset
from marshtest.data.readers.packing import packing_of
from marshtest.errors import InputError

pytestmark = pytest.mark.slow

LINE = b'{"text": "the harbour is calm", "label": "ordinary"}\n'
OTHER = b'{"text": "a leak in the hull", "label": "urgent"}\n'
PACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


@pytest.mark.parametrize("suffix", PACK)
def test_a_cut_off_file_says_from_where_on_it_is_lost(tmp_path: Path, suffix: str) -> None:
    """Everything before the cut is read, and the rest is one failure: never a clean end."""
    content = b"".join(b'{"text": "record %d %d", "label": "x"}\n' % (n, n * n * 7919) for n in range(60_000))
    path = tmp_path / f"d.jsonl{suffix}"
    path.write_bytes(PACK[suffix](content)[:-5_000])
    with pytest.raises(
        InputError, match=r"d\.jsonl.*:\d+: the file cannot be read from here on: the \w+ data are damaged"
    ):
        read_dataset(path)
    dataset = read_dataset(path, on_bad_record="skip")
    assert 1_000 < len(dataset) < 60_000
    assert [failure.source_line for failure in dataset.failures] == [len(dataset) + 1]


@pytest.mark.parametrize("suffix", PACK)
def test_members_one_after_another_are_one_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"d.jsonl{suffix}"
    path.write_bytes(PACK[suffix](LINE * 3) + PACK[suffix](OTHER * 2))
    assert read_dataset(path).labels == {"ordinary": 3, "urgent": 2}


@pytest.mark.parametrize("suffix", PACK)
def test_what_stands_behind_a_member_is_not_left_out_without_a_word(tmp_path: Path, suffix: str) -> None:
    """A damaged second member may be whole for another program."""
    second = bytearray(PACK[suffix](OTHER * 2))
    second[len(second) // 2] ^= 0xFF
    path = tmp_path / f"d.jsonl{suffix}"
    path.write_bytes(PACK[suffix](LINE * 3) + second)
    with pytest.raises(InputError, match="data are damaged"):
        read_dataset(path)


def test_the_packing_is_known_by_its_bytes_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_bytes(gzip.compress(LINE))
    record = read_dataset(path).record(0)
    assert (record.source_line, record.byte_offset, record.byte_length) == (1, None, None)
    known = {path.suffix: packing_of(path.read_bytes()) for path in FORMAT_FILES.glob("labelled.jsonl.*")}
    assert known == {".bz2": "bzip2", ".gz": "gzip", ".lz4": "lz4", ".xz": "xz", ".zip": "zip", ".zst": "zstd"}


def test_a_zip_of_several_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jsonl", LINE)
        archive.writestr("b.jsonl", OTHER)
    with pytest.raises(InputError, match="the zip holds 2 files; unpack it"):
        read_dataset(path)


def test_what_needs_the_whole_file_is_refused_when_packed(tmp_path: Path) -> None:
    path = tmp_path / "d.parquet.gz"
    path.write_bytes(gzip.compress((FORMAT_FILES / "labelled.parquet").read_bytes()))
    with pytest.raises(InputError, match="Parquet inside gzip cannot be read in a stream; decompress it first"):
        read_dataset(path)


def test_a_line_that_never_ends_is_refused(tmp_path: Path) -> None:
    """A hundred megabytes in one line of a packed file is one failure; the lines around it are read."""
    path = tmp_path / "d.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(LINE)
        for _ in range(100):
            file.write(os.urandom(50_000).hex().encode() + b"x" * 900_000)
        file.write(b"\n" + OTHER)
    with pytest.raises(InputError, match=r"d\.jsonl\.gz:2: the record is longer than 64 MiB"):
        read_dataset(path)
    dataset = read_dataset(path, on_bad_record="skip")
    assert (dataset.labels, len(dataset.failures)) == ({"ordinary": 1, "urgent": 1}, 1)


def test_a_bomb_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that unpacks to far more than it holds ends as an error, not as a full memory."""
    monkeypatch.setattr("marshtest.data.readers.bounds._FREE_BYTES", 1_000_000)
    path = tmp_path / "d.jsonl.gz"
    path.write_bytes(gzip.compress(LINE * 200_000))
    with pytest.raises(InputError, match="holds more than 100 times its size; decompress it first"):
        read_dataset(path)


STREAMED = """
import resource, sys
from marshtest.config import FieldMap
from marshtest.data.readers.planning import plan_reading
plan = plan_reading([sys.argv[1]], FieldMap(), on_bad_record="fail")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = sum(batch.num_rows for piece in plan.pieces for batch in plan.kernel(piece))
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(not hasattr(resource, "getrusage"), reason="this system does not say how much memory was used")
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_reading_is_streamed(tmp_path: Path, suffix: str) -> None:
    """Reading 120 MB takes far less memory than 120 MB: what is read is passed on in batches."""
    path = tmp_path / f"d.jsonl{suffix}"
    with gzip.open(path, "wb", compresslevel=1) if suffix else path.open("wb") as file:
        for number in range(60_000):
            own = hashlib.sha256(b"%d" % number).hexdigest().encode()
            file.write(b'{"text": "%s%s", "label": "x"}\n' % (own, b"calm water " * 180))
    done = subprocess.run([sys.executable, "-c", STREAMED, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows, kilobytes = map(int, done.stdout.split())
    assert rows == 60_000
    assert kilobytes < 90_000


@pytest.mark.parametrize("name", ["train__MACOSX/b.jsonl", "__MACOSX/b.jsonl", "__MACOSX/._a/b.jsonl"])
def test_only_what_macos_writes_is_passed_over_in_a_zip(name: str, tmp_path: Path) -> None:
    """A member in a folder whose name ends so, or that does not begin with `._`, is data."""
    line = '{"text": "a word", "label": "x"}\n'
    for member, refused in ((name, True), ("__MACOSX/._a.jsonl", False)):
        with zipfile.ZipFile(tmp_path / "d.jsonl.zip", "w") as archive:
            archive.writestr("a.jsonl", line)
            archive.writestr(member, line)
        if refused:
            with pytest.raises(InputError, match="the zip holds 2 files"):
                read_dataset(tmp_path / "d.jsonl.zip")
        else:
            assert len(read_dataset(tmp_path / "d.jsonl.zip")) == 1


@pytest.mark.parametrize("name", [".DS_Store", "set/.DS_Store", "README.md", "set/LICENSE", "citation.cff"])
def test_what_is_no_data_in_a_zip_is_passed_over_and_named(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr(name, "\0\0 about this set")
        archive.writestr("a.jsonl", LINE)
    dataset = read_dataset(tmp_path / "d.zip")
    assert len(dataset) == 1
    assert {one.example for one in dataset.skipped} == {name}


@pytest.mark.parametrize("name", ["README.jsonl", "readme_data.txt", ".DS_Store.jsonl"])
def test_a_name_like_documentation_hides_no_data_in_a_zip(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr(name, OTHER)
        archive.writestr("a.jsonl", LINE)
    with pytest.raises(InputError, match="the zip holds 2 files"):
        read_dataset(tmp_path / "d.zip")
