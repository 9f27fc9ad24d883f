"""Decide which source field holds what, from the first records and the options of the user.

There is one function for each record format, and the surer ones are tried first. If the user names a format, only that
one is tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from marshtest.config import FieldMap
from marshtest.data.readers.contents import content_of
from marshtest.data.readers.labels import answer_layout, answers_are_labels, one_hot_names
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.samples import (
    Samples,
    holds_label,
    holds_name,
    holds_pairs,
    holds_steps,
    holds_text,
    holds_turns,
)
from marshtest.data.readers.turns import Unfit
from marshtest.errors import InputError

__all__ = ["LABEL_NAMES", "RECORD_FORMATS", "TEXT_NAMES", "decide_layout", "layouts_that_fit"]

# Usual names of fields, in lower case; where a record has several of a kind, the first counts.
TEXT_NAMES = ("text", "prompt", "sentence", "content", "tweet", "input", "message", "comment", "review", "query")
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment")
_SURE_LABEL_NAMES = ("label", "labels")
_MESSAGES_NAMES = ("messages", "conversations", "conversation", "dialogue", "dialog", "chat", "turns", "trajectory")
_STEPS_NAMES = ("steps", "trajectory", "trace")
_TASK_NAMES = ("task", "instruction", "question", "prompt", "query", "goal", "input")
_PROMPT_NAMES = ("prompt", "instruction", "question", "query", "problem", "input")
_COMPLETION_NAMES = ("completion", "response", "output", "answer", "solution", "generation")
_CONTEXT_NAMES = ("input", "context")
_SYSTEM_NAMES = ("system", "system_prompt", "system_message")
_REASONING_NAMES = ("reasoning", "reasoning_content", "thinking", "thought", "chain_of_thought", "cot", "rationale")
_CHOSEN_NAMES = ("chosen", "chosen_response", "response_chosen", "preferred", "winner")
_REJECTED_NAMES = ("rejected", "rejected_response", "response_rejected", "dispreferred", "loser")
_PASSAGE_NAMES = ("passage", "text", "contents", "content", "document", "page_content", "body", "context")
_QUERY_NAMES = ("query", "question")
_BOOKKEEPING = re.compile(
    r"_?id|doc_?id|pid|url|link|source|title|meta|metadata|lang|language|date|time|timestamp|created|added|crawl|dump"
    r"|file_?(?:name|path)|path|repo|licen[cs]e|author|group|score|(?:token|char|word)_(?:count|length)|length|hash|sha\d*"
    r"|language_score|chunk(?:_id)?|page|section",
    re.I,
)
"""Names of fields beside a text that are not its label."""


def decide_layout(
    records: Sequence[Mapping[str, Any]], fields: FieldMap, *, path: str, kind: Literal["document"] | None = None
) -> FieldLayout:
    """Decide from the first records which field holds what.

    A field or format that the user names is taken. Texts are taken for documents only if the user says so or no other
    field can be a label, so that a label field of an unusual name is not overlooked.

    Raises:
        InputError: A named field is missing, or no choice is sure. The message lists the fields.
    """
    samples = Samples(records)
    for option, name in fields.named().items():
        if name not in samples.names:
            raise InputError(f"no field {name!r} (asked for by --{option}-field); {samples.described()}.", path=path)
    asked = _Asked(records, samples, fields)
    wanted = fields.record_format or ("documents" if kind == "document" else None)
    if wanted is not None:
        layout = RECORD_FORMATS[wanted](replace(asked, forced=True))
        if layout is None:
            raise InputError(
                f"the records do not have the fields of the format {wanted!r}; {samples.described()}. Say which field "
                "holds what, e.g. with --text-field.",
                path=path,
            )
    else:
        layout = _of_most(asked)
    if layout is None and fields.messages is not None:
        layout = _turn_layout(asked, "chat", fields.messages)  # then the error of each record says what it lacks
    if layout is None:
        raise _unsure(asked, path)
    if fields.completion is None and answers_are_labels(records, layout):
        layout = answer_layout(layout)
    return replace(
        layout,
        fitting=_fitting(records, layout),
        sampled=len(records),
        id=fields.id or samples.find(("id",), holds_name, but=[*layout.sources().values()]),
        group=fields.group or samples.find(("group",), holds_name, but=[*layout.sources().values()]),
    )


def layouts_that_fit(records: Sequence[Mapping[str, Any]], fields: FieldMap) -> list[FieldLayout]:
    """Give the layout of every record format that the first records can be read as, the surer ones first."""
    asked = _Asked(records, Samples(records), fields)
    return [layout for decide in RECORD_FORMATS.values() if (layout := decide(asked)) is not None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The first records and what the user asked for."""

    records: Sequence[Mapping[str, Any]]
    samples: Samples
    fields: FieldMap
    forced: bool = False

    def field(
        self, role: str, names: Sequence[str], fits: Callable[[Any], bool], but: Sequence[str | None] = ()
    ) -> str | None:
        """Return the field that the user named for a role, else one with a usual name; None if there is neither."""
        return getattr(self.fields, role) or self.samples.find(names, fits, but=but)

    def only(self, *roles: str) -> bool:
        """Return whether the user named fields only for these roles, besides `id` and `group`."""
        return not set(self.fields.named()) - {*roles, "id", "group"}


