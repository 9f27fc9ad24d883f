"""The judges of a run: opened by name, closed together, their use summed up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from marshtest.config import JudgeConfig
from marshtest.errors import ConfigError
from marshtest.judges.batch_requests import BatchFile
from marshtest.judges.builtin.inquiry import BUILTIN, BuiltinInquiry
from marshtest.judges.inspect_judge import InspectJudge
from marshtest.judges.live import LiveInquiry
from marshtest.judges.openai_judge import OpenAIJudge
from marshtest.judges.protocol import Judge, JudgeError
from marshtest.judges.questions import Inquiry
from marshtest.judges.spending import CallBudget, Price, Spending
from marshtest.judges.store import AnswerStore
from marshtest.progress import Progress, no_progress

__all__ = ["AnyJudge", "RunJudges", "open_any", "open_judge", "open_judges"]

AnyJudge = str | JudgeConfig | Judge | Inquiry
"""How a judge may be given: the name of a model, its settings, a judge object, or an inquiry that is open already."""

_INSPECT = "inspect:"
"""Prefix of models that Inspect AI reaches."""
_SHOWN = 80
"""Characters of an unusable value that its error quotes: enough to know it by."""


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
        raise ConfigError(
            "a budget needs a price: give --judge-price IN,OUT (in Python price=(IN, OUT)) in US dollars per million "
            "tokens."
        )
    if config.budget_usd is not None and config.strong_model is not None and prices[1] is None:
        raise ConfigError(
            "a budget needs the price of the strong judge too: give --judge-strong-price IN,OUT (in Python "
            "strong_price=(IN, OUT))."
        )
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
        JudgeError: It cannot be made: no name, a missing key, an unknown provider, Inspect AI not installed.
    """
    if not name.strip():
        raise JudgeError("the judge has no name; give a model of your server, or inspect:PROVIDER/MODEL.")
    if any("\ud800" <= character <= "\udfff" for character in name):
        raise JudgeError("the name of the judge is not UTF-8, which no report can hold; name it as its server does.")
    if name.startswith(_INSPECT):
        if not sends:
            raise JudgeError("batch files are in the format of OpenAI; name a model without inspect: for them.")
        if base_url is not None:
            raise JudgeError("an address goes with an OpenAI-compatible server, not with a model of Inspect AI.")
        return InspectJudge(name.removeprefix(_INSPECT))
    return OpenAIJudge(name, base_url=base_url, api_key=None if sends else "none")


@contextmanager
def open_any(
    judge: AnyJudge | None,
    strong_judge: AnyJudge | None,
    *,
    store: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[Inquiry | None, Inquiry | None]]:
    """Open a judge and a strong judge, however they are given, and close in the end what was opened here.

    Args:
        judge: The judge.
        strong_judge: The strong one, where the settings of the first do not name it.
        store: File that keeps the answers; None keeps them in memory, or in the store that the settings name.
        progress: Called with the stage and the fraction done, 0 to 1.

    Yields:
        Both, None where there is none.

    Raises:
        JudgeError: A judge cannot be used.
        ConfigError: Something else was given, or what was given contradicts itself.
    """
    if judge is None and (strong_judge is not None or store is not None):
        alone = "a store of answers" if strong_judge is None else "a strong judge"
        raise ConfigError(f"{alone} needs a judge; give one.")
    with ExitStack() as stack:

        def opened(one: AnyJudge | None) -> tuple[Inquiry | None, Inquiry | None]:
            if one is None:
                return None, None
            if isinstance(one, str | JudgeConfig):
                both = stack.enter_context(open_judges(_settings(one, store), progress=progress))
                return both.judge, both.strong_judge
            if not isinstance(one, type) and isinstance(one, Inquiry):
                if store is not None:
                    raise ConfigError("an inquiry has a store of its own; leave out the other.")
                return one, None
            if not isinstance(one, type) and isinstance(one, Judge):
                shown = no_progress if progress is None else progress
                return stack.enter_context(LiveInquiry(one, AnswerStore(store), progress=shown)), None
            raise ConfigError(
                f"this is no judge: {str(one)[:_SHOWN]!r}; give the name of a model, a JudgeConfig, or an object with "
                "`model`, `complete` and `close` (see marshtest.Judge)."
            )

        first, strong = opened(judge)
        other, third = opened(strong_judge)
        if third is not None or (strong is not None and other is not None):
            raise ConfigError("there are two strong judges; name one, as strong_judge or as strong_model.")
        strong = strong or other
        opened_here = judge is not first
        if opened_here and first is not None and strong is not None and first.model == strong.model:
            raise ConfigError("the judge and the strong judge are the same model; give two models, or only the judge.")
        yield first, strong


def _settings(judge: str | JudgeConfig, store: Path | None) -> JudgeConfig:
    """Give the settings of a judge that is named, with its store.

    Raises:
        ConfigError: There are two stores, or its requests are to go to a file.
    """
    config = JudgeConfig(model=judge) if isinstance(judge, str) else judge
    if config.batch_out is not None:
        raise ConfigError("batch files take several runs; use `marsh audit --batch-out` for them.")
    if store is None:
        return config
    if config.store not in (None, store):
        raise ConfigError(f"there are two stores of answers, {config.store} and {store}; name one.")
    return replace(config, store=store)
