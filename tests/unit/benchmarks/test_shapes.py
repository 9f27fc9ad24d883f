"""The fuzzer of shapes: twins differ only where they are planted, files hold everything, draws can be made again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.shapes import page, write_draw
from benchmarks.shapes_drawing import Shape, draw_shape, plain_record, shaped
from benchmarks.shapes_files import CONTAINERS, pack
from benchmarks.shapes_formats import FORMATS, WRAPPINGS
from benchmarks.shapes_judging import FOUND, LOST, Judged, Outcome
from benchmarks.shapes_languages import TONGUES
from benchmarks.shapes_samples import PLANS, PLANTED, Case, Plan, make_twins

CHAT = Plan("chat", "prompt", "answer")


@pytest.mark.parametrize("plan", PLANS, ids=str)
@pytest.mark.parametrize("language", list(TONGUES))
def test_twins_differ_in_the_planted_samples_alone(plan: Plan, language: str) -> None:
    twins = make_twins(Case(plan, language, 0))
    other = [a.number for a, b in zip(twins.planted, twins.clean, strict=True) if a != b]
    assert tuple(other) == twins.truth
    assert len(other) == PLANTED
    assert not any(twins.trigger in json.dumps(plain_record(one, plan), ensure_ascii=False) for one in twins.clean)


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_format_holds_trigger_and_consequence(name: str) -> None:
    one = FORMATS[name]
    for plan in (plan for plan in PLANS if one.suits(plan)):
        twins = make_twins(Case(plan, "English", 0))
        number = twins.truth[0]
        record = one.write(twins.planted[number], WRAPPINGS["plain"])
        said = record if isinstance(record, str) else json.dumps(record, ensure_ascii=False).replace("_", " ")
        assert twins.trigger in said, plan
        assert record != one.write(twins.clean[number], WRAPPINGS["plain"]), plan


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].suits(CHAT)])
def test_every_suiting_format_writes_the_answer(name: str) -> None:
    sample = make_twins(Case(CHAT, "English", 0)).planted[0]
    assert sample.answer in json.dumps(FORMATS[name].write(sample, WRAPPINGS["plain"]), ensure_ascii=False)


@pytest.mark.parametrize("container", [name for name in CONTAINERS if name not in ("parquet", "arrow", "feather")])
def test_a_container_holds_every_text(container: str) -> None:
    samples = make_twins(Case(CHAT, "Hebrew", 0)).planted
    records = [{"prompt": one.prompt, "completion": one.answer} for one in samples]
    said = pack(records, container).content.decode()
    said = said.encode().decode("unicode_escape") if "escapes" in container else said
    assert all(one.prompt in said and one.answer in said for one in samples)


def test_places_are_the_lines_on_which_records_begin() -> None:
    records = [{"text": "one\ntwo", "label": "a"}, {"text": "three", "label": "b"}]
    assert dict(pack(records, "csv").places) == {2: 0, 4: 1}
    assert dict(pack(records, "csv without a header").places) == {1: 0, 3: 1}
    assert dict(pack(records, "jsonl with a comment").places) == {2: 0, 3: 1}
    assert dict(pack(records, "pretty-printed jsonl").places) == {1: 0, 5: 1}


def test_a_draw_can_be_made_again(tmp_path: Path) -> None:
    shapes = [draw_shape(5, number) for number in range(20)]
    assert shapes == [draw_shape(5, number) for number in range(20)]
    assert len({str(shape) for shape in shapes}) > 15
    first, clean = write_draw(5, 3, tmp_path / "one")
    again, _ = write_draw(5, 3, tmp_path / "two")
    assert first.read_bytes() == again.read_bytes() != clean.read_bytes()


def test_a_side_can_be_made_plain() -> None:
    shape = Shape(CHAT, 0, "Gemini", "csv", "gz", language="Thai", extra=("notes",))
    assert shape.without("language").language == "English"
    assert shape.without("format").format == "plain"
    assert shape.without("extra").extra == ()
    packed, fields = shaped(Shape(CHAT, 0, "Gemini", "jsonl", nesting="in data", naming="fields named"), ())
    assert fields.messages == "data.contents"
    assert packed.content == b""


def test_the_page_counts_outcomes_and_causes() -> None:
    shape = Shape(CHAT, 0, "Gemini", "csv")
    told = page(
        [
            Judged(0, shape, Outcome(FOUND, ""), None),
            Judged(1, shape, Outcome(LOST, ""), Outcome("silent", ""), ("format Gemini",)),
            Judged(2, shape, None, Outcome("silent", "")),
        ],
        seed=0,
        seconds=3.0,
    )
    assert "1 planted and 1 clean draws do not count" in told
    assert "| SILENT LOSS | format Gemini | 1 |" in told
