"""What the README says of the repository is so."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from tests.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")
SHOWN_WHOLE = ("", "docs", "src/marshtest")
"""Folders of which the tree shows everything that git tracks."""


def shown() -> set[str]:
    """Give the paths of the tree in the README."""
    section = README.split("## What is where", 1)[1]
    match = re.search(r"```text\n(.*?)```", section, re.DOTALL)
    assert match is not None
    paths: set[str] = set()
    parents: list[str] = []
    for line in match[1].splitlines():
        name = line.split()[0].rstrip("/")
        depth = (len(line) - len(line.lstrip())) // 2
        parents = [*parents[:depth], name]
        paths.add("/".join(parents))
    return paths


def tracked() -> set[str]:
    """Give every file and folder that git tracks."""
    try:
        done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    files = done.stdout.split()
    return {"/".join(parts[: i + 1]) for parts in (file.split("/") for file in files) for i in range(len(parts))}


def test_the_tree_shows_what_is_there() -> None:
    assert {path for path in shown() if not (ROOT / path).exists()} == set()


def test_what_is_there_is_in_the_tree() -> None:
    expected = {path for path in tracked() if "/".join(path.split("/")[:-1]) in SHOWN_WHOLE}
    assert expected - shown() - {"src/marshtest/py.typed", "src/marshtest/__init__.py"} == set()


def test_the_commands_of_the_readme_are_there() -> None:
    for script in re.findall(r"^(scripts/\w+)", README, re.MULTILINE):
        assert os.access(ROOT / script, os.X_OK)


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    assert "scripts/test" in README
    assert "scripts/check" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "scripts/test" in (ROOT / "scripts" / "check").read_text("utf-8")
