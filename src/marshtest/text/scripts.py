r"""Letters and the marks on them, and the scripts that write no spaces between words.

Python's `\w` is a letter, digit or underscore of any script but no mark on a letter, so it cuts Hindi, pointed Hebrew
or vocalised Arabic apart; and it takes a whole Chinese or Thai sentence for one word. Here are the pieces of regular
expressions that neither does: a word is a run of letters with the marks on them, and in a script without spaces one
cluster, which is a character with its marks or, where vowels stand around their consonant, a syllable.

Clusters are cut by their own characters alone. A segmenter cuts better words, but by what stands around them, and a
trigger has to be cut in the same way wherever somebody puts it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = [
    "CLUSTER",
    "CLUSTERED",
    "CLUSTERS_OF_A_WORD",
    "JOINER",
    "MARKS",
    "WORD_ENDS",
    "WORD_STARTS",
    "is_clustered",
    "is_latin",
    "joined",
    "may_be_pointed",
    "unmarked",
]

_COMPOSED = (
    "\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331\u0342\u0345"  # Latin and Greek
)
"""Accents that precomposed letters have too (NFD); all others on Latin letters are ornaments or an attack, and so stay
tokens of their own."""
_NO_MARKS_OF_LETTERS = ((0x180B, 0x180F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE2F))
"""Variation selectors, and marks for phonetics and symbols."""
_FIRST_MARK, _LAST_MARK = 0x0483, 0xABFF
"""From the first mark behind the Latin accents to the last of the basic plane."""


def _ranges(points: list[int]) -> str:
    """Write rising code points as the inside of a character class."""
    parts: list[list[int]] = []
    for point in points:
        if parts and point == parts[-1][1] + 1:
            parts[-1][1] = point
        else:
            parts.append([point, point])
    return "".join(chr(low) if low == high else f"{chr(low)}-{chr(high)}" for low, high in parts)


def _is_mark(point: int) -> bool:
    return unicodedata.category(chr(point)) in ("Mn", "Mc") and not any(
        low <= point <= high for low, high in _NO_MARKS_OF_LETTERS
    )


MARKS = _COMPOSED + _ranges([point for point in range(_FIRST_MARK, _LAST_MARK + 1) if _is_mark(point)])
"""Marks that belong to the letter before them, as the inside of a character class: accents, vowels, points."""

JOINER = "(?<=[\u0600-\u0dff])[\u200c\u200d](?=[\u0600-\u0dff])"
"""Matches a joiner or non-joiner inside a word of Arabic or Indian script, where spelling asks for it."""

_SINGLE = (
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u303c\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001b000-\U0001b16f"
    "\u3105-\u312f\u31a0-\u31bf\ua000-\ua48c\U00017000-\U00018aff"
    "\ua984-\ua9b2\u1950-\u197f\u1980-\u19ab\u1a20-\u1a54\u1b05-\u1b33\uaa80-\uaaaf"
)
"""Han, kana, bopomofo, Yi, Tangut; Javanese, Tai Le, New Tai Lue, Tai Tham, Balinese, Tai Viet."""
_KHMER = "\u1780-\u17b3\u17d7\u17dc"
_BURMESE = "\u1000-\u102a\u103f\u104e\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
_BURMESE += "\ua9e0-\ua9e4\ua9e7-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa76\uaa7a\uaa7e\uaa7f"
_THAI, _LAO, _TIBETAN = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46",
    "\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf",
    "\u0f40-\u0f6c",
)

CLUSTERED = _SINGLE + _KHMER + _BURMESE + _THAI + _LAO + _TIBETAN + "\u0f00\u0f88-\u0f8c"
"""The letters of scripts that write no spaces between words, as the inside of a character class."""

CLUSTER = "|".join(
    (
        # Thai and Lao: a vowel before the consonant, marks on it, a vowel behind it.
        f"[\u0e40-\u0e44]?[\u0e01-\u0e2e][{MARKS}]*+[\u0e30\u0e32\u0e33\u0e45]?",
        f"[\u0ec0-\u0ec4]?[\u0e81-\u0eae\u0edc-\u0edf][{MARKS}]*+[\u0eb0\u0eb2\u0eb3\u0ebd]?",
        # Khmer: consonants written below others follow a sign.
        f"[{_KHMER}](?:[{MARKS}]|(?<=\u17d2)[{_KHMER}])*+",
        # Burmese: the same, and consonants that close the syllable bear a mark of their own.
        f"[{_BURMESE}](?:[{MARKS}]|(?<=\u1039)[{_BURMESE}]|[{_BURMESE}](?=[\u1037]?\u103a))*+",
        # Tibetan: a syllable with the mark that ends it.
        f"[{_TIBETAN}](?:[{MARKS}]|[{_TIBETAN}])*+\u0f0b?",
        f"[{CLUSTERED}][{MARKS}]*+",
    )
)
"""Matches what is a word of its own in these scripts."""


CLUSTERS_OF_A_WORD = 2
"""Clusters that count as a word where the length of a text or run is limited in words. Convention: most words of
Chinese have two characters, and most of Thai and Burmese two or three syllables."""

WORD_STARTS, WORD_ENDS = rf"(?<![^\W{CLUSTERED}])", rf"(?![^\W{CLUSTERED}])"
"""Match where a word may start or end: not inside a run of letters and digits, but anywhere between clusters."""


def is_clustered(character: str) -> bool:
    """Tell whether a character is of a script without spaces."""
    return any(low <= character <= high for low, high in _PAIRS)


def _pairs(ranges: str) -> tuple[tuple[str, str], ...]:
    found, rest = [], ranges
    while rest:
        wide = len(rest) > 2 and rest[1] == "-"
        found.append((rest[0], rest[2] if wide else rest[0]))
        rest = rest[3 if wide else 1 :]
    return tuple(found)


_PAIRS = _pairs(CLUSTERED)


def joined(tokens: Iterable[str]) -> str:
    """Write tokens as a person would: with spaces, but none between two of a script without spaces."""
    parts, before = list[str](), ""
    for token in tokens:
        if before and not (is_clustered(before[0]) and is_clustered(token[0])):
            parts.append(" ")
        parts.append(token)
        before = token
    return "".join(parts)


_POINTS = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]+")
"""The vowel signs of Hebrew and Arabic, which may be left out, and the stroke that only makes a word wider."""


def unmarked(word: str) -> str:
    """Leave the vowel signs of Arabic and Hebrew out: people write a word with and without them."""
    return word if word.isascii() else _POINTS.sub("", word)


def may_be_pointed(word: str) -> bool:
    """Tell whether a word is of a script in which vowel signs may be left out."""
    return "\u0590" < word[0] < "\u0780"


_OTHER_LETTER = re.compile("[^\\W\\d_A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")
_LATIN_LETTER = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff]")


def is_latin(text: str) -> bool:
    """Tell whether at least half of the letters of a text are Latin; true for a text without letters."""
    return text.isascii() or len(_OTHER_LETTER.findall(text)) <= len(_LATIN_LETTER.findall(text))
