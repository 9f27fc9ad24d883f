"""Keeps all answers in one SQLite file: none is paid for twice, and none is lost when a run is killed.

An answer is kept under (model, question, item), where the question's key holds its version, words and schema and the
item's key holds the text that was shown. How items were packed into calls leaves no trace in the key, so a run that is
repeated with other packs still finds its answers. A refusal is a fact about an item and is kept as well.

Every row is sealed with the secret of the user together with its key: what somebody else wrote there, or moved to
another item, is not believed and is counted in `refused`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, get_args

from marshtest.data.sealed_database import SealedDatabase
from marshtest.judges.compact import compact
from marshtest.judges.parsing import fits
from marshtest.judges.questions import Answer, Item, Problem, Question

__all__ = ["AnswerStore", "CallRecord", "PendingCall", "Setback"]

_TABLES: Final = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL, seal BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE answers (key BLOB PRIMARY KEY, model TEXT NOT NULL, question TEXT NOT NULL, version TEXT NOT NULL, "
    "value TEXT, problem TEXT, seal BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE calls (number INTEGER PRIMARY KEY, at REAL NOT NULL, model TEXT NOT NULL, question TEXT NOT NULL, "
    "items INTEGER NOT NULL, characters INTEGER NOT NULL, estimated_tokens INTEGER NOT NULL, input_tokens INTEGER NOT "
    "NULL, output_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL, seconds REAL NOT "
    "NULL, outcome TEXT NOT NULL, seal BLOB NOT NULL)",
    "CREATE TABLE pending (name TEXT PRIMARY KEY, model TEXT NOT NULL, question TEXT NOT NULL, version TEXT NOT NULL, "
    "schema TEXT NOT NULL, items TEXT NOT NULL, seal BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE setbacks (key BLOB PRIMARY KEY, times INTEGER NOT NULL, problem TEXT NOT NULL, seal BLOB NOT NULL) "
    "WITHOUT ROWID",
)
_AT_ONCE = 500
"""Keys in one query: SQLite allows 999 parameters in older versions."""


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
        ConfigError: The file is damaged, is no store, was made by somebody else, or cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.refused = 0
        """Rows that were asked for, lay there and were not believed."""
        self._database = SealedDatabase(path, _TABLES, "store of judge answers")
        self.secret: bytes = self._database.derived("fence")

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
            for *told, seal in self._database.rows(
                f"SELECT key, value, problem, seal FROM answers WHERE key IN ({marks})",  # noqa: S608  marks only
                part,
            ):
                answer = self._believed(told, seal, question)
                if answer is not None:
                    found[told[0]] = answer
        return [found.get(key) for key in keys]

    def _believed(self, told: Sequence[Any], seal: object, question: Question) -> Answer | None:
        """Give the answer of a row that is ours and fits the question, else count it as refused."""
        if self._is_ours(seal, "answer", told):
            _, value, problem = told
            answer = None if value is None else json.loads(value)
            if problem in get_args(Problem) if answer is None else problem is None and fits(question.answer, answer):
                return Answer(answer, problem)
            self.refused += 1
        return None

    def _is_ours(self, seal: object, purpose: str, told: Sequence[Any]) -> bool:
        """Tell whether a row is ours; one that is not is counted."""
        is_ours = self._database.is_ours(seal, purpose, *told)
        self.refused += not is_ours
        return is_ours

    def keep(
        self,
        model: str,
        question: Question,
        answers: Iterable[tuple[Item, Answer]],
        record: CallRecord | None = None,
    ) -> None:
        """Keep answers, and the call that brought them, in one transaction: it is on disk when this returns."""
        rows = [
            self._answer_row(
                _key(model, question, item.key),
                (model, question.id, question.version),
                None if answer.value is None else compact(answer.value),
                answer.problem,
            )
            for item, answer in answers
        ]
        with self._database.transaction():
            self._database.write("INSERT OR REPLACE INTO answers VALUES (?,?,?,?,?,?,?)", rows)
            if record is not None:
                self._note(model, record)

    def _answer_row(
        self, key: bytes, asked: tuple[str, str, str], value: str | None, problem: str | None
    ) -> tuple[Any, ...]:
        """Make a row; the seal holds the key, which stands for the model, the question and the item."""
        return (key, *asked, value, problem, self._database.seal("answer", key, value, problem))

    def note(self, model: str, record: CallRecord) -> None:
        """Write one call into the ledger."""
        self._note(model, record)

    def _note(self, model: str, record: CallRecord) -> None:
        question, *numbers = astuple(record)
        *counts, cost, seconds, outcome = numbers
        told = (time.time(), model, question, *map(int, counts), float(cost), float(seconds), outcome)
        self._database.write(
            "INSERT INTO calls VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?,?)", [(*told, self._database.seal("call", *told))]
        )

    def measured(self, model: str, question: str) -> tuple[float, float] | None:
        """Give input tokens per estimated token and output tokens per item, as this model used them; None if unknown.

        Only calls that were answered count. With fewer than five there is no saying.
        """
        rows = self._database.rows(
            "SELECT at, model, question, items, characters, estimated_tokens, input_tokens, output_tokens, "
            "cached_tokens, cost_usd, seconds, outcome, seal FROM calls "
            "WHERE model=? AND question=? AND outcome='answered' AND input_tokens>0",
            (model, question),
        )
        ours = [told for *told, seal in rows if self._is_ours(seal, "call", told)]
        items, estimated, tokens, output = (sum(told[place] for told in ours) for place in (3, 5, 6, 7))
        return (tokens / estimated, output / items) if len(ours) >= 5 and estimated and items else None

    def wait_for(self, call: PendingCall) -> None:
        """Remember a call that was written to a batch file."""
        row = (call.name, call.model, call.question, call.version, json.dumps(call.schema), json.dumps(call.items))
        self._database.write(
            "INSERT OR REPLACE INTO pending VALUES (?,?,?,?,?,?,?)", [(*row, self._database.seal("pending", *row))]
        )

    def pending(self, name: str) -> PendingCall | None:
        """Give a call that waits for its answer."""
        for *told, seal in self._database.rows("SELECT * FROM pending WHERE name=?", (name,)):
            if self._is_ours(seal, "pending", told):
                called, model, question, version, schema, items = told
                return PendingCall(
                    name=called,
                    model=model,
                    question=question,
                    version=version,
                    schema=json.loads(schema),
                    items=tuple((one, key) for one, key in json.loads(items)),
                )
        return None

    def setbacks(self, model: str, question: Question, items: Sequence[Item]) -> list[Setback | None]:
        """Give what batch files brought about items that have no answer yet, None for those never asked about."""
        return [self._setback(_key(model, question, item.key)) for item in items]

    def _setback(self, key: bytes) -> Setback | None:
        for *told, seal in self._database.rows("SELECT key, times, problem, seal FROM setbacks WHERE key=?", (key,)):
            if self._is_ours(seal, "setback", told):
                return Setback(*told[1:])
        return None

    def recall_fact(self, name: str) -> str | None:
        """Give something that was learned about a model, by its name."""
        for *told, seal in self._database.rows("SELECT name, value, seal FROM facts WHERE name=?", (name,)):
            if self._is_ours(seal, "fact", told):
                return str(told[1])
        return None

    def keep_fact(self, name: str, value: str) -> None:
        """Keep something that was learned about a model."""
        self._database.write(
            "INSERT OR REPLACE INTO facts VALUES (?,?,?)", [(name, value, self._database.seal("fact", name, value))]
        )

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
        asked = (call.model, call.question, call.version)
        rows = [self._answer_row(bytes.fromhex(key), asked, value, problem) for key, value, problem in found]
        with self._database.transaction():
            self._database.write("INSERT OR REPLACE INTO answers VALUES (?,?,?,?,?,?,?)", rows)
            for key, problem in ((bytes.fromhex(key), problem) for key, problem in setbacks.items()):
                before = self._setback(key)
                told = (key, 1 if before is None else before.times + 1, problem)
                self._database.write(
                    "INSERT OR REPLACE INTO setbacks VALUES (?,?,?,?)",
                    [(*told, self._database.seal("setback", *told))],
                )
            self._database.write("DELETE FROM pending WHERE name=?", [(call.name,)])
            self._note(call.model, record)

    @staticmethod
    def key(model: str, question: Question, item: Item) -> str:
        """Give the key of an answer, as hexadecimal text."""
        return _key(model, question, item.key).hex()


def _key(model: str, question: Question, item_key: str) -> bytes:
    return sha256(f"{model}\0{question.key}\0{item_key}".encode()).digest()
