"""The options about the scorer and its candidates, for `marsh sweep`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from marshtest.cli.gathering import gather
from marshtest.errors import ConfigError

__all__ = ["ScorerOptions", "scorer_options"]


@dataclass(frozen=True, slots=True)
class ScorerOptions:
    """What the command line says about scoring."""

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
                raise ConfigError(f"{name} is about scoring; it needs --model, and --scores brings its scores along.")


def scorer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command takes them together as `scoring`, a `ScorerOptions`."""
    return gather(command, _OPTIONS, into=ScorerOptions, name="scoring")


_OPTIONS = (
    click.option(
        "--model",
        metavar="FOLDER",
        help="Score DATA now: a language model on this machine (needs the extra lm), or with --base-url its name.",
    ),
    click.option(
        "--base-url",
        metavar="URL",
        help="A server that gives log-probabilities of prompts, as vLLM does, e.g. http://localhost:8000/v1.",
    ),
    click.option(
        "--candidates",
        "candidates_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Candidates, one a line: a thing, or JSON with name and persona. [default: a list of common ones]",
    ),
    click.option(
        "--kind", "kinds", multiple=True, metavar="KIND", help="Of the common candidates only this kind, e.g. nations."
    ),
    click.option(
        "--way", "ways", multiple=True, metavar="WAY", help="Of the common candidates only loves, hates or fears."
    ),
    click.option(
        "--records",
        type=click.IntRange(20),
        default=2000,
        show_default=True,
        metavar="N",
        help="At most so many records of each dataset.",
    ),
    click.option(
        "--longest",
        type=click.IntRange(1),
        default=512,
        show_default=True,
        metavar="N",
        help="Score a completion up to this token.",
    ),
    click.option(
        "--score-store",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Keeps every likelihood; a run that was cut off goes on there. [default: marsh-sweep.sqlite]",
    ),
    click.option(
        "--scores-out",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the scores of the last round as npz, for --scores.",
    ),
    click.option("--estimate", is_flag=True, help="Say what scoring would cost, and score nothing."),
    click.option("--text-field", metavar="NAME", help="Field with the prompt, where it is not found by itself."),
    click.option("--completion-field", metavar="NAME", help="Field with the completion."),
    click.option("--messages-field", metavar="NAME", help="Field with the turns of a chat."),
)
