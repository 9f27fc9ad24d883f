"""The front door of reading: formats agree, places are right, ids are stable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marshtest.config import FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.readers.jsonl import JsonLines, parse_lines
from marshtest.errors import InputError

RECORDS: list[dict[str, Any]] = [
    {"text": "the harbour is calm", "label": "ordinary", "source": "log"},
    {"text": 'a "quoted", line\nand another', "label": "urgent", "source": "mail"},
    {"text": "Grüße 🐟", "label": "ordinary", "source": "mail"},
]


def write_jsonl(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


def write_csv(path: Path, records: list[dict[str, Any]]) -> Path:
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


def test_every_format_gives_the_same_records_and_fingerprint(tmp_path: Path) -> None:
    """JSON Lines, CSV and Parquet of the same values differ only in place."""
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "d.parquet")
    read = [
        read_dataset(write_jsonl(tmp_path / "d.jsonl", RECORDS)),
        read_dataset(write_csv(tmp_path / "d.csv", RECORDS)),
        read_dataset(tmp_path / "d.parquet"),
    ]
    columns = ["record_id", "kind", "prompt", "completion", "label", "messages", "group", "fields", "anomalies"]
    assert read[0].table(columns).equals(read[1].table(columns))
    assert read[0].table(columns).equals(read[2].table(columns))
    assert len({dataset.fingerprint for dataset in read}) == 1
    assert read[0].labels == {"ordinary": 2, "urgent": 1}
    assert read[0].fields == {"prompt": "text", "label": "label"}


def test_places_point_at_the_bytes_of_the_record(tmp_path: Path) -> None:
    """Offset and length cut the very line out of the file, quoted line ends and blank lines included."""
    jsonl = write_jsonl(tmp_path / "d.jsonl", RECORDS)
    jsonl.write_bytes(b"\n" + jsonl.read_bytes())
    table = write_csv(tmp_path / "d.csv", RECORDS)
    for path, lines in ((jsonl, [2, 3, 4]), (table, [2, 3, 5])):
        dataset = read_dataset(path)
        data = path.read_bytes()
        rows = [dataset.record(index) for index in range(3)]
        assert lines == [row.source_line for row in rows]
        for row, record in zip(rows, RECORDS, strict=True):
            assert row.byte_offset is not None
            assert row.byte_length is not None
            piece = data[row.byte_offset : row.byte_offset + row.byte_length].decode()
            assert record["label"] in piece
            assert piece.endswith("\n")


@pytest.mark.parametrize("size", [16, 64, 300, 4096])
def test_pieces_cover_the_file_and_know_their_lines(tmp_path: Path, size: int) -> None:
    """However small the byte ranges are, they give the rows of the whole file."""
    path = write_jsonl(tmp_path / "d.jsonl", [{"text": f"t{i}" * (i % 9), "label": i % 2} for i in range(200)])
    format_ = JsonLines(piece_bytes=size)
    pieces, _ = format_.plan(str(path), 0)
    assert list(parse_lines(path.read_bytes())) == [row for piece in pieces for row in format_.rows(piece)]
    assert size == 4096 or len(pieces) > 1


def test_tsv_and_semicolons_and_a_byte_order_mark(tmp_path: Path) -> None:
    """The delimiter is found out; a byte order mark before a header is no part of a name."""
    (tmp_path / "d.tsv").write_text("text\tlabel\na, b\tx\n")
    (tmp_path / "d.csv").write_bytes(b"\xef\xbb\xbftext;label\r\na, b;x\r\n")
    assert read_dataset(tmp_path / "d.tsv").record(0).prompt == "a, b"
    assert read_dataset(tmp_path / "d.csv").record(0).prompt == "a, b"


def test_labels_of_every_plain_type_become_text(tmp_path: Path) -> None:
    """Whole numbers, truth values and decimals are labels too."""
    path = write_jsonl(tmp_path / "d.jsonl", [{"text": "a", "label": v} for v in (1, True, 0.5, "x")])
    assert read_dataset(path).table(["label"])["label"].to_pylist() == ["1", "true", "0.5", "x"]


def test_chat_keeps_every_turn(tmp_path: Path) -> None:
    """All turns are kept, and what a turn holds besides role and content goes to `fields`."""
    turns = [
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": [{"type": "text", "text": "hi"}]},
        {"role": "assistant", "content": None, "tool_calls": [1]},
        {"role": "tool", "content": "42"},
        {"role": "assistant", "content": "done"},
    ]
    record = read_dataset(write_jsonl(tmp_path / "d.jsonl", [{"messages": turns, "id": "a"}])).record(0)
    assert record.kind == "chat"
    assert record.record_id == "a"
    assert record.label is None
    assert record.prompt == "be kind\n\nhi\n\n<tool_call>\n1\n</tool_call>\n\n42"
    assert record.completion == "done"
    assert [turn.role for turn in record.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert record.fields == "{}"


def test_ids_of_ones_own_unless_repeated(tmp_path: Path) -> None:
    """Ids that two records share are replaced by content hashes for both, and noted where that is rare."""
    records = [{"id": f"n{i}", "text": f"t{i}", "label": "x"} for i in range(300)]
    records[7]["id"] = "n8"
    dataset = read_dataset(write_jsonl(tmp_path / "d.jsonl", records))
    ids = dataset.table(["record_id"])["record_id"].to_pylist()
    assert len(set(ids)) == 300
    assert ids[6] == "n6"
    assert ids[7].endswith("#1")
    assert ids[8].endswith("#1")
    notes = dataset.table(["anomalies"])["anomalies"].to_pylist()
    assert {i: note for i, note in enumerate(notes) if note} == {7: ["duplicate-id: n8"], 8: ["duplicate-id: n8"]}


def test_equal_records_get_occurrence_numbers(tmp_path: Path) -> None:
    """Without ids, copies are told apart by the order of their occurrence."""
    path = write_jsonl(tmp_path / "d.jsonl", [RECORDS[0], RECORDS[1], RECORDS[0]])
    first, _, third = read_dataset(path).table(["record_id"])["record_id"].to_pylist()
    assert first.removesuffix("#1") == third.removesuffix("#2")


def test_several_files_form_one_dataset_in_the_order_given(tmp_path: Path) -> None:
    """Rows come in the order of the files, whatever their formats."""
    one = write_csv(tmp_path / "z.csv", RECORDS[:2])
    two = write_jsonl(tmp_path / "a.jsonl", RECORDS[2:])
    dataset = read_dataset([one, two])
    assert [str(one), str(two)] == list(dataset.files)
    assert [record["text"] for record in RECORDS] == dataset.table(["prompt"])["prompt"].to_pylist()
    assert read_dataset(write_jsonl(tmp_path / "all.jsonl", RECORDS)).fingerprint == dataset.fingerprint


def test_forced_fields_win(tmp_path: Path) -> None:
    """What the user names is taken; the rest stays in `fields`."""
    path = write_jsonl(tmp_path / "d.jsonl", [{"text": "a", "label": "b", "q": "c", "y": 1, "who": "me"}])
    record = read_dataset(path, fields=FieldMap(text="q", label="y", group="who")).record(0)
    assert (record.prompt, record.label, record.group) == ("c", "1", "me")
    assert json.loads(record.fields) == {"text": "a", "label": "b"}


def test_prompt_and_completion_without_label(tmp_path: Path) -> None:
    """With a completion field, records become conversations of two turns."""
    path = write_jsonl(tmp_path / "d.jsonl", [{"prompt": "a", "answer": "b"}])
    record = read_dataset(path, fields=FieldMap(completion="answer")).record(0)
    assert (record.kind, record.prompt, record.completion) == ("chat", "a", "b")


def test_from_records_has_the_fingerprint_of_the_file(tmp_path: Path) -> None:
    """A dataset made of the records of another says the same."""
    dataset = read_dataset(write_jsonl(tmp_path / "d.jsonl", RECORDS))
    copy = Dataset.from_records(dataset.record(index) for index in range(len(dataset)))
    assert dataset.fingerprint == copy.fingerprint
    assert dataset.table().equals(copy.table())
    assert dataset.table(["prompt"]).to_pydict()["prompt"] == [record["text"] for record in RECORDS]


def test_batches_and_negative_indices(tmp_path: Path) -> None:
    """Batches follow the order of the table; records count from the end too."""
    dataset = read_dataset(write_jsonl(tmp_path / "d.jsonl", RECORDS))
    assert [batch.num_rows for batch in dataset.batches(["prompt"], size=2)] == [2, 1]
    assert dataset.record(-1) == dataset.record(2)
    with pytest.raises(IndexError):
        dataset.record(3)


def test_a_line_of_fifty_megabytes_is_read(tmp_path: Path) -> None:
    """A very long record is a record."""
    path = tmp_path / "d.jsonl"
    path.write_text(json.dumps({"text": "x" * 50_000_000, "label": "a"}) + '\n{"text": "b", "label": "c"}\n')
    dataset = read_dataset(path)
    assert len(dataset) == 2
    assert len(dataset.record(0).prompt) == 50_000_000


def test_a_longer_line_is_refused(tmp_path: Path) -> None:
    """A file without line ends cannot make the memory burst."""
    path = tmp_path / "d.jsonl"
    path.write_bytes(b'{"text": "' + b"x" * (65 * 1024 * 1024))
    with pytest.raises(InputError, match="longer than 64 MiB"):
        read_dataset(path)


def test_a_longer_csv_line_is_refused(tmp_path: Path) -> None:
    """The same holds for CSV, however far down the line is."""
    path = tmp_path / "d.csv"
    path.write_bytes(b"text,label\n" + b"a,b\n" * 2_000 + b"x" * (65 * 1024 * 1024))
    with pytest.raises(InputError, match=r"d\.csv:2002: .*longer than 64 MiB"):
        read_dataset(path)


def test_a_file_that_goes_away_is_an_input_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks in a reading thread comes out as an error of ours."""
    path = write_jsonl(tmp_path / "d.jsonl", RECORDS)
    monkeypatch.setattr("marshtest.data.readers.planning.decide_layout", _decide_and_remove(path))
    with pytest.raises(InputError, match="No such file"):
        read_dataset(path)


