"""Throw broken files at the readers: nothing may crash, and no record may go missing without a word.

    python -m benchmarks.fuzz_readers --inputs 100000

Every input is a changed copy of a real file (`fuzz_mutations`). Reading it must end in an `InputError` or in a dataset
with as many records and failures as an independent count finds, in which every longer text of a record can be found.
The inputs are drawn from the seed and their number, so that each can be made again with `--first N --inputs 1`. The
reading happens in child processes: a crash of native code is found too, and named by its number.
"""

from __future__ import annotations

import argparse
import collections
import csv
import io
import json
import random
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.fuzz_mutations import STATE, Seed, mutated, seeds_of
from marshtest.config import FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.identity import canonical_json
from marshtest.data.readers import read_dataset
from marshtest.data.readers.assembling import assemble
from marshtest.data.readers.csv_start import CsvStart
from marshtest.data.readers.deciding import RECORD_FORMATS
from marshtest.data.readers.mapping import raw_schema
from marshtest.data.readers.opening import open_source
from marshtest.data.readers.planning import Plan, plan_reading
from marshtest.data.readers.sniff import FILE_FORMATS
from marshtest.data.readers.sources import source_files
from marshtest.errors import InputError

__all__ = ["Broken", "check_input", "draw_input", "real_files"]

REAL_FILES = Path(__file__).parents[1] / "tests/data/formats"
_CHUNK = 2_000
_ENDS_EARLY = ("from this row on", "cannot be read from here on", "is not closed", "follows the end of the array")
_SAID_BY_STRUCTURE = {"assistant", "function", "function_call", "human", "observation", "output_text", "input_text"}
_SAID_BY_STRUCTURE |= {
    "model_a",
    "model_b",
    "system",
    "thinking",
    "reasoning",
    "tool_use",
    "tool_result",
    "developer",
    "chatgpt",
}
_TURN_OF_TRANSCRIPT = re.compile(r"\s*\b(?:Human|Assistant): ?")
"""What stands between the turns of a transcript, which is read as turns."""


class Broken(AssertionError):
    """The readers did what they must not."""


class Input(NamedTuple):
    """One input and how it is read."""

    seed: Seed
    fields: FieldMap
    on_bad_record: Literal["fail", "skip"]
    kind: Literal["document"] | None
    in_threads: bool


def real_files() -> list[Seed]:
    """Give the real files that inputs are made of."""
    return seeds_of(REAL_FILES)


def draw_input(seeds: list[Seed], seed: int, number: int) -> Input:
    """Make an input; the same numbers give the same input."""
    draws = random.Random(f"{seed}/{number}")
    record_format = draws.choice(list(RECORD_FORMATS)) if draws.random() < 0.1 else None
    file_format = draws.choice(list(FILE_FORMATS)) if draws.random() < 0.05 else None
    return Input(
        mutated(seeds, draws),
        FieldMap(record_format=record_format, file_format=file_format),
        draws.choice(("skip", "skip", "skip", "fail")),
        "document" if draws.random() < 0.05 else None,
        draws.random() < 0.005,
    )


def check_input(one: Input, folder: Path) -> str:
    """Read one input and check what comes of it.

    Returns:
        In one word what came of it.

    Raises:
        Broken: A record went missing, or something was said that is not so.
    """
    path = _written(one.seed, folder)
    try:
        plan = plan_reading(source_files(path), one.fields, on_bad_record=one.on_bad_record, kind=one.kind)
        dataset = _assembled(plan, path, one.on_bad_record)
    except InputError as error:
        _require(len(str(error)) > 10, "an error without words")
        return "refused"
    if one.in_threads:
        whole = read_dataset(path, fields=one.fields, on_bad_record=one.on_bad_record, kind=one.kind)
        _require(whole.table().equals(dataset.table()), "reading in threads gives something else")
    _require(one.on_bad_record == "skip" or not dataset.failures, "a failure where none is allowed")
    _check_count(plan, dataset, path)
    _check_texts(plan, dataset, path)
    return "read with failures" if dataset.failures else "read"


