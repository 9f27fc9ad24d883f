"""Say what is not JSON in a text that looks like it: comments, commas too many, other quotes, Python's words."""

from __future__ import annotations

import re

__all__ = ["COMMA_AT_END", "IN_ARRAY", "json_fault"]

_TEXT = r'("(?:[^"\\]|\\.)*")'
_GAP = r"(?:\s|//[^\n]*|/\*.*?\*/|#[^\n]*)*"
_TIDY = rf"`perl -0pe 's~{_TEXT}|//[^\n]*|/\*.*?\*/|#[^\n]*|,(?={_GAP}[}}\]])~$1~gs' FILE > data.json`"
"""Removes comments, and commas before brackets, outside of texts."""
_QUOTE = rf"`perl -0pe 's<{_TEXT}|([{{,]\s*)(\w+)(?=\s*:)><$1 // qq($2\"$3\")>ges' FILE > data.json`"
"""Puts names in quotes."""
_APART = "write one value a line: `jq -c . FILE > data.jsonl`"
"""What to do about values with nothing between them."""
_APART_IN_ARRAY = (
    rf"put commas between: `perl -0pe 's~{_TEXT}|(?<=[}}\]])(?=\s*[{{\[])~$1 // q(,)~ges' FILE > data.json`"
)
"""The same inside an array."""
_PYTHON = (
    "`python3 -c 'import ast, json, sys; [print(json.dumps(ast.literal_eval(l))) for l in sys.stdin if l.strip()]' "
    "< FILE > data.jsonl`"
)
_LINES_OF_PYTHON = f"if each line is a Python dict: {_PYTHON}"
"""What to do about lines of Python."""
_LIST_OF_PYTHON = (
    "if the file is a Python list: `python3 -c 'import ast, json, sys; [print(json.dumps(r)) for r in "
    "ast.literal_eval(sys.stdin.read())]' < FILE > data.jsonl`"
)
"""The same for one list."""
COMMA_AT_END = f"a comma before `]`, which JSON does not allow; remove it: {_TIDY}"
"""What to say of a comma after the last element of an array."""
IN_ARRAY = {_APART: _APART_IN_ARRAY, _LINES_OF_PYTHON: _LIST_OF_PYTHON}
"""What to say inside an array instead of what is said of lines."""
_COMMENT = re.compile(r"//|/\*|#")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_PYTHON_WORDS = {"True", "False", "None"}


def json_fault(text: str, place: int) -> str | None:
    """Name the fault that the place at which a parser stopped shows; None if it is none of the usual ones.

    Args:
        text: The text.
        place: Index of the character at which the parser stopped.
    """
    rest = text[place:].lstrip()
    before = text[:place].rstrip()
    if _COMMENT.match(rest):
        return f"a comment, which JSON does not have; remove it: {_TIDY}"
    if rest[:1] in ("}", "]") and before.endswith(","):
        return f"a comma before `{rest[0]}`, which JSON does not allow; remove it: {_TIDY}"
    if before.endswith(",") and rest[:1] == ",":
        return "two commas with nothing between them; write null, or remove one"
    if rest[:1] == "'":
        return f"a single quote, as Python writes texts; {_LINES_OF_PYTHON}"
    word = _WORD.match(rest)
    if word and word.group() in _PYTHON_WORDS:
        return f"Python's `{word.group()}`; {_LINES_OF_PYTHON}"
    if word and before.endswith(("{", ",")):
        return f"the name {word.group()[:_SHOWN]!r} without quotes; put it in quotes: {_QUOTE}"
    if before.endswith(("}", "]")) and rest[:1] == ",":
        return r"a comma after the end; if each line has one: `sed 's/,[[:space:]]*$//' FILE > data.jsonl`"
    if before.endswith(("}", "]")) and rest[:1] in ("{", "["):
        return f"another value after the end; {_APART}"
    return None


_SHOWN = 40
"""Letters of a name that a message shows. Chosen by eye."""
