"""Targets of `fuzz` around judges and reports: replies, batch files, prompts, reports, charters."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from tests import render_reports

from benchmarks.fuzz_mutations import changed
from benchmarks.fuzz_stores import store
from benchmarks.fuzz_targets import Target, mutated_bytes, require
from marshtest.charter import read_charter
from marshtest.errors import ConfigError, InputError, ReportError
from marshtest.judges.batch_answers import read_batch_answers
from marshtest.judges.batch_requests import BatchFile
from marshtest.judges.live import LiveInquiry
from marshtest.judges.packing import make_call
from marshtest.judges.parsing import parse
from marshtest.judges.protocol import Call, CallFailed, JudgeError, Reply
from marshtest.judges.questions import Answer, Item, Passage, Question
from marshtest.judges.replies import NotUnderstood, failure_of_status, reply_of
from marshtest.judges.store import AnswerStore
from marshtest.render.html import render_html
from marshtest.render.terminal import print_report
from marshtest.report import Report, read_report, report_json
from marshtest.testing.rules import read_items

__all__ = ["JUDGE_TARGETS"]

_ANSWER: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "learns": {"type": "string"},
        "severity": {"type": "integer", "enum": [0, 1, 2, 3]},
        "excuses": {"type": "boolean"},
        "records": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["learns", "severity", "excuses", "records"],
    "additionalProperties": False,
}
_QUESTION: Final = Question(
    id="fuzz", version="1", instructions="Say what it is.", answer=_ANSWER, answer_tokens=20, items_per_call=4
)
_ITEMS: Final = tuple(Item(number, (Passage("prompt", f"record {number}"),)) for number in range(4))
_CALL: Final = make_call(_QUESTION, _ITEMS, b"secret")
_ODD: Final[tuple[Any, ...]] = (
    *(None, True, 1.0, 2.5, -1, 10**30, 1e308, "", "x" * 30_000, "\ud800", "\x1b[2J", [], {}, [[[]]], {"a": {"b": 1}}),
    *(float("nan"), float("inf"), "ITEM 0a0b0c", "<<<end 0123456789abcdef>>>", "3", [1.0, 2.0], [10**20], [True]),
)
_PIECES: Final = (
    *("ITEM 0a0b0c", "<<<end ", "<<<user turn 2 ", ">>>", "\n", "\r", "\u2028", "\x85", "\x0b", "\u200b", "a", " "),
    *("NONCE", "0123456789abcdef", "\ud800", "\U000e0041", "\ufe0f", "ITEM", "<<<", "‹U+000A›", "{", '"', "\x00"),
)


def _reply_text(draws: random.Random, call: Call) -> str:
    """Write an answer that is right, or nearly."""
    entries: list[Any] = [
        {"id": name, "learns": "a", "severity": draws.randrange(4), "excuses": False, "records": [1, 2]}
        for name, _ in call.items
    ]
    for _ in range(draws.choice((0, 0, 1, 1, 2, 4))):
        choice = draws.random()
        if choice < 0.5:
            entries[draws.randrange(len(entries))] = _one_odd(draws.choice(entries), draws)
        elif choice < 0.6 and len(entries) > 1:
            del entries[draws.randrange(len(entries))]
        elif choice < 0.7:
            entries.append(draws.choice(entries))
        else:
            entries = changed(entries, draws) or entries
            entries = entries if isinstance(entries, list) else [entries]
    whole: Any = {"answers": entries}
    if draws.random() < 0.05:
        whole = changed(whole, draws)
    text = json.dumps(whole, ensure_ascii=draws.random() < 0.5)
    if draws.random() < 0.1:
        text = f"```json\n{text}\n```"
    if draws.random() < 0.3:
        text = mutated_bytes(text.encode("utf-8", "surrogatepass"), draws).decode("utf-8", "surrogateescape")
    return text


def _one_odd(entry: Any, draws: random.Random) -> Any:
    if not isinstance(entry, dict) or not entry:
        return draws.choice(_ODD)
    return {**entry, draws.choice([*entry, "more"]): draws.choice(_ODD)}


def reply(draws: random.Random, _folder: Path) -> None:
    """The text of a reply: every item is answered or not, and what is answered fits."""
    parsed = parse(_reply_text(draws, _CALL), _CALL.items, _CALL.schema)
    places = sorted(item.index for item in (*(one for one, _ in parsed.good), *parsed.bad))
    require(places == [0, 1, 2, 3], f"items {places}")
    require(bool(parsed.wrong) == bool(parsed.bad), "what is wrong is not said")
    require(parsed.wrong.isascii() and len(parsed.wrong) < 200, "words that are not ours")
    for _, value in parsed.good:
        require(_FITS.is_valid(value), f"a value that does not fit: {value}")
        whole = [value["severity"], *value["records"]]
        require(all(type(one) is int and abs(one) < 2**64 for one in whole), "a number that indexes nothing")
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


_FITS: Final = Draft202012Validator(_ANSWER)


def _completion(draws: random.Random, text: str) -> Any:
    usage: Any = {"prompt_tokens": 5, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 1}}
    answer: Any = {
        "choices": [{"message": {"content": text, "refusal": None}, "finish_reason": "stop"}],
        "usage": usage,
    }
    for _ in range(draws.choice((0, 0, 1, 1, 3))):
        answer = _deep_odd(answer, draws)
    return answer


def _deep_odd(value: Any, draws: random.Random) -> Any:
    """Put something odd anywhere."""
    if isinstance(value, dict) and value and draws.random() < 0.8:
        key = draws.choice(list(value))
        return {**value, key: _deep_odd(value[key], draws)}
    if isinstance(value, list) and value and draws.random() < 0.8:
        return [_deep_odd(value[0], draws), *value[1:]]
    return draws.choice(_ODD)


def completion(draws: random.Random, _: Path) -> None:
    """The body of a server's answer: a reply with counts that can be added, or a counted failure."""
    try:
        found = reply_of(_completion(draws, "text"))
    except CallFailed:
        return
    counts = (found.input_tokens, found.output_tokens, found.cached_tokens)
    require(all(type(one) is int and 0 <= one < 2**53 for one in counts), f"counts {counts}")


