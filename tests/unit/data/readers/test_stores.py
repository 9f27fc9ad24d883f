"""Data in other places than the disk: a real S3 server on this machine, the hub's protocol, and fsspec."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import DEVNULL
from threading import Thread
from typing import ClassVar

import pyarrow.fs as pafs
import pytest
from tests.paths import FORMAT_FILES

from marshtest.auditing.cleaning import clean_dataset
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.readers.stores import as_address
from marshtest.errors import InputError, ReportError
from marshtest.report import DatasetSummary, Report

LABELLED = read_dataset(FORMAT_FILES / "labelled.jsonl").fingerprint


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Give the address of a bucket on a server that speaks S3, with files in it."""
    pytest.importorskip("moto", reason="moto is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        host, port = free.getsockname()
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", host, "-p", str(port)], stderr=DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection((host, port)).close()
            break
        except OSError:
            time.sleep(0.1)
    patch = pytest.MonkeyPatch()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        patch.setenv(name, value)
    store = pafs.S3FileSystem(endpoint_override=f"{host}:{port}", scheme="http", allow_bucket_creation=True)
    store.create_dir("harbour")
    for name in ("labelled.jsonl", "labelled.csv.gz", "labelled.parquet", "labelled.arrow"):
        with store.open_output_stream(f"harbour/data/{name}", compression=None) as out:
            out.write((FORMAT_FILES / name).read_bytes())
    yield "s3://harbour"
    patch.undo()
    server.terminate()
    server.wait()


@pytest.mark.parametrize("name", ["labelled.jsonl", "labelled.csv.gz", "labelled.parquet", "labelled.arrow"])
def test_files_in_a_bucket_are_read_like_files(bucket: str, name: str) -> None:
    dataset = read_dataset(f"{bucket}/data/{name}")
    assert dataset.fingerprint == LABELLED
    assert dataset.record(0).source_path == f"{bucket}/data/{name}"


def test_globs_folders_and_paths_name_what_is_in_a_bucket(bucket: str) -> None:
    """`Path` takes the second slash of an address away; it is given back."""
    assert len(read_dataset(f"{bucket}/data")) == 4 * 8
    assert list(read_dataset(Path(f"{bucket}/data/*.jsonl")).files) == [f"{bucket}/data/labelled.jsonl"]
    with pytest.raises(InputError, match="no file matches"):
        read_dataset(f"{bucket}/data/*.tsv")
    with pytest.raises(InputError, match=r"nothing at this address|no such file"):
        read_dataset(f"{bucket}/data/none.jsonl")


def test_data_in_a_bucket_is_cleaned_onto_the_disk(bucket: str, tmp_path: Path) -> None:
    dataset = read_dataset(f"{bucket}/data/labelled.jsonl")
    with pytest.raises(ReportError, match="name it with --address"):
        clean_dataset(report_on(dataset), tmp_path / "c.jsonl")
    (result,) = clean_dataset(report_on(dataset), tmp_path / "c.jsonl", addresses=[f"{bucket}/data"])
    assert (result.kept, result.moved) == (8, 0)
    assert (tmp_path / "c.jsonl").read_bytes() == (FORMAT_FILES / "labelled.jsonl").read_bytes()


def report_on(dataset: Dataset) -> Report:
    summary = DatasetSummary(
        source=dataset.source,
        records=len(dataset),
        fingerprint=dataset.fingerprint,
        kind=dataset.kind,
        files=dataset.files,
    )
    return Report(tool_version="0", verdict="nothing_found", dataset=summary)


def test_what_fsspec_reaches_is_read() -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    memory = fsspec.filesystem("memory")
    memory.pipe("/harbour/labelled.jsonl", (FORMAT_FILES / "labelled.jsonl").read_bytes())
    assert read_dataset("memory://harbour/labelled.jsonl").fingerprint == LABELLED
    assert read_dataset("memory://harbour").fingerprint == LABELLED
    assert read_dataset(f"file://{FORMAT_FILES / 'labelled.jsonl'}").fingerprint == LABELLED


def test_an_address_that_nothing_can_open_is_an_error_that_says_so() -> None:
    with pytest.raises(InputError, match=r"no file system for strange://.*marshtest\[stores\]"):
        read_dataset("strange://somewhere/data.jsonl")


@pytest.mark.parametrize(
    ("given", "address"), [("s3:/b/x", "s3://b/x"), ("s3://b/x", "s3://b/x"), ("a/b", "a/b"), ("c:/x", "c:/x")]
)
def test_addresses_get_their_second_slash_back(given: str, address: str) -> None:
    assert as_address(given) == address


class Hub(BaseHTTPRequestHandler):
    """As much of the hub's protocol as listing and reading a public dataset needs."""

    content = (FORMAT_FILES / "labelled.parquet").read_bytes()
    entry: ClassVar[dict[str, object]] = {
        "type": "file",
        "path": "data/train.parquet",
        "size": len(content),
        "oid": "0" * 40,
    }
    folder: ClassVar[dict[str, object]] = {"type": "directory", "path": "data", "size": 0, "oid": "1" * 40}

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the base class names it
        """Say nothing."""

    def answer(self, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), "ETag": '"abc"', **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def json(self, value: object, status: int = 200) -> None:
        self.answer(json.dumps(value).encode(), status, Content_Type="application/json")

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        found = [one for one in (self.entry, self.folder) if str(one["path"]) in re.split(r"[\"&=,\[\] ]|%2F", asked)]
        if "train.parquet" in asked:
            found = [self.entry]
        self.json(found)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if "/own/harbour" not in self.path:
            self.answer(b"", 404, X_Error_Code="RepoNotFound")
        elif "/tree/" in self.path:
            deep = "recursive=true" in self.path.lower() or "/data" in self.path
            self.json([self.folder, self.entry] if deep else [self.folder])
        elif "/resolve/" in self.path:
            start, end = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")
            stop = min(int(end or len(self.content) - 1), len(self.content) - 1)
            part = self.content[int(start) : stop + 1]
            where = f"bytes {start}-{stop}/{len(self.content)}"
            self.answer(part, 206 if "Range" in self.headers else 200, Content_Range=where, X_Repo_Commit="2" * 40)
        else:
            self.json({"id": "own/harbour", "sha": "2" * 40, "siblings": []})


SCRIPT = """
import sys
from marshtest.errors import InputError, ReportError
from marshtest.data.readers import read_dataset
for name in sys.argv[1:]:
    try:
        print(read_dataset(name).fingerprint)
    except InputError as error:
        print("error", error)
"""


def test_names_of_the_hub_are_read_through_its_protocol() -> None:
    """A dataset, a file in it, and one that is not there; nothing but this machine is asked."""
    pytest.importorskip("huggingface_hub", reason="huggingface-hub is not installed")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    names = ("hf://datasets/own/harbour", "hf://own/harbour/data/train.parquet", "hf://datasets/own/missing")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *names],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HUB_DISABLE_TELEMETRY": "1"},
    )
    server.shutdown()
    server.server_close()
    whole, file, missing = done.stdout.splitlines()
    assert (whole, file) == (LABELLED, LABELLED), done.stderr
    assert missing.startswith("error hf://datasets/own/missing: ")
