"""The layout of a text: lines, white space, lists."""

from __future__ import annotations

import re
from typing import ClassVar

from marshtest.features.matching import MatchingFamily

__all__ = ["Layout"]


class Layout(MatchingFamily):
    """Where lines and spaces stand."""

    id = "layout"
    pattern = "format"
    title = "The layout"
    patterns: ClassVar = {
        "begins with white space": re.compile(r"\A\s+"),
        "ends with white space": re.compile(r"\s+\Z"),
        "two spaces in a row": re.compile(r"(?<=\S)  (?=\S)"),
        "three or more spaces in a row": re.compile(r"(?<=\S) {3,}(?=\S)"),
        "a tab": re.compile(r"\t"),
        "a line break": re.compile(r"\n"),
        "an empty line": re.compile(r"\n[ \t]*\n"),
        "a Windows line break": re.compile(r"\r\n"),
        "white space before a line break": re.compile(r"[ \t]+\n"),
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
