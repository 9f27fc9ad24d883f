"""Writing some records of a file anew: every other byte stays what it was.

A changed record is written in the hand of the file (spacing, quotes, escapes), since a poison that is told by its
formatting tests nothing.
"""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from marshtest.data.dataset import Dataset
from marshtest.data.identity import as_text
from marshtest.data.readers.base import Format
from marshtest.data.readers.csv import Csv
from marshtest.data.readers.csv_start import CsvStart
from marshtest.data.readers.jsonl import JsonLines
from marshtest.data.readers.opening import source_packing
from marshtest.data.readers.parquet import Parquet
from marshtest.data.readers.sniff import sniff_format
from marshtest.data.readers.stores import is_address
from marshtest.data.readers.value_lines import ValueLines
from marshtest.data.records import Record
from marshtest.errors import InputError

__all__ = ["rewrite_file"]

_JSON_STYLES = tuple(
    (ascii_only, separators) for ascii_only in (False, True) for separators in ((", ", ": "), (",", ":"))
)
_MADE_UP_OF = {"context", "history", "reasoning", "steps", "system", "title"}
_CSV_STYLES = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
_CSV_END = "\r\n"  # before Python 3.13 the writer quotes only those line ends that it writes itself


def rewrite_file(dataset: Dataset, changes: Mapping[int, Record]) -> bytes:
    """Give the bytes of a dataset's file with some records changed.

    Args:
        dataset: A dataset that was read from one file, which has not changed since.
        changes: What the records say now, by index.

    Raises:
        InputError: A changed record cannot be written back, because what it changes is no text in the file.
    """
    (path,) = dataset.source
    kind = sniff_format(path)
    _check_rewritable(dataset, kind)
    if isinstance(kind, Parquet):
        return _rewrite_parquet(path, dataset, changes)
    with open(path, "rb") as file:
        content = file.read()
    starts, lengths = (dataset.table([name])[name].to_pylist() for name in ("byte_offset", "byte_length"))
    samples = [content[starts[index] : starts[index] + lengths[index]] for index in sorted(changes)]
    hand: _Hand = _CsvHand(kind, path, samples) if isinstance(kind, Csv) else _JsonHand(samples)
    labels = {
        label: hand.parse(content[starts[index] : starts[index] + lengths[index]])[dataset.fields["label"]]
        for label, index in _examples(dataset, changes).items()
    }
    made: list[bytes] = []
    done = 0
    for index, original in zip(sorted(changes), samples, strict=True):
        value = _retold(hand.parse(original), changes[index], dataset.fields, labels)
        made += [content[done : starts[index]], hand.write(original, value)]
        done = starts[index] + lengths[index]
    return b"".join([*made, content[done:]])


def _check_rewritable(dataset: Dataset, kind: Format) -> None:
    """Refuse what cannot be written back as it was: packed files, and texts that several fields make up."""
    (path,) = dataset.source
    plain = isinstance(kind, JsonLines | Csv | Parquet) and not isinstance(kind, ValueLines)
    if not plain or is_address(path) or source_packing(path) is not None:
        raise InputError("only plain JSON Lines, CSV and Parquet files can be written anew; convert it.", path=path)
    made_up = sorted(set(dataset.fields) & _MADE_UP_OF)
    if made_up:
        raise InputError(
            f"its texts are made up of several fields ({', '.join(made_up)}) and cannot be written back; make messages "
            "of them first.",
            path=path,
        )


class _Hand(ABC):
    """How a file writes its records."""

    @abstractmethod
    def parse(self, original: bytes) -> dict[str, Any]:
        """Read one record."""

    @abstractmethod
    def write(self, original: bytes, value: Mapping[str, Any]) -> bytes:
        """Write a changed record as the original was written."""


class _JsonHand(_Hand):
    """A line of JSON: which separators stand in it and whether other letters than ASCII are escaped."""

    def __init__(self, samples: Iterable[bytes]) -> None:
        styles = Counter(self._style(sample) for sample in samples)
        self._usual = next((style for style, _ in styles.most_common() if style is not None), _JSON_STYLES[0])

    def parse(self, original: bytes) -> dict[str, Any]:
        """Read one line."""
        value: dict[str, Any] = json.loads(original)
        return value

    def write(self, original: bytes, value: Mapping[str, Any]) -> bytes:
        """Write a line with the white space around it."""
        body = original.strip()
        start = original.find(body)
        text = _dump(value, self._style(original) or self._usual)
        return original[:start] + text + original[start + len(body) :]

    def _style(self, original: bytes) -> tuple[bool, tuple[str, str]] | None:
        """Find the style that gives this very line, if any does."""
        value = self.parse(original)
        return next((style for style in _JSON_STYLES if _dump(value, style) == original.strip()), None)