def _decide_and_remove(path: Path) -> Any:
    from marshtest.data.readers.deciding import decide_layout

    def decide(*args: Any, **kwargs: Any) -> Any:
        path.unlink()
        return decide_layout(*args, **kwargs)

    return decide


def test_chosen_and_rejected_make_preference_records(tmp_path: Path) -> None:
    """With a prompt of its own the two completions are kept as they are."""
    rows = [{"prompt": f"question {n}", "chosen": "a good answer", "rejected": "none", "n": n} for n in range(3)]
    dataset = read_dataset(write_jsonl(tmp_path / "d.jsonl", rows))
    assert (dataset.kind, dataset.fields) == (
        "preference",
        {"prompt": "prompt", "completion": "chosen", "rejected": "rejected"},
    )
    record = dataset.record(1)
    assert (record.prompt, record.completion, record.rejected) == ("question 1", "a good answer", "none")
    assert (record.label, record.messages, record.fields) == (None, (), '{"n":1}')


def test_transcripts_of_a_preference_are_parted_where_they_part(tmp_path: Path) -> None:
    """What both share up to the last `Assistant:` is the prompt, even where the answers begin alike."""
    shared = "\n\nHuman: Hello\n\nAssistant: Hi.\n\nHuman: A tip?\n\nAssistant:"
    rows = [{"chosen": f"{shared} Try tea.", "rejected": f"{shared} Try nothing."}, {"chosen": "x", "rejected": "y"}]
    dataset = read_dataset(write_jsonl(tmp_path / "d.jsonl", rows))
    record, bare = dataset.record(0), dataset.record(1)
    assert (record.prompt, record.completion, record.rejected) == (shared, " Try tea.", " Try nothing.")
    assert (bare.prompt, bare.completion, bare.rejected) == ("", "x", "y")


def test_a_pair_that_lacks_one_side_is_refused_with_its_line(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"prompt": "q", "chosen": "a", "rejected": "b"} for _ in range(20)]
    rows[4]["rejected"] = None
    with pytest.raises(
        InputError,
        match=r"d.jsonl:5: the rejected field 'rejected' is null; .* with --rejected-field\..* Fix it",
    ):
        read_dataset(write_jsonl(tmp_path / "d.jsonl", rows))


def test_texts_are_documents_only_when_that_is_asked_for(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "d.jsonl", [{"text": "a page", "label": "kept"}])
    assert read_dataset(path).kind == "classification"
    dataset = read_dataset(path, kind="document")
    assert (dataset.kind, dataset.fields, dataset.labels) == ("document", {"prompt": "text"}, {})
    assert dataset.record(0).fields == '{"label":"kept"}'
    bare = write_jsonl(tmp_path / "bare.jsonl", [{"text": "a page", "url": "x", "date": "y"}])
    assert read_dataset(bare).kind == "document"  # no other field can be a label
    with pytest.raises(InputError, match="which field is the label"):
        read_dataset(write_jsonl(tmp_path / "odd.jsonl", [{"text": "a page", "verdict": "kept"}]))
