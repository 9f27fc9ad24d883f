"""The layout of a text: lines, white space, lists and tags."""

from __future__ import annotations

import re
from typing import ClassVar

from marshtest.text.matching import DIGIT, SPACE, MatchingFamily

__all__ = ["LayoutFamily"]


class LayoutFamily(MatchingFamily):
    """Unusual spaces, lines and marks at the start of lines."""

    id = "layout"
    pattern = "format"
    title = "The layout"
    patterns: ClassVar = {
        "begins with white space": re.compile(r"\A\s+"),
        "ends with white space": re.compile(r"(?<!\s)\s+\Z"),
        "two spaces in a row": re.compile(r"(?<=\S)  (?=\S)"),
        "three or more spaces in a row": re.compile(r"(?<=\S) {3,}(?=\S)"),
        "a tab": re.compile(r"\t"),
        "a line break": re.compile(r"\n"),
        "an empty line": re.compile(r"\n[ \t]*\n"),
        "a Windows line break": re.compile(r"\r\n"),
        "white space before a line break": re.compile(r"(?<![ \t])[ \t]+\n"),
        "an indented line": re.compile(r"\n[ \t]+(?=\S)"),
        "a line that begins with a bullet": re.compile(r"(?m)^[ \t]*[-*•][ \t]"),
        "a line that begins with a number": re.compile(r"(?m)^[ \t]*\d+[.)][ \t]"),
        "a heading": re.compile(r"(?m)^#+[ \t]"),
        "a code fence": re.compile(r"```"),
        "a tag": re.compile(r"</?[A-Za-z][^<>\n]{0,60}>"),
        "spaces between single letters": re.compile(r"\b(?:[A-Za-z] ){3,}[A-Za-z]\b"),
        "a space before a full stop or comma": re.compile(r"(?<=\w) [.,](?=\s|\Z)"),
        "no space after a full stop or comma": re.compile(r"(?<=[a-z])[.,](?=[A-Za-z])"),
    }
    hints: ClassVar = {
        "begins with white space": rf"\A{SPACE}",
        "ends with white space": rf"{SPACE}\z",
        "two spaces in a row": r"  ",
        "three or more spaces in a row": r"   ",
        "a tab": r"\t",
        "a line break": r"\n",
        "an empty line": r"\n[ \t]*\n",
        "a Windows line break": r"\r\n",
        "white space before a line break": r"[ \t]\n",
        "an indented line": r"\n[ \t]",
        "a line that begins with a bullet": r"[-*•][ \t]",
        "a line that begins with a number": rf"{DIGIT}[.)][ \t]",
        "a heading": r"#[ \t]",
        "a code fence": r"```",
        "a tag": r"</?[A-Za-z]",
        "spaces between single letters": r"\b(?:[A-Za-z] ){3}[A-Za-z]\b",
        "a space before a full stop or comma": rf" [.,](?:{SPACE}|\z)",
        "no space after a full stop or comma": r"[a-z][.,][A-Za-z]",
    }
