"""Record formats of one exchange: a prompt and its completion in fields of their own."""

from __future__ import annotations

from typing import Any

from marshtest.data.readers.asking import Asked
from marshtest.data.readers.conversations import find_lone_chat
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.naming import (
    COMPLETION_NAMES,
    CONTEXT_NAMES,
    FREE_NAMES,
    HISTORY_NAMES,
    PROMPT_NAMES,
    REASONING_NAMES,
    SURE_LABEL_NAMES,
    TEXT_NAMES,
)
from marshtest.data.readers.samples import holds_pairs, holds_plain, holds_side, holds_text, holds_words

__all__ = ["find_alpaca", "find_prompt_completion"]


def find_alpaca(asked: Asked) -> FieldLayout | None:
    """An instruction with its input, and an output."""
    if not asked.only("text", "context", "completion", "system", "reasoning", "label"):
        return None
    text = asked.field("text", ("instruction",), holds_words)
    completion = asked.field("completion", ("output", "response"), holds_words, but=[text])
    context = asked.field("context", CONTEXT_NAMES, holds_text, but=[text, completion])
    if text is None or completion is None or (context is None and not asked.forced):
        return None
    return _exchange(asked, "alpaca", text, completion, context)


def find_prompt_completion(asked: Asked) -> FieldLayout | None:
    """A prompt and its completion. Failing that, a conversation in one field of an unusual name."""
    if not asked.only("text", "context", "completion", "system", "reasoning", "label"):
        return None
    wished = asked.fields.completion is not None
    names = (*TEXT_NAMES, *PROMPT_NAMES) if wished else PROMPT_NAMES
    text = asked.field("text", names, holds_side, but=[asked.fields.completion])
    completion = asked.field("completion", COMPLETION_NAMES, holds_side, but=[text])
    if completion is None:
        free = asked.samples.find(FREE_NAMES, holds_text, but=[text])
        completion = free if free is not None and asked.samples.is_free(free) else None
    sure = wished or asked.forced or (completion is not None and asked.samples.always(completion))
    if text is None or completion is None or not sure:
        return None if asked.forced else _translation(asked) or find_lone_chat(asked)
    context = asked.field("context", ("context",), holds_words, but=[text, completion])
    return _exchange(asked, "prompt-completion", text, completion, context)


def _translation(asked: Asked) -> FieldLayout | None:
    """Two languages in one object, as translations are kept: the first is the prompt."""
    if asked.fields.named() or not asked.samples.fit("translation", _is_translation):
        return None
    first, second = next(iter(asked.samples.held("translation")))
    return _exchange(asked, "prompt-completion", f"translation.{first}", f"translation.{second}", None)


def _is_translation(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 2 and all(map(holds_text, value.values()))


def _exchange(asked: Asked, name: str, text: str, completion: str, context: str | None) -> FieldLayout:
    """Make a layout of two turns. If a field surely is a label, the whole exchange is what is labelled."""
    but = [text, completion, context]
    wished = asked.fields.completion is not None or asked.forced
    label = asked.fields.label
    if label is None and not wished:
        label = asked.samples.find(SURE_LABEL_NAMES, holds_plain, but=but)  # a list tells steps apart
        label = label if label is not None and asked.samples.mostly(label) else None
    return FieldLayout(
        kind="chat" if label is None else "classification",
        format=name,
        text=text,
        completion=completion,
        context=context,
        label=label,
        system=asked.system(but),
        reasoning=asked.field("reasoning", REASONING_NAMES, holds_words, but),
        history=asked.samples.find(HISTORY_NAMES, holds_pairs, but=but),
        images=asked.images(but),
        captions=asked.captions(but),
    )
