"""Documentation uses public modules only, so that what a reader copies keeps working."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.docs.test_documentation import PAGES, blocks, title

import marshtest

PUBLIC = {"marshtest", "marshtest.testing", "marshtest.demo"}

STILL_INTERNAL = {
    "docs/explanation/contrast.md",
    "docs/explanation/judged-outcomes.md",
    "docs/explanation/label-structure.md",
    "docs/explanation/label-trigger.md",
    "docs/explanation/naming.md",
    "docs/how-to/add-a-detector.md",
    "docs/how-to/calibrate-a-judge.md",
    "docs/how-to/sweep-personas.md",
    "docs/how-to/test-with-a-scripted-judge.md",
}
"""Pages that import internal modules today. None may be added; a page that no longer does so leaves the list."""


def imported(page: Path) -> set[str]:
    """Give the modules of the package that the python blocks of a page import."""
    found: set[str] = set()
    for block in blocks(page):
        if block.language != "python":
            continue
        for node in ast.walk(ast.parse(block.code)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module))
    return {name for name in found if name.split(".")[0] == "marshtest"}


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_a_page_imports_public_modules_only(page: Path) -> None:
    internal = imported(page) - PUBLIC
    if title(page) in STILL_INTERNAL:
        assert internal != set(), "take the page off the list"
    else:
        assert internal == set(), "export the name from marshtest, or show the command line"


def test_every_public_name_can_be_loaded() -> None:
    assert [name for name in marshtest.__all__ if getattr(marshtest, name, None) is None] == []
