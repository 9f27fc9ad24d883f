"""Batch files in the format of OpenAI: requests out, answers in, half the price and no connection of ours at all.

Every stage works this way: what the store does not know is written as requests, the run ends as incomplete, and the
next run, with the answers, goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from marshtest.errors import InputError
from marshtest.judges.parsing import parse
from marshtest.judges.protocol import Call
from marshtest.judges.questions import Problem, Question
from marshtest.judges.requests import request_body
from marshtest.judges.spending import Price
from marshtest.judges.store import CallRecord, PendingCall, Store

__all__ = ["BatchFile", "BatchIngest", "read_batch_answers"]

_MOST_ATTEMPTS = 3


class BatchFile:
    """A file of requests in the making.

    Args:
        path: Where the requests go; written whole when closed.
        model: The model that is named in every request.
        store: Where it is remembered which request is about which items.
    """

    def __init__(self, path: Path, model: str, store: Store) -> None:
        self.path = path
        self.requests = 0
        self._model = model
        self._store = store
        self._partial = path.with_name(f".{path.name}.partial")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._partial.open("w", encoding="utf-8")

    def add(self, call: Call, question: Question) -> None:
        """Write one call as a request."""
        items = tuple((name, Store.key(self._model, question, item)) for name, item in call.items)
        digest = sha256("\0".join([question.key, *(key for _, key in items)]).encode()).hexdigest()[:24]
        name = f"marsh-{question.id}-{digest}"
        known = self._store.pending(name)
        self._store.wait_for(
            PendingCall(
                name=name,
                model=self._model,
                question=question.id,
                version=question.version,
                schema=call.schema,
                items=items,
                attempts=known.attempts if known else 0,
            )
        )
        line = {
            "custom_id": name,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": request_body(call, self._model),
        }
        self._file.write(json.dumps(line, ensure_ascii=True) + "\n")
        self.requests += 1

    def close(self) -> None:
        """Put the file into its place; without requests there is none."""
        self._file.close()
        if self.requests:
            self._partial.replace(self.path)
        else:
            self._partial.unlink()


@dataclass(slots=True)
class BatchIngest:
    """What answers from batch files brought."""

    answered: int = 0
    """Items with an answer."""
    calls: int = 0
    failed: int = 0
    """Requests that the provider could not answer; they are written again."""
    unknown: int = 0
    """Answers to requests that this store did not write."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


def read_batch_answers(paths: Iterable[Path], store: Store, *, price: Price | None = None) -> BatchIngest:
    """Take the answers of batch files into the store.

    Raises:
        InputError: A file cannot be read, or a line is no answer of the batch format.
    """
    ingest = BatchIngest()
    for path in paths:
        try:
            with path.open(encoding="utf-8") as file:
                for number, line in enumerate(file, start=1):
                    if line.strip():
                        _take_line(line, f"{path}, line {number}", store, ingest, price)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            raise InputError(f"{path}: cannot read the answers ({reason}); check the path.") from error
    return ingest


def _take_line(line: str, place: str, store: Store, ingest: BatchIngest, price: Price | None) -> None:
    try:
        answer = json.loads(line)
        name = answer["custom_id"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{place}: is no answer of a batch ({error}); give the provider's output file.") from error
    call = store.pending(name) if isinstance(name, str) else None
    if call is None:
        ingest.unknown += 1
        return
    ingest.calls += 1
    text, refused, usage = _content(answer)
    named = tuple((one, _Stand(key)) for one, key in call.items)
    parsed = parse(text, named, call.schema)  # type: ignore[arg-type]
    values = {item.key: value for item, value in parsed.good}
    problems: dict[str, Problem] = {}
    bad = [item.key for item in parsed.bad]
    if bad and refused and len(call.items) == 1:
        problems = dict.fromkeys(bad, "refused")
    elif bad and call.attempts + 1 < _MOST_ATTEMPTS:
        ingest.failed += 1
    cost = 0.0 if price is None else price.of(*usage)
    ingest.answered += len(values)
    ingest.input_tokens += usage[0]
    ingest.output_tokens += usage[1]
    ingest.cost_usd += cost
    store.answer_pending(
        call,
        values,
        problems,
        CallRecord(
            question=call.question,
            items=len(call.items),
            characters=0,
            estimated_tokens=0,
            input_tokens=usage[0],
            output_tokens=usage[1],
            cost_usd=cost,
            outcome="answered" if not bad else "malformed",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Stand:
    """Stands for an item whose text is not needed to read its answer."""

    key: str


def _content(answer: dict[str, Any]) -> tuple[str, bool, tuple[int, int]]:
    """Give the text of an answer, whether the model declined, and the tokens in and out."""
    response = answer.get("response") or {}
    body = response.get("body") or {}
    usage = body.get("usage") or {}
    tokens = (int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
    choices = body.get("choices") or [{}]
    message = choices[0].get("message") or {}
    refused = bool(message.get("refusal")) or choices[0].get("finish_reason") == "content_filter"
    return str(message.get("content") or ""), refused, tokens
