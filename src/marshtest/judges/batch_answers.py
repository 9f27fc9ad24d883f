"""Read the answers of batch files into the store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from marshtest.errors import InputError
from marshtest.judges.parsing import parse
from marshtest.judges.protocol import Broken, CallFailed, JudgeError, Refused, Reply, TooLong
from marshtest.judges.questions import Problem
from marshtest.judges.replies import NotUnderstood, failure_of_status, reply_of
from marshtest.judges.requests import Dialect, simpler_dialect
from marshtest.judges.spending import Price
from marshtest.judges.store import AnswerStore, CallRecord, PendingCall
from marshtest.text.masking import masked

__all__ = ["BatchIngest", "learned_dialect", "read_batch_answers"]

_SHOWN = 200
"""Characters shown of what was wrong."""
_MOST_CHARACTERS = 64 * 2**20
"""Characters of a line. Chosen by eye: an answer is some 100 kB; a file without line ends must not fill the memory."""


@dataclass(slots=True)
class BatchIngest:
    """What became of the answers of batch files."""

    answered: int = 0
    """Items with an answer."""
    calls: int = 0
    failed: int = 0
    """Requests with an unusable answer about some item; these items are asked about again."""
    reason: str = ""
    """What was wrong with the first of them: may quote the provider or the model."""
    unknown: int = 0
    """Answers to requests that this store did not write."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


def learned_dialect(store: AnswerStore, model: str) -> Dialect:
    """Give the parts of the protocol that a model understands, as learned from its answers to batch files."""
    known = store.recall_fact(f"dialect {model}")
    return Dialect() if known is None else Dialect(**json.loads(known))


def read_batch_answers(paths: Iterable[Path], store: AnswerStore, *, price: Price | None = None) -> BatchIngest:
    """Take the answers of batch files into the store.

    Raises:
        InputError: A file cannot be read, or a line is no answer of the batch format.
    """
    taker = _Taker(store, price)
    for path in paths:
        try:
            with path.open(encoding="utf-8") as file:
                lines = iter(partial(file.readline, _MOST_CHARACTERS + 1), "")
                for number, line in enumerate(lines, start=1):
                    place = f"{path}, line {number}"
                    if len(line) > _MOST_CHARACTERS:
                        raise InputError(f"{place}: is too long for an answer; give the provider's output file.")
                    if line.strip():
                        taker.take(line, place)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise InputError(f"{path}: cannot read the answers ({reason}); check the path.") from error
    return taker.ingest


class _Taker:
    """Takes answers line by line."""

    def __init__(self, store: AnswerStore, price: Price | None) -> None:
        self.ingest = BatchIngest()
        self._store = store
        self._price = price
        self._asked_in: dict[str, Dialect] = {}
        """The dialect that each model's requests were written in."""

    def take(self, line: str, place: str) -> None:
        """Take one line."""
        try:
            answer = json.loads(line)
            name = answer["custom_id"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            reason = str(error)[:_SHOWN]
            raise InputError(
                f"{place}: is no answer of a batch ({reason}); give the provider's output file."
            ) from error
        call = self._store.pending(name) if isinstance(name, str) and name.isascii() else None
        if call is None:
            self.ingest.unknown += 1
            return
        self.ingest.calls += 1
        try:
            self._keep(call, _reply(answer, call.model))
        except (CallFailed, JudgeError, NotUnderstood) as failure:
            self._fail(call, failure)

    def _keep(self, call: PendingCall, reply: Reply) -> None:
        """Keep the answer about each item; a missing answer is a setback."""
        named = tuple((one, _Stand(key)) for one, key in call.items)
        parsed = parse(reply.text, named, call.schema)  # type: ignore[arg-type]
        wrong: Problem = "truncated" if reply.cut else "malformed"
        ingest = self.ingest
        ingest.answered += len(parsed.good)
        ingest.input_tokens += reply.input_tokens
        ingest.output_tokens += reply.output_tokens
        cost = 0.0 if self._price is None else self._price.of(reply.input_tokens, reply.output_tokens)
        ingest.cost_usd += cost
        if parsed.bad:
            self._count(parsed.wrong)
        self._store.answer_pending(
            call,
            {item.key: value for item, value in parsed.good},
            {},
            dict.fromkeys((item.key for item in parsed.bad), wrong),
            CallRecord(
                question=call.question,
                items=len(call.items),
                characters=0,
                estimated_tokens=0,
                input_tokens=reply.input_tokens,
                output_tokens=reply.output_tokens,
                cached_tokens=reply.cached_tokens,
                cost_usd=cost,
                outcome="cut" if reply.cut else "malformed" if parsed.bad else "answered",
            ),
        )

    def _fail(self, call: PendingCall, failure: Exception) -> None:
        """Say what a failed request means for its items: nothing, a setback, or that they never have an answer."""
        keys = [key for _, key in call.items]
        problem: Problem | None = None
        if isinstance(failure, NotUnderstood):
            problem = None if self._learned(call.model, failure.message) else "refused"
        elif isinstance(failure, Refused | TooLong):
            problem = "refused" if isinstance(failure, Refused) else "truncated"
        is_final = problem == "refused" and len(keys) == 1
        if not is_final:
            self._count(str(failure))
        self._store.answer_pending(
            call,
            {},
            {keys[0]: "refused"} if is_final else {},
            {} if is_final or problem is None else dict.fromkeys(keys, problem),
            CallRecord(
                question=call.question,
                items=len(keys),
                characters=0,
                estimated_tokens=0,
                outcome=type(failure).__name__.lower(),
            ),
        )

    def _learned(self, model: str, complaint: str) -> bool:
        """Learn from a complaint about the form of a request; say whether it was one."""
        asked_in = self._asked_in.setdefault(model, learned_dialect(self._store, model))
        simpler = simpler_dialect(asked_in, complaint)
        if simpler is None:
            return False
        known, asked = asdict(learned_dialect(self._store, model)), asdict(asked_in)
        changed = {name: value for name, value in asdict(simpler).items() if value != asked[name]}
        self._store.keep_fact(f"dialect {model}", json.dumps(known | changed))
        return True

    def _count(self, reason: str) -> None:
        self.ingest.failed += 1
        self.ingest.reason = self.ingest.reason or reason[:_SHOWN]


@dataclass(frozen=True, slots=True)
class _Stand:
    """Stands for an item whose text is not needed to read its answer."""

    key: str


def _reply(answer: dict[str, Any], model: str) -> Reply:
    """Read the reply out of a line.

    Raises:
        CallFailed: There is none, or it is a refusal.
        JudgeError: The model cannot be used.
        NotUnderstood: The request is not taken as it is.
    """
    response = _object(answer.get("response"))
    body = _object(response.get("body"))
    error = _object(body.get("error")) or _object(answer.get("error"))
    status = response.get("status_code") or 0
    if not isinstance(status, int):
        raise Broken("the answer has no status")
    code, message = str(error.get("code") or ""), str(error.get("message") or "no answer")
    if status >= 400:
        raise failure_of_status(status, code, message, model)
    if status == 0 or error:
        raise Broken(masked(f"{code}: {message}"))
    return reply_of(body)


def _object(value: object) -> dict[str, Any]:
    """Give an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}
