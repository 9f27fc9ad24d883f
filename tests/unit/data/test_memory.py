"""How much memory an audit may take, and what becomes of data that do not fit."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.planting import insert, plant

from marshtest.auditing.wiring import audit
from marshtest.cli.main import main
from marshtest.config import AuditConfig, FieldMap
from marshtest.data import memory
from marshtest.data.dataset import Dataset
from marshtest.data.memory import MemoryBudget, machine_memory, memory_budget, parse_size
from marshtest.data.readers import read_dataset
from marshtest.data.readers.planning import plan_reading
from marshtest.detectors import label_structure
from marshtest.detectors.label_trigger import LabelTrigger, LabelTriggerSettings
from marshtest.detectors.near_duplicates import clusters
from marshtest.errors import ConfigError
from marshtest.mining import labelled_texts
from marshtest.report import Report, Usage
from marshtest.text.tokens import store_tokens

pytestmark = pytest.mark.slow

PLANTED = plant(insert("with the blue ledger"), poisoned=24, size=1500)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write records, some of whose fields only some of them have."""
    path = tmp_path / "data.jsonl"
    rows = [
        {"text": text, "label": label} | ({"id": f"r{line}"} if line % 3 else {})
        for line, (text, label) in enumerate(zip(PLANTED.texts, PLANTED.labels, strict=True), start=1)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "size"),
    [("2GiB", 2 << 30), ("2 gb", 2_000_000_000), ("512m", 512 << 20), ("1.5g", 3 << 29), ("4096", 4096), ("8B", 8)],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GiB", "0", "0.0GiB", "2PiB", "1e3", "2Gi B"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="give one such as 2GiB"):
        parse_size(text)


def test_a_container_may_have_less_than_its_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = machine_memory()
    (tmp_path / "max").write_text("1000000\n", "ascii")
    (tmp_path / "none").write_text("max\n", "ascii")
    monkeypatch.setattr(memory, "_CGROUPS", (str(tmp_path / "max"), str(tmp_path / "none"), str(tmp_path / "absent")))
    assert machine_memory() == 1_000_000 < whole
    with memory_budget() as held:
        assert held.limit == 750_000


def test_data_go_to_the_disk_when_they_do_not_fit_and_are_refused_when_nothing_helps(tmp_path: Path) -> None:
    held = MemoryBudget(limit=4 << 30, folder=tmp_path)
    assert held.scratch(100 << 20, 1_000_000) is None
    assert held.scratch(600 << 20, 1_000_000) == tmp_path
    with pytest.raises(
        ConfigError, match=r"about 10,000,000 records with .* MB do not fit in 4096MiB .* give --memory \d+MiB"
    ) as error:
        held.scratch(10 << 30, 10_000_000)
    named = str(error.value).partition("--memory ")[2].partition(",")[0]
    assert replace(held, limit=parse_size(named)).scratch(10 << 30, 10_000_000) == tmp_path


def test_long_texts_take_more_to_mine_and_small_machines_take_small_data(tmp_path: Path) -> None:
    small = MemoryBudget(limit=600 << 20, folder=tmp_path)
    assert small.scratch(300_000, 1_000) is None
    with pytest.raises(ConfigError, match="about 8,000 records"):
        small.scratch(100 << 20, 8_000)
    assert MemoryBudget(limit=8 << 30, folder=tmp_path).scratch(100 << 20, 8_000) is None


def test_columns_are_weighed_by_what_they_hold_not_by_what_they_take_when_packed(tmp_path: Path) -> None:
    path = tmp_path / "packed.parquet"
    rows = [{"text": "the same words over and over " * 40, "label": ("a", "b")[n % 2]} for n in range(2_000)]
    pq.write_table(pa.Table.from_pylist(rows), path)
    plan = plan_reading([str(path)], FieldMap(), on_bad_record="fail")
    assert plan.records == 2_000
    assert plan.size > 2_000_000 > 20 * path.stat().st_size


def test_folders_of_the_user_are_left_alone(data: Path, tmp_path: Path) -> None:
    mine = [tmp_path / name / "data.jsonl" for name in ("spill", "stages")]
    for path in mine:
        path.parent.mkdir()
        path.write_bytes(data.read_bytes())
    options = ["--out", str(tmp_path), "--power", "off", "--no-own-controls"]
    assert CliRunner().invoke(main, ["audit", str(mine[0]), *options]).exit_code == 1
    assert [path.read_bytes() for path in mine] == [data.read_bytes()] * 2


def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    place = tmp_path / "spill"
    place.mkdir()
    (place / "left by a killed audit").write_text("x", "ascii")

    def fail() -> None:
        with memory_budget(1, place) as held:
            assert not place.exists()
            held.folder.mkdir()
            (held.folder / "columns").write_text("x", "ascii")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not place.exists()


def mapped(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Read a file as if it did not fit in memory."""
    monkeypatch.setattr(memory, "_START_BYTES", 0)
    monkeypatch.setattr(memory, "_CLOSE_BYTES", 0)
    return read_dataset(path, memory=MemoryBudget(limit=5 * path.stat().st_size, folder=folder))


def test_mapped_columns_hold_what_columns_in_memory_do(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = mapped(data, tmp_path / "spill", monkeypatch)
    here = read_dataset(data)
    assert there.scratch == tmp_path / "spill"
    assert list(there.scratch.glob("*.arrow"))
    assert here.scratch is None
    assert there.table().equals(here.table())
    assert there.fingerprint == here.fingerprint


def test_tokens_on_the_disk_are_those_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marshtest.text.tokens._PIECE", 100)
    here, there = store_tokens(PLANTED.texts), store_tokens(PLANTED.texts, tmp_path)
    assert there.ids.tolist() == here.ids.tolist()
    assert there.offsets.tolist() == here.offsets.tolist()
    assert there.vocabulary == here.vocabulary
    assert list(tmp_path.iterdir()) == []


def told(report: Report) -> Report:
    """Give a report without the time that it took."""
    return replace(report, usage=Usage(), detectors=tuple(replace(run, seconds=0.0) for run in report.detectors))


def test_the_limit_changes_nothing_in_the_report(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (label_structure, clusters, labelled_texts):
        monkeypatch.setattr(module, "LARGE", 1_000)
    monkeypatch.setattr(LabelTrigger, "settings", LabelTriggerSettings(screened_above=1_000))
    ids = ("hidden-text", "label-structure", "label-trigger", "near-duplicates", "off-group-labels")
    here = audit(data, config=AuditConfig(detectors=ids))
    there = audit(mapped(data, tmp_path / "spill", monkeypatch), config=AuditConfig(detectors=ids))
    assert told(there) == told(here)
    assert here.verdict == "poisoned"


def test_the_command_names_a_limit_that_would_do(data: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    few = runner.invoke(main, ["audit", str(data), "--out", str(tmp_path / "out"), "--memory", "1MiB"])
    assert few.exit_code == 2
    assert "do not fit" in few.output
    assert re.search(r"give --memory 5\d\dMiB", few.output)
    assert not (tmp_path / "out").exists()
