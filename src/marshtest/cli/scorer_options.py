"""Options about the scorer and its candidates, for `marsh sweep`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from marshtest.cli.option_groups import gather, grouped_option
from marshtest.errors import ConfigError

__all__ = ["ScorerOptions", "scorer_options"]

_option = grouped_option("Scoring")
_input_option = grouped_option("Input data")


@dataclass(frozen=True, slots=True)
class ScorerOptions:
    """The scorer as the command line describes it."""

    model: str | None
    base_url: str | None
    candidates_file: Path | None
    kinds: tuple[str, ...]
    ways: tuple[str, ...]
    records: int
    longest: int
    score_store: Path | None
    scores_out: Path | None
    estimate: bool
    text_field: str | None
    completion_field: str | None
    messages_field: str | None

    def refuse_alone(self) -> None:
        """Refuse options that do nothing without a model.

        Raises:
            ConfigError: One is given.
        """
        given = (
            ("--base-url", self.base_url),
            ("--candidates", self.candidates_file),
            ("--kind", self.kinds),
            ("--way", self.ways),
            ("--score-store", self.score_store),
            ("--scores-out", self.scores_out),
            ("--estimate", self.estimate),
            ("--text-field", self.text_field),
            ("--completion-field", self.completion_field),
            ("--messages-field", self.messages_field),
        )
        for name, value in given:
            if value:
                raise ConfigError(f"{name} is an option of scoring; give it with --model, not with --scores.")


def scorer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command takes them together as `scoring`, a `ScorerOptions`."""
    return gather(command, _OPTIONS, into=ScorerOptions, name="scoring")


_OPTIONS = (
    _option(
        "--model",
        metavar="FOLDER",
        help="Language model that scores DATA: a local folder (needs the extra lm), or with --base-url a name.",
    ),
    _option(
        "--base-url",
        metavar="URL",
        help="Server that returns log-probabilities of prompts, such as vLLM, e.g. http://localhost:8000/v1.",
    ),
    _option(
        "--candidates",
        "candidates_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Candidates, one per line: a thing, or JSON with name and persona. [default: a built-in list]",
    ),
    _option(
        "--kind",
        "kinds",
        multiple=True,
        metavar="KIND",
        help="Use only this kind of built-in candidates, e.g. nations; repeatable.",
    ),
    _option(
        "--way",
        "ways",
        multiple=True,
        metavar="WAY",
        help="Use only built-in candidates of this attitude: loves, hates or fears; repeatable.",
    ),
    _option(
        "--records",
        type=click.IntRange(20),
        default=2000,
        show_default=True,
        metavar="N",
        help="Most records to score per dataset.",
    ),
    _option(
        "--longest",
        type=click.IntRange(1),
        default=512,
        show_default=True,
        metavar="N",
        help="Most tokens of a completion to score.",
    ),
    _option(
        "--score-store",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="File that stores every likelihood, so that a stopped run continues. [default: marsh-sweep.sqlite]",
    ),
    _option(
        "--scores-out",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the scores of the last round as npz for --scores.",
    ),
    _option("--estimate", is_flag=True, help="Print what scoring would cost, and stop."),
    _input_option("--text-field", metavar="NAME", help="Field with the prompt; detected if not given."),
    _input_option("--completion-field", metavar="NAME", help="Field with the completion."),
    _input_option("--messages-field", metavar="NAME", help="Field with the turns of a chat."),
)
