"""Cleaning parts the evidence from the rest, byte for byte, or does nothing at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.paths import FORMAT_FILES

from marshtest.auditing.cleaning import clean_dataset
from marshtest.auditing.content_hashes import with_content_hashes
from marshtest.cli.clean import clean
from marshtest.data.readers import read_dataset
from marshtest.data.readers.opening import source_packing
from marshtest.data.readers.sniff import sniff_format
from marshtest.errors import ReportError
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern
from marshtest.report import DatasetSummary, Report, report_json

ENDINGS = (
    *("json", "arrow", "arrows", "feather", "csv.gz"),
    *("jsonl.gz", "jsonl.zst", "jsonl.xz", "jsonl.bz2", "jsonl.lz4", "jsonl.zip"),
)
JSONL = b'{"text": "a",  "label": 1}\n\n{"label": 0, "text": "b"}\r\n{"text": "c", "label": 1}\n{"text":"d","label":0}'
CSV = b'\xef\xbb\xbftext,label\r\n"a\nb",1\r\n\r\nc,0\r\n"d",1\r\n'


def finding(verdict: FindingVerdict, records: list[tuple[str, int]]) -> Finding:
    return Finding(
        id="x-1",
        detector="x",
        verdict=verdict,
        title="t",
        explanation="e",
        pattern=Pattern("phrase", "p"),
        statistics={"p_value": None, "q_value": None, "effect": None},
        records=tuple(
            EvidenceRecord(record_id=f"{path}:{line}", source_path=path, source_line=line, spans=())
            for path, line in records
        ),
    )


def report_on(paths: list[Path], *findings: Finding) -> Report:
    dataset = read_dataset(paths)
    ids = {
        (one["source_path"], one["source_line"]): one["record_id"]
        for one in dataset.table(["source_path", "source_line", "record_id"]).to_pylist()
    }
    named = [
        replace(
            finding,
            records=tuple(
                replace(one, record_id=ids.get((one.source_path, one.source_line), "gone")) for one in finding.records
            ),
        )
        for finding in findings
    ]
    return Report(
        tool_version="0",
        verdict="poisoned",
        dataset=DatasetSummary(
            source=dataset.source,
            records=len(dataset),
            fingerprint=dataset.fingerprint,
            kind=dataset.kind,
            files=dataset.files,
        ),
        findings=with_content_hashes(named, dataset),
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "d.jsonl"
    path.write_bytes(JSONL)
    return path


def test_lines_keep_their_bytes_and_order(tmp_path: Path, data: Path) -> None:
    """Blank lines stay, a missing line end at the end too."""
    report = report_on([data], finding("confirmed", [(str(data), 3)]), finding("suggestive", [(str(data), 5)]))
    (result,) = clean_dataset(report, tmp_path / "c.jsonl")
    lines = JSONL.splitlines(keepends=True)
    assert b"".join([lines[0], lines[1], lines[3], lines[4]]) == (tmp_path / "c.jsonl").read_bytes()
    assert lines[2] == (tmp_path / "c.quarantined.jsonl").read_bytes() == result.quarantined.read_bytes()
    assert (result.kept, result.moved) == (3, 1)
    (both,) = clean_dataset(report, tmp_path / "e.jsonl", quarantine=tmp_path / "q.jsonl", verdict="suggestive")
    assert (both.kept, both.moved) == (2, 2)
    assert lines[2] + lines[4] == (tmp_path / "q.jsonl").read_bytes()


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_a_copy_is_as_private_as_its_source(mode: int, tmp_path: Path, data: Path) -> None:
    data.chmod(mode)
    (result,) = clean_dataset(report_on([data], finding("confirmed", [(str(data), 3)])), tmp_path / "out")
    assert {path.stat().st_mode & 0o777 for path in (result.cleaned, result.quarantined)} == {mode}


def test_csv_keeps_its_header_on_both_sides(tmp_path: Path) -> None:
    """Both files can be read again; quoted line ends do not confuse the count."""
    path = tmp_path / "d.csv"
    path.write_bytes(CSV)
    clean_dataset(report_on([path], finding("confirmed", [(str(path), 2)])), tmp_path / "c.csv")
    assert CSV.replace(b'"a\nb",1\r\n', b"") == (tmp_path / "c.csv").read_bytes()
    assert (tmp_path / "c.quarantined.csv").read_bytes() == b'\xef\xbb\xbftext,label\r\n"a\nb",1\r\n'


def test_parquet_keeps_rows_and_schema(tmp_path: Path) -> None:
    """Rows are parted across row groups; the schema with its metadata stays."""
    table = pa.table({"text": [f"t{i}" for i in range(10)], "label": pa.array([i % 2 for i in range(10)], pa.int8())})
    table = table.replace_schema_metadata({"note": "kept"})
    path = tmp_path / "d.parquet"
    pq.write_table(table, path, row_group_size=3)
    clean_dataset(report_on([path], finding("confirmed", [(str(path), 4), (str(path), 10)])), tmp_path / "c.parquet")
    assert pq.read_table(tmp_path / "c.parquet").equals(table.take([0, 1, 2, 4, 5, 6, 7, 8]), check_metadata=True)
    assert pq.read_table(tmp_path / "c.quarantined.parquet")["text"].to_pylist() == ["t3", "t9"]


@pytest.mark.parametrize("name", ["alpaca.json", *(f"labelled.{ending}" for ending in ENDINGS)])
def test_both_sides_have_the_format_and_the_packing_of_the_source(tmp_path: Path, name: str) -> None:
    """Put together again, they are the records of the source."""
    source = FORMAT_FILES / name
    dataset = read_dataset(source)
    lines = dataset.table(["source_line"])["source_line"].to_pylist()
    report = report_on([source], finding("confirmed", [(str(source), lines[0]), (str(source), lines[5])]))
    (result,) = clean_dataset(report, tmp_path / name)
    assert (result.kept, result.moved) == (6, 2)
    kept, moved = read_dataset(result.cleaned), read_dataset(result.quarantined)
    prompts = dataset.table(["prompt"])["prompt"].to_pylist()
    assert moved.table(["prompt"])["prompt"].to_pylist() == [prompts[0], prompts[5]]
    assert kept.table(["prompt"])["prompt"].to_pylist() == [*prompts[1:5], *prompts[6:]]
    assert sniff_format(str(result.cleaned)).name == sniff_format(str(source)).name
    assert source_packing(str(result.quarantined)) == source_packing(str(source))


def test_an_array_that_loses_nothing_keeps_its_bytes(tmp_path: Path) -> None:
    source = FORMAT_FILES / "alpaca.json"
    clean_dataset(report_on([source]), tmp_path / "c.json")
    assert (tmp_path / "c.json").read_bytes() == source.read_bytes()
    assert json.loads((tmp_path / "c.quarantined.json").read_bytes()) == []


def test_a_saved_dataset_can_be_loaded_again_from_either_side(tmp_path: Path) -> None:
    """What describes it stands beside the data, under another fingerprint: libraries cache by that."""
    source = FORMAT_FILES / "saved-splits"
    dataset = read_dataset(source)
    first, last = dataset.record(0), dataset.record(7)
    shown = [(record.source_path, record.source_line) for record in (first, last)]
    report = report_on([source], finding("confirmed", shown))
    results = clean_dataset(report, tmp_path / "out")
    assert [(result.kept, result.moved) for result in results] == [(5, 1), (1, 1)]
    assert len(read_dataset(tmp_path / "out")) == 6
    assert len(read_dataset(tmp_path / "out.quarantined")) == 2
    old, new = (json.loads((root / "train" / "state.json").read_bytes()) for root in (source, tmp_path / "out"))
    assert old["_fingerprint"] != new["_fingerprint"]
    assert {**old, "_fingerprint": ""} == {**new, "_fingerprint": ""}


def test_several_files_go_to_folders(tmp_path: Path, data: Path) -> None:
    """Every source has its file in both folders."""
    other = tmp_path / "e.jsonl"
    other.write_bytes(b'{"text": "z", "label": 1}\n')
    report = report_on([data, other], finding("confirmed", [(str(other), 1)]))
    results = clean_dataset(report, tmp_path / "out")
    assert [(result.kept, result.moved) for result in results] == [(4, 0), (0, 1)]
    assert (tmp_path / "out" / "d.jsonl").read_bytes() == JSONL
    assert (tmp_path / "out" / "e.jsonl").read_bytes() == b""
    assert other.read_bytes() == (tmp_path / "out.quarantined" / "e.jsonl").read_bytes()


def test_changed_or_missing_data_is_refused(tmp_path: Path, data: Path) -> None:
    """The hash of the audit decides."""
    report = report_on([data])
    data.write_bytes(JSONL + b"\n")
    with pytest.raises(ReportError, match="changed since the audit"):
        clean_dataset(report, tmp_path / "c.jsonl")
    data.unlink()
    with pytest.raises(ReportError, match="cannot read the audited file"):
        clean_dataset(report, tmp_path / "c.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path, data: Path) -> None:
    """Files in the way need --force, and the audited data never gives way."""
    report = report_on([data])
    taken = tmp_path / "c.jsonl"
    taken.write_bytes(b"mine")
    with pytest.raises(ReportError, match="--force"):
        clean_dataset(report, taken)
    for force in (False, True):
        with pytest.raises(ReportError, match="never written over"):
            clean_dataset(report, data, force=force)
        with pytest.raises(ReportError, match="need two files"):
            clean_dataset(report, tmp_path / "x", quarantine=tmp_path / "x", force=force)
    assert taken.read_bytes() == b"mine"
    assert data.read_bytes() == JSONL
    clean_dataset(report, taken, force=True)
    assert taken.read_bytes() == JSONL


@pytest.mark.parametrize("line", [2, 99])
def test_nothing_half_written_when_the_report_does_not_fit(tmp_path: Path, data: Path, line: int) -> None:
    """Evidence that is not where the report says stops everything."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ReportError):
        clean_dataset(report_on([data], finding("confirmed", [(str(data), line)])), tmp_path / "c.jsonl")
    assert before == sorted(tmp_path.iterdir())


def test_nothing_half_written_when_the_disk_is_full(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails leaves no file behind."""

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    report = report_on([data])
    monkeypatch.setattr("marshtest.data.readers.jsonl.JsonLines.split", full)
    with pytest.raises(ReportError, match="No space left"):
        clean_dataset(report, tmp_path / "c.jsonl")
    assert [data] == sorted(tmp_path.iterdir())


def test_the_command_says_what_it_did(tmp_path: Path, data: Path) -> None:
    """The counts are shown."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "report.json").write_bytes(report_json(report_on([data], finding("confirmed", [(str(data), 3)]))))
    result = CliRunner().invoke(clean, [str(run), "--out", str(tmp_path / "c.jsonl")], catch_exceptions=False)
    assert result.exit_code == 0
    assert "4 records" in result.output
    assert "c.quarantined.jsonl" in result.output
