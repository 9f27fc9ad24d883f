"""Run an audit with its judges: open them, read batch answers, print pending requests or the estimated cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marshtest.cli.deliver import exit_code
from marshtest.errors import ConfigError
from marshtest.text.visible import visible

if TYPE_CHECKING:
    from marshtest.config import JudgeConfig
    from marshtest.judges.estimate import EstimatingInquiry, QuestionCost
    from marshtest.judges.questions import Inquiry
    from marshtest.report import Report

__all__ = ["estimate_run", "judged_run", "print_waiting", "take_batch_answers"]

_ASKED_AGAIN = {"label": 120, "effect": 80}
"""Most changed records that are put to the judge per finding."""

_Run = Callable[["Inquiry | None", "Inquiry | None"], "Report"]


def judged_run(
    config: JudgeConfig | None, run: _Run, progress: Callable[[str, float], None] | None
) -> tuple[Report, dict[Path, int]]:
    """Run with the configured judges; give the report, and the pending requests by batch file."""
    if config is None:
        return run(None, None), {}
    from marshtest.judges.run_judges import open_judges

    with open_judges(config, progress=progress) as judges:
        report = run(judges.judge, judges.strong_judge)
    return report, judges.waiting


def print_waiting(waiting: Mapping[Path, int]) -> int:
    """Print which batch files wait for answers and how to continue; give the exit code.

    Args:
        waiting: Requests by batch file.
    """
    for path, requests in waiting.items():
        click.echo(f"{requests:,} requests are in {visible(str(path))}.", err=True)
    answers = " --batch-in ANSWERS" * len(waiting)
    click.echo(f"Have the batch answered, then run the same command with{answers} --batch-out FILE.", err=True)
    return exit_code("incomplete")


def take_batch_answers(config: JudgeConfig, paths: tuple[Path, ...]) -> None:
    """Read the answers of batch files into the store and print a summary.

    Raises:
        ConfigError: None of them answers a request that this store knows.
        InputError: A file is no answer file.
    """
    from marshtest.judges.batch_answers import read_batch_answers
    from marshtest.judges.spending import Price
    from marshtest.judges.store import AnswerStore

    store = AnswerStore(config.store)
    try:
        ingest = read_batch_answers(paths, store, price=None if config.price is None else Price(*config.price))
    finally:
        store.close()
    if not ingest.calls and ingest.unknown:
        raise ConfigError(
            f"{paths[0]}: answers no request that is stored in {config.store} (or all were read before); "
            "give the same --out or --judge-store as when the requests were written."
        )
    click.echo(f"Read from batch files: {ingest.answered:,} answers to {ingest.calls:,} requests.", err=True)
    if ingest.failed:
        click.echo(f"{ingest.failed:,} requests had no usable answer and will be sent again.", err=True)
        click.echo(f"The first: {visible(ingest.reason)}", err=True)
    if ingest.unknown:
        click.echo(f"{ingest.unknown:,} answers belong to no pending request.", err=True)


def estimate_run(config: JudgeConfig, run: _Run) -> None:
    """Print what the judge would cost, question by question, without a call."""
    from marshtest.judges.estimate import EstimatingInquiry
    from marshtest.judges.spending import Price
    from marshtest.judges.store import AnswerStore

    known = config.store if config.store is not None and config.store.exists() else None
    prices = [None if pair is None else Price(*pair) for pair in (config.price, config.strong_price)]
    judge = EstimatingInquiry(config.model, AnswerStore(known), price=prices[0])
    strong = None
    if config.strong_model is not None:
        strong = EstimatingInquiry(config.strong_model, AnswerStore(known), price=prices[1])
    run(judge, strong)
    _print_costs([one for one in (judge, strong) if one is not None])


def _print_costs(judges: list[EstimatingInquiry]) -> None:
    row = "{:<24} {:<14} {:>9} {:>10} {:>8} {:>12} {:>11} {:>10}".format
    click.echo(row("model", "question", "items", "remembered", "calls", "tokens in", "tokens out", "USD"))
    dollars = 0.0
    priced = True
    for judge in judges:
        for question, cost in judge.costs.items():
            priced = priced and cost.cost_usd is not None
            dollars += cost.cost_usd or 0.0
            price = "?" if cost.cost_usd is None else f"{cost.cost_usd:.4f}"
            numbers = (cost.items, cost.remembered, cost.calls, round(cost.input_tokens), round(cost.output_tokens))
            click.echo(row(visible(judge.model)[:24], question, *(f"{number:,}" for number in numbers), price))
    calls = sum(cost.calls for judge in judges for cost in judge.costs.values())
    total = f"${dollars:.4f}" if priced else "unknown: give --judge-price IN,OUT"
    click.echo(f"\n{calls:,} calls; cost {total}.")
    click.echo("This assumes that every answer is ordinary. Findings need further calls:")
    for judge in judges[-1:]:
        for question in ("label", "effect"):
            if question in judge.costs:
                click.echo(_again(question, judge.costs[question]))


def _again(question: str, cost: QuestionCost) -> str:
    """Give the cost per finding: changed records are put to the strong judge, or to the only one."""
    share = _ASKED_AGAIN[question] / max(1, cost.items - cost.remembered)
    tokens = round((cost.input_tokens + cost.output_tokens) * share)
    price = "" if cost.cost_usd is None else f", ${cost.cost_usd * share:.4f}"
    return f"  up to {_ASKED_AGAIN[question]} records for each finding, about {tokens:,} tokens{price} ({question})"
