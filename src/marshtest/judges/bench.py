"""The judges of a run: opened from the settings, closed together, their use summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from marshtest.config import JudgeConfig
from marshtest.errors import ConfigError
from marshtest.judges.batch import BatchFile
from marshtest.judges.live import LiveInquiry
from marshtest.judges.opening import open_judge
from marshtest.judges.spending import Price, Purse, Spending
from marshtest.judges.store import Store

__all__ = ["Bench", "open_bench"]


@dataclass(frozen=True, slots=True)
class Bench:
    """The judges of one run."""

    judge: LiveInquiry
    strong_judge: LiveInquiry | None
    batches: tuple[BatchFile, ...]

    @property
    def spendings(self) -> tuple[Spending, ...]:
        """What each judge has used."""
        return tuple(one.spending for one in (self.judge, self.strong_judge) if one is not None)

    @property
    def waiting(self) -> dict[Path, int]:
        """Requests that were written to batch files, by file."""
        return {path: count for batch in self.batches for path, count in batch.written.items()}


@contextmanager
def open_bench(config: JudgeConfig, *, progress: Callable[[str, float], None] | None = None) -> Iterator[Bench]:
    """Open the judges, and close them in the end.

    Raises:
        JudgeError: A judge cannot be used.
        ConfigError: The settings do not fit together, or the store cannot be used.
    """
    prices = [None if pair is None else Price(*pair) for pair in (config.price, config.strong_price)]
    if config.budget_usd is not None and prices[0] is None:
        raise ConfigError("a budget needs a price: give --judge-price IN,OUT in US dollars per million tokens.")
    if config.budget_usd is not None and config.strong_model is not None and prices[1] is None:
        raise ConfigError("a budget needs the price of the strong judge too: give --judge-strong-price IN,OUT.")
    purse = Purse(config.budget_usd)
    with ExitStack() as stack:
        opened: list[LiveInquiry] = []
        batches: list[BatchFile] = []
        for number, name in enumerate((config.model, config.strong_model)):
            if name is None:
                continue
            address = None if name.startswith("inspect:") else config.base_url
            judge = open_judge(name, base_url=address, sends=config.batch_out is None)
            store = Store(config.store)
            if config.batch_out is not None:
                place = config.batch_out if number == 0 else config.batch_out.with_suffix(".strong.jsonl")
                batches.append(BatchFile(place, name, store))
                stack.callback(batches[-1].close)
            inquiry = LiveInquiry(
                judge,
                store,
                concurrency=config.concurrency,
                spending=Spending(prices[number], purse),
                patience=config.patience,
                batch=batches[-1] if batches else None,
                **({} if progress is None else {"progress": progress}),
            )
            opened.append(stack.enter_context(inquiry))
        yield Bench(opened[0], opened[1] if len(opened) > 1 else None, tuple(batches))
