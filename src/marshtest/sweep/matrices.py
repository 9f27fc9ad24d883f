"""Score matrices from a file: candidates x records for every dataset, checked before anything is computed."""

from __future__ import annotations

import math
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np

from marshtest.data.folders import open_ordinary
from marshtest.errors import InputError
from marshtest.stats.arrays import Floats, Ints

__all__ = ["FEWEST_CANDIDATES", "FEWEST_RECORDS", "ScoreMatrices", "read_scores", "scores_as_npz"]

FEWEST_CANDIDATES = 3
"""Candidates that matrices need. A lead compares the best one with others."""
FEWEST_RECORDS = 20
"""Records that a dataset needs. Chosen by eye: far fewer than give a good ranking, which takes several hundred
(benchmarks/SWEEP.md)."""

_FEWEST_BYTES, _TIMES = 64 * 2**20, 20
"""Bytes that the numbers of a file may take, and how many times its size if that is more. Chosen by eye: random scores
can be packed to a half, and small numbers are kept in eight bytes each."""
_NUMBER_BYTES = 8
"""Bytes of a number once it is read. Derived: float64."""
_SCORES, _TOKENS = "scores__", "tokens__"
_EXPECTED = "expected: `candidates` (names) and, for each dataset, `scores__<dataset>` (candidates x records)"


@dataclass(frozen=True, slots=True)
class ScoreMatrices:
    """Scores of the records of several datasets under the same candidates."""

    path: str
    """Their origin, for messages."""
    candidates: tuple[str, ...]
    """Names of the candidates."""
    scores: Mapping[str, Floats]
    """By dataset, shape (candidates, records): mean log-likelihood per token with the persona minus without it."""
    tokens: Mapping[str, Ints] | None = None
    """By dataset, shape (records,): tokens of each completion; None when the file has none."""

    def __post_init__(self) -> None:
        """Refuse what would give wrong results later."""
        self._check_names()
        for name, scores in self.scores.items():
            self._check_scores(name, scores)
            if self.tokens is not None:
                self._check_tokens(name, self.tokens.get(name), scores.shape[1])

    def dataset(self, name: str) -> Floats:
        """Give the scores of one dataset.

        Raises:
            InputError: There is no such dataset.
        """
        if name not in self.scores:
            known = ", ".join(self.scores) or "none"
            raise InputError(f"there is no dataset {name!r}; the file holds: {known}.", path=self.path)
        return self.scores[name]

    def without(self, candidates: Sequence[str]) -> ScoreMatrices:
        """Leave candidates out.

        Raises:
            InputError: One of them is not there, or fewer than three remain.
        """
        for name in candidates:
            if name not in self.candidates:
                known = ", ".join(self.candidates)
                raise InputError(f"there is no candidate {name!r}; the file holds: {known}.", path=self.path)
        kept = [place for place, name in enumerate(self.candidates) if name not in set(candidates)]
        names = tuple(self.candidates[place] for place in kept)
        return ScoreMatrices(self.path, names, {name: one[kept] for name, one in self.scores.items()}, self.tokens)

    def _check_names(self) -> None:
        if len(self.candidates) < FEWEST_CANDIDATES:
            few = f"{len(self.candidates)} candidates are too few to compare; give at least {FEWEST_CANDIDATES}."
            raise InputError(few, path=self.path)
        twice = sorted({name for name in self.candidates if self.candidates.count(name) > 1})
        if twice:
            raise InputError(f"the candidate {twice[0]!r} appears twice; give each its own name.", path=self.path)
        if any(not name.strip() for name in self.candidates):
            raise InputError("a candidate has an empty name; give each its own name.", path=self.path)
        if not self.scores:
            raise InputError(f"there are no scores; {_EXPECTED}.", path=self.path)

    def _check_scores(self, name: str, scores: Floats) -> None:
        if scores.ndim != 2 or len(scores) != len(self.candidates):
            hint = ""
            if scores.ndim == 2 and scores.shape[1] == len(self.candidates):
                hint = " It looks transposed."
            raise InputError(
                f"the scores of {name!r} have shape {scores.shape}; expected are {len(self.candidates)} rows, one for "
                f"each candidate, and a column for each record.{hint}",
                path=self.path,
            )
        if scores.shape[1] < FEWEST_RECORDS:
            raise InputError(
                f"{name!r} has {scores.shape[1]} records; at least {FEWEST_RECORDS} are needed to compare means.",
                path=self.path,
            )
        broken = np.argwhere(~np.isfinite(scores))
        if len(broken):
            row, column = broken[0]
            raise InputError(
                f"{name!r} has {len(broken):,} scores that are not finite, the first for candidate "
                f"{self.candidates[row]!r} at record {column + 1}; score these again or remove the records.",
                path=self.path,
            )
        if not scores.any():
            raise InputError(f"all scores of {name!r} are zero; score it again.", path=self.path)

    def _check_tokens(self, name: str, tokens: Ints | None, records: int) -> None:
        if tokens is None:
            raise InputError(f"there are token counts, but not for {name!r}; give all or none.", path=self.path)
        if tokens.shape != (records,) or (tokens < 1).any():
            raise InputError(
                f"the token counts of {name!r} do not fit: expected are {records} numbers of at least 1.",
                path=self.path,
            )


