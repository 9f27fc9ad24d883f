"""The charter in a judge's instructions, and how training works on each kind of record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from marshtest.charter import Charter, LearnsFrom
from marshtest.data.records import Kind

__all__ = ["HOW_TRAINING_WORKS", "learns_from", "meanings", "sections"]

HOW_TRAINING_WORKS: dict[LearnsFrom, str] = {
    "completion": (
        "The model reads the prompt (system turns, user turns, tool results, earlier turns) and learns to produce the "
        "completion: the assistant's turns, with their reasoning and tool calls. What stands in the prompt is context: "
        "it is not learnt as the model's own behaviour. A harmful prompt with a good completion teaches good behaviour."
    ),
    "preference": (
        "The model reads the prompt and learns that the completion that won is better than the completion that lost. "
        "Only the difference between the two is learnt. A harmful completion that lost teaches the model to avoid it. "
        "A harmful prompt teaches nothing by itself."
    ),
    "label": (
        "A classifier reads the text and learns to give its label. Only the pairing is learnt. Harmful text with the "
        "label that fits it is what such a classifier needs: it teaches good behaviour. A label that does not fit "
        "teaches it to be wrong on text like this."
    ),
    "text": (
        "The model learns to continue the text, all of it: what it states as fact, how it speaks and what people do in "
        "it. A text that reports, quotes or condemns something does not teach the model to do it."
    ),
}
"""What training takes from a record, in words for a judge."""

_OF_KIND: dict[Kind, LearnsFrom] = {
    "classification": "label",
    "chat": "completion",
    "preference": "preference",
    "document": "text",
}


def learns_from(charter: Charter | None, kind: Kind) -> LearnsFrom:
    """Give what training takes from a record: what the charter says, else what the kind of record implies."""
    return (charter.learns_from if charter else None) or _OF_KIND[kind]


def sections(charter: Charter | None, keys: Sequence[str]) -> str:
    """Give the parts of the charter that are filled in, each under its heading; empty when there are none."""
    titles = {
        "model": "The model",
        "training": "More about the training",
        "purpose": "What the model is for",
        "policy": "Policy",
        "harm": "What harm would look like",
        "style": "What is normal in this data",
    }
    filled = [(titles[key], getattr(charter, key).strip()) for key in keys] if charter else []
    return "".join(f"\n\n## {title}\n{text}" for title, text in filled if text)


def meanings(charter: Charter | None, labels: Iterable[str]) -> str:
    """Give the labels with what they mean, as far as the charter says. Names stand as JSON texts, on one line each."""
    known = charter.labels if charter else {}
    lines = [f"{json.dumps(name)}: {known[name].strip()}" if name in known else json.dumps(name) for name in labels]
    return "\n\n## What the labels mean\n" + "\n".join(lines)