def _written(seed: Seed, folder: Path) -> Path:
    """Write an input; the state of a saved dataset goes beside the data that it lists."""
    if seed.name != STATE:
        path = folder / (seed.name or "data")
        path.write_bytes(seed.content)
        return path
    for shard in (REAL_FILES / "saved").glob("*.arrow"):
        (folder / shard.name).write_bytes(shard.read_bytes())
    (folder / "state.json").write_bytes(seed.content)
    return folder


def _assembled(plan: Plan, path: Path, on_bad_record: str) -> Dataset:
    """Read all pieces here, one after the other."""
    batches = [batch for piece in plan.pieces for batch in plan.kernel(piece)]
    return assemble(
        pa.Table.from_batches(batches, raw_schema()),
        source=[str(path)],
        files=plan.files,
        fields=plan.kernel.layout.canonical(),
        skip_bad_records=on_bad_record == "skip",
    )


def _check_count(plan: Plan, dataset: Dataset, path: Path) -> None:
    """Compare with an independent count of the records."""
    early = any(words in failure.message for failure in dataset.failures for words in _ENDS_EARLY)
    expected = None if early else _count(plan, path)
    found = len(dataset) + len(dataset.failures)
    _require(expected in (None, found), f"{found} records and failures of {expected}")


def _count(plan: Plan, path: Path) -> int | None:
    """Count the records another way; None where there is none."""
    name = plan.kernel.formats[0].name
    try:
        if name == "Parquet":
            return int(pq.read_table(path).num_rows)
        if name == "Arrow":
            return sum(_count_arrow(Path(file)) for file in plan.files)
        with open_source(str(path)) as file:
            content = file.read()
        if name == "JSON Lines":
            return sum(bool(line.strip()) for line in content.split(b"\n"))
        if name.startswith("JSON array"):
            return None if plan.pieces[0].details else len(_elements(content))
        if name in ("text lines", "fastText"):
            return sum(bool(line.strip()) for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
        if name != "CSV":
            return None
        start = CsvStart.of(plan.pieces[0])
        text = content[start.offset :].decode()
        if "\r" in text.replace("\r\n", "\n"):
            return None  # several records in one line are one failure
        lines = io.StringIO(text, newline="")
        rows = list(csv.reader(lines, delimiter=start.delimiter, quoting=start.quoting, strict=True))
        header = list(start.header) if start.has_header else []
        # a mark of the byte order may stand in front of the first of several names
        return sum(bool(row) and not (row[1:] == header[1:] and row[-1:] == header[-1:]) for row in rows)
    except (ValueError, RecursionError, OSError, pa.ArrowException, csv.Error, KeyError):
        return None


def _elements(content: bytes) -> list[Any]:
    """Give the elements of an array, or of the longest one inside an object."""
    found = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    arrays = [value for value in found.values() if isinstance(value, list)] if isinstance(found, dict) else [found]
    return max(arrays, key=len)


def _count_arrow(path: Path) -> int:
    """Count the rows of an Arrow file or stream."""
    content = path.read_bytes()
    reader = pa.ipc.open_file(content) if content.startswith(b"ARROW1") else pa.ipc.open_stream(content)
    return int(reader.read_all().num_rows)


def _check_texts(plan: Plan, dataset: Dataset, path: Path) -> None:
    """Look for every longer text of every record that was read."""
    names = ("JSON Lines", "JSON array", "JSON array in an object")
    if plan.kernel.formats[0].name not in names or plan.pieces[0].details:
        return
    for index, value in _values(plan, dataset, path):
        record = dataset.record(index)
        turns = [text for turn in record.messages for text in (turn.role, turn.content)]
        columns = [record.prompt, record.completion, record.label, record.rejected, record.group, record.record_id]
        transcripts = [record.prompt + record.completion, record.prompt + (record.rejected or "")]
        seen = "\n".join([*filter(None, columns), *turns, *transcripts, record.fields])
        for text in _long_texts(value):
            turns_of_it = [part for part in _TURN_OF_TRANSCRIPT.split(text) if part.strip()]
            is_whole = text in seen or canonical_json(text)[1:-1] in seen
            hidden = not is_whole and not all(part in seen for part in turns_of_it)
            _require(not hidden, f"the text {text[:60]!r} of record {index} cannot be seen")


def _values(plan: Plan, dataset: Dataset, path: Path) -> Iterator[tuple[int, Any]]:
    """Give the records as another parser reads them; those that are odd JSON are left out."""
    try:
        with open_source(str(path)) as file:
            content = file.read()
    except OSError:
        _require(bool(dataset.failures), "damage that no failure speaks of")
        return
    lines = dataset.table(["source_line", "anomalies"]).to_pylist()
    if plan.kernel.formats[0].name == "JSON Lines":
        parts: list[Any] = content.split(b"\n")
    else:
        try:
            parts = _elements(content)
        except (ValueError, RecursionError):
            return
    for index, row in enumerate(lines):
        if not any(not note.startswith(("odd-shape", "duplicate-id")) for note in row["anomalies"]):
            part = parts[row["source_line"] - 1]
            yield index, json.loads(part) if isinstance(part, bytes) else part


def _long_texts(value: Any) -> Iterator[str]:
    """Give all texts inside a value that are long enough to be looked for, keys too."""
    if isinstance(value, str):
        if len(value) > 4 and value not in _SAID_BY_STRUCTURE:
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _long_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _long_texts(item)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise Broken(message)


def _run_here(first: int, inputs: int, seed: int, folder: Path) -> None:
    """Check inputs in this process; print what came of them as JSON. The number of the input at work is on the disk."""
    seeds = real_files()
    outcomes: collections.Counter[str] = collections.Counter()
    broken: list[dict[str, Any]] = []
    for number in range(first, first + inputs):
        (folder / "at").write_text(str(number))
        place = folder / "data"
        place.mkdir(exist_ok=True)
        one = draw_input(seeds, seed, number)
        try:
            outcomes[check_input(one, place)] += 1
        except Exception as error:  # noqa: BLE001  whatever it is, it is a finding of the fuzzer
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}"
            broken.append(
                {"number": number, "name": one.seed.name, "error": f"{type(error).__name__}: {error}", "at": where}
            )
            outcomes["BROKEN"] += 1
        for left in place.iterdir():
            left.unlink()
    json.dump({"outcomes": outcomes, "broken": broken}, sys.stdout)


