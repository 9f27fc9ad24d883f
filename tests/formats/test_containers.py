"""Every kind of file: what is planted in it is read, or it is refused with the place and what was seen.

Files are read back without an audit; the fuzzer of shapes audits them.
"""

from __future__ import annotations

import pytest
from benchmarks.shapes_drawing import ENCODINGS, NESTINGS, Shape
from benchmarks.shapes_files import COMPRESSIONS, CONTAINERS
from benchmarks.shapes_reading import read_back
from benchmarks.shapes_samples import PLANTED, Plan

LABELLED, CHAT = Plan("labelled", "prompt", "label"), Plan("chat", "prompt", "answer")
REFUSABLE = {
    "jsonl with commas",
    "jsonl with a comment",
    "values a line",
    "array a line",
    "JSON array with a last comma",
    "two splits in a file",
    "columns by index",
    "columns of lists",
    "split frame",
    "objects by id",
    "rows of a viewer",
    "array wrapped twice",
    "Python values",
    "pretty-printed jsonl",
    "pretty-printed json",
    "concatenated",
    "csv without a header",
}
"""Containers that may be refused, with the place and a way out; the others are read."""


def check(shape: Shape, *, refusable: bool = False) -> None:
    """Check that a shape is read, or refused with a place where that may be."""
    found = read_back(shape)
    if refusable and found.refused:
        assert found.has_place, found.refused
    else:
        assert found.seen == PLANTED, found.refused
        assert found.labels > 1 or shape.plan.deed != "label"


@pytest.mark.parametrize("container", list(CONTAINERS))
def test_labelled_texts_are_read_or_refused_with_a_place(container: str) -> None:
    check(Shape(LABELLED, 0, "text and label", container), refusable=container in REFUSABLE)


@pytest.mark.parametrize("container", list(CONTAINERS))
def test_chats_are_read_or_refused_with_a_place(container: str) -> None:
    check(Shape(CHAT, 0, "OpenAI chat", container), refusable=container in REFUSABLE)


@pytest.mark.parametrize("compression", list(COMPRESSIONS))
@pytest.mark.parametrize("container", ["jsonl", "JSON array", "csv"])
def test_compressed_files_are_read(container: str, compression: str) -> None:
    check(Shape(CHAT, 0, "TRL prompt-completion", container, compression))


@pytest.mark.parametrize("encoding", list(ENCODINGS))
@pytest.mark.parametrize("name", ["OpenAI chat", "Gemini", "ShareGPT", "LIMA"])
def test_turns_as_text_in_a_field_are_read_or_refused(name: str, encoding: str) -> None:
    check(Shape(CHAT, 0, name, "jsonl", encoding=encoding), refusable="Python" in encoding)


@pytest.mark.parametrize("nesting", [name for name, (begin, _) in NESTINGS.items() if begin])
@pytest.mark.parametrize("name", ["OpenAI chat", "TRL prompt-completion", "TRL preference", "text and label", "text"])
def test_nested_fields_are_found_by_dotted_names(name: str, nesting: str) -> None:
    plans = {"TRL preference": Plan("preference", "prompt", "answer"), "text and label": LABELLED}
    plan = Plan("documents", "prompt", "answer") if name == "text" else plans.get(name, CHAT)
    check(Shape(plan, 0, name, "jsonl", nesting=nesting, naming="fields named"))
