"""English text written in letters of other scripts, word by word, so that a test knows what it says."""

from __future__ import annotations

import re
from random import Random

__all__ = ["LETTERS", "written_in"]

LETTERS = {
    "Han": [chr(point) for point in range(0x4E00, 0x4E00 + 400)],
    "Thai": [
        f"{vowel}{chr(letter)}{mark}"
        for vowel in ("", "เ")
        for letter in range(0x0E01, 0x0E1F)
        for mark in ("", "ี", "้า")
    ],
    "Khmer": [f"{chr(letter)}{mark}" for letter in range(0x1780, 0x17A2) for mark in ("", "ា", "ុ", "្ក", "ើ", "ំ")],
    "Devanagari": [f"{chr(letter)}{mark}" for letter in range(0x0915, 0x0939) for mark in ("", "ा", "ि", "े", "ो", "्क")],
}
"""Characters or syllables by script."""
_SPACED = frozenset({"Devanagari"})


def written_in(script: str, text: str) -> str:
    """Write two letters for every word, and the marks as they are; only some scripts keep the spaces."""
    letters = LETTERS[script]

    def word(match: re.Match[str]) -> str:
        return "".join(Random(f"{script} {match[0].lower()}").choices(letters, k=2))

    written = re.sub(r"\w+", word, text)
    return written if script in _SPACED else written.replace(" ", "")
