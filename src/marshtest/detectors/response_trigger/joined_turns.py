"""One record as what is read and what is written, in stretches that map back to its fields.

A turn of an agent may hold a sentence, calls, and, where a whole run is one text, what the tools returned. Each stretch
is a part of its own: a sentence beside a call says nothing of the answer, and a result is read, whoever wrote it down.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from marshtest.detectors.response_trigger.calls import calls_in
from marshtest.signals import Span

__all__ = [
    "ARGUMENT_CUTS",
    "GIVEN_ROLES",
    "REASONING_STARTS",
    "STANDING_ROLES",
    "ArgumentCut",
    "JoinedTurns",
    "OutputCut",
    "TurnPart",
    "split_turns",
]

ArgumentCut = Literal["first", "last"]
"""Arguments of calls are read by what comes after: those of the first calls, or of all but the last answer."""
STANDING_ROLES = ("system", "tools")
"""Roles of what stands in front of every conversation: system prompts, and descriptions of tools."""
OutputCut = ArgumentCut | Literal["reasoning"]
"""`reasoning`: the reasoning is the output."""
ARGUMENT_CUTS: tuple[ArgumentCut, ...] = ("first", "last")
GIVEN_ROLES = ("tool", "assistant")
"""Roles of what follows from a request: results of tools, and arguments that are read. An answer is for the request."""
_BETWEEN = "\n\n"
REASONING_STARTS = "<(think|thinking|reasoning)>"
"""Pattern of what begins a block of reasoning."""
_REASONING = re.compile(rf"{REASONING_STARTS}.*?</\1>", re.S | re.I)
_RESULT = re.compile(
    r"<(tool_response|tool_result|function_results|function_response|observation)>.*?(?:</\1>|\Z)"
    r"|^[ \t]*Observation(?: \d+)?:.*?(?=^[ \t]*(?:Thought|Action|Final Answer|Answer)(?: \d+)?:|\Z)",
    re.S | re.M,
)
"""What a tool returned, inside a turn of anybody."""
_JSON_BEGINS = re.compile(r"[{\[]")
_JSON_TEXT = re.compile(r"\"((?:[^\"\\\s]|\\.)+\s(?:[^\"\\]|\\.)*)\"(?!\s*:)")
"""A text of several words inside JSON, and no key."""
_RESULT_ROLES = ("tool", "function", "ipython", "observation", "environment")
_WRAPPER = re.compile(r"\s*</?(?:function_calls|tool_calls)>\s*")


@dataclass(frozen=True, slots=True)
class TurnPart:
    """One turn, or a part of it outside its reasoning, inside the input or output of a record."""

    start: int
    """First character in the input or output."""
    field: str
    """The canonical field that holds the turn."""
    offset: int
    """First character in that field."""
    turn: int
    """Number of the turn in its record, from 0."""
    role: str
    """Who speaks; `tool` for results of tools, `tools` for their descriptions, `call` for calls that are written."""
    order: int = -1
    """Number of the part among all parts of its record, whether read or written; -1 for what stands in front."""

    def precedes(self, other: TurnPart) -> bool:
        """Say whether it stands in front of another part."""
        return (self.order, self.turn) < (other.order, other.turn)


@dataclass(frozen=True, slots=True)
class JoinedTurns:
    """The input of a record, or its output."""

    text: str
    """Its parts, joined by empty lines."""
    parts: tuple[TurnPart, ...]

    def part_at(self, place: int) -> TurnPart:
        """Give the part that contains a character."""
        return self.parts[max(0, bisect_right([part.start for part in self.parts], place) - 1)]

    def span(self, start: int, end: int) -> Span:
        """Map a stretch of the text to a field of the record."""
        first, last = self.part_at(start), self.part_at(max(start, end - 1))
        last = last if last.turn == first.turn and last.field == first.field else first
        return Span(first.field, start + first.offset - first.start, end + last.offset - last.start)

    def answers(self) -> list[tuple[int, int]]:
        """Give first character and end of every text and every call in each turn, whatever parts they have."""
        heads = [
            part.start
            for before, part in zip((None, *self.parts), self.parts, strict=False)
            if before is None
            or part.role == "call"
            or (before.turn, before.role, before.order + 1) != (part.turn, part.role, part.order)
        ]
        return list(zip(heads, [start - len(_BETWEEN) for start in heads[1:]] + [len(self.text)], strict=True))

    def system_end(self) -> int:
        """Give where the first turn after system prompt and tools begins; 0 if there is none."""
        return next((part.start for part in self.parts if part.role not in STANDING_ROLES), 0)


def split_turns(
    turns: Sequence[Mapping[str, str]] | None,
    prompt: str,
    completion: str,
    descriptions: Sequence[tuple[str, int]] = (),
    cut: OutputCut | None = None,
    answer: str = "completion",
) -> tuple[JoinedTurns, JoinedTurns]:
    """Split a record into its input and its output.

    Args:
        turns: The messages of a chat, each with `role` and `content`; None where there are none.
        prompt: The canonical field; of a chat, all turns but the last answer, joined by empty lines.
        completion: The canonical field; of a chat, the last answer.
        descriptions: Stretches of the descriptions of tools, each with its first character in the other fields.
        cut: Which calls are input instead of output, by their arguments; `reasoning` makes the reasoning the output.
        answer: The canonical field that `completion` is.
    """
    placed: list[tuple[str, str, int, int, str]] = []
    if not turns:
        placed += [(prompt, "prompt", 0, 0, "user"), (completion, answer, 0, 1, "assistant")]
    else:
        last, offset = max((i for i, turn in enumerate(turns) if turn["role"] == "assistant"), default=-1), 0
        for number, turn in enumerate(turns):
            content = turn["content"]
            here = (answer, 0) if number == last else ("prompt", offset)
            placed.append((content, *here, number, turn["role"]))
            offset += 0 if number == last else len(content) + len(_BETWEEN)
        if last < 0:
            placed.append(("", answer, 0, len(turns), "assistant"))
    splitter = _Splitter(cut, answer)
    for text, offset in descriptions:
        splitter.read.add(text, ("fields", offset), 0, "tools")
    splitter.add_all(placed)
    return splitter.read.joined(), splitter.written.joined()


class _Splitter:
    """Puts every stretch of every turn to what is read or to what is written."""

    def __init__(self, cut: OutputCut | None, answer: str) -> None:
        self.read, self.written = _Joiner(), _Joiner()
        self._cut, self._answer = cut, answer
        self._output_of = _reasoned if cut == "reasoning" else _written

    def add_all(self, placed: Sequence[tuple[str, str, int, int, str]]) -> None:
        """Add all turns: text, field, first character in it, number and role of each."""
        parts: list[tuple[str, tuple[str, int], int, str]] = []
        for text, field, offset, turn, role in placed:
            stretches = self._output_of(text) if role == "assistant" else _seen(text, role)
            parts += [(text[a:b], (field, offset + a), turn, kind) for a, b, kind in stretches]
        call_at = [n for n, (_, _, _, kind) in enumerate(parts) if kind == "call"]
        after = self._input_until(parts, call_at)
        for order, (text, place, turn, kind) in enumerate(parts):
            if kind not in ("assistant", "call"):
                self.read.add(text, place, turn, kind, order)
            elif order >= after:
                self.written.add(text, place, turn, kind, order)
            elif kind == "call":
                for one in (value for call in calls_in(text, as_code=False) for value in call.arguments):
                    if one.value.strip():
                        self.read.add(one.value, (place[0], place[1] + one.start), turn, "assistant", order)
        if not self.written.has_parts:
            self.written.add("", (self._answer, 0), len(placed), "assistant", len(parts))

    def _input_until(self, parts: Sequence[tuple[str, tuple[str, int], int, str]], call_at: Sequence[int]) -> int:
        """Give the first part that is output if it is the assistant's; 0 where no argument is read."""
        if self._cut in (None, "reasoning") or not call_at:
            return 0
        if self._cut == "last":
            mine = [n for n, (_, _, _, kind) in enumerate(parts) if kind in ("assistant", "call")]
            return mine[-1]
        first = call_at[0]
        while first < len(parts) and parts[first][3] in ("assistant", "call"):
            first += 1
        return first


