"""Reading score matrices: what is refused, and with which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.sweep.generated import CANDIDATES, generated, written

from marshtest.errors import InputError
from marshtest.sweep.matrices import read_scores

NAMES = np.array(["a", "b", "c"])
GOOD = np.random.default_rng(0).normal(size=(3, 50))


def npz(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def changed(row: int, column: int, value: float) -> Any:
    scores = GOOD.copy()
    scores[row, column] = value
    return scores


def test_an_npz_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    matrices = generated([0, None], records=60)
    read = read_scores(written(matrices, tmp_path / "scores.npz"))
    assert read.candidates == CANDIDATES
    assert list(read.scores) == ["d0", "d1"]
    assert read.scores["d0"] == pytest.approx(matrices.scores["d0"], abs=0.01)  # half precision in the file
    assert read.tokens is None


def test_a_parquet_file_gives_what_the_npz_file_gives(tmp_path: Path) -> None:
    matrices = generated([0, None], records=60)
    columns: dict[str, Any] = {"dataset": ["d0"] * 60 + ["d1"] * 60, "tokens": list(range(1, 121))}
    for place, name in enumerate(CANDIDATES):
        columns[name] = np.concatenate([matrices.scores["d0"][place], matrices.scores["d1"][place]])
    pq.write_table(pa.table(columns), tmp_path / "scores.parquet")
    read = read_scores(tmp_path / "scores.parquet")
    assert read.candidates == CANDIDATES
    assert (read.scores["d1"] == matrices.scores["d1"]).all()
    assert read.tokens is not None
    assert read.tokens["d1"].tolist() == list(range(61, 121))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"scores__x": GOOD}, "no array `candidates`"),
        ({"candidates": NAMES}, "there are no scores"),
        ({"candidates": np.arange(3), "scores__x": GOOD}, "not a list of names"),
        ({"candidates": NAMES[:2], "scores__x": GOOD[:2]}, "too few to compare"),
        ({"candidates": np.array(["a", "a", "b"]), "scores__x": GOOD}, "'a' appears twice"),
        ({"candidates": np.array(["a", " ", "b"]), "scores__x": GOOD}, "empty name"),
        ({"candidates": NAMES, "scores__x": GOOD.T}, "transposed"),
        ({"candidates": NAMES, "scores__x": GOOD[0]}, r"'x' have shape \(50,\); expected are 3 rows"),
        ({"candidates": NAMES, "scores__x": GOOD[:, :5]}, "'x' has 5 records; at least 20"),
        ({"candidates": NAMES, "scores__x": changed(1, 7, np.nan)}, "1 scores .* 'b' at record 8"),
        ({"candidates": NAMES, "scores__x": changed(2, 0, np.inf)}, "1 scores .* 'c' at record 1"),
        ({"candidates": NAMES, "scores__x": 0 * GOOD}, "all scores of 'x' are zero"),
        ({"candidates": NAMES, "scores__x": GOOD.astype(str)}, "instead of numbers"),
        ({"candidates": NAMES, "scores__x": GOOD, "tokens__x": np.zeros(50, int)}, "token counts of 'x' do not fit"),
        ({"candidates": NAMES, "scores__x": GOOD, "tokens__y": np.ones(50, int)}, "not for 'x'"),
    ],
)
def test_a_file_that_would_mislead_is_refused(arrays: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message) as error:
        read_scores(npz(tmp_path / "scores.npz", **arrays))
    assert "scores.npz" in str(error.value)


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    path = npz(tmp_path / "scores.npz", candidates=np.array(["a", None, "c"], dtype=object), scores__x=GOOD)
    with pytest.raises(InputError, match="no objects"):
        read_scores(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello", "neither an npz nor a Parquet"),
        (b"PK\x03\x04broken", "not a readable npz"),
        (b"PAR1", "not a readable Parq"),
    ],
)
def test_a_file_that_is_something_else_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "scores").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_scores(tmp_path / "scores")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.npz: No such file"):
        read_scores(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"a": [0.5] * 30}, "no column `dataset`"),
        ({"dataset": ["x"] * 30, "a": ["y"] * 30}, "'a' holds string instead of numbers"),
        ({"dataset": ["x"] * 30, "a": [None, *[0.5] * 29]}, "'a' has 1 missing values"),
        ({"dataset": ["x"] * 30}, "too few to compare"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    pq.write_table(pa.table(columns), tmp_path / "scores.parquet")
    with pytest.raises(InputError, match=message):
        read_scores(tmp_path / "scores.parquet")


def test_a_candidate_that_is_left_out_must_be_there() -> None:
    matrices = generated([0, None], records=60)
    assert CANDIDATES[0] not in matrices.without([CANDIDATES[0]]).candidates
    with pytest.raises(InputError, match="no candidate 'x'"):
        matrices.without(["x"])
