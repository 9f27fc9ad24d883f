"""Tell whether the lines of a plain text are texts, or hold labels that its writer set apart in a way of his own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from marshtest.data.readers.base import BOM
from marshtest.errors import InputError

__all__ = ["check_plain_text"]

_ENOUGH = 20
"""Fewer lines than this show nothing. Chosen by eye."""
_FEW, _FEW_SHARE = 100, 0.1
"""First words are labels rather than the beginnings of sentences if so few differ, and at most this share of the lines.
Chosen by eye."""
_NEARLY_ALL = 0.95
"""Share of the lines that hold a mark equally often. Chosen by eye."""
_MARK = re.compile(r"(?<=\s)[^\w\s]{2,7}(?=\s)")
"""Signs between white space, such as `:::` or `+++$+++`; a single one may be a dash."""
_TAG = re.compile(r"O|[BILUSEM]-\S+")
"""Tags of entities: outside of any, or at a place of one."""


def check_plain_text(head: bytes, whole: bool, path: str, *, has_cells: bool) -> None:
    """Refuse a text whose lines seem to hold labels, which would otherwise be part of the texts.

    Args:
        head: The first bytes of the file.
        whole: Whether these are all.
        path: The file.
        has_cells: Whether a delimiter other than a tab cuts the lines evenly; then first words are no labels.

    Raises:
        InputError: The lines seem to have labels; the message gives a command that sets them apart.
    """
    text = head.removeprefix(BOM).decode("utf-8", "replace")
    lines = [line for line in (text.splitlines() if whole else text.splitlines()[:-1]) if line.strip()]
    if len(lines) < _ENOUGH:
        return
    if _has_tags(lines):
        raise InputError(
            f"each line seems to be a token and its tag ({lines[-1]!r}), with a blank line after each sentence. Write "
            'one object a sentence, {"tokens": [...], "ner_tags": [...]}, on a line of its own; or add `--format text` '
            "if each line is one text.",
            path=path,
            line=1,
        )
    mark = _mark(lines)
    if mark is not None:
        raise InputError(
            f"each line has `{mark}` in it, which seems to set cells apart. Make tabs of it: "
            f"`perl -pe 's/\\s*\\Q{mark}\\E\\s*/\\t/g' FILE > data.tsv`; or add `--format text` if "
            "each line is one text.",
            path=path,
            line=1,
        )
    if has_cells:
        return
    words = {line.split(maxsplit=1)[0] for line in lines}
    rest = sum(len(line.split(maxsplit=1)) > 1 for line in lines)
    if 1 < len(words) <= min(_FEW, _FEW_SHARE * len(lines)) and rest >= _NEARLY_ALL * len(lines):
        shown = ", ".join(map(repr, sorted(words)[:_SHOWN]))
        raise InputError(
            f"each line begins with one of {len(words)} words ({shown}), which seem to be labels. Mark them: "
            "`sed 's/^/__label__/' FILE > data.txt`; or add `--format text` if each line is one text.",
            path=path,
            line=1,
        )


_SHOWN = 4
"""Words that a message shows. Chosen by eye."""


def _has_tags(lines: Sequence[str]) -> bool:
    """Say whether lines hold a token and a tag of an entity, as in CoNLL files."""
    tags = [line.split()[-1] for line in lines if len(line.split()) > 1]
    tagged = [tag for tag in tags if _TAG.fullmatch(tag)]
    return len(tagged) >= _NEARLY_ALL * len(lines) and any(tag != "O" for tag in tagged)


def _mark(lines: Sequence[str]) -> str | None:
    """Return the signs that nearly all lines hold equally often."""
    for mark in dict.fromkeys(_MARK.findall(lines[0])):
        count = _MARK.findall(lines[0]).count(mark)
        if sum(_MARK.findall(line).count(mark) == count for line in lines) >= _NEARLY_ALL * len(lines):
            return str(mark)
    return None
