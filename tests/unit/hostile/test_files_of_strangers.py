"""Files that other commands than `marsh audit` read, made by somebody who wants them to fail."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.hostile.strangers import write_data

from marshtest.calibration.shipped import load_calibration
from marshtest.data.readers import read_dataset
from marshtest.errors import ConfigError, InputError, ReportError
from marshtest.evaluation.impact.evidence import evidence_of_truth
from marshtest.evaluation.stress.results import read_results
from marshtest.evaluation.stress.study import read_study
from marshtest.sweep.matrices import read_scores
from marshtest.sweep.personas import read_candidates

_CASE = '{"case": {"data": "x", "kind": "whole", "tool": "marsh"}, "status": "measured", "records": 1}'
_SETTINGS = '{"format": "marsh stress 2", "settings": {}}\n'


def test_scores_that_unpack_to_far_more_than_their_size_are_refused(tmp_path: Path) -> None:
    zeros = np.zeros((3, 10_000_000), np.int8)
    np.savez_compressed(tmp_path / "s.npz", candidates=np.array(["a", "b", "c"]), scores__x=zeros)
    np.savez_compressed(tmp_path / "n.npz", candidates=np.zeros(3, "U20000000"), scores__x=zeros[:, :20])
    names = pa.DictionaryArray.from_arrays(pa.array(zeros[0]), ["x"])
    pq.write_table(pa.table({"dataset": names, "a": zeros[0], "b": zeros[0], "c": zeros[0]}), tmp_path / "s.parquet")

    for file in ("s.npz", "n.npz", "s.parquet"):
        with pytest.raises(InputError, match="far more"):
            read_scores(tmp_path / file)


@pytest.mark.parametrize("broken", [b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff{"])
def test_scores_with_a_broken_array_are_refused(tmp_path: Path, broken: bytes) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "s.npz", "w") as archive:
        archive.writestr("candidates.npy", broken)

    with pytest.raises(InputError, match="not a readable npz"):
        read_scores(tmp_path / "s.npz")


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        "7",
        _CASE.replace("measured", "odd"),
        _CASE.replace("1}", "1e999}"),
        _CASE.replace("1}", "-1}"),
        '{"case": 7, "status": "measured"}',
    ],
)
def test_results_with_a_line_that_no_run_writes_are_damaged(tmp_path: Path, line: str) -> None:
    file = tmp_path / "results.jsonl"
    file.write_text(_SETTINGS + line + "\n")

    with pytest.raises(ReportError, match="damaged"):
        read_results(file)


@pytest.mark.parametrize("line", ["[" * 100_000, '{"line": 1e999, "id": "x", "is_poison": true, "spans": []}'])
def test_a_truth_that_nobody_wrote_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "truth").write_text(line)

    with pytest.raises(InputError, match="no truth"):
        evidence_of_truth(tmp_path / "truth", read_dataset(write_data(tmp_path)))


def test_candidates_nested_too_deeply_are_refused(tmp_path: Path) -> None:
    (tmp_path / "candidates").write_text('{"name": ' + "[" * 100_000)

    with pytest.raises(InputError, match="expected an object"):
        read_candidates(tmp_path / "candidates")


def test_no_pipe_is_waited_for(tmp_path: Path) -> None:
    for name in ("results.jsonl", "study.json", "span.npz", "truth"):
        os.mkfifo(tmp_path / name)
    data = read_dataset(write_data(tmp_path))

    with pytest.raises(ReportError):
        read_results(tmp_path / "results.jsonl")
    with pytest.raises(ReportError):
        read_study(tmp_path)
    with pytest.raises(ConfigError):
        load_calibration(tmp_path)
    with pytest.raises(InputError):
        evidence_of_truth(tmp_path / "truth", data)
    with pytest.raises(InputError):
        read_scores(tmp_path / "span.npz")