def read_scores(path: str | Path) -> ScoreMatrices:
    """Read score matrices from an npz or a Parquet file.

    An npz file holds `candidates` (names), `scores__<dataset>` (candidates x records) and perhaps `tokens__<dataset>`
    (records). A Parquet file has a row for each record: `dataset` (name), perhaps `tokens`, and a column of scores for
    each candidate.

    Raises:
        InputError: The file cannot be read, or what it holds does not fit together.
    """
    try:
        with open_ordinary(path) as file:
            head = file.read(4)
            most = max(_FEWEST_BYTES, _TIMES * os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise InputError(f"{error.strerror or error}; check the path.", path=path) from error
    if head == b"PAR1":
        return _read_parquet(path, most)
    if head[:2] == b"PK":
        return _read_npz(path, most)
    raise InputError("this is neither an npz nor a Parquet file; write the scores as one of these.", path=path)


def scores_as_npz(matrices: ScoreMatrices) -> bytes:
    """Give the bytes of an npz file that `read_scores` reads back without any loss."""
    arrays: dict[str, Any] = {"candidates": np.array(matrices.candidates)}
    arrays |= {f"{_SCORES}{name}": one for name, one in matrices.scores.items()}
    arrays |= {f"{_TOKENS}{name}": one for name, one in (matrices.tokens or {}).items()}
    written = BytesIO()
    np.savez_compressed(written, **arrays)
    return written.getvalue()


def _check_size(needed: int, most: int, path: str | Path) -> None:
    """Refuse a file whose numbers take far more than its size.

    Raises:
        InputError: They do.
    """
    if needed > most:
        raise InputError(
            f"the file says that it holds {needed / 1e6:,.0f} MB of numbers, far more than scores of its size do; "
            "write the scores again.",
            path=path,
        )


def _array_bytes(file: IO[bytes]) -> int:
    """Return the bytes that an array takes once it is read, by its header."""
    with file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    return math.prod(shape) * max(_NUMBER_BYTES, dtype.itemsize)


def _read_npz(path: str | Path, most: int) -> ScoreMatrices:
    try:
        with zipfile.ZipFile(path) as packed:
            _check_size(sum(map(_array_bytes, map(packed.open, packed.namelist()))), most, path)
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {str(name): file[name] for name in file.files}
    except (ValueError, OSError, EOFError, RuntimeError, MemoryError, zlib.error, zipfile.BadZipFile) as error:
        raise InputError(f"not a readable npz file ({error}); write plain arrays, no objects.", path=path) from error
    if "candidates" not in arrays:
        raise InputError(f"there is no array `candidates`; {_EXPECTED}.", path=path)
    names = arrays["candidates"]
    if names.ndim != 1 or names.dtype.kind not in "US":
        raise InputError("`candidates` is not a list of names; write it as an array of strings.", path=path)
    candidates = tuple(name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name) for name in names)
    scores = {name.removeprefix(_SCORES): one for name, one in arrays.items() if name.startswith(_SCORES)}
    tokens = {name.removeprefix(_TOKENS): one for name, one in arrays.items() if name.startswith(_TOKENS)}
    for name, one in (scores | tokens).items():
        if one.dtype.kind not in "fiu":
            raise InputError(f"the array of {name!r} holds {one.dtype} instead of numbers; write it again.", path=path)
    return ScoreMatrices(
        str(path),
        candidates,
        {name: one.astype(np.float64) for name, one in scores.items()},
        {name: one.astype(np.int64) for name, one in tokens.items()} or None,
    )


def _read_parquet(path: str | Path, most: int) -> ScoreMatrices:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            told = file.metadata
            _check_size(told.num_rows * told.num_columns * _NUMBER_BYTES, most, path)
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"not a readable Parquet file ({error}); write or fetch it again.", path=path) from error
    if "dataset" not in table.column_names:
        raise InputError("there is no column `dataset` that names each record's dataset; add it.", path=path)
    candidates = tuple(name for name in table.column_names if name not in {"dataset", "tokens"})
    columns: dict[str, Any] = {}
    for name in table.column_names:
        column = table.column(name)
        if column.null_count:
            raise InputError(f"the column {name!r} has {column.null_count:,} missing values; fill them.", path=path)
        kind = column.type
        if name != "dataset" and not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            raise InputError(
                f"the column {name!r} holds {kind} instead of numbers; every other column is a candidate.", path=path
            )
        columns[name] = column.to_numpy()
    owner = np.array([str(name) for name in columns["dataset"]])
    whole = np.array([columns[name].astype(np.float64) for name in candidates]).reshape(len(candidates), len(owner))
    names = list(dict.fromkeys(owner.tolist()))
    tokens = None
    if "tokens" in columns:
        tokens = {name: columns["tokens"][owner == name].astype(np.int64) for name in names}
    return ScoreMatrices(str(path), candidates, {name: whole[:, owner == name] for name in names}, tokens)
