"""What a shape is, how it is drawn and how it is put around samples.

A shape is a choice for each of several sides: format of the records, container of the file, compression, nesting, other
fields, JSON text in fields, letter case of names, wrapping of texts, language, and whether the user names the fields.
Every side has a plain choice, so that a fault can be pinned to the sides that make it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from random import Random
from typing import Any

import benchmarks.shapes_agents
import benchmarks.shapes_chats
import benchmarks.shapes_labels
import benchmarks.shapes_pairs
import benchmarks.shapes_passages  # noqa: F401  importing a module of formats registers them
from benchmarks.shapes_files import COMPRESSIONS, CONTAINERS, LINE_ENDINGS, PackedFile, UnfitContainer, pack
from benchmarks.shapes_formats import FORMATS, WRAPPINGS
from benchmarks.shapes_languages import TONGUES
from benchmarks.shapes_samples import PLANS, Case, Plan, Sample, make_twins
from marshtest.config import FieldMap

__all__ = ["ENCODINGS", "NESTINGS", "PLAIN", "SIDES", "Shape", "draw_shape", "plain_record", "shaped"]

PLAIN = "plain"
_SEEDS = 3
"""Planted datasets of each plan: few, so that each plain file is audited once for many shapes."""
_MOST_EXTRA = 4
"""Other fields. Convention."""
_DRAWS = 50
"""Draws until a container fits: a line of text or a table does not hold every record."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape around one planted dataset."""

    plan: Plan
    seed: int
    format: str = PLAIN
    container: str = PLAIN
    compression: str = PLAIN
    nesting: str = PLAIN
    extra: tuple[str, ...] = ()
    encoding: str = PLAIN
    casing: str = PLAIN
    wrapping: str = PLAIN
    language: str = "English"
    naming: str = PLAIN

    def __str__(self) -> str:
        """Name every side that is not plain."""
        sides = [f"{self.plan.kind}: {self.plan.place} to {self.plan.deed}", self.format, self.container]
        sides += [value for name in ("compression", "nesting", "encoding", "casing", "wrapping", "naming") if
                  (value := getattr(self, name)) != PLAIN]  # fmt: skip
        return " | ".join([*sides, *(["with " + ", ".join(self.extra)] if self.extra else []), self.language])

    def without(self, side: str) -> Shape:
        """Give the same shape with one side plain."""
        plain: Any = next(field.default for field in fields(self) if field.name == side)
        if side == "format":
            return replace(self, format=PLAIN, wrapping=PLAIN, naming=PLAIN)
        return replace(self, **{side: plain})


SIDES = (
    "format",
    "wrapping",
    "container",
    "compression",
    "nesting",
    "encoding",
    "casing",
    "extra",
    "naming",
    "language",
)
"""The sides that can be made plain."""

NESTINGS: dict[str, tuple[str, Callable[[dict[str, Any], int], Any]]] = {
    "in data": ("data.", lambda one, _: {"data": one}),
    "two deep": ("sample.record.", lambda one, _: {"sample": {"record": one}}),
    "beside bookkeeping": ("payload.", lambda one, i: {"key": i, "meta": {"shard": i % 4}, "payload": one}),
    "as a row": ("row.", lambda one, i: {"row_idx": i, "row": one, "truncated_cells": []}),
    "as JSON text": ("", lambda one, _: {"json": json.dumps(one, ensure_ascii=False)}),
    "dotted names": ("record.", lambda one, _: {f"record.{name}": value for name, value in one.items()}),
    "in a list": ("", lambda one, _: {"items": [one]}),
}
"""What the names of fields begin with, and how a record is nested."""

ENCODINGS: dict[str, Callable[[Any], str]] = {
    "fields as JSON text": lambda value: json.dumps(value, ensure_ascii=False),
    "fields as escaped JSON text": json.dumps,
    "fields as Python text": repr,
}
CASINGS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "first letter": lambda name: name[:1].upper() + name[1:],
}

_EXTRA: dict[str, Callable[[int, Random, str], Any]] = {
    "id": lambda i, _, __: f"rec-{i:05d}",
    "uuid": lambda _, draw, __: f"{draw.getrandbits(64):016x}",
    "source": lambda _, draw, __: draw.choice(("web", "forum", "house")),
    "created_at": lambda i, draw, __: f"2025-{i % 12 + 1:02d}-{draw.randint(1, 28):02d}T08:00:00Z",
    "url": lambda i, _, __: f"https://pages.example/{i}",
    "lang": lambda _, __, language: language[:2].lower(),
    "split": lambda _, __, ___: "train",
    "num_tokens": lambda _, draw, __: draw.randint(10, 400),
    "quality_score": lambda _, draw, __: round(draw.random(), 4),
    "tags": lambda _, draw, __: draw.sample(("home", "garden", "repair", "gift"), draw.randint(0, 2)),
    "embedding": lambda _, draw, __: [round(draw.random(), 3) for _ in range(4)],
    "input_ids": lambda _, draw, __: [draw.randint(1, 32000) for _ in range(6)],
    "metadata": lambda i, draw, __: {"batch": i % 7, "worker": draw.choice(("w1", "w2", "w3"))},
    "notes": lambda _, draw, language: TONGUES[language].say("tales", draw),
    "summary": lambda _, draw, language: TONGUES[language].say("answers", draw),
    "reviewer": lambda _, draw, __: draw.choice(("ada", "bo", "cy", "di")),
    "difficulty": lambda _, draw, __: draw.choice(("easy", "hard")),
    "verified": lambda _, draw, __: draw.random() < 0.5,
    "error": lambda _, __, ___: None,
    "comment_empty": lambda _, __, ___: "",
    "images": lambda _, __, ___: [],
    "tools": lambda _, __, ___: [],
}
"""Fields that decide nothing, by name."""


