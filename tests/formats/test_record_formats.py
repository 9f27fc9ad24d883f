"""Every record format that people use: what is planted in it is read, found, and its clean twin is silent.

The files are made by the fuzzer of shapes, from a grammar of the project's own, as the users of each format write them.
Every format is read back. An audit takes a second, so one format of each way of reading is audited; the fuzzer
audits them all.
"""

from __future__ import annotations

import pytest
from benchmarks.shapes_drawing import Shape
from benchmarks.shapes_formats import FORMATS, WRAPPINGS
from benchmarks.shapes_judging import FOUND, SILENT, look
from benchmarks.shapes_reading import read_back
from benchmarks.shapes_samples import PLANS, PLANTED, RECORDS, Plan

REFUSED = {
    "inputs and targets",
    "true and false",
    "title and body",
    "Argilla labels",
    "Vertex classification",
    "WebGPT comparisons",
    "MS MARCO",
    "ms-swift embedding",
    "title and paragraphs",
    "interleaved texts",
    "text by the line",
}
"""Formats that are not read by themselves: refused with the place, and a command where one is sure."""
LABEL_TRIGGER, RESPONSE_TRIGGER = ("label-trigger",), ("response-trigger",)
AUDITED = [
    ("text and label", Plan("labelled", "prompt", "label"), LABEL_TRIGGER),
    ("OpenAI chat", Plan("chat", "system", "answer"), RESPONSE_TRIGGER),
    ("ShareGPT", Plan("chat", "history", "answer"), RESPONSE_TRIGGER),
    ("Guanaco text", Plan("chat", "prompt", "answer"), RESPONSE_TRIGGER),
    ("input and target", Plan("chat", "prompt", "answer"), RESPONSE_TRIGGER),
    ("image with caption beside", Plan("image", "caption", "answer"), RESPONSE_TRIGGER),
    ("image named after its caption", Plan("image", "caption", "answer"), RESPONSE_TRIGGER),
    ("Orca pairs", Plan("preference", "system", "answer"), RESPONSE_TRIGGER),
    ("prompt as turns, answers as texts", Plan("preference", "history", "answer"), RESPONSE_TRIGGER),
    ("OpenAI tools", Plan("agent", "prompt", "call"), RESPONSE_TRIGGER),
    ("FlagEmbedding", Plan("retrieval", "prompt", "answer"), RESPONSE_TRIGGER),
    ("text", Plan("documents", "prompt", "answer"), RESPONSE_TRIGGER),
]


def in_use(plan: Plan, name: str) -> Shape:
    """Give the shape that is a format as its users write it."""
    return Shape(plan, 0, name, FORMATS[name].container or "jsonl")


@pytest.mark.parametrize("name", sorted(set(FORMATS) - REFUSED))
def test_what_is_planted_is_read(name: str) -> None:
    plan = next(one for one in PLANS if FORMATS[name].suits(one) and one.kind != "classes" and one.deed != "rejected")
    found = read_back(in_use(plan, name))
    assert not found.refused
    assert found.records >= RECORDS or plan.kind == "documents"
    assert found.seen >= PLANTED
    assert found.labels > 1 or plan.deed != "label"


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_not_read_is_refused_with_a_place(name: str) -> None:
    plan = next(one for one in PLANS if FORMATS[name].suits(one))
    found = read_back(in_use(plan, name))
    assert found.refused
    assert found.has_place, found.refused


@pytest.mark.slow
@pytest.mark.parametrize(("name", "plan", "detectors"), AUDITED, ids=[name for name, *_ in AUDITED])
def test_what_is_planted_is_found_and_the_clean_twin_is_silent(
    name: str, plan: Plan, detectors: tuple[str, ...]
) -> None:
    planted, clean = (look(in_use(plan, name), planted=twin, detectors=detectors) for twin in (True, False))
    assert planted.word == FOUND, planted.told
    assert clean.word == SILENT, clean.told


@pytest.mark.parametrize("wrapping", list(WRAPPINGS))
@pytest.mark.parametrize("place", ["prompt", "system", "history"])
def test_a_trigger_in_parts_is_read(wrapping: str, place: str) -> None:
    found = read_back(Shape(Plan("chat", place, "answer"), 0, "OpenAI chat", "jsonl", wrapping=wrapping))
    assert found.seen == PLANTED, found.refused
