"""The command as a process: cheap help, real exit codes, clean pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.paths import ROOT

from marshtest.report import Report, report_json

HEAVY = ("jinja2", "numpy", "pandas", "pyarrow", "pydantic", "rich", "scipy", "sklearn")


def run(code: str, *words: str | Path, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    """Run Python code in a fresh process with a command line."""
    command = [sys.executable, "-c", code, *map(str, words)]
    environment = {"PATH": "/usr/bin", "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, env=environment, check=False, timeout=60)


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["audit", "--help"], ["show", "--help"], ["bogus"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    """Help and refusals come at once: none of the heavy packages is imported."""
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print('LOADED', sorted(set(sys.modules) & set({HEAVY!r}))))\n"
        "from marshtest.cli.main import main\nmain()"
    )
    result = run(code, *words)
    assert b"LOADED []" in result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize(("name", "code"), [("nothing", 0), ("poisoned", 1), ("incomplete", 3)])
def test_exit_codes_of_the_process(name: str, code: int, tmp_path: Path) -> None:
    """The shell sees the verdict."""
    script = (
        "import sys, types\nfrom tests import render_reports\nmodule = types.ModuleType('marshtest.auditing.wiring')\n"
        f"module.audit = lambda *a, **k: render_reports.{name}_report()\n"
        "sys.modules['marshtest.auditing.wiring'] = module\nfrom marshtest.cli.main import main\nmain()"
    )
    (tmp_path / "data.jsonl").write_text("{}\n")
    result = run(script, "audit", tmp_path / "data.jsonl", "--out", tmp_path / "run")
    assert result.returncode == code, result.stderr
    assert result.stderr == b""


def test_bad_input_is_exit_code_2(tmp_path: Path) -> None:
    """The shell sees bad input, and the user one line."""
    result = run("from marshtest.cli.main import main\nmain()", "show", tmp_path)
    assert result.returncode == 2
    assert result.stderr.count(b"\n") == 1


def test_a_terminal_that_knows_only_ascii_gets_escapes(tmp_path: Path, poisoned: Report) -> None:
    """Characters that the output cannot encode do not end the command."""
    (tmp_path / "report.json").write_bytes(report_json(poisoned))
    result = run("from marshtest.cli.main import main\nmain()", "show", tmp_path, encoding="ascii")
    assert result.returncode == 0, result.stderr
    assert result.stdout.isascii()
    assert b"POISON FOUND" in result.stdout


def test_the_package_is_a_command_too() -> None:
    """`python -m marshtest` is `marsh`, for environments without the script on the path."""
    command = [sys.executable, "-m", "marshtest", "schema", "--help"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, text=True)
    assert done.returncode == 0
    assert "Print the JSON Schema" in done.stdout
    assert done.stdout.startswith("Usage: marsh schema"), "the usage names the command as users know it"


MARSH = "from marshtest.cli.main import main\nmain()"


@pytest.mark.parametrize("closed", ["1", "2", "12", "012"])
def test_closed_streams_change_no_exit_code(closed: str, tmp_path: Path, poisoned: Report) -> None:
    (tmp_path / "report.json").write_bytes(report_json(poisoned))
    code = "import os, sys\nfor number in sys.argv[1]: os.close(int(number))\nos.execv(sys.executable, sys.argv[2:])"
    for place, expected in ((tmp_path, 0), (tmp_path / "none", 2)):
        done = run(code, closed, sys.executable, "-c", MARSH, "show", place)
        assert done.returncode == expected, done.stderr


def test_a_reader_that_goes_away_is_no_finding(tmp_path: Path, poisoned: Report) -> None:
    """`marsh show RUN | head -1`: the report is longer than a pipe, and 1 would say that something was found."""
    many = tuple(replace(one, id=f"{one.id}-{number}") for number in range(60) for one in poisoned.findings)
    (tmp_path / "report.json").write_bytes(report_json(replace(poisoned, findings=many)))
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", MARSH, "show", tmp_path], stdout=writing, check=False, timeout=60)
    os.close(writing)
    assert done.returncode == 141


def test_a_fault_of_our_own_is_no_finding() -> None:
    """Python exits with 1 after a traceback, which is the code of findings."""
    code = (
        "import marshtest.report\n"
        "def broken(path): raise TypeError('a bug \\x1b[2J')\n"
        "marshtest.report.read_report = broken\n"
    )
    done = run(code + MARSH, "show", ".")
    assert done.returncode == 70
    assert b"fault of marshtest itself" in done.stderr
    assert b"\x1b" not in done.stderr


def test_no_key_of_the_environment_is_printed() -> None:
    code = "import os\nos.environ['SOME_API_KEY'] = 'sk-made-up-0123456789'\n"
    done = run(code + MARSH, "show", "sk-made-up-0123456789")
    assert done.returncode == 2
    assert b"sk-made-up" not in done.stderr
    assert b"[key]" in done.stderr


def test_the_folder_of_the_data_is_not_imported_from(tmp_path: Path) -> None:
    """A repository with data may hold a file that is named like a module."""
    for name in ("json", "click", "rich", "errno"):
        (tmp_path / f"{name}.py").write_text("print('EXECUTED')\n")
    command = [sys.executable, "-m", "marshtest", "schema", "--help"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, text=True, cwd=tmp_path)
    assert done.returncode == 0
    assert "EXECUTED" not in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no such names")
@pytest.mark.parametrize(
    "words", [["inspect", "{}.jsonl"], ["audit", "{}.jsonl"], ["show", "{}"], ["clean", "{}", "--out", "x"]]
)
def test_a_name_that_is_no_utf8_is_bad_input(words: list[str], tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    Path(f"{name}.jsonl").write_text('{"text": "a", "label": "b"}\n')
    done = run(MARSH, *(word.format(name) for word in words))
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(b"Error: ")
