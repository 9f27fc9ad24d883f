"""The documentation runs and its links lead somewhere.

Blocks marked `python` and `console` run page by page, in the order of the page, in one empty folder; a console block
runs its lines that begin with `$ `. A block is left out when the line above its fence is `<!-- not run: why -->`, and
blocks marked `bash` or `sh` must be left out in that way. `marsh` may exit with 0 or 1 (nothing found, or something).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.paths import ROOT

pytestmark = pytest.mark.slow

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = re.compile(r"<!-- not run: \S.* -->\s*\Z")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")

RUNNER = """
import json, subprocess, sys
namespace = {"__name__": "page"}
for line, language, code in json.load(open(sys.argv[1], encoding="utf-8")):
    print(f"--- the block at line {line}", flush=True)
    if language == "python":
        exec(compile("\\n" * line + code, sys.argv[2], "exec"), namespace)
        continue
    for command in (text[2:] for text in code.splitlines() if text.startswith("$ ")):
        allowed = (0, 1) if command.startswith("marsh ") else (0,)
        done = subprocess.run(["bash", "-c", command], stdin=subprocess.DEVNULL)
        if done.returncode not in allowed:
            sys.exit(f"{command!r} ended with {done.returncode}")
"""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    line: int
    language: str
    code: str
    is_left_out: bool


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [
        Block(
            line=text.count("\n", 0, match.start()) + 1,
            language=match[1],
            code=match[2],
            is_left_out=NOT_RUN.search(text[: match.start()]) is not None,
        )
        for match in FENCE.finditer(text)
    ]


def runnable(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language in {"python", "console"} and not block.is_left_out]


def title(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Give the anchors that the headings of a page make."""
    text = FENCE.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [page for page in PAGES if runnable(page)], ids=title)
def test_the_code_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    steps = tmp_path / "steps.json"
    steps.write_text(json.dumps([(block.line, block.language, block.code) for block in runnable(page)]), "utf-8")
    folder = tmp_path / "page"
    folder.mkdir()
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, str(steps), str(page)],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, f"{title(page)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_a_block_that_does_not_run_says_why(page: Path) -> None:
    silent = [block.line for block in blocks(page) if block.language in {"bash", "sh"} and not block.is_left_out]
    assert silent == [], "write `<!-- not run: why -->` above these, or make them console blocks"


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_local_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    broken = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_can_be_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page.is_dir():  # a link to a folder leads to its pages
            waiting += page.glob("*.md")
        if page in seen or not page.exists() or page.suffix != ".md":
            continue
        seen.add(page)
        links = LINK.findall(FENCE.sub("", page.read_text("utf-8")))
        waiting += [
            (page.parent / link.partition("#")[0]).resolve() for link in links if not re.match(r"[a-z]+:", link)
        ]
    assert [title(page) for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in seen] == []


def test_decisions_have_every_part() -> None:
    for page in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        headings = set(re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE))
        wanted = {"Context", "Choice", "Options refused", "Consequences", "The test that guards it"}
        assert wanted <= headings, f"{title(page)} lacks {sorted(wanted - headings)}"
