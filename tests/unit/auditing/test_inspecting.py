"""How data would be read is shown from the first records, whatever the data are."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import polars as pl
import pytest

from marshtest import FieldMap, InputError, audit, inspect, read_dataset
from marshtest.cli.main import main


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    return path


def letters(count: int = 60) -> list[dict[str, Any]]:
    return [
        {
            "text": f"dear harbour master, berth {number} is too shallow",
            "label": ("complaint", "praise")[number % 2],
            "clerk": f"c{number % 3}",
            "weight": number / 7,
            "desk": "north",
            "left": None,
        }
        for number in range(count)
    ]


def test_every_field_has_its_role_type_share_values_and_example(tmp_path: Path) -> None:
    records = letters()
    for record in records[:15]:
        del record["clerk"]
    seen = inspect(written(tmp_path / "letters.jsonl", records))
    assert (seen.looked_at, seen.records, seen.problem) == (60, 60, "")
    known = {one.name: one for one in seen.fields}
    assert known["text"].roles == ("text",)
    assert known["text"].example == "dear harbour master, berth 0 is too shallow"
    assert (known["label"].roles, known["label"].values, known["label"].share) == (("label",), 2, 1.0)
    assert (known["clerk"].type, known["clerk"].values, known["clerk"].share) == ("text", 3, 0.75)
    assert (known["weight"].type, known["weight"].values) == ("number", 60)
    assert {name: one.unused for name, one in known.items()}["desk"] == "it has one value in all records"
    assert known["left"].unused == "it is empty"
    assert known["label"].unused == ""
    assert "an audit that finds nothing is incomplete" in known["clerk"].unused
    assert "it looks like an id, a number, a name or a source" in known["weight"].unused


def test_what_makes_an_audit_incomplete_is_named_and_can_be_ignored(tmp_path: Path) -> None:
    records = [
        {**record, "notes": {"by hand": f"the pilot of boat {number + 70} came late and was sorry"}}
        for number, record in enumerate(letters())
    ]
    path = written(tmp_path / "letters.jsonl", records)
    seen = inspect(path)
    known = {one.name: one.unused for one in seen.fields}
    assert "its part notes.by hand holds sentences" in known["notes"]
    assert "--ignore-field 'notes.by hand'" in known["notes"]
    assert {one.name for one in audit(path).dataset.unread} == {"clerk", "notes.by hand"}
    ignoring = inspect(path, fields=FieldMap(ignored=("notes", "clerk")))
    assert {one.name: one.unused for one in ignoring.fields}["notes"] == "it is ignored, as you asked"
    assert ignoring.next_step == f"marsh audit {path} --ignore-field notes --ignore-field clerk"


def test_every_reading_is_shown(tmp_path: Path) -> None:
    records = [
        {
            "messages": [{"role": "user", "content": f"ask {n}"}, {"role": "assistant", "content": f"say {n}"}],
            "prompt": f"ask {n}",
            "chosen": f"the better answer is {n}",
            "rejected": f"the worse answer is {n + 1}",
        }
        for n in range(40)
    ]
    path = written(tmp_path / "both.jsonl", records)
    seen = inspect(path)
    data = read_dataset(path)
    assert [one.kind for one in seen.readings] == [data.kind, *(one.kind for one in data.also)]
    assert sorted(one.kind for one in seen.readings) == ["chat", "preference"]
    assert f"READING 2 of {len(seen.readings)}" in str(seen)


def test_a_reading_says_which_detectors_would_run_and_why_not(tmp_path: Path) -> None:
    path = written(tmp_path / "letters.jsonl", letters(400))
    reading = inspect(path).readings[0]
    assert (reading.format, reading.kind, reading.fitting) == ("labelled", "classification", 400)
    assert dict(reading.labels) == {"complaint": 200, "praise": 200}
    plans = {one.id: one for one in reading.detectors}
    told = {one.id: one.status for one in audit(path).detectors}
    assert {name for name, one in plans.items() if one.runs == "yes"} == {
        name for name, status in told.items() if status == "ran"
    }
    assert "--judge MODEL" in plans["judged-label"].reason
    assert plans["decided-preference"].reason.endswith("not preferences")


def test_records_are_shown_as_the_detectors_see_them(tmp_path: Path) -> None:
    chats = [
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": f"call {number}"}]},
                {"role": "assistant", "tool_calls": [{"function": {"name": "ring", "arguments": {"n": number}}}]},
            ]
        }
        for number in range(20)
    ]
    reading = inspect(written(tmp_path / "chats.jsonl", chats)).readings[0]
    assert len(reading.records) == 10
    assert reading.records[3].turns == (
        ("user", "call 3"),
        ("assistant", '<tool_call>\n{"name": "ring", "arguments": {"n":3}}\n</tool_call>'),
    )
    assert (reading.records[3].path, reading.records[3].line) == (str(tmp_path / "chats.jsonl"), 4)


def test_text_of_the_data_is_safe_to_print(tmp_path: Path) -> None:
    records = [{"text": "a\x1b[31mred\u202e", "label\x07": "x", "label": "y\x1b"} for _ in range(3)]
    page = str(inspect(written(tmp_path / "hostile.jsonl", records)))
    assert all(line.isprintable() for line in page.splitlines())
    assert "a‹ESC›[31mred‹U+202E›" in page
    assert repr(inspect(records)) == str(inspect(records))


@pytest.mark.parametrize(
    ("records", "step"),
    [
        (
            [{"satz": f"ein Satz, Nummer {n}", "klasse": "ab"[n % 2], "n": n} for n in range(40)],
            "--text-field satz --label-field klasse",
        ),
        (
            [{"who asks": f"what is the number after {n}?", "who answers": f"that is {n + 1}"} for n in range(40)],
            "--text-field 'who asks' --completion-field 'who answers'",
        ),
    ],
)
def test_what_cannot_be_decided_gets_a_guess_that_works(
    records: list[dict[str, Any]], step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "odd one.jsonl", records)
    with pytest.raises(InputError):
        read_dataset(path)
    seen = inspect(path)
    assert "cannot tell which field" in seen.problem
    assert seen.readings == ()
    assert seen.next_step == f"marsh audit {shlex.quote(str(path))} {step}"
    assert "A GUESS, CHECK IT" in str(seen)
    monkeypatch.chdir(tmp_path)
    words = [*shlex.split(seen.next_step)[1:], "--detector", "hidden-text", "--quiet"]
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0


def test_a_guess_for_an_object_is_a_call_and_names_what_it_leaves_out() -> None:
    frame = pd.DataFrame({"satz": [f"ein Satz, Nummer {n}" for n in range(40)], "art": ["x", "y"] * 20, "z": range(40)})
    seen = inspect(frame)
    assert seen.files == {"<DataFrame>": "DataFrame"}
    assert seen.next_step == 'marshtest.audit(data, fields=marshtest.FieldMap(text="satz", label="art"))'
    assert seen.left_out == ()
    more = inspect(frame.assign(notiz=[f"von Hand notiert am Tag {n} im Mai" for n in range(40)], wo=["a", "b"] * 20))
    assert more.left_out == ("wo",)
    assert inspect(frame, fields=FieldMap(text="satz", label="art")).readings[0].fitting == 40


def test_nothing_is_guessed_where_nothing_fits(tmp_path: Path) -> None:
    seen = inspect(written(tmp_path / "numbers.jsonl", [{"a": number, "b": number / 3} for number in range(30)]))
    assert (seen.next_step, seen.left_out) == ("", ())
    assert "CANNOT BE READ AS IT IS" in str(seen)


def test_bad_records_are_named_with_their_places(tmp_path: Path) -> None:
    path = written(tmp_path / "letters.jsonl", letters())
    path.write_bytes(path.read_bytes() + b'{"text": \n' + b'{"label": "praise"}\n')
    seen = inspect(path)
    assert seen.bad_records == 2
    assert seen.bad[0].startswith(f"{path}:61: not valid JSON")
    assert seen.bad[1].startswith(f"{path}:62: the text field 'text' is missing")
    assert f"  {path}:62: the text field" in str(seen)


def test_a_file_of_many_gigabytes_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = written(tmp_path / "large.jsonl", letters(1_500))
    with path.open("r+b") as file:
        file.truncate(200 << 30)
    started = time.process_time()
    seen = inspect(path)
    assert time.process_time() - started < 20
    assert (seen.looked_at, seen.readings[0].fitting) == (1_000, 1_000)
    assert seen.records is not None
    assert seen.records > 1_000_000


@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "arrow", "jsonl.gz"])
def test_every_format_is_looked_at_in_the_same_way(ending: str, tmp_path: Path) -> None:
    import gzip

    frame = pd.DataFrame(letters()).drop(columns="left")
    path = tmp_path / f"letters.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    elif ending == "json":
        path.write_bytes(orjson.dumps(frame.to_dict("records")))
    elif ending == "parquet":
        frame.to_parquet(path)
    elif ending == "arrow":
        pl.DataFrame(frame).write_ipc(path)
    else:
        path.write_bytes(gzip.compress(written(tmp_path / "letters.jsonl", letters()).read_bytes()))
    seen = inspect(path)
    assert (seen.looked_at, seen.records) == (60, 60)
    assert seen.readings[0].records[5].prompt == "dear harbour master, berth 5 is too shallow"
    assert seen.readings[0].records[5].label == "praise"


def test_only_the_first_records_of_an_iterator_are_taken() -> None:
    taken: list[int] = []

    def records() -> Any:
        for number, record in enumerate(letters(3_000)):
            taken.append(number)
            yield record

    seen = inspect(records())
    assert (seen.looked_at, len(taken)) == (1_000, 1_000)


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    """What is read afterwards has its hashes again."""
    path = written(tmp_path / "letters.jsonl", letters())
    inspect(path)
    assert len(read_dataset(path).files[str(path)]) == 64
