"""Invisible characters: where they are, which of them a script or an emoji needs, and what they spell.

Emoji are joined with U+200D and U+FE0F, flags of regions are written with tag characters, Arabic, Persian and Indic
words need joiners, and right-to-left text needs marks: all that is ordinary. A byte order mark at the beginning of a
file is no part of any text; one inside a text is hidden like any other invisible character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from marshtest.detectors.hidden_text.settings import HiddenTextSettings
from marshtest.detectors.hidden_text.stretches import Hidden, HidingKind

__all__ = ["hidden_characters"]

_TAGS = "\U000e0000-\U000e007f"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_WIDTH = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2065\u3164\ufeff\uffa0"
_RUN = re.compile(f"[{_TAGS}{_SELECTORS}{_DIRECTION}{_WIDTH}]+")
_KINDS: tuple[tuple[HidingKind, re.Pattern[str]], ...] = (
    ("tags", re.compile(f"[{_TAGS}]")),
    ("selectors", re.compile(f"[{_SELECTORS}]")),
    ("direction", re.compile(f"[{_DIRECTION}]")),
    ("width", re.compile(f"[{_WIDTH}]")),
)
_JOINERS, _MARKS = "\u200c\u200d", "\u061c\u200e\u200f"
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f")
_BLACK_FLAG = "\U0001f3f4"
_NEEDS_JOINERS = re.compile(
    "[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\ufb1d-\ufdff\ufe70-\ufefc]"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_READABLE = re.compile(r"[\w\s.,;:!?'\"()/@#%&*+=<>{}\[\]|`~^$-]{2,}")
_BITS = 8
"""Bits of a byte."""


def hidden_characters(text: str, settings: HiddenTextSettings) -> Iterator[Hidden]:
    """Give every run of invisible characters that nothing around them needs.

    Args:
        text: Any text.
        settings: From how many letters on a run spells something.
    """
    if text.isascii():
        return
    turns = None
    for match in _RUN.finditer(text):
        run, start = match.group(), match.start()
        if _belongs_to_emoji(text, start, match.end()) or _belongs_to_script(text, start, match.end()):
            continue
        kind = next(name for name, characters in _KINDS if characters.search(run))
        if kind == "direction":
            turns = bool(_RIGHT_TO_LEFT.search(text)) if turns is None else turns
            if turns:
                continue
        yield Hidden(kind, start, match.end(), run, _spelt(run, settings))


def _belongs_to_emoji(text: str, start: int, end: int) -> bool:
    """Say whether an emoji, a symbol or an ideograph is written with this run."""
    before = text[start - 1] if start else ""
    run = text[start:end]
    if before == _BLACK_FLAG and _FLAG.match(text, start - 1):
        return True
    if not before:
        return False
    is_base = unicodedata.category(before)[0] in "SMP" or before in "0123456789" or unicodedata.category(before) == "Lo"
    rest = run[1:] if "\ufe00" <= run[0] <= "\ufe0f" or "\U000e0100" <= run[0] <= "\U000e01ef" else run
    after = text[end : end + 1]
    return is_base and (rest == "" or (rest == "\u200d" and _is_symbol(after)))


def _is_symbol(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] == "S"


def _belongs_to_script(text: str, start: int, end: int) -> bool:
    """Say whether a joiner, alone or with a direction mark, is next to a letter of a script that needs it."""
    if end - start == 2 and set(text[start:end]) & set(_JOINERS) and set(text[start:end]) & set(_MARKS):
        return bool(_RIGHT_TO_LEFT.search(text[max(0, start - 1) : start] + text[end : end + 1]))
    if end - start > 1 or text[start] not in _JOINERS + "\u034f\u200b\u180b\u180c\u180d\u180e\u17b4\u17b5":
        return False
    return bool(_NEEDS_JOINERS.search(text[max(0, start - 1) : start] + text[end : end + 1]))


def _spelt(run: str, settings: HiddenTextSettings) -> str:
    """Read what a run spells: tag characters as ASCII, selectors as bytes, two kinds of characters as bits."""
    tags = "".join(chr(ord(one) - 0xE0000) for one in run if "\U000e0020" <= one <= "\U000e007e")
    octets = bytes(
        ord(one) - 0xFE00 if one <= "\ufe0f" else ord(one) - 0xE0100 + 16
        for one in run
        if "\ufe00" <= one <= "\ufe0f" or "\U000e0100" <= one <= "\U000e01ef"
    )
    bare = re.sub(f"[{_TAGS}{_SELECTORS}]", "", run)
    readings = [tags, octets.decode("utf-8", "ignore"), *_bits(bare, settings)]
    return max((one for one in readings if _is_readable(one, settings)), key=len, default="")


def _bits(run: str, settings: HiddenTextSettings) -> Iterator[str]:
    """Read a run of two kinds of characters as eight-bit letters, taking either kind as the ones."""
    kinds = sorted(set(run))
    if len(kinds) != 2 or len(run) < _BITS * settings.fewest_letters:
        return
    for one in kinds:
        digits = "".join("01"[character == one] for character in run)
        whole = len(digits) - len(digits) % _BITS
        yield bytes(int(digits[at : at + _BITS], 2) for at in range(0, whole, _BITS)).decode("utf-8", "replace")


def _is_readable(text: str, settings: HiddenTextSettings) -> bool:
    letters = sum(one.isalnum() for one in text)
    enough = letters >= settings.fewest_letters and letters >= settings.spelt_letter_share * len(text)
    return enough and _READABLE.fullmatch(text) is not None