class _CsvHand(_Hand):
    """A record of CSV: its delimiter, quotes and line end."""

    def __init__(self, kind: Csv, path: str, samples: Iterable[bytes]) -> None:
        (piece,), _ = kind.plan(path, 0)
        self._start = CsvStart.of(piece)
        self._header = [name or f"column_{number}" for number, name in enumerate(self._start.header, start=1)]
        styles = Counter(self._style(sample) for sample in samples)
        self._usual = next((style for style, _ in styles.most_common() if style is not None), _CSV_STYLES[0])

    def parse(self, original: bytes) -> dict[str, Any]:
        """Read one record."""
        text = io.StringIO(self._start.decode(original), newline="")
        reader = csv.reader(text, delimiter=self._start.delimiter, quoting=self._start.quoting, strict=True)
        return dict(zip_longest(self._header, next(reader)[: len(self._header)], fillvalue=""))

    def write(self, original: bytes, value: Mapping[str, Any]) -> bytes:
        """Write a record with the line end of the original."""
        style = self._style(original)
        return self._dump(value, self._usual if style is None else style, original)

    def _dump(self, value: Mapping[str, Any], style: Any, original: bytes) -> bytes:
        body = original.rstrip(b"\r\n")
        made = io.StringIO(newline="")
        cells = [value[name] for name in self._header]
        if not self._start.quotes:
            return self._start.delimiter.join(cells).encode(self._start.encoding) + original[len(body) :]
        writer = csv.writer(made, delimiter=self._start.delimiter, quoting=style, lineterminator=_CSV_END)
        writer.writerow(cells)
        return made.getvalue().removesuffix(_CSV_END).encode(self._start.encoding) + original[len(body) :]

    def _style(self, original: bytes) -> Any:
        """Find the style that gives this very record, if any does."""
        value = self.parse(original)
        return next((style for style in _CSV_STYLES if self._dump(value, style, original) == original), None)


def _dump(value: Mapping[str, Any], style: tuple[bool, tuple[str, str]]) -> bytes:
    return json.dumps(value, ensure_ascii=style[0], separators=style[1]).encode()


def _rewrite_parquet(path: str, dataset: Dataset, changes: Mapping[int, Record]) -> bytes:
    """Write a Parquet file with other rows; schema, compression and size of row groups stay."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    lines = dataset.table(["source_line"])["source_line"].to_pylist()
    with pq.ParquetFile(path) as file:
        table = file.read()
        group = file.metadata.row_group(0)
        compression, size = group.column(0).compression, group.num_rows
    examples = _examples(dataset, changes)
    labels = {
        label: table.slice(lines[index] - 1, 1).to_pylist()[0][dataset.fields["label"]]
        for label, index in examples.items()
    }
    parts = []
    done = 0
    for index in sorted(changes, key=lambda index: lines[index]):
        row = lines[index] - 1
        (value,) = table.slice(row, 1).to_pylist()
        told = _retold(value, changes[index], dataset.fields, labels)
        parts += [table.slice(done, row - done), pa.Table.from_pylist([told], schema=table.schema)]
        done = row + 1
    made = io.BytesIO()
    changed = pa.concat_tables([*parts, table.slice(done)])
    pq.write_table(changed, made, compression=compression, row_group_size=size)
    return made.getvalue()


def _examples(dataset: Dataset, changes: Mapping[int, Record]) -> dict[str, int]:
    """Give for every label that a change needs a record that has it, to see how the file writes it."""
    wanted = {record.label for record in changes.values() if record.label is not None}
    examples: dict[str, int] = {}
    for index, label in enumerate(dataset.table(["label"])["label"].to_pylist() if wanted else []):
        if label in wanted:
            examples.setdefault(label, index)
            if len(examples) == len(wanted):
                break
    return examples


def _retold(
    value: Mapping[str, Any], record: Record, fields: Mapping[str, str], labels: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the source value of a record that was changed; fields that say the same stay as they are."""
    told = dict(value)
    if "messages" in fields:
        name = fields["messages"]
        turns = zip(value[name], record.messages, strict=True)
        told[name] = [{**turn, "content": _text(turn.get("content"), new.content, name, record)} for turn, new in turns]
    else:
        lead = record.prompt if "rejected" in fields and "prompt" not in fields else ""
        texts = {
            "prompt": record.prompt,
            "completion": lead + record.completion,
            "rejected": lead + (record.rejected or ""),
        }
        for canonical, text in texts.items():
            if canonical in fields:
                told[fields[canonical]] = _text(value.get(fields[canonical]), text, fields[canonical], record)
    if "label" in fields and record.label is not None and as_text(value[fields["label"]]) != record.label:
        told[fields["label"]] = labels[record.label]
    return told


def _text(old: Any, new: str, name: str, record: Record) -> Any:
    """Give the new text, or the old value where it says the same already."""
    if as_text(old) == new:
        return old
    if not isinstance(old, str):
        raise InputError(
            f"what the field {name!r} says is no plain text and cannot be changed; flatten it or drop the record.",
            path=record.source_path,
            line=record.source_line,
        )
    return new