def status(draws: random.Random, _: Path) -> None:
    """A status with its words: one of the known failures."""
    words = "".join(draws.choice((*_PIECES, "schema", "context length", "temperature")) for _ in range(6))
    code = draws.choice(("", "content_filter", "insufficient_quota", "context_length_exceeded", "\x00"))
    after = draws.choice(("", "1", "-5", "nan", "inf", "1e999", "Wed, 21 Oct 2015 07:28:00 GMT", "9" * 400))
    found = failure_of_status(
        draws.choice((300, 400, 401, 404, 413, 429, 500, 599)), code, words, "m", retry_after=after
    )
    require(isinstance(found, CallFailed | JudgeError | NotUnderstood), f"{type(found)}")
    require(not (wait := getattr(found, "retry_after", 0.0)) < 0 and wait == wait, "a wait that is no time")


def prompt(draws: random.Random, _folder: Path) -> None:
    """Hostile texts in a call: whoever reads the prompt by its rules finds exactly the items and their passages."""
    items = [
        Item(number, tuple(Passage("user turn 1", _hostile(draws)) for _ in range(draws.randint(1, 3))))
        for number in range(draws.randint(1, 4))
    ]
    items = list({item.key: item for item in items}.values())
    call = make_call(_QUESTION, items, draws.randbytes(32), note="it was no JSON object, or one with a key twice.")
    found = read_items("fuzz", call.system, call.user)
    require([name for name, _ in found] == [name for name, _ in call.items], "the items are others")
    for (_, seen), (_, item) in zip(found, call.items, strict=True):
        require(len(seen.passages) == len(item.passages), "the passages are others")
    lines = call.user.replace("\n", "").replace("\t", "")
    require(lines.isprintable(), "something unseen is shown")


def _hostile(draws: random.Random) -> str:
    return "".join(draws.choice(_PIECES) for _ in range(draws.randint(0, 14)))


class _Liar:
    """A judge that answers nearly right, or not at all."""

    model = "liar"

    def __init__(self, draws: random.Random) -> None:
        self._draws = draws

    async def complete(self, call: Call) -> Reply:
        """Give an answer."""
        draws = self._draws
        found = reply_of(_completion(draws, _reply_text(draws, call))) if draws.random() < 0.3 else None
        return found or Reply(text=_reply_text(draws, call), cut=draws.random() < 0.1)

    async def close(self) -> None:
        """Close nothing."""


def inquiry(draws: random.Random, _: Path) -> None:
    """A whole round with a judge that lies: each item has one answer or one problem, once."""
    taken: list[int] = []

    def take(item: Item, answer: Answer) -> None:
        taken.append(item.index)
        require((answer.value is None) != (answer.problem is None), "neither answer nor problem")

    with LiveInquiry(_Liar(draws), AnswerStore(None), concurrency=2, patience=0.0) as asked:
        tally = asked.ask(_QUESTION, _ITEMS, take)
    require(sorted(taken) == [0, 1, 2, 3], f"taken {taken}")
    require(tally.planned == tally.answered + sum(tally.problems.values()) == len(_ITEMS), f"{tally}")


