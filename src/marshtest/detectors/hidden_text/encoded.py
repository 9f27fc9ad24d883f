"""Stretches of text that decode to other text: base64, hexadecimal, percent signs, and letters turned by 13.

A hash, a key or a picture decodes to bytes that are no text, and is ordinary.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from urllib.parse import unquote

from marshtest.detectors.hidden_text.places import Hidden
from marshtest.text.words import ENGLISH_WORD

__all__ = ["encoded_text"]

_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<!\w)(?:0x)?((?:[0-9a-fA-F]{2}){10,})(?!\w)|(?:\\x[0-9a-fA-F]{2}){8,}")
_PERCENT = re.compile(r"(?:%[2-7][0-9A-Fa-f]){8,}")
_COMMON = "the and you that for with this not are was have from what your all can will who how they"
_TURNED_WORDS = "|".join(codecs.encode(_COMMON, "rot13").split())
_TURNED = re.compile(rf"\b(?:{_TURNED_WORDS})\b", re.IGNORECASE)
_PERHAPS_TURNED = re.compile(_TURNED_WORDS)
_STRETCH = re.compile(r"[^.!?\n]+")
_FEWEST = 10
_SHORTEST = 16
"""No code above, turned letters aside, is shorter or holds a space."""
_TEXT = re.compile(r"[A-Za-z0-9 \t\n.,;:!?'\"()/@#%&*+=<>{}\[\]_-]+")
_WHOLE = 1_000_000


def encoded_text(text: str) -> Iterator[Hidden]:
    """Give every stretch that decodes to a text of ten characters or more; only the first million characters count."""
    text = text[:_WHOLE]
    if max(map(len, text.split()), default=0) >= _SHORTEST:
        yield from _in_one_run(text)
    is_ascii = text.isascii()  # then its lower case holds all that the slower search can find
    if (not is_ascii or _PERHAPS_TURNED.search(text.lower())) and _TURNED.search(text):
        yield from _turned(text)


def _in_one_run(text: str) -> Iterator[Hidden]:
    """Give the stretches without a space in them."""
    for match in _BASE64.finditer(text):
        if said := _readable(_of_base64(match.group())):
            yield Hidden("encoded", match.start(), match.end(), match.group(), said)
    for match in _HEX.finditer(text):
        digits = match.group(1) or match.group().replace("\\x", "")
        if said := _readable(bytes.fromhex(digits)):
            yield Hidden("encoded", match.start(), match.end(), match.group(), said)
    for match in _PERCENT.finditer(text):
        if said := _readable(unquote(match.group()).encode()):
            yield Hidden("encoded", match.start(), match.end(), match.group(), said)


def _of_base64(stretch: str) -> bytes:
    body = stretch.rstrip("=")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_" if re.search("[-_]", body) else None)
    except binascii.Error:
        return b""


def _readable(octets: bytes) -> str:
    """Give the text that bytes are, or nothing when they are none: words with spaces, nearly all of it letters."""
    try:
        text = octets.decode("ascii")
    except UnicodeDecodeError:
        return ""
    letters = sum(one.isalpha() for one in text)
    is_text = len(text) >= _FEWEST and " " in text.strip() and 3 * letters >= 2 * len(text)
    return text if is_text and _TEXT.fullmatch(text) else ""


def _turned(text: str) -> Iterator[Hidden]:
    """Give stretches whose letters, turned by 13, are common English words, which they are not as they stand."""
    for match in _STRETCH.finditer(text):
        stretch = match.group()
        found = {one.lower() for one in _TURNED.findall(stretch)}
        words = ENGLISH_WORD.findall(stretch)
        if len(found) >= 2 and len(_TURNED.findall(stretch)) >= len(words) / 6:
            start = match.start() + len(stretch) - len(stretch.lstrip())
            yield Hidden("encoded", start, match.end(), text[start : match.end()], codecs.decode(stretch, "rot13"))
