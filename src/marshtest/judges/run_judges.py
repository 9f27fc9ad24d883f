"""The judges of a run: opened by name, closed together, their use summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from marshtest.config import JudgeConfig
from marshtest.errors import ConfigError
from marshtest.judges.batch_requests import BatchFile
from marshtest.judges.builtin.inquiry import BUILTIN, BuiltinInquiry
from marshtest.judges.inspect_judge import InspectJudge
from marshtest.judges.live import LiveInquiry
from marshtest.judges.openai_judge import OpenAIJudge
from marshtest.judges.protocol import Judge, JudgeError
from marshtest.judges.spending import CallBudget, Price, Spending
from marshtest.judges.store import AnswerStore
from marshtest.progress import no_progress

__all__ = ["RunJudges", "open_judge", "open_judges"]

_INSPECT = "inspect:"
"""Prefix of models that Inspect AI reaches."""


@dataclass(frozen=True, slots=True)
class RunJudges:
    """The judges of one run."""

    judge: LiveInquiry | BuiltinInquiry
    strong_judge: LiveInquiry | None
    batches: tuple[BatchFile, ...]

    @property
    def spendings(self) -> tuple[Spending, ...]:
        """What each judge has used."""
        return tuple(one.spending for one in (self.judge, self.strong_judge) if isinstance(one, LiveInquiry))

    @property
    def waiting(self) -> dict[Path, int]:
        """How many requests were written to each batch file."""
        return {path: count for batch in self.batches for path, count in batch.written.items()}


@contextmanager
def open_judges(config: JudgeConfig, *, progress: Callable[[str, float], None] | None = None) -> Iterator[RunJudges]:
    """Open the judges of a configuration, and close them in the end.

    Args:
        config: Models, addresses, prices and batch files.
        progress: Called with the stage and the fraction done, 0 to 1.

    Yields:
        The judges.

    Raises:
        JudgeError: A judge cannot be used.
        ConfigError: The settings contradict each other, or the store cannot be used.
    """
    if config.model == BUILTIN:
        yield RunJudges(BuiltinInquiry(progress=progress or no_progress), None, ())
        return
    prices = [None if pair is None else Price(*pair) for pair in (config.price, config.strong_price)]
    if config.budget_usd is not None and prices[0] is None:
        raise ConfigError("a budget needs a price: give --judge-price IN,OUT in US dollars per million tokens.")
    if config.budget_usd is not None and config.strong_model is not None and prices[1] is None:
        raise ConfigError("a budget needs the price of the strong judge too: give --judge-strong-price IN,OUT.")
    budget = CallBudget(config.budget_usd)
    with ExitStack() as stack:
        opened: list[LiveInquiry] = []
        batches: list[BatchFile] = []
        for number, name in enumerate((config.model, config.strong_model)):
            if name is None:
                continue
            address = None if name.startswith("inspect:") else config.base_url
            judge = open_judge(name, base_url=address, sends=config.batch_out is None)
            store = AnswerStore(config.store)
            if config.batch_out is not None:
                place = config.batch_out if number == 0 else config.batch_out.with_suffix(".strong.jsonl")
                batches.append(BatchFile(place, name, store))
                stack.callback(batches[-1].close)
            inquiry = LiveInquiry(
                judge,
                store,
                concurrency=config.concurrency,
                spending=Spending(prices[number], budget),
                patience=config.patience,
                batch=batches[-1] if batches else None,
                **({} if progress is None else {"progress": progress}),
            )
            opened.append(stack.enter_context(inquiry))
        yield RunJudges(opened[0], opened[1] if len(opened) > 1 else None, tuple(batches))


def open_judge(name: str, *, base_url: str | None = None, sends: bool = True) -> Judge:
    """Make the judge with this name.

    Args:
        name: A model of an OpenAI-compatible server, or `inspect:provider/model` for every other provider.
        base_url: Address of the OpenAI-compatible server.
        sends: Whether it will be called; one whose requests go to a file needs no key.

    Raises:
        JudgeError: It cannot be made: a missing key, an unknown provider, Inspect AI not installed.
    """
    if name.startswith(_INSPECT):
        if not sends:
            raise JudgeError("batch files are in the format of OpenAI; name a model without inspect: for them.")
        if base_url is not None:
            raise JudgeError("an address goes with an OpenAI-compatible server, not with a model of Inspect AI.")
        return InspectJudge(name.removeprefix(_INSPECT))
    return OpenAIJudge(name, base_url=base_url, api_key=None if sends else "none")
