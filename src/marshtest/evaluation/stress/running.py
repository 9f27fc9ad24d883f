"""Run many cases at once, each in a process of its own kind, so that a tool that dies takes only its case with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.resource_tracker import ensure_running

from marshtest.evaluation.stress.cases import Case, StressConfig
from marshtest.evaluation.stress.measuring import Bench
from marshtest.evaluation.stress.outcome import CaseOutcome

__all__ = ["run_cases"]

_SAFE_PATH = "PYTHONSAFEPATH"
"""Environment variable of Python 3.11 and later."""


class _Worker:
    """A process that measures one case after the other."""

    def __init__(self, config: StressConfig, paths: Mapping[str, str]) -> None:
        context = multiprocessing.get_context("spawn")  # Arrow has threads, which a fork would lose
        self.pipe, other = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_work, args=(other, config, dict(paths)), daemon=True)
        self.case: Case | None = None
        # An interrupt goes to everybody at the terminal; the parent acts on it, and its processes are born deaf to it.
        with _no_modules_of_the_current_folder():
            ensure_running()  # `start` would do it for the first process, and lift the block while it is at it
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            self.process.start()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        other.close()

    def give(self, case: Case) -> None:
        self.case = case
        with contextlib.suppress(BrokenPipeError):  # it died while idle: `take` finds out and says so
            self.pipe.send(case)

    def take(self) -> tuple[CaseOutcome, bool]:
        """Give what came of the case, and whether the process lives on."""
        assert self.case is not None
        case, self.case = self.case, None
        try:
            outcome: CaseOutcome = self.pipe.recv()
            return outcome, True
        except (EOFError, ConnectionResetError):
            self.process.join()
            reason = f"the process ended with exit code {self.process.exitcode}; had it enough memory?"
            return CaseOutcome(case=case, status="failed", reason=reason), False

    def stop(self) -> None:
        self.process.terminate()
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.pipe.close()


@contextlib.contextmanager
def _no_modules_of_the_current_folder() -> Iterator[None]:
    """Let Python processes that start meanwhile (`python -c`) leave the current folder out of their path.

    It may hold data, and modules that came with them; ours come with `sys.path`, which a worker gets from this process.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        os.environ.pop(_SAFE_PATH)
        if before is not None:
            os.environ[_SAFE_PATH] = before


def run_cases(
    cases: Iterable[Case],
    config: StressConfig,
    paths: Mapping[str, str],
    take: Callable[[CaseOutcome], None],
    *,
    jobs: int,
) -> None:
    """Measure cases, several at once.

    Args:
        cases: What to measure.
        config: The settings of the run.
        paths: File of every set, by its name.
        take: Called here, in this process, with every outcome as it comes.
        jobs: How many cases at once.
    """
    waiting = list(reversed(list(cases)))
    workers: list[_Worker] = []
    try:
        for _ in range(min(jobs, len(waiting))):
            workers.append(_Worker(config, paths))
            workers[-1].give(waiting.pop())
        busy = {worker.pipe: worker for worker in workers}
        while busy:
            for pipe in wait(list(busy)):
                worker = busy.pop(pipe)  # type: ignore[call-overload]  # these are the pipes that went in
                outcome, alive = worker.take()
                take(outcome)
                if not waiting:
                    continue
                if not alive:
                    workers.remove(worker)
                    worker.stop()
                    worker = _Worker(config, paths)
                    workers.append(worker)
                worker.give(waiting.pop())
                busy[worker.pipe] = worker
    finally:
        for worker in workers:
            worker.stop()


def _work(pipe: Connection, config: StressConfig, paths: Mapping[str, str]) -> None:
    """Measure what comes through the pipe until nobody is at its other end."""
    bench = Bench(config, paths)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            pipe.send(bench.measure(pipe.recv()))
