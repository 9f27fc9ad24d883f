"""Keeps all answers in one SQLite file: none is paid for twice, and none is lost when a run is killed.

An answer is kept under (model, question, item), where the question's key holds its version, words and schema and the
item's key holds the text that was shown. How items were packed into calls leaves no trace in the key, so a run that is
repeated with other packs still finds its answers. A refusal is a fact about an item and is kept as well.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from marshtest.errors import ConfigError
from marshtest.judges.compact import compact
from marshtest.judges.questions import Answer, Item, Problem, Question

__all__ = ["AnswerStore", "CallRecord", "PendingCall", "Setback"]

_FORMAT: Final = "marshtest judge store 2"
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    key BLOB PRIMARY KEY, model TEXT NOT NULL, question TEXT NOT NULL, version TEXT NOT NULL, value TEXT, problem TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, model TEXT NOT NULL, question TEXT NOT NULL, items INTEGER NOT NULL,
    characters INTEGER NOT NULL, estimated_tokens INTEGER NOT NULL, input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL, seconds REAL NOT NULL,
    outcome TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS pending (
    name TEXT PRIMARY KEY, model TEXT NOT NULL, question TEXT NOT NULL, version TEXT NOT NULL, schema TEXT NOT NULL,
    items TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS setbacks (
    key BLOB PRIMARY KEY, times INTEGER NOT NULL, problem TEXT NOT NULL
) WITHOUT ROWID;
"""
_AT_ONCE = 500
"""Keys in one query: SQLite allows 999 parameters in older versions."""
_PAGES_BETWEEN_CHECKPOINTS: Final = 8_000
"""32 MB: a checkpoint waits for the disk, and all calls wait for it. Nothing is lost by having fewer of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One attempt to call a model, as the ledger keeps it."""

    question: str
    items: int
    characters: int
    estimated_tokens: int
    """Input tokens as they were estimated before the call."""
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0
    outcome: str = "answered"
    """`answered`, or the kind of failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCall:
    """A call that was written to a batch file and waits for its answer."""

    name: str
    """The batch file's `custom_id`."""
    model: str
    question: str
    version: str
    schema: Mapping[str, Any]
    items: tuple[tuple[str, str], ...]
    """Id in the call and key in the store of every item."""


@dataclass(frozen=True, slots=True)
class Setback:
    """What batch files brought about an item so far: no answer that could be used."""

    times: int
    problem: Problem
    """What was wrong the last time."""