def _run_child(first: int, inputs: int, seed: int) -> dict[str, Any]:
    """Check inputs in a child process; a child that dies is a finding too, and its input is left out of the next."""
    if inputs <= 0:
        return {"outcomes": {}, "broken": []}
    with tempfile.TemporaryDirectory() as folder:
        words = ["--child", folder, "--first", str(first), "--inputs", str(inputs), "--seed", str(seed)]
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-m", "benchmarks.fuzz_readers", *words], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            found: dict[str, Any] = json.loads(done.stdout)
            return found
        at = int(Path(folder, "at").read_text())
    crash = {"number": at, "name": "", "error": f"the process died ({done.returncode}): {done.stderr[-300:]}", "at": ""}
    rest = (
        _run_child(at + 1, first + inputs - at - 1, seed) if at + 1 < first + inputs else {"outcomes": {}, "broken": []}
    )
    before = _run_child(first, at - first, seed) if at > first else {"outcomes": {}, "broken": []}
    outcomes = (
        collections.Counter(before["outcomes"]) + collections.Counter(rest["outcomes"]) + collections.Counter(BROKEN=1)
    )
    return {"outcomes": outcomes, "broken": [*before["broken"], crash, *rest["broken"]]}


def main() -> int:
    """Run the fuzzer and say what it found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", type=Path)
    asked = parser.parse_args()
    if asked.child is not None:
        _run_here(asked.first, asked.inputs, asked.seed, asked.child)
        return 0
    outcomes: collections.Counter[str] = collections.Counter()
    broken: list[dict[str, Any]] = []
    for start in range(asked.first, asked.first + asked.inputs, _CHUNK):
        part = _run_child(start, min(_CHUNK, asked.first + asked.inputs - start), asked.seed)
        outcomes.update(part["outcomes"])
        broken += part["broken"]
        for one in part["broken"]:
            print(f"input {one['number']} ({one['name']}): {one['error']} at {one['at']}", flush=True)
        print(f"{sum(outcomes.values()):,} inputs: {dict(sorted(outcomes.items()))}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
