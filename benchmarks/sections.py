"""Several benchmarks write into one page: each owns the part between its two markers."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["write_section"]


def write_section(path: Path, name: str, text: str, *, title: str) -> None:
    """Replace the section between `<!-- begin NAME -->` and `<!-- end NAME -->`, or add it at the end.

    Args:
        path: The page; made with the title if it is not there.
        name: Name of the section.
        text: Its new content.
        title: First line of a new page.
    """
    page = path.read_text("utf-8") if path.exists() else f"{title}\n"
    section = f"<!-- begin {name} -->\n{text.strip()}\n<!-- end {name} -->"
    pattern = re.compile(rf"<!-- begin {re.escape(name)} -->.*?<!-- end {re.escape(name)} -->", re.S)
    page, replaced = pattern.subn(lambda _: section, page, count=1)
    if not replaced:
        page = f"{page.rstrip()}\n\n{section}\n"
    path.write_text(page, "utf-8")