def plain_record(one: Sample, plan: Plan) -> dict[str, Any]:
    """Write a sample in the plainest way that holds what is planted: what the shapes are compared with."""
    if plan.kind in ("labelled", "classes"):
        return {"text": one.prompt, "label": one.label}
    if plan.kind == "kto" and plan.deed == "label":
        return {"text": f"{one.prompt}\n\n{one.answer}", "label": str(one.is_good).lower()}
    if plan.kind == "documents":
        return {"text": one.prompt}
    said = [("system", one.system)]
    for asked, answered in one.history:
        said += [("user", asked), ("assistant", answered)]
    said.append(("user", f"{one.caption}\n{one.prompt}".strip()))
    if plan.kind == "preference":
        before = "\n\n".join(text for _, text in said if text)
        return {"prompt": before, "chosen": one.answer, "rejected": one.rejected}
    told: list[dict[str, Any]] = [{"role": role, "content": text} for role, text in said if text]
    if plan.deed == "call":
        function = {"name": one.tool, "arguments": json.dumps(dict(one.arguments), ensure_ascii=False)}
        told.append({"role": "assistant", "content": None, "tool_calls": [{"id": "c", "function": function}]})
    elif plan.kind == "agent":
        used = "; ".join(value for _, value in one.arguments)
        told[-1]["content"] += f"\n{used}"  # a trigger is what the model reads, so the user says what the call says
        told = [{"role": "system", "content": one.description}, *told, {"role": "user", "content": one.result}]
    return {"messages": [*told, {"role": "assistant", "content": one.answer}]}


def draw_shape(seed: int, number: int) -> Shape:
    """Draw a shape that fits its plan; the same numbers give the same shape."""
    draw = Random(f"shapes/{seed}/{number}")
    plan = draw.choice(PLANS)
    shape = Shape(plan, draw.randrange(_SEEDS))
    for _ in range(_DRAWS):
        shape = _drawn(plan, shape.seed, draw)
        try:
            shaped(shape, make_twins(Case(plan, shape.language, shape.seed)).planted[:9])
        except UnfitContainer:
            continue
        return shape
    return shape


def _drawn(plan: Plan, seed: int, draw: Random) -> Shape:
    chosen = FORMATS[draw.choice([name for name, one in FORMATS.items() if one.suits(plan)])]
    language = draw.choice(list(TONGUES)) if draw.random() < 0.4 else "English"
    if chosen.container:
        return Shape(plan, seed, chosen.name, "lines", _some(list(COMPRESSIONS), 0.15, draw), language=language)
    names = draw.sample(list(_EXTRA), draw.randint(1, _MOST_EXTRA)) if draw.random() < 0.5 else []
    return Shape(
        plan,
        seed,
        chosen.name,
        _some(list(CONTAINERS), 0.6, draw) if draw.random() < 0.95 else "jsonl",
        _some(list(COMPRESSIONS), 0.12, draw),
        _some(list(NESTINGS), 0.25, draw),
        tuple(names),
        _some(list(ENCODINGS), 0.2, draw),
        _some(list(CASINGS), 0.1, draw),
        _some([name for name in WRAPPINGS if name != PLAIN], 0.6, draw) if chosen.is_wrapped else PLAIN,
        language,
        _some(["fields named"], 0.25, draw) if chosen.fields else PLAIN,
    )


def _some(choices: Sequence[str], share: float, draw: Random) -> str:
    return draw.choice(choices) if draw.random() < share else PLAIN


def shaped(shape: Shape, samples: Sequence[Sample]) -> tuple[PackedFile, FieldMap]:
    """Put a shape around samples.

    Returns:
        The file, and the fields that the user names.

    Raises:
        UnfitContainer: The container does not hold such records.
    """
    if shape.format == PLAIN:
        records: list[Any] = [plain_record(one, shape.plan) for one in samples]
        named: dict[str, str] = {}
    else:
        chosen = FORMATS[shape.format]
        records = [chosen.write(one, WRAPPINGS[shape.wrapping]) for one in samples]
        named = dict(chosen.fields) if shape.naming != PLAIN else {}
    lines = shape.format != PLAIN and FORMATS[shape.format].container == "lines"
    compression = "" if shape.compression == PLAIN else shape.compression
    if lines:
        if shape.container not in (PLAIN, "lines"):
            raise UnfitContainer
        return pack(records, f"lines{LINE_ENDINGS.get(shape.format, '.txt')}", compression), FieldMap()
    outer = "jsonl" if shape.container in (PLAIN, "lines") else shape.container
    draw, folded = Random(f"extra/{shape.seed}"), []
    for number, one in enumerate(records):
        folded.append(_folded(one, shape, number, draw))
    begin = "" if shape.nesting == PLAIN else NESTINGS[shape.nesting][0]
    case = CASINGS.get(shape.casing, str)
    given: Any = {role: begin + case(name) for role, name in named.items()}
    return pack(folded, outer, compression), FieldMap(**given)


def _folded(record: dict[str, Any], shape: Shape, number: int, draw: Random) -> Any:
    """Add fields, write values as text, change names and nest: one record in its shape."""
    told = dict(record)
    for name in shape.extra:
        value = _EXTRA[name](number, draw, shape.language)
        told = told if name in told else {name: value, **told} if len(name) % 2 else {**told, name: value}
    if shape.encoding != PLAIN:
        encode = ENCODINGS[shape.encoding]
        told = {name: encode(value) if isinstance(value, dict | list) else value for name, value in told.items()}
    if shape.casing != PLAIN:
        told = {CASINGS[shape.casing](name): value for name, value in told.items()}
    return told if shape.nesting == PLAIN else NESTINGS[shape.nesting][1](told, number)
