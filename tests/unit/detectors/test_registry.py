"""Detectors of other packages are found by their entry points; what is broken is an error that names its package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.foreign_packages import EXAMPLE, install, lay_package

from marshtest.detectors import registry
from marshtest.detectors.base import Detector, Examination
from marshtest.detectors.registry import detector, detector_origin, registered_detectors, select_detectors
from marshtest.errors import ConfigError

HEAD = "from marshtest import Detector, Examination, detector\n\n"


def toy(name: str, *, cls: str = "Toy", decorator: str = "@detector", init: str = "") -> str:
    """Write a detector that finds nothing."""
    return (
        f"{decorator}\nclass {cls}(Detector):\n    id = {name!r}\n    version = '1'\n    title = 'A toy'\n{init}\n"
        "    def examine(self, dataset, tools):\n        return Examination()\n\n"
    )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder of installed packages, and forget what was registered from it afterwards."""
    before = set(sys.modules)
    registered_detectors()
    for name in ("_REGISTRY", "_ORIGINS", "_LOADED"):
        monkeypatch.setattr(registry, name, getattr(registry, name).copy())
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


def test_the_example_package_is_found_with_where_it_comes_from(site: Path) -> None:
    install(EXAMPLE, site)
    known = registered_detectors()
    assert list(known) == sorted(known)
    origin = detector_origin(known["house-word"])
    assert origin == "the package marshtest-example-detector 0.1.0 (marshtest_example_detector)"
    assert detector_origin(known["hidden-text"]) is None
    assert "house-word" in [one.id for one in select_detectors(())]
    assert registered_detectors() == known


@pytest.mark.parametrize("value", ["own_toys", "own_toys:Toy"])
def test_an_entry_point_names_a_class_or_a_module(site: Path, value: str) -> None:
    lay_package(site, "toys", HEAD + toy("first-toy") + toy("second-toy", cls="Second"), value)
    known = registered_detectors()
    assert detector_origin(known["first-toy"]) == "the package toys 1.0 (own_toys)"
    assert detector_origin(known["second-toy"]) is not None


def test_a_class_that_does_not_register_itself_is_registered(site: Path) -> None:
    lay_package(site, "toys", HEAD + toy("plain-toy", decorator=""), "own_toys:Toy")
    assert "plain-toy" in registered_detectors()


def test_a_module_that_was_imported_before_is_found_too(site: Path) -> None:
    lay_package(site, "toys", HEAD + toy("early-toy"), "own_toys")
    __import__("own_toys")
    assert detector_origin(registered_detectors()["early-toy"]) == "the package toys 1.0 (own_toys)"


BROKEN = {
    "a module that is not there": ("", "own_toys_gone", "ModuleNotFoundError"),
    "a name that is not there": (HEAD, "own_toys:Toy", "AttributeError"),
    "an error on import": ("raise OSError('no disk')", "own_toys", "OSError: no disk"),
    "an exit on import": ("import sys\nsys.exit(0)", "own_toys", "SystemExit: 0"),
    "a module without detectors": (HEAD, "own_toys", "registers no detector"),
    "something else": ("Toy = 3", "own_toys:Toy", "neither a class nor a module"),
    "a class of another kind": ("class Toy: ...", "own_toys:Toy", "no class derived from marshtest.Detector"),
    "an incomplete class": (
        HEAD + "class Toy(Detector):\n    id = 'toy'",
        "own_toys:Toy",
        "lacks version, title, examine",
    ),
    "an odd id": (HEAD + toy("Odd Toy"), "own_toys", "'Odd Toy'"),
    "a constructor that needs something": (
        HEAD + toy("toy", init="    def __init__(self, size):\n        self.size = size\n"),
        "own_toys:Toy",
        "missing 1 required positional argument: 'size'",
    ),
    "an id that is taken": (HEAD + toy("hidden-text"), "own_toys", "own_toys.Toy"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_names_its_package_and_leaves_the_others(site: Path, name: str) -> None:
    code, value, reason = BROKEN[name]
    before = registered_detectors()
    lay_package(site, "broken-toys", code, value)
    if value == "own_toys_gone":
        (site / "own_toys_gone.py").unlink()
    for _ in range(2):  # it does not heal by asking again
        with pytest.raises(ConfigError, match=r"the package broken-toys 1.0 .* 'own'") as raised:
            registered_detectors()
        assert reason in str(raised.value)
        assert repr(value) in str(raised.value)
    assert before == registry._REGISTRY


def test_two_packages_with_one_id_are_both_named(site: Path) -> None:
    lay_package(site, "toys-a", HEAD + toy("same-toy"), "toys_a")
    lay_package(site, "toys-b", HEAD + toy("same-toy"), "toys_b")
    with pytest.raises(ConfigError, match=r"the package toys-b 1\.0") as raised:
        registered_detectors()
    assert "'same-toy': toys_a.Toy and toys_b.Toy" in str(raised.value)


def test_a_detector_of_a_notebook_comes_from_its_module(site: Path) -> None:
    @detector
    class Local(Detector):
        """A detector that is written where it is used."""

        id = "local-toy"
        version = "1"
        title = "A toy"

        def examine(self, *_: object) -> Examination:
            """Find nothing."""
            return Examination()

    assert detector_origin(registered_detectors()["local-toy"]) == f"the module {__name__}"


def marsh(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command with a folder of installed packages beside its own."""
    code = "from marshtest.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(site), "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment, check=False, timeout=120
    )


def test_an_audit_runs_it_and_the_report_has_its_settings(tmp_path: Path) -> None:
    install(EXAMPLE, tmp_path / "site")
    data = tmp_path / "data.jsonl"
    texts = ["a teapot", *(f"ticket {number} is open" for number in range(30)), "Teapot again"]
    rows = [{"text": text, "label": "ab"[n % 2]} for n, text in enumerate(texts)]
    data.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    done = marsh(tmp_path / "site", "audit", str(data), "--detector", "house-word", "--out", str(tmp_path / "run"))
    assert done.returncode == 1, done.stdout + done.stderr
    report = json.loads((tmp_path / "run" / "report.json").read_text("utf-8"))
    (run,) = report["detectors"]
    assert (run["id"], run["status"], run["settings"]) == ("house-word", "ran", {"word": "teapot", "fewest_records": 2})
    (finding,) = report["findings"]
    assert [record["source_line"] for record in finding["records"]] == [1, 32]


def test_a_broken_package_stops_what_needs_detectors_and_nothing_else(tmp_path: Path) -> None:
    lay_package(tmp_path, "broken-toys", "raise OSError('no disk')", "own_toys")
    help_, listed = marsh(tmp_path, "--help"), marsh(tmp_path, "detectors")
    assert (help_.returncode, help_.stderr) == (0, "")
    assert listed.returncode == 2
    assert "broken-toys 1.0" in listed.stderr
    assert "Traceback" not in listed.stderr
