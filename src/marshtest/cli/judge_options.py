"""Options about the judge, for every command that asks one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marshtest.cli.option_groups import gather, grouped_option
from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.config import JudgeConfig

__all__ = ["JudgeOptions", "judge_options"]

_option = grouped_option("Judge")


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """The judge as the command line describes it."""

    judge: str | None
    judge_base_url: str | None
    judge_strong: str | None
    judge_price: str | None
    judge_strong_price: str | None
    judge_concurrency: int
    judge_patience: float
    judge_store: Path | None
    budget_usd: float | None
    estimate: bool
    batch_out: Path | None
    batch_in: tuple[Path, ...]

    def config(self, store: Path) -> JudgeConfig | None:
        """Give the settings of the judge, None without one.

        Args:
            store: The file for answers where none is named.

        Raises:
            ConfigError: Options that need a judge stand alone, or options contradict one another.
        """
        from marshtest.config import JudgeConfig
        from marshtest.judges.spending import Price

        if self.judge is None:
            alone = [name for name, value in self._needing_a_model() if value is not None]
            if alone:
                raise ConfigError(f"{alone[0]} needs a judge; name one with --judge MODEL.")
            return None
        self._check_builtin()
        if self.judge_strong == self.judge:
            raise ConfigError("the judge and the strong judge are the same model; give two models, or only --judge.")
        if self.estimate and (self.batch_out or self.batch_in):
            raise ConfigError("--estimate makes no calls and writes nothing; leave out --batch-out and --batch-in.")

        def price(text: str | None) -> tuple[float, float] | None:
            if text is None:
                return None
            parsed = Price.parse(text)
            return parsed.input, parsed.output

        return JudgeConfig(
            model=self.judge,
            base_url=self.judge_base_url,
            strong_model=self.judge_strong,
            price=price(self.judge_price),
            strong_price=price(self.judge_strong_price),
            budget_usd=self.budget_usd,
            concurrency=self.judge_concurrency,
            patience=self.judge_patience,
            store=self.judge_store or store,
            batch_out=self.batch_out,
        )

    def _check_builtin(self) -> None:
        """Refuse options that the built-in judge has no use for.

        Raises:
            ConfigError: There is one.
        """
        from marshtest.judges.builtin.inquiry import BUILTIN

        if self.judge_strong == BUILTIN:
            raise ConfigError("the built-in judge is no strong judge; name a language model with --judge-strong MODEL.")
        if self.judge != BUILTIN:
            return
        for name, value in self._needing_a_model():
            if value is not None:
                raise ConfigError(
                    f"--judge builtin calls no model, so {name} has no use; leave it out, or name a language model."
                )

    def _needing_a_model(self) -> tuple[tuple[str, object], ...]:
        """Give the options that need a judge, each None where it was not given."""
        return (
            ("--judge-base-url", self.judge_base_url),
            ("--judge-strong", self.judge_strong),
            ("--judge-price", self.judge_price),
            ("--judge-strong-price", self.judge_strong_price),
            ("--judge-store", self.judge_store),
            ("--budget-usd", self.budget_usd),
            ("--estimate", self.estimate or None),
            ("--batch-out", self.batch_out),
            ("--batch-in", self.batch_in or None),
        )


def judge_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command takes them together as `judging`, a `JudgeOptions`."""
    return gather(command, _OPTIONS, into=JudgeOptions, name="judging")


_OPTIONS = (
    _option(
        "--judge",
        metavar="MODEL",
        help="Language model to ask: a model of an OpenAI-compatible server, or inspect:PROVIDER/MODEL, or builtin.",
    ),
    _option("--judge-base-url", metavar="URL", help="Address of the server, e.g. http://localhost:8000/v1."),
    _option(
        "--judge-strong",
        metavar="MODEL",
        help="Stronger model that checks what the first finds suspicious, and a sample of the rest.",
    ),
    _option("--judge-price", metavar="IN,OUT", help="Price in US dollars per million input and output tokens."),
    _option("--judge-strong-price", metavar="IN,OUT", help="Price of the strong model."),
    _option(
        "--judge-concurrency",
        type=click.IntRange(1, 2000),
        default=32,
        show_default=True,
        metavar="N",
        help="Concurrent calls.",
    ),
    _option(
        "--judge-patience",
        type=click.FloatRange(0, min_open=True),
        default=600.0,
        show_default=True,
        metavar="SECONDS",
        help="How long to retry while the server does not answer.",
    ),
    _option(
        "--judge-store",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="File that stores every answer, so that none is paid for twice. [default: DIR/judge.sqlite]",
    ),
    _option(
        "--budget-usd",
        type=click.FloatRange(0, min_open=True),
        metavar="USD",
        help="Most that a run may spend.",
    ),
    _option("--estimate", is_flag=True, help="Print what the judge would cost, and stop."),
    _option(
        "--batch-out",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the requests as an OpenAI batch file instead of sending them, and stop.",
    ),
    _option(
        "--batch-in",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Read the answers to a batch file and continue; repeatable.",
    ),
)
