"""Characters beyond plain ASCII: unseen ones, look-alikes (homoglyphs), rare ones, and the script of a letter."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus, FeatureFamily, Places
from marshtest.text.scripts import is_clustered
from marshtest.text.words import LETTERS

__all__ = ["CharactersFamily"]

_RARE = re.compile(r"[^\x09\x0a\x0d\x20-\x7e]")
_KINDS = (
    ("a tag character", range(0xE0000, 0xE0080)),
    ("a variation selector", (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))),
    ("a bidirectional control", (0x200E, 0x200F, 0x61C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
    ("a zero-width character", (0xAD, *range(0x200B, 0x200E), *range(0x2060, 0x2065), 0xFEFF, 0x180E)),
    ("a full-width letter", (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))),
    ("a mathematical letter", range(0x1D400, 0x1D800)),
    ("a private character", range(0xE000, 0xF900)),
)
_BY_CATEGORY = {
    "Mn": "a combining mark",
    "Cc": "a control character",
    "So": "a symbol or emoji",
    "Zs": "an unusual space",
    "Zl": "an unusual line break",
    "Zp": "an unusual line break",
}
_MIXED = "letters of two scripts in one word"


class CharactersFamily(FeatureFamily):
    """Every character beyond plain ASCII, its kind and its script, and words of mixed scripts."""

    id = "characters"
    pattern = "encoding"
    title = "The characters"

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Scan for characters beyond plain ASCII."""
        found: dict[str, set[int]] = defaultdict(set)
        for number, text in enumerate(corpus.texts):
            if text.isascii() and "\x7f" not in text and not _RARE.search(text):
                continue
            for character in set(_RARE.findall(text)):
                for name in _names(character):
                    found[name].add(number)
            if any(_is_mixed(word) for word in LETTERS.findall(text)):
                found[_MIXED].add(number)
        return {name: np.array(sorted(members), np.int64) for name, members in sorted(found.items())}

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the characters, or the words of mixed scripts."""
        pattern, fits = (LETTERS, _is_mixed) if name == _MIXED else (_RARE, lambda found: name in _names(found))
        return {
            int(text): tuple(match.span() for match in pattern.finditer(corpus.texts[text]) if fits(match[0]))
            for text in texts
        }


@cache
def _names(character: str) -> tuple[str, ...]:
    """Give every feature that a character shows."""
    point = ord(character)
    names = []
    if not is_clustered(character):  # a single one of these is a word, which other detectors name
        names.append(f"U+{point:04X} {unicodedata.name(character, 'without a name').lower()}")
    names += [name for name, points in _KINDS if point in points]
    category = unicodedata.category(character)
    if category in _BY_CATEGORY:
        names.append(_BY_CATEGORY[category])
    if category.startswith("L"):
        names.append(
            f"a letter of the {_script(character)} script" if _script(character) != "latin" else "an accented letter"
        )
    return tuple(names)


@cache
def _script(character: str) -> str:
    """Give the script of a letter: the first word of its Unicode name."""
    return unicodedata.name(character, "unknown").split(" ")[0].split("-")[0].lower()


@cache
def _is_mixed(word: str) -> bool:
    """Tell whether a word has letters of two scripts, as a word with a homoglyph has."""
    return not word.isascii() and len({_script(letter) for letter in word if letter.isalpha()}) > 1