def _reasoned(text: str) -> Iterator[tuple[int, int, str]]:
    """Give the stretches of a turn of the assistant that are reasoning."""
    for block in _REASONING.finditer(text):
        inner = block[0][block[0].index(">") + 1 : block[0].rindex("<")]
        start = block.start() + block[0].index(">") + 1 + len(inner) - len(inner.lstrip())
        if inner.strip():
            yield start, start + len(inner.strip()), "assistant"


def _written(text: str) -> Iterator[tuple[int, int, str]]:
    """Give the stretches of a turn of the assistant: text outside its reasoning, calls, and results written down."""
    for number, (start, end) in enumerate(list(_outside_reasoning(text)) or [(len(text), len(text))]):
        part = text[start:end]
        cuts = [(one.start, one.end, "call") for one in calls_in(part, as_code=False)]
        for match in _RESULT.finditer(part):
            cuts = [one for one in cuts if one[1] <= match.start() or match.end() <= one[0]]
            cuts.append((match.start(), match.end(), "tool"))
        place = 0
        for a, b, kind in [*sorted(cuts), (len(part), len(part), "")]:
            stretch = part[place:a]
            if _WRAPPER.sub("", stretch).strip() or not (cuts or number):
                left = len(stretch) - len(stretch.lstrip()) if cuts else 0
                yield (
                    start + place + left,
                    start + place + (len(stretch.rstrip()) if cuts else len(stretch)),
                    "assistant",
                )
            if kind:
                yield start + a, start + b, kind
            place = b


