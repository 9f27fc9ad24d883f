"""What `fuzz` throws hostile input at: the parts of every reader and packer, a judge's replies, stores and reports.

Each target takes a source of draws, makes an input and checks what comes of it: only the documented error may be
raised, and nothing may be lost without a word. An input is one call; the same draws give the same input.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from benchmarks.fuzz_mutations import BYTE_MUTATIONS, Seed, changed
from benchmarks.fuzz_readers import Broken, check_input, draw_input, real_files
from marshtest.data.readers.csv import parse_csv
from marshtest.data.readers.csv_start import CsvStart
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.json_array import parse_array
from marshtest.data.readers.jsonl import parse_lines
from marshtest.data.readers.packing import packed, packing_of, unpacked
from marshtest.errors import InputError
from marshtest.sweep.matrices import read_scores, scores_as_npz
from marshtest.text.visible import escaped_json, parts, visible

__all__ = ["READER_TARGETS", "Target", "mutated_bytes", "require"]

Target = Callable[[random.Random, Path], None]
"""Draws an input and checks it in an empty folder; raises `Broken` or whatever breaks."""

_PACKINGS: Final = ("gzip", "bzip2", "xz", "zstd", "lz4", "zip", "UTF-16 LE")


def require(condition: bool, message: str) -> None:
    """Say what is broken."""
    if not condition:
        raise Broken(message)


@cache
def _seeds() -> tuple[Seed, ...]:
    return tuple(real_files())


@cache
def _seeds_of(ending: str) -> tuple[bytes, ...]:
    return tuple(one.content for one in _seeds() if one.name.endswith(ending))


def mutated_bytes(content: bytes, draws: random.Random) -> bytes:
    """Change bytes in a few places."""
    for _ in range(draws.choice((0, 1, 1, 2, 3))):
        content = draws.choice(BYTE_MUTATIONS)(content, list(_seeds()), draws)
    return content


def _some_lines(content: bytes, draws: random.Random, most: int = 6) -> bytes:
    """Give a few lines of a file: an input is small, so that many can be tried."""
    lines = content.splitlines(keepends=True)
    at = draws.randrange(len(lines))
    return b"".join(lines[at : at + draws.randint(1, most)])


def json_line(draws: random.Random, _: Path) -> None:
    """One line of JSON through both parsers."""
    line = _some_lines(draws.choice(_seeds_of(".jsonl")), draws, 1).rstrip(b"\n")
    if draws.random() < 0.5:
        value = changed(json.loads(line), draws)
        line = json.dumps(value, ensure_ascii=draws.random() < 0.5).encode("utf-8", "surrogatepass")
    line = mutated_bytes(line, draws)
    try:
        value, notes = read_json(line)
    except UnreadableLine as error:
        require(len(str(error)) > 10, "a refusal without words")
        return
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    if not notes:
        require(value == json.loads(line), "the value is another one")


def json_lines(draws: random.Random, _: Path) -> None:
    """A few lines: every one that is not blank is a row or a failure."""
    content = mutated_bytes(_some_lines(draws.choice(_seeds_of(".jsonl")), draws), draws)
    rows = list(parse_lines(content))
    lines = [line for line in content.split(b"\n") if line.strip()]
    require(len(rows) == len(lines), f"{len(rows)} rows of {len(lines)} lines")


def json_array(draws: random.Random, _: Path) -> None:
    """An array: every element is a row or a failure."""
    records = [json.loads(line) for line in _some_lines(draws.choice(_seeds_of(".jsonl")), draws).splitlines()]
    content = mutated_bytes(json.dumps(changed(records, draws), indent=draws.choice((None, 1))).encode(), draws)
    try:
        rows = list(parse_array(io.BytesIO(content)))
    except InputError:
        return
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        is_array = content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")  # others are told before
        require(bool(rows) or not is_array or not content.strip(b" \t\r\n[]"), "a broken array says nothing")
        return
    if isinstance(found, list):
        require(len(rows) == len(found), f"{len(rows)} rows of {len(found)} elements")


def csv_rows(draws: random.Random, _: Path) -> None:
    """Rows of CSV: their places cover the bytes, and rows that the standard library reads are read alike."""
    delimiter = draws.choice(",\t;|")
    ending = ".tsv" if delimiter == "\t" else ".csv"
    content = mutated_bytes(_some_lines(draws.choice(_seeds_of(ending)), draws), draws)
    start = CsvStart(delimiter, draws.random() < 0.8, ("a", "b"), 1, 0, has_header=False)
    try:
        rows = list(parse_csv(io.BytesIO(content), start, path=""))
    except InputError:
        return
    places = sum(row.length or 0 for row in rows)
    require(places <= len(content), "rows are longer than the file")
    try:
        text = io.StringIO(content.decode(), newline="")
        told = list(csv.reader(text, delimiter=delimiter, quoting=start.quoting, strict=True))
    except (csv.Error, UnicodeDecodeError):
        return
    if "\r" not in content.decode() and "\0" not in content.decode():
        require(len(rows) == sum(bool(row) for row in told), f"{len(rows)} rows where csv reads {len(told)}")


class _Kept(io.BytesIO):
    """Bytes that stay readable: Arrow closes what it wrote to."""

    def close(self) -> None:
        """Stay open."""


def unpack(draws: random.Random, _: Path) -> None:
    """A packed file: what the standard library unpacks is unpacked alike, and damage is an error."""
    packing = draws.choice(_PACKINGS)
    out = _Kept()
    with packed(out, packing, "d.jsonl") as file:
        file.write(_some_lines(draws.choice(_seeds_of(".jsonl")), draws))
    content = mutated_bytes(out.getvalue(), draws)
    packing = packing_of(content[:8]) or ""
    if not packing:
        return
    tools: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "bzip2": bz2.decompress}
    tools["xz"] = lzma.decompress
    try:
        with unpacked(io.BytesIO(content), packing) as inner:
            found = inner.read(2**24)
    except OSError as error:
        require(len(str(error)) > 10, "an error without words")
        return
    if packing in tools:
        try:
            told = tools[packing](content)
        except Exception:  # noqa: BLE001  any failure of the other tool makes it no witness
            return
        require(told == found, f"{len(found)} bytes unpacked where the tool gives {len(told)}")


def pack(draws: random.Random, _: Path) -> None:
    """What is packed is unpacked again."""
    packing = draws.choice(_PACKINGS)
    content = _some_lines(draws.choice(_seeds_of(".jsonl")), draws) * draws.choice((0, 1, 1, 50))
    out = _Kept()
    with packed(out, packing, "d.jsonl") as file:
        file.write(content)
    with unpacked(io.BytesIO(out.getvalue()), packing) as inner:
        require(inner.read() == content, f"{packing} loses bytes")


def files(draws: random.Random, folder: Path) -> None:
    """A whole file through all readers, with an independent count: an input of `fuzz_readers`."""
    check_input(draw_input(list(_seeds()), draws.randrange(2**31), draws.randrange(2**31)), folder)


def texts(draws: random.Random, _: Path) -> None:
    """Any text: what is drawn steers nothing, and no character of it is lost."""
    ranges = ((0, 0x9F), (0x20, 0x7E), (0x300, 0x36F), (0x2000, 0x206F), (0xD800, 0xFFFF), (0xE0000, 0xE01FF))
    text = "".join(chr(draws.randint(*draws.choice(ranges))) for _ in range(draws.randint(0, 30)))
    drawn = visible(text)
    require(not drawn or drawn.isprintable(), "something unseen is left")
    spans = [tuple(sorted((draws.randint(-2, 30), draws.randint(-2, 30)))) for _ in range(2)]
    cut = parts(text, spans)  # type: ignore[arg-type]
    require(sum(1 if part.hidden else len(part.text) for part in cut) == len(text), "characters are lost")
    whole = text.encode("utf-8", "replace").decode()
    written = json.dumps([whole], ensure_ascii=False)
    require(json.loads(escaped_json(written)) == [whole], "the escaped text is another one")


@cache
def _scores() -> tuple[bytes, ...]:
    import numpy as np

    from marshtest.sweep.matrices import ScoreMatrices

    drawn = np.random.default_rng(0).normal(size=(3, 20))
    return (scores_as_npz(ScoreMatrices("", ("a", "b", "c"), {"d": drawn, "e": drawn + 1})),)


def scores(draws: random.Random, folder: Path) -> None:
    """A file of scores of personas."""
    path = folder / "scores.npz"
    path.write_bytes(mutated_bytes(draws.choice(_scores()), draws))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read_scores(path)
    except InputError:
        return


READER_TARGETS: Mapping[str, tuple[Target, int]] = {
    "json-line": (json_line, 60),
    "json-lines": (json_lines, 14),
    "json-array": (json_array, 8),
    "csv": (csv_rows, 25),
    "unpack": (unpack, 10),
    "pack": (pack, 2),
    "files": (files, 1),
    "texts": (texts, 30),
    "scores": (scores, 1),
}
"""Targets with their share of the inputs."""
