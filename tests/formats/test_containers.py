"""Every kind of file: it is read, or refused with the place and what was seen."""

from __future__ import annotations

import pytest
from benchmarks.shapes_drawing import ENCODINGS, NESTINGS, Shape
from benchmarks.shapes_files import COMPRESSIONS, CONTAINERS
from benchmarks.shapes_judging import FOUND, REFUSED, SILENT, look
from benchmarks.shapes_samples import Plan

pytestmark = pytest.mark.slow

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


@pytest.mark.parametrize("container", list(CONTAINERS))
def test_labelled_texts_are_read_or_refused_with_a_place(container: str) -> None:
    outcome = look(Shape(LABELLED, 0, "text and label", container), planted=True)
    assert outcome.word in ({FOUND, REFUSED} if container in REFUSABLE else {FOUND}), outcome.told


@pytest.mark.parametrize("container", list(CONTAINERS))
def test_chats_are_read_or_refused_with_a_place(container: str) -> None:
    outcome = look(Shape(CHAT, 0, "OpenAI chat", container), planted=True)
    assert outcome.word in ({FOUND, REFUSED} if container in REFUSABLE else {FOUND}), outcome.told


@pytest.mark.parametrize("container", list(CONTAINERS))
def test_clean_files_are_silent_or_refused(container: str) -> None:
    outcome = look(Shape(CHAT, 0, "OpenAI chat", container), planted=False)
    assert outcome.word in ({SILENT, REFUSED} if container in REFUSABLE else {SILENT}), outcome.told


@pytest.mark.parametrize("compression", list(COMPRESSIONS))
@pytest.mark.parametrize("container", ["jsonl", "JSON array", "csv"])
def test_compressed_files_are_read(container: str, compression: str) -> None:
    outcome = look(Shape(CHAT, 0, "TRL prompt-completion", container, compression), planted=True)
    assert outcome.word == FOUND, outcome.told


@pytest.mark.parametrize("encoding", list(ENCODINGS))
@pytest.mark.parametrize("name", ["OpenAI chat", "Gemini", "ShareGPT", "LIMA"])
def test_turns_as_text_in_a_field_are_read_or_refused(name: str, encoding: str) -> None:
    outcome = look(Shape(CHAT, 0, name, "jsonl", encoding=encoding), planted=True)
    assert outcome.word in {FOUND, *({REFUSED} if "Python" in encoding else ())}, outcome.told


@pytest.mark.parametrize("nesting", [name for name, (begin, _) in NESTINGS.items() if begin])
@pytest.mark.parametrize("name", ["OpenAI chat", "TRL prompt-completion", "TRL preference", "text and label", "text"])
def test_nested_fields_are_found_by_dotted_names(name: str, nesting: str) -> None:
    plans = {"TRL preference": Plan("preference", "prompt", "answer"), "text and label": LABELLED}
    plan = Plan("documents", "prompt", "answer") if name == "text" else plans.get(name, CHAT)
    shape = Shape(plan, 0, name, "jsonl", nesting=nesting, naming="fields named")
    outcome = look(shape, planted=True)
    assert outcome.word == FOUND, outcome.told