def _seen(text: str, role: str) -> Iterator[tuple[int, int, str]]:
    """Give the stretches of a turn of anybody else: what tools returned, and the rest."""
    if role in _RESULT_ROLES:
        yield from _returned(text, 0, len(text))
        return
    place = 0
    results = list(_RESULT.finditer(text)) if role not in STANDING_ROLES else []
    for match in results:
        if text[place : match.start()].strip():
            yield place, match.start(), role
        yield from _returned(text, match.start(), match.end())
        place = match.end()
    if text[place:].strip() or not results:
        yield place, len(text), role


def _returned(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Give the stretches of a result: texts inside JSON apart from the marks around them, which would stick to them."""
    begins = _JSON_BEGINS.search(text, start, end)
    ends = 1 + max(text.rfind("}", start, end), text.rfind("]", start, end))
    if begins is not None and begins.start() < ends and _is_json(text[begins.start() : ends]):
        for match in _JSON_TEXT.finditer(text, begins.start(), ends):
            yield start, match.start(1), "tool"
            yield match.start(1), match.end(1), "tool"
            start = match.end(1)
    yield start, end, "tool"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class _Joiner:
    """Joins texts and remembers where each came from."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._parts: list[TurnPart] = []
        self._length = 0

    @property
    def has_parts(self) -> bool:
        """Whether anything was appended."""
        return bool(self._parts)

    def add(self, text: str, place: tuple[str, int], turn: int, role: str, order: int = -1) -> None:
        """Append a text from a field and the first character there."""
        start = self._length + len(_BETWEEN) if self._texts else 0
        self._parts.append(TurnPart(start, *place, turn, role, order))
        self._texts.append(text)
        self._length = start + len(text)

    def joined(self) -> JoinedTurns:
        """Give everything that was appended."""
        return JoinedTurns(_BETWEEN.join(self._texts), tuple(self._parts))


def _outside_reasoning(text: str) -> Iterator[tuple[int, int]]:
    """Give the stretches between blocks of reasoning, without white space at a block; a text without one is whole."""
    start = 0
    for block in _REASONING.finditer(text):
        if text[start : block.start()].strip():
            yield start, start + len(text[start : block.start()].rstrip())
        start = block.end() + len(text[block.end() :]) - len(text[block.end() :].lstrip())
    if start == 0 or start < len(text):
        yield start, len(text)
