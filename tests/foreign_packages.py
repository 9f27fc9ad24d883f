"""Packages with detectors of their own, laid into a folder as an installer does: offline and at once."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

from tests.paths import ROOT

__all__ = ["EXAMPLE", "install", "lay_package"]

EXAMPLE = ROOT / "tests" / "data" / "example_detector_package"


def install(source: Path, target: Path) -> None:
    """Copy the modules of a package, and write what its pyproject.toml says where importlib looks for it."""
    project = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
    target.mkdir(parents=True, exist_ok=True)
    for module in source.glob("*.py"):
        shutil.copy(module, target)
    _write_metadata(target, project["name"], project["version"], project["entry-points"]["marshtest.detectors"])


def lay_package(target: Path, name: str, code: str, entry: str) -> None:
    """Write a package of one module, and an entry point `own` for a value such as `module:Class`."""
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{entry.partition(':')[0]}.py").write_text(code, "utf-8")
    _write_metadata(target, name, "1.0", {"own": entry})


def _write_metadata(target: Path, name: str, version: str, entries: dict[str, str]) -> None:
    folder = target / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    lines = "".join(f"{key} = {value}\n" for key, value in entries.items())
    (folder / "entry_points.txt").write_text(f"[marshtest.detectors]\n{lines}", "utf-8")
