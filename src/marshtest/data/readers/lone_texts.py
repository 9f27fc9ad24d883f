"""Record formats without an answer: labelled texts, passages and documents."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from marshtest.data.identity import as_text
from marshtest.data.readers.asking import Asked
from marshtest.data.readers.labels import one_hot_names
from marshtest.data.readers.layout import TAGGED, FieldLayout
from marshtest.data.readers.naming import (
    LABEL_NAMES,
    PASSAGE_NAMES,
    QUERY_NAMES,
    SECOND_NAMES,
    TAG_NAMES,
    TEXT_NAMES,
    TOKEN_NAMES,
)
from marshtest.data.readers.nesting import opened, reach
from marshtest.data.readers.samples import holds_label, holds_text, holds_tokens, holds_words
from marshtest.data.readers.sentences import is_sentence

__all__ = ["find_documents", "find_labelled", "find_passages", "find_tagged"]

_NUMBERED = re.compile(r"(?:v|c|_c|col|column|field|f|x|unnamed: )_?\d+", re.I)
"""Names of columns that nobody named."""
_PARALLEL = 0.9
"""Share of the records whose lists are equally long, from which one holds the tags of the other. Chosen by eye; some
records may have no tags, and one token and one label are no such lists."""
_PER_TAG = 5
"""Tokens of a tag on average, at least. Derived: the fewest carriers of a trigger."""
_PER_LABEL = 20
"""Records of a label on average, at least. Derived: the detectors on labels take as many."""


def find_labelled(asked: Asked) -> FieldLayout | None:
    """A text, or two, and a label."""
    if not asked.only("text", "label", "context"):
        return None
    text = asked.field("text", TEXT_NAMES, holds_words)
    context = asked.fields.context
    if text is None and not asked.fields.named() and (numbered := _numbered(asked)) is not None:
        return numbered
    if text is None:
        text, context = _two(asked)
    label = asked.field("label", LABEL_NAMES, holds_label, but=[text, context])
    if text is None:
        return None
    if label is not None and asked.fields.label is None and asked.samples.is_free(label):
        return None
    if label is None:
        labels = one_hot_names(asked.records, [text, context])
        if not labels:
            return None
    else:
        labels = ()
    images = asked.images(but := [text, context, label, *labels])
    layout = FieldLayout(kind="classification", format="labelled", text=text, context=context, images=images)
    return replace(layout, label=label, labels=labels, captions=asked.captions(but))


def find_tagged(asked: Asked) -> FieldLayout | None:
    """Tokens, and a tag for each."""
    if not asked.only("text", "label", "completion"):
        return None
    tokens = asked.field("text", TOKEN_NAMES, holds_tokens)
    named = asked.fields.label or asked.fields.completion
    for tags in (named,) if named is not None else TAG_NAMES:
        found = asked.samples.find((tags,), holds_tokens, but=[tokens])
        if tokens is not None and found is not None and _are_parallel(asked, tokens, found):
            return FieldLayout(kind="classification", format=TAGGED, text=tokens, label=found)
    return None


def _are_parallel(asked: Asked, tokens: str, tags: str) -> bool:
    """Return whether two fields hold equally long lists, of which one is of few values."""
    pairs = [(reach(record, tokens), reach(record, tags)) for record in asked.records]
    lists = [(first, second) for first, second in pairs if isinstance(first, list) and isinstance(second, list)]
    parallel = [(first, second) for first, second in lists if len(first) == len(second) > 1]
    values = {as_text(tag) for _, second in parallel for tag in second}
    if not any(isinstance(token, str) for first, _ in parallel for token in first):
        return False  # numbers of tokens, as a trainer makes them
    size = sum(len(second) for _, second in parallel)
    return 2 * len(parallel) > len(pairs) and _PARALLEL * len(lists) < len(parallel) and _PER_TAG * len(values) < size


def find_passages(asked: Asked) -> FieldLayout | None:
    """A passage with a title, a query or both."""
    if not asked.only("text", "title", "query"):
        return None
    text = asked.field("text", PASSAGE_NAMES, holds_text)
    title = asked.field("title", ("title",), holds_text, but=[text])
    query = asked.field("query", QUERY_NAMES, holds_text, but=[text])
    if text is None or (title is None and query is None):
        return None
    sure = asked.forced or not asked.only("text")
    if not sure and not asked.only_bookkeeping([text, title, query]):
        return None
    return FieldLayout(kind="document", format="passages", text=text, title=title, query=query)


def find_documents(asked: Asked) -> FieldLayout | None:
    """Texts and nothing else."""
    if not asked.only("text"):
        return None
    names = TEXT_NAMES if asked.forced else ("text", "content", "contents", "document", "page_content", "body")
    text = asked.field("text", names, holds_words) or asked.samples.find(TOKEN_NAMES, holds_tokens)
    if text is None or not (asked.forced or asked.only_bookkeeping([text])):
        return None
    if not asked.forced and asked.fields.text is None and asked.samples.fit(text, _holds_record):
        return None
    return FieldLayout(kind="document", format="documents", text=text)


def _numbered(asked: Asked) -> FieldLayout | None:
    """Return the layout of two columns that are only numbered, where one is surely the text and the other its label."""
    names = asked.samples.usual_names
    if len(names) != 2 or not all(map(_NUMBERED.fullmatch, names)):
        return None
    values = {name: [as_text(value) for value in asked.samples.held(name)] for name in names}
    label, text = sorted(names, key=lambda name: len(set(values[name])))
    returns = _PER_LABEL * len(set(values[label])) <= len(values[label])
    if not returns or 2 * sum(map(is_sentence, values[text])) <= len(values[text]):
        return None
    return FieldLayout(kind="classification", format="labelled", text=text, label=label)


def _two(asked: Asked) -> tuple[str | None, str | None]:
    """Return the fields of two texts that belong together."""
    for names in SECOND_NAMES:
        first, second = (asked.samples.find((name,), holds_text) for name in names)
        if first is not None and second is not None:
            return first, second
    return None, None


def _holds_record(value: Any) -> bool:
    """Return whether a text is a record of its own, as JSON."""
    return isinstance(value, str) and isinstance(opened(value), dict)
