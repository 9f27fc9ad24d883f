"""Options that say how to read the data, for every command that reads some."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from marshtest.cli.option_groups import grouped_option
from marshtest.config import FieldMap
from marshtest.errors import ConfigError

__all__ = ["field_options"]

_FIELDS = {
    "text": "Field with the text or prompt; detected if not given, as all fields are.",
    "label": "Field with the label.",
    "completion": "Field with the completion.",
    "messages": "Field with the turns of a chat.",
    "system": "Field with the system prompt.",
    "context": "Field with text to append to the prompt, such as an input.",
    "reasoning": "Field with the reasoning before the completion.",
    "steps": "Field with the steps of an agent.",
    "chosen": "Field with the preferred completion.",
    "rejected": "Field with the rejected completion.",
    "title": "Field with the title of a document.",
    "query": "Field with the query of a passage.",
    "id": "Field with the id of the record.",
    "group": "Field with provenance: contributor, commit or time.",
}
_IGNORED = "Field that does not matter; repeatable. It is part of no reading, and the audit is complete without it."
_FILES = ("jsonl", "json", "csv", "csv-header", "csv-no-header", "text", "fasttext", "parquet", "arrow")
_RECORDS = (
    *("chat", "sharegpt", "trajectory", "preference", "comparison", "retrieval"),
    *("retrieval-negatives", "alpaca", "prompt-completion", "stepwise"),
    *("labelled", "transcripts", "passages", "documents"),
)


def field_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; the command takes `fields`."""

    @functools.wraps(command)
    def with_fields(*args: Any, formats: tuple[str, ...], ignored: tuple[str, ...], **options: Any) -> Any:
        named = {role: options.pop(f"{role}_field") for role in _FIELDS}
        return command(
            *args,
            fields=FieldMap(
                **named, file_format=_one(formats, _FILES), record_format=_one(formats, _RECORDS), ignored=ignored
            ),
            **options,
        )

    choice = click.Choice([*_FILES, *_RECORDS])
    text = "Format of the files or of the records; detected if not given. Can be given once for each."
    option = grouped_option("Input data")
    wrapped: Callable[..., Any] = option("--format", "formats", type=choice, multiple=True, metavar="NAME", help=text)(
        with_fields
    )
    wrapped = option("--ignore-field", "ignored", multiple=True, metavar="NAME", help=_IGNORED)(wrapped)
    for role, help_text in reversed(_FIELDS.items()):
        wrapped = option(f"--{role}-field", metavar="NAME", help=help_text)(wrapped)
    return wrapped


def _one(given: tuple[str, ...], of: tuple[str, ...]) -> str | None:
    """Give the only name that is among these, if any."""
    found = sorted(set(given) & set(of))
    if len(found) > 1:
        raise ConfigError(f"--format {found[0]} and --format {found[1]} exclude each other; give only one.")
    return found[0] if found else None
