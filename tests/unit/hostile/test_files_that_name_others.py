"""A file beside the data that leads to another one: a journal with a name in it, a second name, a module."""

from __future__ import annotations

import os
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.hostile.strangers import write_data

from marshtest.data.sealed_database import SealedDatabase
from marshtest.errors import ConfigError, ReportError
from marshtest.evaluation.stress.results import open_results
from marshtest.evaluation.stress.running import _no_modules_of_the_current_folder

_MAGIC = bytes.fromhex("d9d505f920a163d7")
_PAGE, _SECTOR = 4096, 512
_TABLES = ("CREATE TABLE facts (name TEXT PRIMARY KEY)",)


def journal_naming(other: Path, pages: int) -> bytes:
    """Make a journal that changes no page and names a super-journal, by SQLite's "Database File Format"."""
    name = os.fsencode(other)
    header = (_MAGIC + struct.pack(">IIIII", 0, 0, pages, _SECTOR, _PAGE)).ljust(_SECTOR, b"\0")
    place = struct.pack(">I", 0x40000000 // _PAGE + 1)
    return header + place + name + struct.pack(">II", len(name), sum(name)) + _MAGIC


@pytest.mark.parametrize("is_ours", [False, True])
def test_no_journal_has_a_file_of_the_user_deleted(tmp_path: Path, is_ours: bool) -> None:
    precious, store = tmp_path / "thesis.tex", tmp_path / "judge.sqlite"
    precious.write_text("years of work")
    if is_ours:
        SealedDatabase(store, _TABLES, "store").close()
    else:
        with sqlite3.connect(store) as database:
            database.execute("CREATE TABLE other (x)")
        database.close()
    (tmp_path / "judge.sqlite-journal").write_bytes(journal_naming(precious, store.stat().st_size // _PAGE))

    with pytest.raises(ConfigError, match="names another file"):
        SealedDatabase(store, _TABLES, "store")

    assert precious.read_text() == "years of work"


def test_a_journal_of_a_killed_process_is_rolled_back(tmp_path: Path) -> None:
    store = tmp_path / "judge.sqlite"
    SealedDatabase(store, _TABLES, "store").close()
    (tmp_path / "judge.sqlite-journal").write_bytes(b"\0" * _SECTOR)

    SealedDatabase(store, _TABLES, "store").close()


def test_results_that_are_a_second_name_of_the_data_are_not_written_to(tmp_path: Path) -> None:
    data, results = tmp_path / "data.json", tmp_path / "marsh-stress" / "results.jsonl"
    data.write_text('[{"text": "a"}]')
    results.parent.mkdir()
    results.hardlink_to(data)

    for force in (False, True):
        with pytest.raises(ReportError, match="second name"), open_results(results, {}, force=force):
            pass

    assert data.read_text() == '[{"text": "a"}]'


def test_a_file_of_the_user_without_line_ends_is_no_results_file_that_was_cut_short(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    results.write_text("my own results")

    with pytest.raises(ReportError, match="no results file"), open_results(results, {}):
        pass

    assert results.read_text() == "my own results"


def test_results_cut_short_in_the_first_line_begin_anew(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    for start in ("", '{"for', '{"format": "marsh stress 2", "sett'):
        results.write_text(start)
        with open_results(results, {}) as opened:
            assert opened.done == []


@pytest.mark.parametrize("line", ["[" * 100_000, '{"case": ' + "[" * 100_000])
def test_results_nested_too_deeply_are_damaged(tmp_path: Path, line: str) -> None:
    results = tmp_path / "results.jsonl"
    results.write_text(line + "\n")

    with pytest.raises(ReportError), open_results(results, {}):
        pass


def test_processes_of_python_find_no_modules_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_data(tmp_path)
    (tmp_path / "multiprocessing.py").write_text("open('ran', 'w')\n")
    monkeypatch.chdir(tmp_path)

    with _no_modules_of_the_current_folder():
        subprocess.run([sys.executable, "-c", "import multiprocessing.spawn"], check=True)

    assert not Path("ran").exists()
    assert "PYTHONSAFEPATH" not in os.environ
