"""A report of a stranger reaches no address, waits for no pipe, and moves no record that it does not describe."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.unit.hostile.strangers import SHORT, audited, marsh, write_data

from marshtest.auditing.cleaning import clean_dataset
from marshtest.data.readers import read_dataset
from marshtest.errors import InputError, ReportError
from marshtest.report import read_report


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return audited(tmp_path_factory.mktemp("honest"))


def edited(run: Path, folder: Path, edit: Callable[[dict[str, Any]], object]) -> Path:
    """Give a copy of the report with a change."""
    report = json.loads((run / "report.json").read_text("utf-8"))
    edit(report)
    (folder / "report.json").write_text(json.dumps(report))
    return folder / "report.json"


def about(source: str) -> Callable[[dict[str, Any]], None]:
    """Make a report about another file."""

    def edit(report: dict[str, Any]) -> None:
        report["dataset"]["source"] = [source]
        report["dataset"]["files"] = {source: "0" * 64}
        for finding in report["findings"]:
            for record in finding["records"]:
                record["source_path"] = source

    return edit


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """Listen on a port and note what comes."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    heard.append(client.recv(4096))

        Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], heard


@pytest.mark.parametrize(
    "address",
    [
        "s3://bucket?endpoint_override=127.0.0.1%3A{port}&scheme=http/x.jsonl",
        "s3://key:secret@bucket/x.jsonl",
        "http://127.0.0.1:{port}/x.jsonl",
        "file:///etc/hostname",
        "memory://x.jsonl",
    ],
)
def test_no_address_of_a_report_is_reached(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "MYKEYID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with listening() as (port, heard):
        report = edited(run, tmp_path, about(address.format(port=port)))
        result = marsh("clean", report, "--out", tmp_path / "c.jsonl")
        shown = marsh("show", report)
    assert result.exit_code == 2
    assert "name it with --address" in " ".join(result.output.split())
    assert shown.exit_code == 0
    assert heard == []


@pytest.mark.parametrize("named", ["s3://bucket", "s3://bucket/data", "s3://bucket/data/x.jsonl"])
def test_an_address_that_is_named_is_reached(run: Path, tmp_path: Path, named: str) -> None:
    """Whoever names the bucket, the folder or the file has the data fetched; there is none here."""
    report = edited(run, tmp_path, about("s3://bucket/data/x.jsonl"))
    near = marsh("clean", report, "--out", tmp_path / "c.jsonl", "--address", "s3://buck")
    assert "name it with --address" in " ".join(near.output.split())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        patch.setattr("marshtest.data.readers.opening.open_address", _unreachable)
        result = marsh("clean", report, "--out", tmp_path / "c.jsonl", "--address", named)
    assert "cannot read the audited file (asked for)" in result.output


def _unreachable(address: str) -> object:
    raise OSError(f"asked for{address[:0]}")


@pytest.mark.parametrize("address", ["s3://bucket?endpoint_override=localhost/x.jsonl", "s3://id:key@bucket/x.jsonl"])
def test_options_and_keys_in_an_address_are_refused_whoever_names_it(address: str) -> None:
    with pytest.raises(InputError, match="put the endpoint and the keys into the environment"):
        read_dataset(address)


@pytest.mark.parametrize("source", ["/dev/zero", "/dev/stdin", "/proc/kmsg", "/proc/self/environ", "pipe", "."])
def test_only_ordinary_files_of_a_report_are_read(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    result = marsh("clean", edited(run, tmp_path, about(source)), "--out", "c.jsonl")
    assert result.exit_code == 2
    assert "no ordinary file" in result.output


@pytest.mark.parametrize("command", ["show", "judged", "clean"])
@pytest.mark.parametrize("planted", ["pipe", "link to zeros"])
def test_a_report_that_is_no_file_is_not_waited_for(tmp_path: Path, command: str, planted: str) -> None:
    if planted == "pipe":
        os.mkfifo(tmp_path / "report.json")
    else:
        (tmp_path / "report.json").symlink_to("/dev/zero")
    result = marsh(command, tmp_path, *(["--out", str(tmp_path / "c")] if command == "clean" else []))
    assert result.exit_code == 2
    assert "cannot read the report" in result.output


def test_a_folder_with_what_would_be_passed_over_is_refused(tmp_path: Path) -> None:
    for name, make in (
        ("linked", lambda place: place.symlink_to(tmp_path)),
        ("gone.jsonl", lambda place: place.symlink_to(tmp_path / "nothing")),
        ("pipe.jsonl", os.mkfifo),
    ):
        folder = tmp_path / f"with {name}"
        write_data(folder)
        make(folder / name)
        with pytest.raises(InputError, match=rf"holds '{name}'.*would not be read"):
            read_dataset(folder)


def test_a_link_to_an_ordinary_file_is_data(tmp_path: Path) -> None:
    """Caches of datasets are made of such links."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "data.jsonl").symlink_to(write_data(tmp_path / "blobs"))
    assert len(read_dataset(tmp_path / "folder")) == 40


def saved(folder: Path, **described: object) -> Path:
    for name, value in described.items():
        (folder / name).mkdir(parents=True, exist_ok=True) if value is None else folder.mkdir(exist_ok=True)
        if value is not None:
            (folder / f"{name}.json").write_text(json.dumps(value))
    return folder


@pytest.mark.parametrize("split", ["..", "../private", "/private", "", "a\0b"])
def test_a_saved_dataset_names_no_splits_elsewhere(tmp_path: Path, split: str) -> None:
    saved(tmp_path / "private", state={"_data_files": [{"filename": "data.arrow"}]})
    with pytest.raises(InputError, match="names no splits"):
        read_dataset(saved(tmp_path / "data", dataset_dict={"splits": [split]}))


def test_a_saved_dataset_whose_file_is_a_pipe_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "data", state={"_data_files": [{"filename": "data.arrow"}]})
    os.mkfifo(folder / "data.arrow")
    with pytest.raises(InputError, match=r"ordinary file|would not be read"):
        read_dataset(folder)


def test_a_linked_description_is_not_copied_into_what_may_be_published(tmp_path: Path) -> None:
    import pyarrow as pa

    folder = saved(tmp_path / "data", state={"_data_files": [{"filename": "data.arrow"}]})
    rows = [json.loads(line) for line in write_data(tmp_path).read_text("utf-8").splitlines()]
    table = pa.Table.from_pylist(rows)
    with pa.OSFile(str(folder / "data.arrow"), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    (tmp_path / "key").write_text('"my private key"')
    assert marsh("audit", folder, "--out", tmp_path / "run", "--no-html", *SHORT).exit_code == 1
    (folder / "dataset_info.json").symlink_to(tmp_path / "key")
    result = marsh("clean", tmp_path / "run", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert not any("key" in path.read_text("utf-8", "replace") for path in tmp_path.glob("out*/**/*") if path.is_file())


def test_the_honest_report_is_cleaned_and_says_what_for(run: Path, tmp_path: Path) -> None:
    result = marsh("clean", run, "--out", tmp_path / "c.jsonl")
    assert result.exit_code == 0, result.output
    assert "hidden-text-1 (confirmed): 2 records" in result.output
    assert len((tmp_path / "c.jsonl").read_text("utf-8").splitlines()) == 38


def move(report: dict[str, Any]) -> None:
    for number, record in enumerate(report["findings"][0]["records"], start=1):
        record["source_line"] = number


def move_with_ids(report: dict[str, Any], run: Path) -> None:
    dataset = read_dataset(run.parent / "data.jsonl")
    for number, record in enumerate(report["findings"][0]["records"]):
        record["source_line"], record["record_id"] = number + 1, dataset.record(number).record_id


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (move, "is not there"),
        (move_with_ids, "says something else"),
        (lambda report: report["findings"][0]["records"][0].update(content_hash="0" * 64), "says something else"),
        (lambda report: report["findings"][0]["records"][0].update(content_hash=""), "has no content hash"),
        (lambda report: report["dataset"].update(fingerprint="sha256:" + "0" * 64), "hold other records"),
        (lambda report: report["dataset"]["asked"].update(label="text", text="label"), "hold other records"),
    ],
)
def test_records_that_the_report_does_not_describe_stay(
    run: Path, tmp_path: Path, edit: Callable[..., object], told: str
) -> None:
    changed = edited(run, tmp_path, (lambda report: edit(report, run)) if edit is move_with_ids else edit)
    result = marsh("clean", changed, "--out", tmp_path / "c.jsonl")
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda report: report.update(verdict="nothing_found"),
        lambda report: report.update(verdict="suspicious"),
        lambda report: report.update(findings=[]),
        lambda report: report.update(findings=[], verdict="incomplete"),
        lambda report: report.update(
            findings=[], verdict="nothing_found", failures=[{"detector": "x", "message": "m"}]
        ),
        lambda report: report["findings"].append(report["findings"][0]),
        lambda report: report["findings"][0]["records"].append(report["findings"][0]["records"][0]),
        lambda report: report["findings"][0]["records"][0].update(source_path="/etc/passwd"),
        lambda report: report["findings"][0]["records"][0].update(score=7),
        lambda report: report["findings"][0]["records"][0].update(source_line=-3),
        lambda report: report["findings"][0]["records"][0].update(source_line=10**400),
    ],
)
@pytest.mark.parametrize("command", ["show", "clean"])
def test_a_report_that_contradicts_itself_is_refused(
    run: Path, tmp_path: Path, command: str, edit: Callable[[dict[str, Any]], object]
) -> None:
    report = edited(run, tmp_path, edit)
    result = marsh(command, report, *(["--out", str(tmp_path / "c.jsonl")] if command == "clean" else []))
    assert result.exit_code == 2
    assert "contradicts itself" in " ".join(result.output.split())
    assert "0" * 40 not in result.output


def test_names_of_files_reach_the_terminal_drawn(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "data\x1b]0;owned\x07.jsonl"
    shutil.copy(run.parent / "data.jsonl", name)
    assert marsh("audit", name, "--out", "run", "--no-html", *SHORT).exit_code == 1
    result = marsh("clean", "run", "--out", "c.jsonl")
    assert result.exit_code == 0
    assert "\x1b" not in result.output


def test_data_that_were_read_with_named_fields_are_cleaned_without_naming_them_again(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in write_data(tmp_path).read_text("utf-8").splitlines()]
    rows = [{"body": one["text"], "kind_of_note": one["label"], "more": "x"} for one in lines]
    (tmp_path / "named.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    fields = ["--text-field", "body", "--label-field", "kind_of_note", "--ignore-field", "more"]
    result = marsh("audit", tmp_path / "named.jsonl", "--out", tmp_path / "run", "--no-html", *fields, *SHORT)
    assert result.exit_code == 1, result.output
    report = read_report(tmp_path / "run")
    assert report.dataset.asked.text == "body"
    (done,) = clean_dataset(report, tmp_path / "c.jsonl")
    assert (done.kept, done.moved) == (38, 2)


def test_a_report_larger_than_any_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "report.json").open("wb") as file:
        file.truncate(2 * 1024**3)
    with pytest.raises(ReportError, match="larger than any report"):
        read_report(tmp_path)
