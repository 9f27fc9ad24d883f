"""Broken, odd and mixed-up copies of real files, for `fuzz_readers`.

Half of the copies are made with an eye to what is inside (fields, turns, cells, lines), the others byte by byte.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["BYTE_MUTATIONS", "STATE", "Seed", "changed", "mutated", "seeds_of"]

STATE = "saved-state.json"
"""The name of the file that lists the data files of a saved dataset."""
_NAMES = (
    *("text", "label", "prompt", "completion", "chosen", "rejected", "messages", "conversations", "system", "input"),
    *("instruction", "output", "question", "answer", "role", "content", "from", "value", "tool_calls", "steps"),
    *("thought", "action", "observation", "title", "query", "id", "group", "history", "reasoning", "type", "name", ""),
)
_ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2**63,
        2**70,
        1.5,
        1e308,
        "",
        " ",
        "\x00",
        "\ufeff",
        "\u202e",
        "a\r\nb",
        "😀",
        "\u2028",
    ),
    *([], {}, [[]], [{}], {"": None}, [None], ["x", "y"], [["a", "b"]], {"a": {"b": [1, {"c": "deep words"}]}}),
    *([{"role": "user"}], [{"role": "assistant", "content": [{"type": "text"}]}], [{"from": 1}], "x" * 3000),
    *(
        [{"type": "tool_result", "content": [{"type": "text", "text": "seen it"}]}],
        {"role": "user", "content": "hello"},
    ),
)
_LINES = (
    *(
        b"\n",
        b"\r\n",
        b"null\n",
        b"[]\n",
        b"{}\n",
        b"7\n",
        b'"text"\n',
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x00\n",
        b"{\n",
    ),
    *(b'{"text": NaN, "label": -Infinity}\n', b'{"a": 1, "a": 2}\n', b'{"text": "\\ud800", "label": "x"}\n', b"\xe9\n"),
    *(b"[" * 3000 + b"\n", b'{"a":' * 3000 + b"\n", b'"\n', b",\n", b'{"text": "a" "label"}\n', b"1" * 5000 + b"\n"),
)


class Seed(NamedTuple):
    """A real file."""

    name: str
    content: bytes


def seeds_of(folder: Path) -> list[Seed]:
    """Give every file below a folder; names keep their endings. Of what describes saved datasets only one is taken."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    seeds = [Seed("-".join(path.relative_to(folder).parts), path.read_bytes()) for path in files]
    return [seed for seed in seeds if seed.name == STATE or not seed.name.startswith("saved") or ".arrow" in seed.name]


def mutated(seeds: list[Seed], draws: random.Random) -> Seed:
    """Make a copy of one seed that differs from it, mostly."""
    readable = [one for one in seeds if one.name.endswith((".jsonl", ".json", ".csv", ".tsv"))]
    seed = draws.choice(seeds if draws.random() < 0.4 else readable)
    content = seed.content
    if seed.name.endswith((".jsonl", ".json")) and draws.random() < 0.8:
        content = _mutate_records(seed, seeds, draws)
    elif seed.name.endswith((".gz", ".bz2", ".xz")) and draws.random() < 0.5:
        content = _mutate_inside(seed, draws)
    for _ in range(draws.choice((0, 1, 1, 2, 4)) if content != seed.content else draws.choice((1, 1, 2, 6))):
        content = draws.choice(BYTE_MUTATIONS)(content, seeds, draws)
    return Seed(_renamed(seed.name, draws), content)


def _renamed(name: str, draws: random.Random) -> str:
    """Mostly keep the name, sometimes take its ending away or give it another."""
    if draws.random() < 0.9 or name == STATE:
        return name
    stem = name.split(".")[0]
    return stem + draws.choice(
        ("", ".jsonl", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".gz", ".txt", ".jsonl.zst")
    )


def _mutate_inside(seed: Seed, draws: random.Random) -> bytes:
    """Change what is inside a packed file and pack it again."""
    pack: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
        ".gz": (gzip.decompress, gzip.compress),
        ".bz2": (bz2.decompress, bz2.compress),
        ".xz": (lzma.decompress, lzma.compress),
    }
    unpack, repack = pack[Path(seed.name).suffix]
    content = draws.choice(BYTE_MUTATIONS)(unpack(seed.content), [seed], draws)
    if draws.random() < 0.2:  # several members, one after another
        return repack(content) + repack(content)
    return repack(content)


