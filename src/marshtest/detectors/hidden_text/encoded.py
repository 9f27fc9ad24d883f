"""Stretches of text that decode to other text: base64, hexadecimal, percent signs, and letters rotated by 13 (ROT13).

Hashes, keys and pictures decode to bytes that are no text, and are ordinary.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from urllib.parse import unquote

from marshtest.detectors.hidden_text.settings import HiddenTextSettings
from marshtest.detectors.hidden_text.stretches import Hidden
from marshtest.text.words import ENGLISH_WORD

__all__ = ["encoded_text"]

_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{16,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<!\w)(?:0x)?((?:[0-9a-fA-F]{2}){10,})(?!\w)|(?:\\x[0-9a-fA-F]{2}){8,}")
_PERCENT = re.compile(r"(?:%[2-7][0-9A-Fa-f]){8,}")
# The lengths in these patterns are where a search begins, not what decides: 16 base64 digits hold 12 bytes, 20
# hexadecimal digits 10, and `fewest_decoded` characters must come out.
_COMMON = "the and you that for with this not are was have from what your all can will who how they"
_ROTATED_WORDS = "|".join(codecs.encode(_COMMON, "rot13").split())
_ROTATED = re.compile(rf"\b(?:{_ROTATED_WORDS})\b", re.IGNORECASE)
_PERHAPS_ROTATED = re.compile(_ROTATED_WORDS)
_STRETCH = re.compile(r"[^.!?\n]+")
_SHORTEST = 16
"""Characters of the shortest code above, rotated letters aside; none holds a space. Saves searching ordinary text."""
_TEXT = re.compile(r"[A-Za-z0-9 \t\n.,;:!?'\"()/@#%&*+=<>{}\[\]_-]+")


def encoded_text(text: str, settings: HiddenTextSettings) -> Iterator[Hidden]:
    """Give every stretch that decodes to text.

    Args:
        text: Any text; only its start is searched.
        settings: How much of it is searched, and how much text must come out.
    """
    text = text[: settings.characters_decoded]
    if max(map(len, text.split()), default=0) >= _SHORTEST:
        yield from _in_one_run(text, settings)
    is_ascii = text.isascii()  # if so, the fast search in its lower case finds all that the slower one can
    if (not is_ascii or _PERHAPS_ROTATED.search(text.lower())) and _ROTATED.search(text):
        yield from _rotated(text, settings)


def _in_one_run(text: str, settings: HiddenTextSettings) -> Iterator[Hidden]:
    """Give the stretches without a space in them."""
    for match in _BASE64.finditer(text):
        if said := _readable(_of_base64(match.group()), settings):
            yield Hidden("encoded", match.start(), match.end(), match.group(), said)
    for match in _HEX.finditer(text):
        digits = match.group(1) or match.group().replace("\\x", "")
        if said := _readable(bytes.fromhex(digits), settings):
            yield Hidden("encoded", match.start(), match.end(), match.group(), said)
    for match in _PERCENT.finditer(text):
        if said := _readable(unquote(match.group()).encode(), settings):
            yield Hidden("encoded", match.start(), match.end(), match.group(), said)


def _of_base64(stretch: str) -> bytes:
    body = stretch.rstrip("=")
    try:
        return base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_" if re.search("[-_]", body) else None)
    except binascii.Error:
        return b""


def _readable(octets: bytes, settings: HiddenTextSettings) -> str:
    """Give the text that bytes encode, or nothing where they encode none: words with spaces, most of them letters."""
    try:
        text = octets.decode("ascii")
    except UnicodeDecodeError:
        return ""
    letters = sum(one.isalpha() for one in text)
    is_text = (
        len(text) >= settings.fewest_decoded
        and " " in text.strip()
        and letters >= settings.decoded_letter_share * len(text)
    )
    return text if is_text and _TEXT.fullmatch(text) else ""


def _rotated(text: str, settings: HiddenTextSettings) -> Iterator[Hidden]:
    """Give sentences that hold common English words once their letters are rotated by 13."""
    for match in _STRETCH.finditer(text):
        stretch = match.group()
        found = {one.lower() for one in _ROTATED.findall(stretch)}
        words = ENGLISH_WORD.findall(stretch)
        enough = len(_ROTATED.findall(stretch)) >= len(words) / settings.words_per_rot13_word
        if len(found) >= settings.fewest_rot13_words and enough:
            start = match.start() + len(stretch) - len(stretch.lstrip())
            yield Hidden("encoded", start, match.end(), text[start : match.end()], codecs.decode(stretch, "rot13"))
