"""Documentation uses public modules only, so that what a reader copies keeps working."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.docs.test_documentation import PAGES, blocks, title

import marshtest

PUBLIC = {"marshtest", "marshtest.testing", "marshtest.demo"}


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
    assert imported(page) - PUBLIC == set(), "export the name from marshtest, or show the command line"


def test_every_public_name_can_be_loaded() -> None:
    assert [name for name in marshtest.__all__ if getattr(marshtest, name, None) is None] == []
