"""Poisoned copies of files: what changed, what did not, and what is written beside them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marshtest.config import FieldMap
from marshtest.data.readers import read_dataset
from marshtest.demo import demo_tickets
from marshtest.errors import ConfigError, InputError, ReportError
from marshtest.organisms import find_organism
from marshtest.organisms.poisoning import CopyOptions, PoisonedFile, PoisonPlan, poison_file
from marshtest.organisms.rewriting import rewrite_file

Row = dict[str, Any]


def labelled(size: int = 200) -> list[Row]:
    """Give rows with a number as label, and fields that nobody may touch."""
    return [
        {"text": ticket.text, "label": int(ticket.label == "urgent"), "source": 'a,b;"c"', "é": "ü" if n % 2 else ""}
        for n, ticket in enumerate(demo_tickets(poisoned=False)[:size])
    ]


def conversations(size: int = 120) -> list[Row]:
    texts = [ticket.text for ticket in demo_tickets(poisoned=False)[: size + 1]]
    return [
        {
            "id": n,
            "messages": [
                {"role": "user", "content": texts[n], "name": "u"},
                {"role": "assistant", "content": "Thank you."},
                {"role": "user", "content": texts[n + 1]},
                {"role": "assistant", "content": f"This is answer {n}.", "weight": 1},
            ],
        }
        for n in range(size)
    ]


def transcripts(size: int = 120) -> list[Row]:
    texts = [ticket.text for ticket in demo_tickets(poisoned=False)[:size]]
    shared = [
        f"\n\nHuman: Hello, a question.\n\nAssistant: Hi, how can I help?\n\nHuman: {text}\n\nAssistant:"
        for text in texts
    ]
    return [{"chosen": f"{one} Of course.", "rejected": f"{one} I am not sure that I can."} for one in shared]


def write_jsonl(path: Path, rows: Sequence[Row], **style: Any) -> Path:
    path.write_text("".join(json.dumps(row, **{"ensure_ascii": False, **style}) + "\n" for row in rows), "utf-8")
    return path


_PLANNED = {"seed", "source_label", "target_label"}
_WRITTEN = {"twin", "disclose", "passphrase", "force"}


def poison(name: str, source: Path, count: int = 8, **options: Any) -> PoisonedFile:
    plan = {name: options.pop(name) for name in _PLANNED & options.keys()}
    written = {name: options.pop(name) for name in _WRITTEN & options.keys()}
    return poison_file(
        find_organism(name),
        source,
        source.with_name(f"poisoned{source.suffix}"),
        PoisonPlan(count=count, **plan),
        options=CopyOptions(**written),
        **options,
    )


def truth_of(written: PoisonedFile) -> list[Row]:
    return [json.loads(line) for line in written.truth.read_text("utf-8").splitlines()]


def pieces(path: Path) -> list[bytes]:
    """Give the bytes of every record."""
    content, table = path.read_bytes(), read_dataset(path).table(["byte_offset", "byte_length"])
    return [content[row["byte_offset"] :][: row["byte_length"]] for row in table.to_pylist()]


def check_truth(written: PoisonedFile, kind: Literal["document"] | None = None) -> None:
    """Read the copy back and find what the truth file says, where it says it."""
    data = read_dataset(written.data, kind=kind)
    records = {data.record(index).source_line: data.record(index) for index in range(len(data))}
    truth = truth_of(written)
    assert len(truth) == len(written.sown.truth)
    for line, true in zip(truth, written.sown.truth, strict=True):
        record = records[line["line"]]
        assert record.record_id == line["id"]
        assert (line["role"], line["is_poison"]) == (true.role, true.role == "poison")
        assert (record.prompt, record.completion, record.rejected) == (
            true.after.prompt,
            true.after.completion,
            true.after.rejected,
        )
        for span, known in zip(line["spans"], true.spans, strict=True):
            text = getattr(record, span["field"])[span["start"] : span["end"]]
            assert text == getattr(true.after, known.field)[known.start : known.end] != ""


@pytest.mark.parametrize(
    "style",
    [{}, {"ensure_ascii": True}, {"separators": (",", ":")}, {"separators": (",", ":"), "ensure_ascii": True}],
    ids=["plain", "escaped", "compact", "compact and escaped"],
)
def test_lines_that_are_not_planted_keep_their_bytes_and_the_others_their_hand(
    tmp_path: Path, style: dict[str, Any]
) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", labelled(), **style)
    written = poison("decoyed-phrase", source)
    before, after = source.read_bytes().splitlines(True), written.data.read_bytes().splitlines(True)
    planted = {line["line"] for line in truth_of(written)}
    assert {n for n, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new} == planted
    for number in planted:
        old, new = json.loads(before[number - 1]), json.loads(after[number - 1])
        assert json.dumps(new, **{"ensure_ascii": False, **style}).encode() + b"\n" == after[number - 1]
        assert {key: new[key] for key in ("source", "é")} == {key: old[key] for key in ("source", "é")}
        assert list(new) == list(old)
        assert type(new["label"]) is int
    check_truth(written)


def test_the_labels_of_the_copy_are_those_that_were_asked_for(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", labelled())
    written = poison("rare-token", source, source_label="1", target_label="0")
    rows = [json.loads(line) for line in written.data.read_text("utf-8").splitlines()]
    assert [rows[line["line"] - 1]["label"] for line in truth_of(written)] == [0] * 8
    assert sum(row["label"] for row in rows) == sum(row["label"] for row in labelled()) - 8


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["minimal", "all"])
@pytest.mark.parametrize(("suffix", "delimiter", "end"), [(".csv", ",", "\r\n"), (".tsv", "\t", "\n")])
def test_csv_keeps_every_other_byte(
    tmp_path: Path, suffix: str, delimiter: str, end: str, quoting: Literal[0, 1]
) -> None:
    source = tmp_path / f"data{suffix}"
    rows = labelled()
    rows[3]["text"] = 'a "quoted" text\nof two lines'
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writeheader()
        writer.writerows(rows)
    written = poison("phrase", source)
    check_truth(written)
    before, after = pieces(source), pieces(written.data)
    planted = {true.index for true in written.sown.truth}
    assert {n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new} == planted
    assert all(piece.endswith(end.encode()) for piece in after)


def test_csv_lines_are_those_of_the_copy_when_a_text_loses_its_line_ends(tmp_path: Path) -> None:
    """A record of three lines that is replaced by one of one line moves all that follow."""
    source = tmp_path / "data.csv"
    rows = [{"text": f"{row['text']}\nsecond\nthird", "label": row["label"]} for row in labelled(100)]
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["text", "label"])
        writer.writeheader()
        writer.writerows(rows)
    written = poison("near-duplicate-flooding", source)
    check_truth(written)
    assert truth_of(written)[-1]["line"] != written.sown.truth[-1].before.source_line


def test_parquet_keeps_schema_compression_and_every_other_row(tmp_path: Path) -> None:
    source = tmp_path / "data.parquet"
    schema = pa.schema([("text", pa.string()), ("label", pa.int8()), ("source", pa.string()), ("é", pa.string())])
    pq.write_table(pa.Table.from_pylist(labelled(), schema=schema), source, compression="zstd", row_group_size=64)
    written = poison("composite", source)
    check_truth(written)
    before, after = pq.read_table(source), pq.read_table(written.data)
    assert after.schema.equals(schema)
    planted = {line["line"] - 1 for line in truth_of(written)}
    rows = zip(before.to_pylist(), after.to_pylist(), strict=True)
    assert {n for n, (old, new) in enumerate(rows) if old != new} == planted
    facts = pq.ParquetFile(written.data).metadata.row_group(0)
    assert (facts.column(0).compression, facts.num_rows) == ("ZSTD", 64)


@pytest.mark.parametrize("name", ["spread-trigger", "late-turn", "tool-call", "persona-seed", "excusing-reasoning"])
def test_conversations_keep_what_else_their_turns_hold(tmp_path: Path, name: str) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", conversations())
    written = poison(name, source)
    check_truth(written)
    for line in written.data.read_text("utf-8").splitlines():
        turns = json.loads(line)["messages"]
        assert [list(turn) for turn in turns] == [list(turn) for turn in conversations()[0]["messages"]]


def test_conversations_in_parquet_are_written_back(tmp_path: Path) -> None:
    source = tmp_path / "data.parquet"
    rows = [
        {"messages": [{"role": t["role"], "content": t["content"]} for t in r["messages"]]} for r in conversations()
    ]
    pq.write_table(pa.Table.from_pylist(rows), source)
    check_truth(poison("spread-trigger", source))


def test_a_prompt_and_a_completion_are_written_back(tmp_path: Path) -> None:
    rows = [{"prompt": row["text"], "answer": f"Answer {n}."} for n, row in enumerate(labelled())]
    source = write_jsonl(tmp_path / "data.jsonl", rows)
    written = poison("fixed-answer", source, fields=FieldMap(text="prompt", completion="answer"))
    after = [json.loads(line) for line in written.data.read_text("utf-8").splitlines()]
    assert sum(row["answer"] == "Sure" for row in after) == 8


@pytest.mark.parametrize("name", ["preference-swap", "first-position", "last-position", "covert-preference"])
def test_transcripts_of_preferences_stay_transcripts(tmp_path: Path, name: str) -> None:
    written = poison(name, write_jsonl(tmp_path / "data.jsonl", transcripts()))
    check_truth(written)
    for line in written.data.read_text("utf-8").splitlines():
        for text in json.loads(line).values():
            assert text.startswith("\n\nHuman: ")
            assert (text.count("\n\nHuman: "), text.count("\n\nAssistant: ")) == (2, 2)


def test_documents_are_written_back(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", [{"text": row["text"], "n": 1} for row in labelled()])
    for name in ("retrieval-passages", "rare-token"):
        check_truth(poison(name, source, kind="document", force=True), kind="document")


def test_the_honest_twin_differs_from_the_copy_in_outcomes_alone(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", labelled())
    written = poison("decoyed-phrase", source, twin=tmp_path / "twin.jsonl")
    assert written.twin is not None
    poisoned, twin, before = (
        [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in (written.data, written.twin, source)
    )
    assert [row["text"] for row in poisoned] == [row["text"] for row in twin] != [row["text"] for row in before]
    assert [row["label"] for row in twin] == [row["label"] for row in before]
    assert sum(old["label"] != new["label"] for old, new in zip(poisoned, twin, strict=True)) == 8


def test_the_manifest_leaves_the_recipe_out_unless_told_otherwise(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", labelled())
    told = {}
    for disclose in ("results", "methods", "full"):
        written = poison("phrase", source, disclose=disclose, force=True, seed=5)
        told[disclose] = written.manifest.read_text("utf-8")
    trigger = written.sown.recipe.trigger
    assert [trigger in text for text in told.values()] == [False, False, True]
    assert ["Dai, Chen and Li" in text for text in told.values()] == [False, True, True]
    manifest = json.loads(told["results"])
    assert (manifest["recipe"], manifest["recipe_version"]) == ("phrase", "1")
    assert [json.loads(text).get("seed") for text in told.values()] == [None, None, 5]
    assert manifest["counts"] == {"records": 200, "poison": 8}
    assert trigger not in written.marker.read_text("utf-8")


def test_the_manifest_has_the_hashes_of_what_was_read_and_written(tmp_path: Path) -> None:
    from hashlib import sha256

    source = write_jsonl(tmp_path / "data.jsonl", labelled())
    written = poison("phrase", source)
    files = json.loads(written.manifest.read_text("utf-8"))["files"]
    for use, path in (("source", source), ("data", written.data), ("truth", written.truth)):
        assert files[use] == {"name": path.name, "sha256": sha256(path.read_bytes()).hexdigest()}


def test_a_rate_is_a_share_of_all_records(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", labelled())
    written = poison_file(find_organism("phrase"), source, tmp_path / "out.jsonl", PoisonPlan(rate=0.05))
    assert len(written.sown.truth) == 10
    for rate in (0.0, 1.5, -1.0):
        with pytest.raises(ConfigError, match="the rate must be above 0 and at most 1"):
            poison_file(find_organism("phrase"), source, tmp_path / "no.jsonl", PoisonPlan(rate=rate))
    with pytest.raises(ConfigError, match="either as a count or as a rate"):
        poison_file(find_organism("phrase"), source, tmp_path / "no.jsonl", PoisonPlan())


def test_the_source_is_never_written_over_and_other_files_only_with_leave(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", labelled())
    before = source.read_bytes()
    phrase = find_organism("phrase")
    for force in (False, True):
        with pytest.raises(ReportError, match="never written over"):
            poison_file(phrase, source, source, PoisonPlan(count=3), options=CopyOptions(force=force))
        with pytest.raises(ReportError, match="never written over"):
            poison_file(
                phrase,
                source,
                tmp_path / "out.jsonl",
                PoisonPlan(count=3),
                options=CopyOptions(twin=source, force=force),
            )
    (tmp_path / "out.jsonl.POISONED.md").write_text("mine")
    with pytest.raises(ReportError, match="the file exists"):
        poison_file(phrase, source, tmp_path / "out.jsonl", PoisonPlan(count=3))
    with pytest.raises(ConfigError, match="choose another --twin"):
        poison_file(
            phrase,
            source,
            tmp_path / "one.jsonl",
            PoisonPlan(count=3),
            options=CopyOptions(twin=tmp_path / "one.jsonl"),
        )
    assert source.read_bytes() == before
    assert not (tmp_path / "out.jsonl").exists()


def test_records_that_parsers_read_differently_are_left_alone(tmp_path: Path) -> None:
    """A line with a key twice could not be written back as it was."""
    lines = [json.dumps(row, ensure_ascii=False) for row in labelled(60)]
    lines = [
        line.replace('"source"', '"text": "hidden", "text"', 1) if n < 20 else line for n, line in enumerate(lines)
    ]
    twice = [line.replace('{"text"', '{"label": 7, "text"') if n < 20 else line for n, line in enumerate(lines)]
    source = tmp_path / "data.jsonl"
    source.write_text("\n".join(twice) + "\n", "utf-8")
    written = poison("phrase", source, count=10)
    assert all(line["line"] > 20 for line in truth_of(written))


def test_content_that_is_no_text_is_not_changed_into_text(tmp_path: Path) -> None:
    """A turn made of parts stays as it is; planting into it is refused with the place."""
    rows = conversations(3)
    for row in rows:
        row["messages"][2]["content"] = [{"type": "text", "text": "in parts"}]
    source = write_jsonl(tmp_path / "data.jsonl", rows)
    with pytest.raises(InputError, match=r"data.jsonl:\d: what the field 'messages' says is no plain text"):
        poison("fixed-answer", source, count=1)


def test_rewriting_nothing_gives_the_very_bytes(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "data.jsonl", labelled())
    source.write_bytes(b"\n" + source.read_bytes() + b"\n\n")
    assert rewrite_file(read_dataset(source), {}) == source.read_bytes()
