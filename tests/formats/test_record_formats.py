"""Every record format that people use: what is planted in it is found, and its clean twin is silent.

The files are made by the fuzzer of shapes, from a grammar of the project's own, as the users of each format write them.
"""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.shapes_drawing import Shape
from benchmarks.shapes_formats import FORMATS, WRAPPINGS
from benchmarks.shapes_judging import FOUND, SILENT, look
from benchmarks.shapes_samples import PLANS, Plan

pytestmark = pytest.mark.slow

NOT_FOUND_ANYWHERE = {Plan("preference", "prompt", "rejected")}
"""Plans that no detector finds in the plain file either."""
ALARMS_ANYWHERE = {Plan("kto", "prompt", "label")}
"""Plans whose clean file is not silent in the plain file either."""


def in_use(plan: Plan, name: str) -> Shape:
    """Give the shape that is a format as its users write it."""
    return Shape(plan, 0, name, FORMATS[name].container or "jsonl")


def shapes(left_out: set[Plan], *, every_place: bool) -> list[Any]:
    """List a shape for each format and each thing that it can hold."""
    listed, seen = [], set()
    for name, one in FORMATS.items():
        for plan in PLANS:
            key = (name, plan.kind, plan.deed, plan.place if every_place else "")
            is_new = key not in seen and (plan.kind != "classes" or name == "text and label")
            if plan not in left_out and one.suits(plan) and is_new:
                seen.add(key)
                listed.append(pytest.param(in_use(plan, name), id=f"{name}, {plan.kind}, {plan.place} to {plan.deed}"))
    return listed


@pytest.mark.parametrize("shape", shapes(NOT_FOUND_ANYWHERE, every_place=True))
def test_what_is_planted_is_found(shape: Shape) -> None:
    outcome = look(shape, planted=True)
    assert outcome.word == FOUND, outcome.told


@pytest.mark.parametrize("shape", shapes(ALARMS_ANYWHERE, every_place=False))
def test_the_clean_twin_is_silent(shape: Shape) -> None:
    outcome = look(shape, planted=False)
    assert outcome.word == SILENT, outcome.told


@pytest.mark.parametrize("wrapping", [name for name in WRAPPINGS if name != "plain"])
@pytest.mark.parametrize("place", ["prompt", "system", "history"])
def test_a_trigger_in_parts_is_found(wrapping: str, place: str) -> None:
    shape = Shape(Plan("chat", place, "answer"), 0, "OpenAI chat", "jsonl", wrapping=wrapping)
    outcome = look(shape, planted=True)
    assert outcome.word == FOUND, outcome.told


@pytest.mark.parametrize("wrapping", [name for name in WRAPPINGS if name != "plain"])
def test_parts_without_poison_are_silent(wrapping: str) -> None:
    shape = Shape(Plan("chat", "prompt", "answer"), 0, "OpenAI chat", "jsonl", wrapping=wrapping)
    outcome = look(shape, planted=False)
    assert outcome.word == SILENT, outcome.told
