"""Sends one call until it is answered: waits while the server is busy, retries failures, and gives up in the end."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

from marshtest.judges.packing import input_tokens
from marshtest.judges.protocol import Broken, Busy, Call, CallFailed, Judge, Refused, Reply, TooLong, Unreachable
from marshtest.judges.spending import Spending
from marshtest.judges.store import AnswerStore, CallRecord

__all__ = ["GaveUp", "OverBudget", "Sender"]

_FIRST_WAIT, _LONGEST_WAIT = 0.25, 30.0
"""Seconds before the first and before the last attempts at most. Convention: exponential backoff with full jitter."""
_PATIENCES = 6
"""Times the patience that a server may keep a run waiting, in all, with refusals between its answers. Chosen by eye: an
hour by default, in which a store keeps what was answered."""
_LONG = 0.1
"""Share of the patience from which a time without an answer counts for that. Chosen by eye: a minute by default, as a
server with a limit of rates refuses calls all the time and answers others every few seconds."""
_MOST_BROKEN = 12
"""Failures of the server (5xx) for one call after which it is given up. Chosen by eye: it spans some minutes."""


class GaveUp(CallFailed):
    """The server did not answer in time."""


class OverBudget(CallFailed):
    """The call would cost more than is left."""


@dataclass(slots=True)
class Sender:
    """Sends calls of one judge and keeps the ledger.

    A server that has answered nothing for `patience` seconds, to any call, is given up: the run goes on to its end with
    what it has, and a later run asks for the rest. So is one that answers just often enough: the times between its
    answers in which it refused calls, where they are long, are `_PATIENCES` times the patience at most in all.
    """

    judge: Judge
    store: AnswerStore
    spending: Spending
    patience: float = 600.0
    _answered_at: float = field(default=0.0, init=False)
    _not_before: float = field(default=0.0, init=False)
    _dead: bool = field(default=False, init=False)
    _refused: bool = field(default=False, init=False)
    """Whether it has refused a call since its last answer."""
    _waited: float = field(default=0.0, init=False)
    """Seconds in all of the long times between answers in which it refused calls."""

    def begin(self) -> None:
        """Begin a round of calls: the patience counts from here, unless the server was given up and is silent still."""
        self._answered_at = time.monotonic() - (self.patience if self._dead else 0.0)
        self._dead = False

    async def send(self, call: Call) -> tuple[Reply, CallRecord]:
        """Send a call until it is answered; give the reply and its line for the ledger (not yet written).

        Raises:
            Refused: The model declined.
            TooLong: The call does not fit.
            GaveUp: No answer in time.
            OverBudget: There is no money for it.
            JudgeError: The judge cannot be used at all.
        """
        estimated = input_tokens(call)
        reserved = self.spending.reserve(estimated, call.max_tokens // 2)
        if reserved is None:
            raise OverBudget
        try:
            return await self._until_answered(call, estimated)
        finally:
            self.spending.release(reserved)

    async def _until_answered(self, call: Call, estimated: int) -> tuple[Reply, CallRecord]:
        broken = attempt = 0
        while True:
            await self._wait_our_turn()
            if self._dead:
                raise GaveUp
            started = time.monotonic()
            try:
                reply = await self.judge.complete(call)
            except (Refused, TooLong) as failure:
                self._note(call, estimated, started, type(failure).__name__.lower())
                self._has_answered()
                raise
            except (Busy, Unreachable, Broken) as failure:
                self._note(call, estimated, started, type(failure).__name__.lower())
                broken += isinstance(failure, Broken)
                self._refused = True
                if broken > _MOST_BROKEN:
                    raise GaveUp from failure
                silent = time.monotonic() - self._answered_at
                if silent > self.patience or self._waited + silent > _PATIENCES * self.patience:
                    self._dead = True
                    raise GaveUp from failure
                await self._back_off(failure, attempt)
                attempt += 1
                continue
            self._has_answered()
            cost = self.spending.pay(reply.input_tokens, reply.output_tokens, reply.cached_tokens)
            return reply, CallRecord(
                question=call.question,
                items=len(call.items),
                characters=len(call.system) + len(call.user),
                estimated_tokens=estimated,
                input_tokens=reply.input_tokens,
                output_tokens=reply.output_tokens,
                cached_tokens=reply.cached_tokens,
                cost_usd=cost,
                seconds=time.monotonic() - started,
            )

    def _has_answered(self) -> None:
        """Note that the server answers; what it kept us waiting counts if it refused calls meanwhile."""
        now = time.monotonic()
        waited = now - self._answered_at
        self._waited += waited if self._refused and waited > _LONG * self.patience else 0.0
        self._answered_at, self._refused = now, False

    async def _wait_our_turn(self) -> None:
        """Wait while the server has asked everybody to wait."""
        while (wait := self._not_before - time.monotonic()) > 0:
            await asyncio.sleep(wait * (1 + 0.1 * random.random()))

    async def _back_off(self, failure: CallFailed, attempt: int) -> None:
        """Wait longer each time, by a random share so that calls do not come back together (full jitter)."""
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt)
        if isinstance(failure, Busy) and failure.retry_after > 0:
            asked = min(failure.retry_after, self.patience)
            self._not_before = max(self._not_before, time.monotonic() + asked)
            return
        await asyncio.sleep(longest * random.random())

    def _note(self, call: Call, estimated: int, started: float, outcome: str) -> None:
        self.store.note(
            self.judge.model,
            CallRecord(
                question=call.question,
                items=len(call.items),
                characters=len(call.system) + len(call.user),
                estimated_tokens=estimated,
                seconds=time.monotonic() - started,
                outcome=outcome,
            ),
        )