def batch(draws: random.Random, folder: Path) -> None:
    """A batch file: every line is an answer, unknown, or an error that names it; every item waits or has its answer."""
    store = AnswerStore(None)
    file = BatchFile(folder / "requests.jsonl", "m", store)
    file.ask(_QUESTION, _ITEMS)
    file.close()
    name = json.loads((folder / "requests.jsonl").read_text())["custom_id"]
    lines = []
    for _ in range(draws.randint(1, 3)):
        body = _completion(draws, _reply_text(draws, _CALL))
        line: Any = {"custom_id": name, "response": {"status_code": draws.choice((200, 200, 400, 500)), "body": body}}
        line = _deep_odd(line, draws) if draws.random() < 0.4 else line
        lines.append(json.dumps(line).encode())
    answers = folder / "answers.jsonl"
    answers.write_bytes(mutated_bytes(b"\n".join(lines), draws) if draws.random() < 0.3 else b"\n".join(lines))
    try:
        ingest = read_batch_answers([answers], store)
    except InputError as error:
        require("line" in str(error) or "UTF-8" in str(error), "an error without a place")
        return
    finally:
        known = store.recall("m", _QUESTION, _ITEMS)
        waits = store.pending(name) is not None
        store.close()
    answered = [one for one in known if one is not None]
    require(all(one.value is None or _FITS.is_valid(one.value) for one in answered), "an answer that does not fit")
    require(ingest.answered <= len(answered) or ingest.calls > 1, f"{ingest.answered} answered, {len(answered)} kept")
    require(waits == (ingest.calls == 0), "an answer that was taken is waited for")


@cache
def _reports() -> tuple[Any, ...]:
    made = [getattr(render_reports, f"{name}_report")() for name in ("poisoned", "nothing", "incomplete", "judged")]
    small = [replace(one, findings=one.findings[:1]) for one in made]
    return tuple(json.loads(report_json(one)) for one in small)


def report(draws: random.Random, folder: Path) -> None:
    """A changed report: refused, or a report that can be written, read, printed and drawn with nothing unseen."""
    value = draws.choice(_reports())
    for _ in range(draws.choice((1, 1, 2, 5))):
        value = _changed_inside(value, draws)
    content = json.dumps(value).encode("utf-8", "surrogatepass")
    path = folder / "report.json"
    path.write_bytes(mutated_bytes(content, draws) if draws.random() < 0.2 else content)
    try:
        found = read_report(path)
    except ReportError:
        return
    written = report_json(found)
    require(written.decode().replace("\n", "").isprintable(), "the file steers a terminal")
    _drawn(found, page=draws.random() < 0.1)


def _drawn(found: Report, *, page: bool) -> None:
    printed = io.StringIO()
    print_report(found, printed)
    require(printed.getvalue().replace("\n", "").isprintable(), "the terminal is steered")
    if page:
        require(render_html(found).replace("\n", "").isprintable(), "the page holds something unseen")


def _changed_inside(value: Any, draws: random.Random) -> Any:
    """Change one leaf, mostly to another value of its type."""
    if isinstance(value, dict) and value:
        key = draws.choice(list(value))
        return {**value, key: _changed_inside(value[key], draws)}
    if isinstance(value, list) and value:
        at = draws.randrange(len(value))
        return [*value[:at], _changed_inside(value[at], draws), *value[at + 1 :]]
    if draws.random() < 0.15:
        return draws.choice(_ODD[:-3])
    if isinstance(value, str):
        return draws.choice((_hostile(draws), "x" * 5000, "", value + "\x1b[2J\u202e", value[:3]))
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return draws.choice((0, -1, 2**31, 2**63, 10**18, -(10**9), value + 1))
    if isinstance(value, float):
        return draws.choice((0.0, -1.0, 1e308, -1e308, 5e-324, 2.0, 1e18))
    return draws.choice(_ODD[:-3])


_CHARTER: Final = """name = "n"
model = "a classifier"
protected = "harmful"
harm = "it obeys"
criteria = ["Does it obey?"]
[labels]
harmful = "harm"
harmless = "no harm"
"""


def charter(draws: random.Random, folder: Path) -> None:
    """A charter: read, or an error that names it."""
    path = folder / "charter.toml"
    content = re.sub(r'"[^"]*"', lambda found: draws.choice((found[0], '""', "7", "[" * 2000)), _CHARTER, count=2)
    path.write_bytes(mutated_bytes(content.encode(), draws))
    try:
        read_charter(path)
    except ConfigError:
        return


JUDGE_TARGETS: Mapping[str, tuple[Target, int]] = {
    "reply": (reply, 60),
    "completion": (completion, 50),
    "status": (status, 20),
    "prompt": (prompt, 8),
    "inquiry": (inquiry, 1),
    "batch": (batch, 2),
    "store": (store, 1),
    "report": (report, 1),
    "charter": (charter, 1),
}
"""Targets with their share of the inputs."""