def _mutate_records(seed: Seed, seeds: list[Seed], draws: random.Random) -> bytes:
    """Change records and write them again, sometimes with those of another file among them."""
    if seed.name == STATE:
        return json.dumps(changed(json.loads(seed.content), draws)).encode()
    records = _records(seed)
    if draws.random() < 0.15:
        records += _records(draws.choice([one for one in seeds if one.name.endswith(".jsonl")]))
    draws.shuffle(records)
    for _ in range(draws.choice((1, 1, 2, 5))):
        at = draws.randrange(len(records))
        if draws.random() < 0.2:  # the same change in all of them
            key = draws.choice(_NAMES)
            value = draws.choice(_ODD)
            records = [{**one, key: value} if isinstance(one, dict) else one for one in records]
        else:
            records[at] = changed(records[at], draws)
    written: Any = records
    ascii_only = draws.random() < 0.3
    if seed.name.endswith(".json"):
        if draws.random() < (0.9 if ".wrapped" in seed.name else 0.1):
            written = {"version": 1, draws.choice(("data", "rows", *_NAMES)): records, draws.choice(_NAMES): 7}
        return json.dumps(written, indent=draws.choice((None, 1)), ensure_ascii=ascii_only).encode(
            "utf-8", "surrogatepass"
        )
    end = draws.choice(("\n", "\n", "\r\n"))
    return "".join(json.dumps(one, ensure_ascii=ascii_only) + end for one in records).encode("utf-8", "surrogatepass")


def _records(seed: Seed) -> list[Any]:
    """Read the records of a seed."""
    if seed.name.endswith(".json"):
        found = json.loads(seed.content)
        records: list[Any] = found if isinstance(found, list) else found["data"]
        return records
    return [json.loads(line) for line in seed.content.splitlines()]


def changed(value: Any, draws: random.Random) -> Any:
    """Change a value somewhere inside."""
    if isinstance(value, dict) and value and draws.random() < 0.9:
        copy = dict(value)
        key = draws.choice(list(copy))
        choice = draws.random()
        if choice < 0.15:
            del copy[key]
        elif choice < 0.3:
            copy[draws.choice(_NAMES)] = copy.pop(key)
        elif choice < 0.45:
            copy[draws.choice(_NAMES)] = draws.choice(_ODD)
        elif choice < 0.6:
            copy[key] = draws.choice(_ODD)
        else:
            copy[key] = changed(copy[key], draws)
        return copy
    if isinstance(value, list) and value and draws.random() < 0.9:
        items = list(value)
        at = draws.randrange(len(items))
        choice = draws.random()
        if choice < 0.15:
            del items[at]
        elif choice < 0.3:
            items.insert(at, draws.choice(_ODD))
        else:
            items[at] = changed(items[at], draws)
        return items
    return draws.choice(_ODD)


def _flip(content: bytes, _seeds: list[Seed], draws: random.Random) -> bytes:
    """Change some bytes."""
    changed = bytearray(content or b"\x00")
    for _ in range(draws.choice((1, 1, 3, 10))):
        changed[draws.randrange(len(changed))] = draws.choice(
            (0, 10, 13, 34, 44, 91, 92, 93, 123, 125, 255, draws.randrange(256))
        )
    return bytes(changed)


def _cut(content: bytes, _seeds: list[Seed], draws: random.Random) -> bytes:
    """Take a stretch out."""
    start = draws.randrange(len(content) + 1)
    return content[:start] + content[start + draws.choice((1, 2, 16, 200)) :]


def _truncate(content: bytes, _seeds: list[Seed], draws: random.Random) -> bytes:
    """Leave the end off."""
    return content[: draws.randrange(len(content) + 1)]


def _repeat(content: bytes, _seeds: list[Seed], draws: random.Random) -> bytes:
    """Say a stretch twice."""
    start = draws.randrange(len(content) + 1)
    end = start + draws.choice((1, 8, 100, 1000))
    return content[:end] + content[start:]


def _splice(content: bytes, seeds: list[Seed], draws: random.Random) -> bytes:
    """Go on with another file."""
    other = draws.choice(seeds).content
    return content[: draws.randrange(len(content) + 1)] + other[draws.randrange(len(other) + 1) :]


def _insert_line(content: bytes, _seeds: list[Seed], draws: random.Random) -> bytes:
    """Put a hostile line between lines, or anywhere."""
    ends = [0, *(at + 1 for at, byte in enumerate(content) if byte == 10)]
    at = draws.choice(ends) if draws.random() < 0.8 else draws.randrange(len(content) + 1)
    return content[:at] + draws.choice(_LINES) + content[at:]


def _noise(_content: bytes, _seeds: list[Seed], draws: random.Random) -> bytes:
    """Forget the file."""
    return draws.randbytes(draws.choice((0, 1, 5, 60, 600)))


BYTE_MUTATIONS = (
    *[_flip] * 4,
    *[_cut] * 2,
    *[_insert_line] * 5,
    _truncate,
    _truncate,
    _repeat,
    _repeat,
    _splice,
    _noise,
)
