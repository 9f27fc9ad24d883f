"""Words in which letters of another script stand for Latin ones that they look like, or that are drawn in disguise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from marshtest.detectors.hidden_text.places import Hidden
from marshtest.text.words import LETTERS

__all__ = ["lookalike_words"]

_CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝӏкАВЕЅІЈКМНОРСТУХҮԌԚԜ", "aeopcyxijshdqwlkABESIJKMHOPCTYXYGQW", strict=True))
_GREEK = dict(zip("αοινρυκχϲΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aoivpukxcABEZHIKMNOPTYX", strict=True))
_LATIN_OF = str.maketrans({**_CYRILLIC, **_GREEK})
_FOREIGN = "".join(map(chr, _LATIN_OF))
_MIXED = re.compile(f"(?=.*[A-Za-z])(?=.*[{_FOREIGN}])")
_DISGUISED = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7cb]{3,}")
_SHORTEST = 3


def lookalike_words(text: str) -> Iterator[Hidden]:
    """Give every word that mixes Latin letters with lookalikes and nothing else, and what it reads like.

    Words of other scripts, symbols such as Δx, and words with any letter that no Latin one looks like are ordinary.
    """
    if text.isascii():
        return
    for match in LETTERS.finditer(text):
        word = match.group()
        if word.isascii() or len(word) < _SHORTEST or not _MIXED.match(word):
            continue
        plain = word.translate(_LATIN_OF)
        if all("LATIN" in unicodedata.name(letter, "") for letter in plain):
            yield Hidden("lookalikes", match.start(), match.end(), word, plain)
    for match in _DISGUISED.finditer(text):
        plain = unicodedata.normalize("NFKC", match.group())
        yield Hidden("lookalikes", match.start(), match.end(), match.group(), plain)