def _of_most(asked: _Asked) -> FieldLayout | None:
    """Return the first layout that more than half of the records fit, else the one that most fit.

    So a few records of another shape do not decide for all others, even if they come first.
    """
    best, fitting = None, -1
    for decide in RECORD_FORMATS.values():
        layout = decide(asked)
        if layout is None:
            continue
        count = _fitting(asked.records, layout)
        if 2 * count > len(asked.records):
            return layout
        if count > fitting:
            best, fitting = layout, count
    return best


def _fitting(records: Sequence[Mapping[str, Any]], layout: FieldLayout) -> int:
    """Count the records that a layout fits."""
    count = 0
    for record in records:
        with suppress(Unfit, RecursionError):
            content_of(record, layout)
            count += 1
    return count


def _chat(asked: _Asked) -> FieldLayout | None:
    """Turns with role and content."""
    return _turns(asked, "chat", key="role")


def _sharegpt(asked: _Asked) -> FieldLayout | None:
    """Turns with from and value."""
    return _turns(asked, "sharegpt", key="from")


def _turns(asked: _Asked, name: str, *, key: str) -> FieldLayout | None:
    if not asked.only("messages", "system", "label"):
        return None

    def fits(value: Any) -> bool:
        return holds_turns(value) and all(isinstance(turn.get(key), str) for turn in value)

    names = _MESSAGES_NAMES if asked.fields.messages is None else (asked.fields.messages.lower(),)
    messages = asked.samples.find(names, fits)
    return None if messages is None else _turn_layout(asked, name, messages)


def _turn_layout(asked: _Asked, name: str, messages: str) -> FieldLayout:
    system = asked.field("system", _SYSTEM_NAMES, holds_text)
    label = asked.fields.label
    return FieldLayout(
        kind="chat" if label is None else "classification", format=name, messages=messages, system=system, label=label
    )


def _trajectory(asked: _Asked) -> FieldLayout | None:
    """Steps of an agent: thought, action, observation."""
    if not asked.only("steps", "text", "system", "label", "completion"):
        return None
    steps = asked.field("steps", _STEPS_NAMES, holds_steps)
    if steps is None:
        return None
    return FieldLayout(
        kind="chat" if asked.fields.label is None else "classification",
        format="trajectory",
        steps=steps,
        text=asked.field("text", _TASK_NAMES, holds_text),
        system=asked.field("system", _SYSTEM_NAMES, holds_text),
        completion=asked.field("completion", ("final_answer", *_COMPLETION_NAMES), holds_text),
        label=asked.fields.label,
    )


def _preference(asked: _Asked) -> FieldLayout | None:
    """Two completions, of which one won."""
    if not asked.only("text", "chosen", "rejected", "system", "completion") or (
        asked.fields.completion is not None and asked.fields.rejected is None
    ):
        return None

    def fits(value: Any) -> bool:
        return holds_text(value) or holds_turns(value)

    chosen = asked.fields.completion or asked.field("chosen", _CHOSEN_NAMES, fits)
    rejected = asked.field("rejected", _REJECTED_NAMES, fits, but=[chosen])
    if chosen is None or rejected is None:
        return None
    sure = asked.forced or asked.fields.rejected is not None
    if not sure and not (asked.samples.always(chosen) and asked.samples.always(rejected)):
        return None
    text = asked.field("text", (*_PROMPT_NAMES, *TEXT_NAMES), fits, but=[chosen, rejected])
    system = asked.field("system", _SYSTEM_NAMES, holds_text)
    return FieldLayout(
        kind="preference", format="preference", text=text, completion=chosen, rejected=rejected, system=system
    )


def _alpaca(asked: _Asked) -> FieldLayout | None:
    """An instruction with its input, and an output."""
    if not asked.only("text", "context", "completion", "system", "reasoning", "label"):
        return None
    text = asked.field("text", ("instruction",), holds_text)
    completion = asked.field("completion", ("output", "response"), holds_text, but=[text])
    context = asked.field("context", _CONTEXT_NAMES, holds_text, but=[text, completion])
    if text is None or completion is None or (context is None and not asked.forced):
        return None
    return _exchange(asked, "alpaca", text, completion, context)


