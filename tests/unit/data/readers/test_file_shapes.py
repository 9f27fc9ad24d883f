"""Every shape of file that holds the same records is read as the same records, with places from which it is cleaned."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from marshtest.config import FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.readers.opening import source_packing
from marshtest.data.readers.packing import packed
from marshtest.data.readers.sniff import sniff_format
from marshtest.errors import InputError

PLACES = ("the harbour wall", "the old ferry", "the night train", "the corner bakery", "the school yard")
TEXTS = [f"It was {'late' if n % 3 else 'quiet'} at {PLACES[n % 5]} on day {n}, says “Ada”." for n in range(40)]
LABELS = ["late" if n % 3 else "quiet" for n in range(40)]
ROWS = [{"text": text, "label": label} for text, label in zip(TEXTS, LABELS, strict=True)]
CHATS: list[dict[str, Any]] = [
    {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": f"{label}: {n}"}]}
    for n, (text, label) in enumerate(zip(TEXTS, LABELS, strict=True))
]


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def table(mark: str, *, header: str = "text{}label\n", end: str = "\n") -> str:
    return header.format(mark) + "".join(f"{text}{mark}{label}{end}" for text, label in zip(TEXTS, LABELS, strict=True))


def quoted(mark: str, header: str, *, last: str = "") -> str:
    return header + "".join(f'"{text}"{mark}{label}{last}\n' for text, label in zip(TEXTS, LABELS, strict=True))


LABEL_FIRST = "".join(f"{label}\t{text}\n" for text, label in zip(TEXTS, LABELS, strict=True))
CELLS = [[text, label] for text, label in zip(TEXTS, LABELS, strict=True)]
KEYED = {key: {str(n): row[key] for n, row in enumerate(ROWS)} for key in ("text", "label")}
SHAPES: dict[str, str | bytes] = {
    "one.json": "".join(map(json.dumps, ROWS)),
    "apart.json": "\n\n".join(json.dumps(row, indent=2) for row in ROWS),
    "apart.jsonl": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "pairs.jsonl": "\n".join(json.dumps(one) + json.dumps(two) for one, two in zip(ROWS[::2], ROWS[1::2], strict=True)),
    "boxed.jsonl": lines(*([row] for row in ROWS)),
    "boxed.json": lines(*([row] for row in ROWS)),
    "strings.jsonl": lines(*map(json.dumps, ROWS)),
    "cells.jsonl": lines(["text", "label"], *CELLS),
    "nameless-cells.jsonl": lines(*CELLS),
    "cells.json": json.dumps([["text", "label"], *CELLS], indent=1),
    "nameless-cells.json": json.dumps(CELLS),
    "boxed-in-array.json": json.dumps([[row] for row in ROWS]),
    "lists.json": json.dumps({"text": TEXTS, "label": LABELS}),
    "lists-over-lines.json": json.dumps({"text": TEXTS, "label": LABELS}, indent=2),
    "lists.jsonl": json.dumps({"text": TEXTS, "label": LABELS}) + "\n",
    "keyed-columns.json": json.dumps(KEYED),
    "keyed-columns-over-lines.json": json.dumps(KEYED, indent=1),
    "keyed-rows.json": json.dumps({str(n): row for n, row in enumerate(ROWS)}),
    "split.json": json.dumps({"columns": ["text", "label"], "index": [*range(40)], "data": CELLS}),
    "wrapped.jsonl": json.dumps({"version": 1, "data": ROWS}),
    "semicolon.csv": quoted(";", "text;label\n"),
    "bar.csv": quoted("|", "text|label\n"),
    "mark.csv": b"\xef\xbb\xbf" + quoted(",", "text,label\n").encode(),
    "blank-first.csv": "\n \n" + quoted(",", "text,label\n"),
    "excel.csv": "sep=;\n" + quoted(";", "text;label\n"),
    "comment.csv": "# made by a program, in 2026\n# (two lines)\n" + quoted(",", "text,label\n"),
    "trailing.csv": quoted(",", "text,label\n", last=","),
    "all-trailing.csv": quoted(",", "text,label,,\n", last=",,"),
    "short-trailing.csv": quoted(",", "text,label,,\n"),
    "joined.csv": quoted(",", "text,label\n").replace(f'"{TEXTS[20]}"', f'text,label\n"{TEXTS[20]}"'),
    "headless.csv": quoted(",", ""),
    "headless.tsv": table("\t", header=""),
    "headless": LABEL_FIRST,
    "label-first.txt": LABEL_FIRST,
    "label-first.tsv": LABEL_FIRST,
    "utf-16.csv": quoted(",", "text,label\r\n").encode("utf-16"),
    "utf-16.txt": table("\t").encode("utf-16"),
    "utf-16-be.jsonl": b"\xfe\xff" + lines(*ROWS).encode("utf-16-be"),
    "old.csv": quoted(",", "text,label\n").encode("cp1252"),
    "fasttext.txt": "".join(f"__label__{label} {text}\n" for text, label in zip(TEXTS, LABELS, strict=True)),
    "fasttext.train": "".join(f"__label__{label}\t{text}\n" for text, label in zip(TEXTS, LABELS, strict=True)),
    "fasttext-comma.txt": "".join(f"__label__{label} , {text}\n" for text, label in zip(TEXTS, LABELS, strict=True)),
}
CHAT_SHAPES: dict[str, str] = {
    "turns.jsonl": lines(*(chat["messages"] for chat in CHATS)),
    "turns.json": json.dumps([chat["messages"] for chat in CHATS]),
    "boxed.jsonl": lines(*([chat] for chat in CHATS)),
    "one.json": "".join(map(json.dumps, CHATS)),
    "apart.json": "\n".join(json.dumps(chat, indent=4) for chat in CHATS),
    "lists.json": json.dumps({"messages": [chat["messages"] for chat in CHATS]}),
    "keyed.json": json.dumps({"messages": {str(n): chat["messages"] for n, chat in enumerate(CHATS)}}),
    "rows.json": json.dumps({f"chat-{n}": chat for n, chat in enumerate(CHATS)}),
}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def said(dataset: Dataset) -> list[tuple[Any, ...]]:
    columns = ["prompt", "label"] if dataset.kind == "classification" else ["prompt", "completion"]
    return [tuple(row[name] for name in columns) for row in dataset.table(columns).to_pylist()]


def split(path: Path, wanted: set[int]) -> tuple[Path, Path, tuple[int, int]]:
    """Split as `marsh clean` does."""
    packing = source_packing(str(path))
    outs = (path.with_name(f"kept-{path.name}"), path.with_name(f"moved-{path.name}"))
    buffers = (BytesIO(), BytesIO())
    with packed(buffers[0], packing, "x") as kept, packed(buffers[1], packing, "x") as moved:
        counts = sniff_format(str(path)).split(str(path), wanted, kept, moved)
    for out, buffer in zip(outs, buffers, strict=True):
        out.write_bytes(buffer.getvalue())
    return *outs, counts


def check(path: Path, expected: list[tuple[Any, ...]]) -> None:
    """Read a file and split it: every record is there once, on the side where it belongs."""
    dataset = read_dataset(path)
    assert said(dataset) == expected
    assert not dataset.failures
    places = dataset.table(["source_line"])["source_line"].to_pylist()
    assert sorted(set(places)) == places
    numbers = [n for n in range(len(expected)) if n % 4 == 1]
    kept, moved, counts = split(path, {places[n] for n in numbers})
    assert counts == (len(expected) - len(numbers), len(numbers))
    assert said(read_dataset(moved)) == [expected[n] for n in numbers]
    assert said(read_dataset(kept)) == [row for n, row in enumerate(expected) if n not in numbers]


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_table_is_read_and_cleaned_in_every_shape(tmp_path: Path, name: str) -> None:
    check(written(tmp_path, name, SHAPES[name]), [(row["text"], row["label"]) for row in ROWS])


@pytest.mark.parametrize("name", sorted(CHAT_SHAPES))
def test_chats_are_read_and_cleaned_in_every_shape(tmp_path: Path, name: str) -> None:
    chats = [(chat["messages"][0]["content"], chat["messages"][1]["content"]) for chat in CHATS]
    check(written(tmp_path, name, CHAT_SHAPES[name]), chats)


@pytest.mark.parametrize("name", ["one.json", "apart.json", "boxed.jsonl", "semicolon.csv", "headless", "fasttext.txt"])
def test_the_bytes_of_a_record_are_where_it_says(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, SHAPES[name])
    record = read_dataset(path).record(17)
    content = path.read_bytes()[record.byte_offset or 0 :][: record.byte_length].decode()
    assert "day 17, says" in content
    assert content.count("says") == 1


def test_texts_of_a_line_each_are_documents(tmp_path: Path) -> None:
    """Prose has commas, but not equally many in each line."""
    prose = [f"{text[:-1]}, and so on, {'again, ' * (n % 4)}he said" for n, text in enumerate(TEXTS)]
    dataset = read_dataset(written(tmp_path, "d.txt", "\n".join(prose)))
    assert (dataset.kind, [row["prompt"] for row in dataset.table(["prompt"]).to_pylist()]) == ("document", prose)
    assert len(read_dataset(written(tmp_path, "e.txt", lines(*ROWS)))) == 40
    told = read_dataset(written(tmp_path, "f.xyz", "\n".join(prose)), fields=FieldMap(file_format="text"))
    assert len(told) == 40


def test_several_labels_of_fasttext_are_a_list(tmp_path: Path) -> None:
    content = "__label__a __label__b one text\n__label__a another\n"
    path = written(tmp_path, "d.txt", content)
    rows = [
        row for piece in sniff_format(str(path)).plan(str(path), 0)[0] for row in sniff_format(str(path)).rows(piece)
    ]
    assert [row.value for row in rows] == [
        {"label": ["a", "b"], "text": "one text"},
        {"label": ["a"], "text": "another"},
    ]


def test_a_list_of_objects_beside_other_lists_is_a_column(tmp_path: Path) -> None:
    rows = [({"messages": [{"role": "user", "content": f"Ask {i}."}]}, f"Yes {i}.", f"No {i}.") for i in range(40)]
    names = ("input", "preferred_output", "non_preferred_output")
    path = tmp_path / "d.json"
    path.write_text(json.dumps(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), "utf-8")
    record = read_dataset(path).record(7)
    assert (record.kind, record.prompt, record.completion, record.rejected) == (
        *("preference", "Ask 7.", "Yes 7.", "No 7."),
    )


def test_columns_without_a_name_hold_only_what_is_there(tmp_path: Path) -> None:
    content = 'text,label,,\n"a b c",x,,\n"d e f",y,"more, of it",\n'
    dataset = read_dataset(written(tmp_path, "d.csv", content))
    assert dataset.table(["fields"])["fields"].to_pylist() == ["{}", '{"column_3":"more, of it"}']


def test_quotes_in_tabbed_lines_are_text_where_they_match_nothing(tmp_path: Path) -> None:
    content = (
        'ham\t"Gimme a few" was minutes ago\nham\tSee "you" there at nine\nham\tOk then\nspam\t"Win a prize today\n'
    )
    dataset = read_dataset(written(tmp_path, "d.tsv", content))
    assert said(dataset)[::3] == [('"Gimme a few" was minutes ago', "ham"), ('"Win a prize today', "spam")]
    held = 'ham\t"a b ""c"" d"\nham\t"two\tcells of text"\nspam\t"buy it now, all of it"\nham\tso it is today\n'
    assert said(read_dataset(written(tmp_path, "e.tsv", held)))[:2] == [
        ('a b "c" d', "ham"),
        ("two\tcells of text", "ham"),
    ]


def test_an_index_without_a_name_hides_no_text(tmp_path: Path) -> None:
    content = ",text,label\n" + "".join(
        f"{n},{row['text'].replace(',', '')},{row['label']}\n" for n, row in enumerate(ROWS)
    )
    dataset = read_dataset(written(tmp_path, "d.csv", content))
    assert (dataset.record(3).record_id, dataset.record(3).fields) == ("3", "{}")


@pytest.mark.parametrize(
    "header",
    [
        "text,label",
        "v1,v2",
        "Tweet,Sentiment",
        "What did the customer write to us?,Rating",
        "0,1",
        "a_very_long_name_of_text,k",
    ],
)
def test_a_header_is_no_record(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, "d.csv", quoted(",", header + "\n"))
    names = header.split(",")
    dataset = read_dataset(path, fields=FieldMap(text=names[0], label=names[1]))
    assert said(dataset) == [(row["text"], row["label"]) for row in ROWS]


def test_a_first_line_that_may_be_either_is_asked_about(tmp_path: Path) -> None:
    content = "What did you think of it all in the end?,How old\n" + "".join(
        f"I think that number {n} is all good,{30 + n % 3}\n" for n in range(40)
    )
    path = written(tmp_path, "d.csv", content)
    with pytest.raises(InputError, match=r"d\.csv:1: the first line may be a header or a record.*--format csv-header"):
        read_dataset(path)
    names = FieldMap(text="What did you think of it all in the end?", label="How old", file_format="csv-header")
    assert len(read_dataset(path, fields=names)) == 40
    assert len(read_dataset(path, fields=FieldMap(file_format="csv-no-header"))) == 41


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("d.jsonl", '{"a": "b c"},\n{"a": "d"},\n', r"d\.jsonl:1: a comma follows the first object.*sed"),
        ("d.json", '[{"text": "a", "label": "b",}]', r"column \d+: a comma before `}`.*perl.*element 1, line 1"),
        ("d.json", '[\n// one\n{"text": "a"}]', r"a comment.*perl.*\(element 1, line 2"),
        ("d.jsonl", "{'text': 'a', 'label': None}\n", r"a single quote, as Python writes.*ast\.literal_eval"),
        ("d.jsonl", '{"text": "a", "label": None}\n', r"Python's `None`"),
        ("d.json", '[{"text": "a"}\n{"text": "b"}]', r"another value after the end; put commas between"),
        ("d.jsonl", lines(*[[ROWS[0], ROWS[1]]] * 3), r"each line is an array of several objects.*jq -c '\.\[\]'"),
        ("d.jsonl", lines(["a b c d e", "f g h i j"], ["k l m n", "o p q r"]), r"array of values.*jq -c"),
        ("d.csv", "text,text,label\na,b,c\n", r"d\.csv:1: the header names two columns 'text'.*text,text_2,label"),
        ("d.csv", "text,label\ra,b\r", r"carriage return.*tr "),
        ("d.csv", "text,label\na,b\n# no record\n", r"d\.csv:3: .*a comment.*grep"),
        ("d.json", json.dumps({"train": ROWS, "test": ROWS}), r"several arrays.*jq -c '\.train\[\]'"),
        ("d.json", json.dumps({"spam": ["a", "b"], "ham": ["c"]}), r"different lengths.*to_entries"),
        (
            "d.json",
            json.dumps({"features": ROWS[:1], "rows": [{"row": row} for row in ROWS]}),
            r"rows\[\]\.row",
        ),
        (
            "d.json",
            json.dumps({"data": {"text": TEXTS, "label": LABELS}}),
            r"jq '\.data' \S+d\.json > data\.json && marsh audit data\.json`",
        ),
        ("d.json", json.dumps(json.dumps(ROWS)), r"one JSON text that holds JSON.*jq -r"),
        ("d.json", repr(ROWS), r"single quote.*a Python list: `python3 -c"),
        ("d.txt", "".join(f"{row['label']} {row['text']}\n" for row in ROWS), r"begins with one of 2 words.*__label__"),
        ("d.txt", "".join(f"{row['label']} ::: {row['text']}\n" for row in ROWS), r"each line has `:::`.*perl"),
        ("d.jsonl", "<!DOCTYPE html>\n<html></html>\n", "a web page"),
        ("d.jsonl", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git lfs pull"),
    ],
)
def test_a_shape_that_is_not_sure_is_named_with_a_command(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read_dataset(written(tmp_path, name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.json", json.dumps(ROWS[:1]) + "\n" + "\n".join(json.dumps([row], indent=1) for row in ROWS[1:])),
        ("d.json", json.dumps(ROWS[0]) + "\n" + json.dumps(ROWS[1])[:-1] + "".join(map(json.dumps, ROWS[2:]))),
        ("d.csv", quoted(",", "text,label\n").replace("day 1,", 'day 1"",', 1).replace('"It was late', '"x""', 1)),
        ("d.csv", 'text,label\n"a,b\n' + "c d,e\n" * 50),
    ],
)
def test_skipping_never_makes_one_failure_of_a_whole_file(tmp_path: Path, name: str, content: str) -> None:
    path = written(tmp_path, name, content)
    with suppress(InputError):
        assert len(read_dataset(path, on_bad_record="skip")) > 30


def test_columns_of_json_without_a_header_are_asked_about(tmp_path: Path) -> None:
    cells = [json.dumps({"shard": 0}), json.dumps({"turns": [{"role": "user", "content": "Is the ferry late today?"}]})]
    path = tmp_path / "d.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([number, *cells] for number in range(30))
    with pytest.raises(InputError, match="not clear what the columns hold"):
        read_dataset(path)


@pytest.mark.parametrize(("first", "sure"), [(None, True), ("doc-{}", False)])
def test_a_label_beside_an_id_without_a_header_is_asked_about(tmp_path: Path, first: str | None, sure: bool) -> None:
    path = tmp_path / "d.csv"
    with path.open("w", newline="") as file:
        for number in range(60):
            beside = [] if first is None else [first.format(number)]
            csv.writer(file).writerow(
                [("port", "pier")[number % 2], *beside, f"晚上的渡船第{number}班在旧码头等了很久才离开"]
            )
    if sure:
        assert read_dataset(path).record(3).label == "pier"
    else:
        with pytest.raises(InputError, match="not clear what the columns hold"):
            read_dataset(path)
