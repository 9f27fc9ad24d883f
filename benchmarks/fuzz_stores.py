"""The target of `fuzz` that damages and forges stores of answers."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any, Final

from benchmarks.fuzz_targets import mutated_bytes, require
from marshtest.errors import ConfigError
from marshtest.judges.questions import Answer, Item, Passage, Question
from marshtest.judges.store import AnswerStore, CallRecord, PendingCall

__all__ = ["store"]

_ANSWER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"learns": {"type": "string"}, "severity": {"type": "integer", "enum": [0, 1, 2, 3]}},
    "required": ["learns", "severity"],
    "additionalProperties": False,
}
_QUESTION: Final = Question(
    id="fuzz", version="1", instructions="Say what it is.", answer=_ANSWER, answer_tokens=20, items_per_call=4
)
_ITEMS: Final = tuple(Item(number, (Passage("prompt", f"record {number}"),)) for number in range(4))


@cache
def _kept_answers() -> tuple[Answer, ...]:
    """Give what the store holds: another answer for each item, so that exchanged ones show, and a refusal."""
    values = [{"learns": "abc"[at], "severity": at} for at in range(3)]
    return (*map(Answer, values), Answer(None, "refused"))


_WAITING: Final = PendingCall(
    name="waits", model="m", question="fuzz", version="1", schema=_ANSWER, items=(("a", "00" * 32),)
)
_CALLED: Final = CallRecord(
    question="fuzz", items=4, characters=400, estimated_tokens=100, input_tokens=120, output_tokens=80
)


@cache
def _store_bytes(folder: Path) -> bytes:
    path = folder / "made.sqlite"
    store = AnswerStore(path)
    store.keep("m", _QUESTION, zip(_ITEMS, _kept_answers(), strict=True))
    store.keep_fact("dialect", "tools")
    store.wait_for(_WAITING)
    for _ in range(5):
        store.note("m", _CALLED)
    store.close()
    content = path.read_bytes()
    for left in folder.glob("made.sqlite*"):
        left.unlink()
    return content


def _forge(path: Path, draws: random.Random) -> None:
    """Write what its author could write into a store, with SQLite itself."""
    table = draws.choice(("owner", "answers", "answers", "facts", "pending", "calls", "setbacks"))
    with contextlib.closing(sqlite3.connect(path)) as database, database, contextlib.suppress(sqlite3.Error):
        names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        name, other = draws.choice(names), draws.choice(names)
        odd = draws.choice((None, 7, -1.5, 2**62, "", "x" * 70_000, b"\0" * 32, "[" * 9_000, '{"learns": "z"}', "\x1b"))
        change = draws.random()
        if change < 0.6:
            database.execute(f"UPDATE OR REPLACE {table} SET {name} = ?", (odd,))  # noqa: S608  our own names
        elif change < 0.8:
            exchanged = f"(SELECT other.{name} FROM {table} AS other ORDER BY random() LIMIT 1)"  # noqa: S608  as above
            database.execute(f"UPDATE OR IGNORE {table} SET {name} = {exchanged}")  # noqa: S608  as above
        elif change < 0.9:
            database.execute(f"UPDATE OR IGNORE {table} SET {name} = {other}")  # noqa: S608  as above
        else:
            made = ("VIEW seen AS SELECT 1", f"INDEX more ON {table} ({name})", "TABLE more (a)")
            trigger = f"TRIGGER later AFTER INSERT ON {table} BEGIN DELETE FROM facts; END"  # noqa: S608  as above
            database.execute(f"CREATE {draws.choice((*made, trigger))}")


def store(draws: random.Random, folder: Path) -> None:
    """A damaged or forged store of answers: an error that names it, or what was kept and nothing else."""
    path = folder / "judge.sqlite"
    damaged = draws.random() < 0.5
    path.write_bytes(mutated_bytes(_store_bytes(folder), draws) if damaged else _store_bytes(folder))
    if not damaged:
        _forge(path, draws)
    try:
        opened = AnswerStore(path)
    except ConfigError as error:
        require(str(path) in str(error), "an error without the name")
        return
    try:
        for found, kept in zip(opened.recall("m", _QUESTION, _ITEMS), _kept_answers(), strict=True):
            require(found in (None, kept), f"recalled {found}")
        require(opened.recall_fact("dialect") in (None, "tools"), "a forged fact")
        require(opened.pending("waits") in (None, _WAITING), "a forged request")
        require(opened.setbacks("m", _QUESTION, _ITEMS) == [None] * 4, "a forged setback")
        require(opened.measured("m", "fuzz") in (None, (1.2, 20.0)), "a forged ledger")
        opened.keep("m", _QUESTION, [(_ITEMS[0], _kept_answers()[0])])
        require(opened.recall("m", _QUESTION, _ITEMS[:1]) == [_kept_answers()[0]], "what is kept is not recalled")
    except ConfigError as error:
        require(str(path) in str(error), "an error without the name")
    finally:
        opened.close()
