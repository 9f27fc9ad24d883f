"""The inquiry that calls a model: many calls at once, every item asked about once, and no answer lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from types import TracebackType
from typing import Final

from marshtest.judges.batch_requests import BatchFile
from marshtest.judges.packing import make_call, packs
from marshtest.judges.parsing import parse
from marshtest.judges.protocol import Judge, Refused, TooLong
from marshtest.judges.questions import Answer, Item, Problem, Question, Tally
from marshtest.judges.sending import GaveUp, OverBudget, Sender
from marshtest.judges.spending import Spending
from marshtest.judges.store import AnswerStore
from marshtest.progress import Progress, no_progress

__all__ = ["LiveInquiry"]

_LOOKED_UP: Final = 256
"""Items looked up in the store at once: it bounds the memory."""
_KEPT_PROBLEMS: Final = frozenset({"refused"})
"""Problems that are facts about an item. All others are retried in the next run."""
_MOST_ROOM: Final = 16
"""Times the usual length that is allowed after an answer was cut: models that reason first need it."""

_PER_TOKEN: Final = 64
"""Characters of an answer for each token that it may have. Chosen by eye: words have ten, and a server that sends more
did not keep to the limit; reading megabytes of it for every item costs minutes."""

_Take = Callable[[Item, Answer], None]


class LiveInquiry:
    """Puts questions to a judge through a store; see `marshtest.judges.questions.Inquiry`.

    Args:
        judge: The model.
        store: Where answers are kept and looked up.
        concurrency: Calls under way at once.
        spending: Price and budget; counts what is used.
        patience: Seconds without any answer after which the server is given up.
        batch: Write requests to this file instead of sending them; the items are then `waiting`.
        progress: Called with the stage and the fraction done.
    """

    def __init__(
        self,
        judge: Judge,
        store: AnswerStore,
        *,
        concurrency: int = 32,
        spending: Spending | None = None,
        patience: float = 600.0,
        batch: BatchFile | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self.spending = spending or Spending()
        self.tallies: dict[str, Tally] = {}
        """What became of the items of every question, asked for the first time with these words."""
        self._judge = judge
        self._store = store
        self._concurrency = concurrency
        self._batch = batch
        self._progress = progress
        self._sender = Sender(judge, store, self.spending, patience)
        self._runner = asyncio.Runner()
        self._counted: set[str] = set()

    def __enter__(self) -> LiveInquiry:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close connections and the store."""
        self.close()

    @property
    def refused_answers(self) -> int:
        """How many rows of the store were not believed."""
        return self._store.refused

    def close(self) -> None:
        """Close connections and the store."""
        with ExitStack() as stack:  # one that is interrupted must not keep the others open
            stack.callback(self._store.close)
            stack.callback(self._runner.close)
            self._runner.run(self._judge.close())

    @property
    def model(self) -> str:
        """The model's name."""
        return self._judge.model

    @property
    def is_batch(self) -> bool:
        """Whether requests go to a file instead of the model."""
        return self._batch is not None

    def ask(
        self, question: Question, items: Iterable[Item], take: _Take, *, stage: str = "", total: int | None = None
    ) -> Tally:
        """Ask a question of every item; see `Inquiry.ask`.

        Raises:
            JudgeError: The judge cannot be used at all.
        """
        tally = Tally()
        show = self._shown(stage or question.id, total, tally)
        asking = _Asking(question, take, tally, show, self._judge.model, self._store, self._sender, self._batch)
        self._sender.begin()
        self._runner.run(asking.go(items, self._concurrency))
        if question.key not in self._counted:
            self._counted.add(question.key)
            _add(self.tallies.setdefault(question.id, Tally()), tally)
        return tally

    def _shown(self, stage: str, total: int | None, tally: Tally) -> Callable[[], None]:
        def show() -> None:
            done = tally.answered + sum(tally.problems.values())
            if total and (done % 64 == 0 or done == total):
                self._progress(f"judging: {stage}", done / total)

        return show


def _add(one: Tally, other: Tally) -> None:
    one.planned += other.planned
    one.answered += other.answered
    one.remembered += other.remembered
    for problem, count in other.problems.items():
        one.problems[problem] = one.problems.get(problem, 0) + count


@dataclass(frozen=True, slots=True)
class _Try:
    """How far an item is on its way to an answer."""

    note: str = ""
    """What was wrong with the answer before, where this is the repair attempt."""
    rounds: int = 2
    """How often an item that is alone in its call may still be asked from the start."""
    room: int = 2
    """How many times the usual length of an answer is allowed."""


