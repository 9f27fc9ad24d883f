"""Words in which letters of another script, or full-width and mathematical ones, replace Latin letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from marshtest.detectors.hidden_text.settings import HiddenTextSettings
from marshtest.detectors.hidden_text.stretches import Hidden
from marshtest.text.words import LETTERS

__all__ = ["lookalike_words"]

_CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝӏкАВЕЅІЈКМНОРСТУХҮԌԚԜ", "aeopcyxijshdqwlkABESIJKMHOPCTYXYGQW", strict=True))
_GREEK = dict(zip("αοινρυκχϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aoivpukxcABEZHIKMNOPTYX", strict=True))
_LATIN_OF = str.maketrans({**_CYRILLIC, **_GREEK})
_FOREIGN = "".join(map(chr, _LATIN_OF))
_MIXED = re.compile(f"(?=.*[A-Za-z])(?=.*[{_FOREIGN}])")
_DISGUISED = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7cb]+")
"""Full-width and mathematical letters."""


def lookalike_words(text: str, settings: HiddenTextSettings) -> Iterator[Hidden]:
    """Give every word that mixes Latin letters with lookalikes and nothing else, and what it reads like.

    Words of other scripts, symbols such as Δx, and words with a letter that resembles no Latin one are ordinary.

    Args:
        text: Any text.
        settings: How long such a word must be.
    """
    if text.isascii():
        return
    for match in LETTERS.finditer(text):
        word = match.group()
        if word.isascii() or len(word) < settings.shortest_lookalike_word or not _MIXED.match(word):
            continue
        plain = word.translate(_LATIN_OF)
        if all("LATIN" in unicodedata.name(letter, "") for letter in plain):
            yield Hidden("lookalikes", match.start(), match.end(), word, plain)
    for match in _DISGUISED.finditer(text):
        if len(match.group()) >= settings.shortest_lookalike_word:
            plain = unicodedata.normalize("NFKC", match.group())
            yield Hidden("lookalikes", match.start(), match.end(), match.group(), plain)
