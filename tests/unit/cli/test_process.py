"""The command as a process: cheap help, real exit codes, clean pipes."""

from __future__ import annotations

import subprocess
import sys
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