class AnswerStore:
    """The answers and the ledger.

    Args:
        path: The file; made where there is none. None keeps everything in memory.

    Raises:
        ConfigError: The file is damaged, is no store, or cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(":memory:" if path is None else path, isolation_level=None, timeout=30)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(f"PRAGMA wal_autocheckpoint={_PAGES_BETWEEN_CHECKPOINTS}")
            tables = {name for (name,) in self._database.execute("SELECT name FROM sqlite_master WHERE type='table'")}
            if tables and "facts" not in tables:
                raise ConfigError(f"{path}: is a database, but no store of judge answers; give another file.")
            self._database.executescript(_TABLES)
            self._database.execute("INSERT OR IGNORE INTO facts VALUES ('format', ?)", (_FORMAT,))
            self._database.execute("INSERT OR IGNORE INTO facts VALUES ('secret', ?)", (secrets.token_bytes(32),))
            facts = dict(self._database.execute("SELECT name, value FROM facts"))
        except sqlite3.Error as error:
            raise ConfigError(
                f"{path}: cannot be used as the store of judge answers ({error}); give another file."
            ) from error
        if facts["format"] != _FORMAT:
            raise ConfigError(f"{path}: was written by another version ({facts['format']}); give another file.")
        self.secret: bytes = facts["secret"]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def recall(self, model: str, question: Question, items: Sequence[Item]) -> list[Answer | None]:
        """Give the kept answer about each item, None where there is none."""
        keys = [_key(model, question, item.key) for item in items]
        found: dict[bytes, Answer] = {}
        for start in range(0, len(keys), _AT_ONCE):
            part = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            rows = self._database.execute(f"SELECT key, value, problem FROM answers WHERE key IN ({marks})", part)  # noqa: S608
            for key, value, problem in rows:
                found[key] = Answer(None if value is None else json.loads(value), problem)
        return [found.get(key) for key in keys]

    def keep(
        self,
        model: str,
        question: Question,
        answers: Iterable[tuple[Item, Answer]],
        record: CallRecord | None = None,
    ) -> None:
        """Keep answers, and the call that brought them, in one transaction: it is on disk when this returns."""
        rows = [
            (
                _key(model, question, item.key),
                model,
                question.id,
                question.version,
                None if answer.value is None else compact(answer.value),
                answer.problem,
            )
            for item, answer in answers
        ]
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT OR REPLACE INTO answers VALUES (?,?,?,?,?,?)", rows)
        if record is not None:
            self._note(model, record)
        self._database.execute("COMMIT")

    def note(self, model: str, record: CallRecord) -> None:
        """Write one call into the ledger."""
        self._note(model, record)

    def _note(self, model: str, record: CallRecord) -> None:
        self._database.execute(
            "INSERT INTO calls VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                time.time(),
                model,
                record.question,
                record.items,
                record.characters,
                record.estimated_tokens,
                record.input_tokens,
                record.output_tokens,
                record.cached_tokens,
                record.cost_usd,
                record.seconds,
                record.outcome,
            ),
        )

    def spent(self) -> float:
        """Give what all calls in the ledger have cost, US dollars."""
        return float(self._database.execute("SELECT coalesce(sum(cost_usd), 0) FROM calls").fetchone()[0])

    def measured(self, model: str, question: str) -> tuple[float, float] | None:
        """Give input tokens per estimated token and output tokens per item, as this model used them; None if unknown.

        Only calls that were answered count. With fewer than five there is no saying.
        """
        calls, tokens, estimated, output, items = self._database.execute(
            "SELECT count(*), sum(input_tokens), sum(estimated_tokens), sum(output_tokens), sum(items) FROM calls "
            "WHERE model=? AND question=? AND outcome='answered' AND input_tokens>0",
            (model, question),
        ).fetchone()
        return (tokens / estimated, output / items) if calls >= 5 and estimated and items else None

    def wait_for(self, call: PendingCall) -> None:
        """Remember a call that was written to a batch file."""
        row = (call.name, call.model, call.question, call.version, json.dumps(call.schema), json.dumps(call.items))
        self._database.execute("INSERT OR REPLACE INTO pending VALUES (?,?,?,?,?,?)", row)

    def pending(self, name: str) -> PendingCall | None:
        """Give a call that waits for its answer."""
        row = self._database.execute("SELECT * FROM pending WHERE name=?", (name,)).fetchone()
        if row is None:
            return None
        pairs = tuple((one, key) for one, key in json.loads(row[5]))
        return PendingCall(
            name=row[0],
            model=row[1],
            question=row[2],
            version=row[3],
            schema=json.loads(row[4]),
            items=pairs,
        )

    def setbacks(self, model: str, question: Question, items: Sequence[Item]) -> list[Setback | None]:
        """Give what batch files brought about items that have no answer yet, None for those never asked about."""
        found: list[Setback | None] = []
        for item in items:
            row = self._database.execute(
                "SELECT times, problem FROM setbacks WHERE key=?", (_key(model, question, item.key),)
            ).fetchone()
            found.append(None if row is None else Setback(*row))
        return found

    def recall_fact(self, name: str) -> str | None:
        """Give something that was learned about a model, by its name."""
        row = self._database.execute("SELECT value FROM facts WHERE name=?", (f"learned {name}",)).fetchone()
        return None if row is None else str(row[0])

    def keep_fact(self, name: str, value: str) -> None:
        """Keep something that was learned about a model."""
        self._database.execute("INSERT OR REPLACE INTO facts VALUES (?,?)", (f"learned {name}", value))

    def answer_pending(
        self,
        call: PendingCall,
        values: Mapping[str, Mapping[str, Any]],
        problems: Mapping[str, Problem],
        setbacks: Mapping[str, Problem],
        record: CallRecord,
    ) -> None:
        """Keep what a batch file answered, by item key, and stop waiting for the call.

        Args:
            call: The call.
            values: Answers.
            problems: Items that never will have an answer, and why.
            setbacks: Items that are to be asked about again, alone, and what was wrong this time.
            record: Its line in the ledger.
        """
        found: list[tuple[str, str | None, str | None]] = [(key, compact(value), None) for key, value in values.items()]
        found += [(key, None, problem) for key, problem in problems.items()]
        rows = [
            (bytes.fromhex(key), call.model, call.question, call.version, value, problem)
            for key, value, problem in found
        ]
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT OR REPLACE INTO answers VALUES (?,?,?,?,?,?)", rows)
        self._database.executemany(
            "INSERT INTO setbacks VALUES (?,1,?) "
            "ON CONFLICT (key) DO UPDATE SET times=times+1, problem=excluded.problem",
            [(bytes.fromhex(key), problem) for key, problem in setbacks.items()],
        )
        self._database.execute("DELETE FROM pending WHERE name=?", (call.name,))
        self._note(call.model, record)
        self._database.execute("COMMIT")

    @staticmethod
    def key(model: str, question: Question, item: Item) -> str:
        """Give the key of an answer, as hexadecimal text."""
        return _key(model, question, item.key).hex()


def _key(model: str, question: Question, item_key: str) -> bytes:
    return sha256(f"{model}\0{question.key}\0{item_key}".encode()).digest()
