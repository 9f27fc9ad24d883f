"""Requests in the batch format of OpenAI: half the price, and no connection of ours at all.

Every stage works this way: what the store does not know is written as requests, the run ends as incomplete, and the
next run, with the answers, goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from marshtest.data.atomic import check_target
from marshtest.data.folders import PartialFile
from marshtest.errors import ReportError
from marshtest.judges.batch_answers import learned_dialect
from marshtest.judges.packing import make_call
from marshtest.judges.protocol import Call
from marshtest.judges.questions import Item, Problem, Question
from marshtest.judges.requests import request_body
from marshtest.judges.store import AnswerStore, PendingCall

__all__ = ["BatchFile"]

_MOST_SETBACKS: Final = 3
"""Requests without a usable answer after which an item is given up and the run goes on without it."""
_LONG_ROOM: Final = 16
"""Times the usual length that is allowed after an answer was cut: models that reason first need it."""
_MOST_REQUESTS, _MOST_BYTES = 50_000, 190_000_000
"""What OpenAI takes in one file (it says 200 MB); more requests go into another file."""


class BatchFile:
    """A file of requests in the making, or several where one would be too large.

    Args:
        path: Where the requests go; written whole when closed.
        model: The model that is named in every request.
        store: Where it is remembered which request is about which items.
        most_requests: So many go into one file.
    """

    def __init__(self, path: Path, model: str, store: AnswerStore, *, most_requests: int = _MOST_REQUESTS) -> None:
        self.written: dict[Path, int] = {}
        """How many requests are in which file, once closed."""
        self._path = path
        self._model = model
        self._store = store
        self._most_requests = most_requests
        self._dialect = learned_dialect(store, model)
        self._part: PartialFile | None = None
        self._requests = 0
        self._named: set[str] = set()
        check_target(path, audited=(), force=True)

    @property
    def requests(self) -> int:
        """Count all requests."""
        return sum(self.written.values()) + self._requests

    def ask(self, question: Question, pack: Sequence[Item]) -> dict[Problem, list[Item]]:
        """Write requests about some items; give those that will have no answer, by problem, and those that wait.

        Items that had no usable answer before are asked about alone: one of them may be what spoils a call.
        """
        left: dict[Problem, list[Item]] = {"waiting": []}
        fresh: list[Item] = []
        for item, setback in zip(pack, self._store.setbacks(self._model, question, pack), strict=True):
            if setback is None:
                fresh.append(item)
            elif setback.times >= _MOST_SETBACKS:
                left.setdefault(setback.problem, []).append(item)
            else:
                room = _LONG_ROOM if setback.problem == "truncated" else 2
                note = "it could not be read." if setback.problem == "malformed" else ""
                self._add(make_call(question, [item], self._store.secret, note=note, room=room), question)
                left["waiting"].append(item)
        if fresh:
            self._add(make_call(question, fresh, self._store.secret), question)
            left["waiting"] += fresh
        return left

    def close(self) -> None:
        """Put the file into its place; without requests there is none.

        Raises:
            ReportError: It cannot be written.
        """
        if self._part is not None:
            part, self._part = self._part, None
            with _written(part.target):
                part.finish()
                part.put()
            self.written[part.target] = self._requests
            self._requests = 0

    def _add(self, call: Call, question: Question) -> None:
        """Write one call as a request."""
        items = tuple((name, AnswerStore.key(self._model, question, item)) for name, item in call.items)
        digest = sha256("\0".join([question.key, *(key for _, key in items)]).encode()).hexdigest()[:24]
        name = f"marsh-{question.id}-{digest}"
        if name in self._named:  # another detector asked the same: one answer serves both
            return
        self._named.add(name)
        self._store.wait_for(
            PendingCall(
                name=name,
                model=self._model,
                question=question.id,
                version=question.version,
                schema=call.schema,
                items=items,
            )
        )
        body = request_body(call, self._model, self._dialect)
        line = {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}
        self._write(json.dumps(line, ensure_ascii=True).encode("ascii") + b"\n")

    def _write(self, line: bytes) -> None:
        if self._part is not None and (
            self._requests >= self._most_requests or self._part.file.tell() + len(line) > _MOST_BYTES
        ):
            self.close()
        place = self._place()
        with _written(place):
            if self._part is None:
                self._part = PartialFile(place, make=[])
            self._part.file.write(line)
        self._requests += 1

    def _place(self) -> Path:
        """Name the file that is being written: `requests.jsonl`, then `requests.2.jsonl`."""
        number = len(self.written) + 1
        return self._path if number == 1 else self._path.with_suffix(f".{number}{self._path.suffix}")


@contextmanager
def _written(place: Path) -> Iterator[None]:
    """Turn a failure to write into one that a user can do something about."""
    try:
        yield
    except OSError as error:
        raise ReportError(f"{place}: cannot write ({error.strerror}); choose another --batch-out.") from error