def _prompt_completion(asked: _Asked) -> FieldLayout | None:
    """A prompt and its completion."""
    if not asked.only("text", "context", "completion", "system", "reasoning", "label"):
        return None
    wished = asked.fields.completion is not None

    def fits(value: Any) -> bool:
        return holds_text(value) or holds_turns(value)

    names = (*TEXT_NAMES, *_PROMPT_NAMES) if wished else _PROMPT_NAMES
    text = asked.field("text", names, fits, but=[asked.fields.completion])
    completion = asked.field("completion", _COMPLETION_NAMES, fits, but=[text])
    if text is None or completion is None:
        return None
    if not (wished or asked.forced or asked.samples.always(completion)):
        return None
    context = asked.field("context", ("context",), holds_text, but=[text, completion])
    return _exchange(asked, "prompt-completion", text, completion, context)


def _exchange(asked: _Asked, name: str, text: str, completion: str, context: str | None) -> FieldLayout:
    """Make a layout of two turns. If a field surely is a label, the whole exchange is what is labelled."""
    but = [text, completion, context]
    wished = asked.fields.completion is not None or asked.forced
    label = asked.fields.label
    if label is None and not wished:
        label = asked.samples.find(_SURE_LABEL_NAMES, holds_label, but=but)
        label = label if label is not None and asked.samples.mostly(label) else None
    return FieldLayout(
        kind="chat" if label is None else "classification",
        format=name,
        text=text,
        completion=completion,
        context=context,
        label=label,
        system=asked.field("system", _SYSTEM_NAMES, holds_text, but),
        reasoning=asked.field("reasoning", _REASONING_NAMES, holds_text, but),
        history=asked.samples.find(("history",), holds_pairs, but=but),
    )


def _labelled(asked: _Asked) -> FieldLayout | None:
    """A text and its label."""
    if not asked.only("text", "label"):
        return None
    text = asked.field("text", TEXT_NAMES, holds_text)
    label = asked.field("label", LABEL_NAMES, holds_label, but=[text])
    if text is None:
        return None
    if label is None:
        labels = one_hot_names(asked.records, [text])
        return FieldLayout(kind="classification", format="labelled", text=text, labels=labels) if labels else None
    return FieldLayout(kind="classification", format="labelled", text=text, label=label)


def _passages(asked: _Asked) -> FieldLayout | None:
    """A passage with a title, a query or both."""
    if not asked.only("text", "title", "query"):
        return None
    text = asked.field("text", _PASSAGE_NAMES, holds_text)
    title = asked.field("title", ("title",), holds_text, but=[text])
    query = asked.field("query", _QUERY_NAMES, holds_text, but=[text])
    if text is None or (title is None and query is None):
        return None
    sure = asked.forced or not asked.only("text")
    if not sure and not _only_bookkeeping(asked, [text, title, query]):
        return None
    return FieldLayout(kind="document", format="passages", text=text, title=title, query=query)


def _documents(asked: _Asked) -> FieldLayout | None:
    """Texts and nothing else."""
    if not asked.only("text"):
        return None
    names = TEXT_NAMES if asked.forced else ("text", "content", "contents", "document", "page_content", "body")
    text = asked.field("text", names, holds_text)
    if text is None or not (asked.forced or _only_bookkeeping(asked, [text])):
        return None
    return FieldLayout(kind="document", format="documents", text=text)


def _only_bookkeeping(asked: _Asked, known: Sequence[str | None]) -> bool:
    """Return whether no other field could be a label; fields that hardly any record has do not count."""
    return all(name in known or _BOOKKEEPING.fullmatch(name) for name in asked.samples.usual_names)


RECORD_FORMATS: dict[str, Callable[[_Asked], FieldLayout | None]] = {
    "chat": _chat,
    "sharegpt": _sharegpt,
    "trajectory": _trajectory,
    "preference": _preference,
    "alpaca": _alpaca,
    "prompt-completion": _prompt_completion,
    "labelled": _labelled,
    "passages": _passages,
    "documents": _documents,
}
"""Every record format by its name, in the order in which they are tried."""


def _unsure(asked: _Asked, path: str) -> InputError:
    """Return the error that says which field could not be told."""
    text = asked.field("text", TEXT_NAMES, holds_text)
    if text is None:
        return InputError(
            f"cannot tell which field is the text; {asked.samples.described()}. Say which with --text-field.", path=path
        )
    return InputError(
        f"cannot tell which field is the label; {asked.samples.described()}. Say which with --label-field "
        "(or --completion-field for data without labels, or --format documents for texts alone).",
        path=path,
    )