class _Asking:
    """One question on its way through all items."""

    def __init__(
        self,
        question: Question,
        take: _Take,
        tally: Tally,
        show: Callable[[], None],
        model: str,
        store: AnswerStore,
        sender: Sender,
        batch: BatchFile | None,
    ) -> None:
        self.question, self.take, self.tally, self.show = question, take, tally, show
        self.model, self.store, self.sender, self.batch = model, store, sender, batch
        self.under_way: dict[str, list[Item]] = {}
        """Items that are being asked about, by key: those shown the same text wait for one answer."""

    async def go(self, items: Iterable[Item], concurrency: int) -> None:
        """Feed the items to workers; the first fatal error ends them all."""
        queue: asyncio.Queue[list[Item] | None] = asyncio.Queue(2 * concurrency)

        async def work() -> None:
            while (pack := await queue.get()) is not None:
                await self.settle(pack, _Try())

        async def feed() -> None:
            for pack in packs(self.question, self.unanswered(items)):
                await queue.put(pack)
            for _ in range(concurrency):
                await queue.put(None)

        tasks = [asyncio.create_task(work()) for _ in range(concurrency)]
        tasks.append(asyncio.create_task(feed()))
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def unanswered(self, items: Iterable[Item]) -> Iterator[Item]:
        """Hand over what is remembered, and give what has to be asked."""
        source = iter(items)
        while chunk := list(islice(source, _LOOKED_UP)):
            for item, answer in zip(chunk, self.store.recall(self.model, self.question, chunk), strict=True):
                self.tally.planned += 1
                if answer is not None:
                    self.tally.remembered += answer.value is not None
                    self.hand_over(item, answer)
                elif (key := item.key) in self.under_way:
                    self.under_way[key].append(item)
                else:
                    self.under_way[key] = [item]
                    yield item

    async def settle(self, pack: list[Item], state: _Try) -> None:
        """Bring every item of a pack to an answer or a problem."""
        if self.batch is not None:
            for problem, items in self.batch.ask(self.question, pack).items():
                self.give_up(items, problem)
            return
        call = make_call(self.question, pack, self.store.secret, note=state.note, room=state.room)
        try:
            reply, record = await self.sender.send(call)
        except (Refused, TooLong) as failure:
            if len(pack) > 1:
                for item in pack:
                    await self.settle([item], _Try())
            else:
                self.give_up(pack, "refused" if isinstance(failure, Refused) else "truncated")
            return
        except OverBudget:
            self.give_up(pack, "over_budget")
            return
        except GaveUp:
            self.give_up(pack, "unreachable")
            return
        if reply.cut:
            self.store.note(self.model, replace(record, outcome="cut"))
            await self.after_cut(pack, state)
            return
        parsed = parse(reply.text, call.items, call.schema, most=_PER_TOKEN * call.max_tokens)
        outcome = "answered" if not parsed.bad else "malformed"
        answers = [(item, Answer(value)) for item, value in parsed.good]
        self.store.keep(self.model, self.question, answers, replace(record, outcome=outcome))
        for item, answer in answers:
            self.done(item, answer)
        if parsed.bad:
            await self.after_malformed(list(parsed.bad), state, parsed.wrong)

    async def after_cut(self, pack: list[Item], state: _Try) -> None:
        """Ask about fewer items, or allow one item a longer answer; after that it counts as truncated."""
        middle = len(pack) // 2
        if middle:
            await self.settle(pack[:middle], _Try())
            await self.settle(pack[middle:], _Try())
        elif state.room < _MOST_ROOM:
            await self.settle(pack, replace(state, room=_MOST_ROOM))
        else:
            self.give_up(pack, "truncated")

    async def after_malformed(self, bad: list[Item], state: _Try, wrong: str) -> None:
        """Ask once for a repair, then about each item alone from the start; after that an item counts as malformed."""
        if not state.note:
            await self.settle(bad, replace(state, note=wrong))
        elif len(bad) > 1:
            for item in bad:
                await self.settle([item], _Try(rounds=state.rounds - 1))
        elif state.rounds > 0:
            await self.settle(bad, _Try(rounds=state.rounds - 1, room=state.room))
        else:
            self.give_up(bad, "malformed")

    def give_up(self, pack: list[Item], problem: Problem) -> None:
        """Record why there is no answer."""
        answer = Answer(None, problem)
        if problem in _KEPT_PROBLEMS:
            self.store.keep(self.model, self.question, [(item, answer) for item in pack])
        for item in pack:
            self.done(item, answer)

    def done(self, item: Item, answer: Answer) -> None:
        """Hand an answer over for every item that shows the same text."""
        for one in self.under_way.pop(item.key):
            self.hand_over(one, answer)

    def hand_over(self, item: Item, answer: Answer) -> None:
        """Count an answer and give it to whoever asked."""
        if answer.value is not None:
            self.tally.answered += 1
        elif answer.problem is not None:
            self.tally.problems[answer.problem] = self.tally.problems.get(answer.problem, 0) + 1
        self.show()
        self.take(item, answer)
