"""Encoded text: base64, hexadecimal, rot13 and the like."""

from __future__ import annotations

import re
from typing import ClassVar

from marshtest.text.matching import DIGIT, SPACE, MatchingFamily

__all__ = ["EncodingsFamily"]

_ROT13 = "gur naq sbe jvgu lbh guvf gung ner jnf unir sebz abg jung ubj jul zl lbhe vf va bs gb vg"
_REVERSED = "eht dna rof htiw uoy siht taht era saw evah morf ton tahw woh yhw ruoy"


def _two_of(words: str) -> re.Pattern[str]:
    """Match two of these words within 200 characters, from the first to the second: one alone may be a coincidence."""
    one = rf"\b(?:{'|'.join(words.split())})\b"
    return re.compile(rf"{one}(?:[^\n]{{0,200}}?){one}")


class EncodingsFamily(MatchingFamily):
    """Encodings, and other strings that people do not read as words."""

    id = "encodings"
    pattern = "encoding"
    title = "The encoding"
    patterns: ClassVar = {
        "base64": re.compile(
            r"(?<![\w+/=])(?=[A-Za-z+/]*\d|[\w+/]*=|[A-Z+/\d]*[a-z]+[A-Z])(?=[\w+/]*[A-Z])(?=[\w+/]*[a-z])"
            r"[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=])"
        ),
        "short base64 with padding": re.compile(r"(?<![\w+/=])(?=[\w+/]*[A-Z\d])[A-Za-z0-9+/]{6,15}={1,2}(?![\w+/=])"),
        "hexadecimal": re.compile(r"\b(?=[a-f\d]*\d)(?=\d*[a-f])[a-f\d]{8,}\b|\b(?:0x[\da-fA-F]+|(?:[\da-f]{2} ){4,})"),
        "escaped bytes or characters": re.compile(r"(?:\\x[\da-fA-F]{2}|\\u[\da-fA-F]{4}){1,}"),
        "percent-encoding": re.compile(r"(?:%[\dA-Fa-f]{2}){2,}|\w%20\w"),
        "HTML entities": re.compile(r"&(?:#\d+|#x[\da-fA-F]+|[a-z]{2,8});"),
        "binary digits": re.compile(r"\b[01]{7,}\b(?:\s[01]{7,}\b)*"),
        "Morse code": re.compile(r"(?:(?<=\s)|\A)(?:[.\-·]{1,5}(?:\s|/)+){4,}"),
        "rot13": _two_of(_ROT13),
        "words written backwards": _two_of(_REVERSED),
        "digits for letters": re.compile(
            r"\b(?=\w*[A-Za-z])(?:[A-Za-z]+[013457]+){2,}[A-Za-z]*\b|\b[A-Za-z]+[0134]+[a-z]+\b"
        ),
        "an address on the web": re.compile(r"\b(?:https?://|www\.)\S+", re.I),
        "an e-mail address": re.compile(r"\b[\w.+-]{1,64}@[\w-]+\.[\w.]+\b"),
    }
    hints: ClassVar = {
        "base64": r"[A-Za-z0-9+/]{16}",
        "short base64 with padding": r"[A-Za-z0-9+/]{6}=",
        "hexadecimal": rf"(?:[a-f]|{DIGIT}){{8}}|0x|(?:(?:[a-f]|{DIGIT}){{2}} ){{4}}",
        "escaped bytes or characters": r"\\[xu]",
        "percent-encoding": rf"%(?:[A-Fa-f]|{DIGIT}){{2}}",
        "HTML entities": r"&[#a-z]",
        "binary digits": r"[01]{7}",
        "Morse code": rf"(?:[-.·]{{1,5}}(?:{SPACE}|/)+){{4}}",
        "rot13": rf"\b(?:{'|'.join(_ROT13.split())})\b",
        "words written backwards": rf"\b(?:{'|'.join(_REVERSED.split())})\b",
        "digits for letters": r"[A-Za-z][013457]",
        "an address on the web": r"(?i)://|www\.",
        "an e-mail address": r"@",
    }
