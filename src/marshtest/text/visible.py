"""Make hostile text visible.

Text of a dataset may hold characters that control a terminal, change the reading direction or are invisible. Here each
of them is replaced by a visible name, so that nothing is hidden and nothing is executed. Terminal, page and judge are
shown texts by this one table.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Part", "drawn_lines", "escaped_json", "name_character", "parts", "undrawn", "unseen_places", "visible"]

_LINE_END = "\u21b5"  # ↵
_TAB = "\u21e5"  # ⇥
_CONTROLS = [
    "NUL",
    "SOH",
    "STX",
    "ETX",
    "EOT",
    "ENQ",
    "ACK",
    "BEL",
    "BS",
    "HT",
    "LF",
    "VT",
    "FF",
    "CR",
    "SO",
    "SI",
    "DLE",
    "DC1",
    "DC2",
    "DC3",
    "DC4",
    "NAK",
    "SYN",
    "ETB",
    "CAN",
    "EM",
    "SUB",
    "ESC",
    "FS",
    "GS",
    "RS",
    "US",
]
"""Names of U+0000 to U+001F; many fonts lack the Unicode symbols for these."""
_BLANKS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc\U00016fe4\U0001d159"
)
"""Printable according to Unicode, but drawn as nothing: joiners, fillers, blanks, a null note, what stands for an
object."""
_MOST_MARKS = 8
"""Combining marks in a row that are drawn as they are. Chosen by eye: scripts stack at most six, and a tower of them
covers the lines above."""
_NAMES = {name: chr(code) for code, name in enumerate(_CONTROLS)}
_DRAWN = re.compile(f"\u2039(?:U\\+([0-9A-F]{{4,6}})|({'|'.join(_CONTROLS)}))\u203a")
_TO_BUILD_SERVERS = re.compile(
    r"(?P<hash>#)#(?=[A-Za-z]*\[)|^(?P<blanks>[^\S\n]*):(?=:[A-Za-z-]+[^\n]*::)", re.MULTILINE
)
"""How commands begin that a build server reads out of what a program prints. Convention: Azure Pipelines and TeamCity
(##name[...]), GitHub Actions (::name::)."""
_BEYOND_ASCII = re.compile(r"[^\n -~]+")


class Part(NamedTuple):
    """A piece of text that is shown in one way."""

    text: str
    """What to show; safe for a terminal, still to be escaped in HTML."""
    marked: bool = False
    """Whether it is inside a span."""
    hidden: bool = False
    """Whether it stands for a character that would not be visible."""


def visible(text: str) -> str:
    r"""Give text on one line, with a visible name for every invisible or control character.

    Example:
        >>> visible("a\x1b[31mb")
        'a‹ESC›[31mb'
    """
    return "".join(part.text for part in parts(text))


def drawn_lines(text: str) -> str:
    """Give text with its unseen characters drawn, the ends of its lines kept, and commands to build servers broken."""
    return _TO_BUILD_SERVERS.sub(_broken_up, "\n".join(visible(line) for line in text.split("\n")))


def _broken_up(found: re.Match[str]) -> str:
    """Draw one sign of a command, so that it is none."""
    return "#\u2039#\u203a" if found["hash"] else f"{found['blanks']}\u2039:\u203a"


def escaped_json(text: str) -> str:
    """Give JSON with unseen characters and ## as escapes, which say the same: what shows the file runs nothing.

    Args:
        text: JSON, in which such characters stand inside strings alone.
    """
    return _BEYOND_ASCII.sub(lambda run: _escaped(run[0]), text).replace("##", "\\u0023#")


def _escaped(run: str) -> str:
    characters = list(run)
    for place in unseen_places(run):
        characters[place] = json.dumps(characters[place])[1:-1]
    return "".join(characters)


def undrawn(text: str) -> str:
    """Give text with the characters that were drawn by their names, for words that somebody copied from a drawing."""

    def character(match: re.Match[str]) -> str:
        if match[2] is not None:
            return _NAMES[match[2]]
        code = int(match[1], 16)
        return chr(code) if code <= sys.maxunicode else match[0]

    return _DRAWN.sub(character, text)


def name_character(character: str) -> str:
    """Give the visible name of an invisible or control character: ↵, ⇥, ‹NUL› or ‹U+202E›."""
    if character == "\n":
        return _LINE_END
    if character == "\t":
        return _TAB
    code = ord(character)
    name = _CONTROLS[code] if code < len(_CONTROLS) else f"U+{code:04X}"
    return f"\u2039{name}\u203a"


def parts(text: str, spans: Iterable[tuple[int, int]] = ()) -> list[Part]:
    """Cut text at spans and at invisible characters.

    The text is cut before characters are replaced by names, so that spans stay right however long the names are.

    Args:
        text: The text as it is in the data.
        spans: Start and end of each span in `text`, in characters; they may overlap and reach beyond the text.
    """
    result: list[Part] = []
    position = 0
    for start, end in _merge(spans, len(text)):
        _add(result, text[position:start], marked=False)
        _add(result, text[start:end], marked=True)
        position = end
    _add(result, text[position:], marked=False)
    return result


def _merge(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Clip spans to the text and join those that overlap."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(length, end)) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _add(result: list[Part], text: str, *, marked: bool) -> None:
    """Append a piece of text that is wholly inside or wholly outside a span."""
    if not text:
        return
    if _is_plain(text):
        result.append(Part(text, marked))
        return
    begun = 0
    for position in unseen_places(text):
        if begun < position:
            result.append(Part(text[begun:position], marked))
        result.append(Part(name_character(text[position]), marked, hidden=True))
        begun = position + 1
    if begun < len(text):
        result.append(Part(text[begun:], marked))


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def unseen_places(text: str) -> list[int]:
    """Give the places of characters that steer or cannot be seen, and of combining marks that stand in a tower."""
    places: list[int] = []
    marks = 0
    for place, character in enumerate(text):
        marks = marks + 1 if character > "\u02ff" and unicodedata.category(character) in ("Mn", "Me") else 0
        if marks > _MOST_MARKS or _is_unseen(character):
            places.append(place)
    return places


def _is_unseen(character: str) -> bool:
    """Tell whether a character is a control, format, surrogate, private, unassigned, selector or blank one."""
    return (
        not character.isprintable()
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in _BLANKS
    )
