"""What a criterion's words say: conditions on the label are taken out, and what code can check is read as a rule.

A criterion is about the text of a record. A condition on its label ("..., and is it labelled harmless?") would repeat
the outcome that the criterion is tested against. A criterion about exact words, a beginning or an end needs no judge:
code checks it on every record, for nothing and without error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from marshtest.stats.arrays import Bools
from marshtest.text.scripts import WORD_ENDS, WORD_STARTS

__all__ = ["WordRule", "read_rule", "without_label"]

_LABELLED = re.compile(r"\blabel(?:l?ed|s|ling)?\b", re.IGNORECASE)
_JOINTS = re.compile(r"[,;]?\s+(?:and|but|yet|while|although|though|whereas)\b|[,;]\s", re.IGNORECASE)
"""Where a clause begins. The last such place before a word about labels is where the condition on the label begins."""
_JOINED = ("and", "but", "yet", "while", "although", "though", "")
_FEWEST_WORDS = 3
"""Words that a criterion has at least. Chosen by eye: "Is the text" alone asks nothing."""
_MARKS = {"question mark": "?", "full stop": ".", "period": ".", "exclamation mark": "!", "colon": ":"}
_ANSWERS = ("answer", "assistant", "completion", "response", "reply")
_QUOTED = r"(?:\"[^\"]+\"|“[^”]+”)"
_LIST = rf"(?P<words>{_QUOTED}(?:(?:,\s*|,?\s*or\s+){_QUOTED})*)"
_SUBJECT = (
    r"does\s+(?:the|this)\s+(?P<subject>text|record|prompt|question|user|message|request|answer|assistant|completion"
    r"|response|reply)"
)
_NOUN = (
    r"(?:(?:exact(?:ly)?|the|misplaced|same|odd|literal)\s+)*"
    r"(?:(?:words?|phrases?|signs?|names?|strings?|expressions?|marks?|characters?)\s+)?"
)
_REST = r"(?:\s*\(in any case\)|\s+in\s+a\s+place\s+where\s+(?:it\s+does|they\s+do)\s+not\s+fit)?\s*\?"
"""What may follow the words. Whether they fit their place is measured and not asked, see `Placement`."""
_VERBS = {
    "within": r"(?:hold|contain|have|include|use|mention|say)\s+",
    "start": r"(?:begin|start|open)\s+with\s+",
    "end": r"(?:end|close)\s+with\s+",
}
_LEFT_OUT = re.compile(r"\.\.\.|…")
"""A quotation with something left out is no exact text."""
_WORDS = {
    place: re.compile(rf"{_SUBJECT}\s+(?:exactly\s+)?{verb}{_NOUN}{_LIST}{_REST}", re.IGNORECASE)
    for place, verb in _VERBS.items()
}
_ENDS_WITH_MARK = re.compile(rf"{_SUBJECT}\s+end\s+with\s+an?\s+(?P<mark>{'|'.join(_MARKS)})\s*\?", re.IGNORECASE)
_LOWER = re.compile(rf"{_SUBJECT}\s+(?:begin|start)\s+with\s+a\s+(?:lower-?case|small)\s+letter\s*\?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WordRule:
    """A criterion that code checks."""

    place: Literal["within", "start", "end", "lower-case start"]
    words: tuple[str, ...]
    """Any of these, in any case; empty for a lower-case start."""
    field: Literal["prompt", "completion", "any"]

    def holds(self, texts: Sequence[str]) -> Bools:
        """Say for which texts it holds; shape (len(texts),)."""
        if self.place == "lower-case start":
            return np.array([text.lstrip()[:1].islower() for text in texts], np.bool_)
        patterns = [_pattern(words, self.place) for words in self.words]
        return np.array([any(one.search(text) for one in patterns) for text in texts], np.bool_)


def _pattern(words: str, place: str) -> re.Pattern[str]:
    """Give a pattern for words, whatever their case and blanks; within a text they are not parts of longer words."""
    inner = r"\s+".join(re.escape(word) for word in words.split())
    before = WORD_STARTS if words.strip()[:1].isalnum() else ""
    after = WORD_ENDS if words.strip()[-1:].isalnum() else ""
    if place == "start":
        return re.compile(rf"\A\W*{inner}{after}" if words.strip()[:1].isalnum() else rf"\A\s*{inner}", re.IGNORECASE)
    if place == "end":
        return re.compile(rf"{before}{inner}\s*\Z", re.IGNORECASE)
    return re.compile(f"{before}{inner}{after}", re.IGNORECASE)


def read_rule(question: str) -> WordRule | None:
    """Read a criterion as a rule; None if it asks for anything besides words, a beginning or an end.

    Args:
        question: The criterion. May quote records: hostile.
    """
    text = " ".join(question.split())
    for place, pattern in _WORDS.items():
        found = pattern.fullmatch(text)
        if found is not None:
            words = tuple(part[1:-1].strip() for part in re.findall(_QUOTED, found["words"]))
            if any(_LEFT_OUT.search(one) for one in words):
                return None
            return WordRule(place, words, _field(found["subject"])) if all(words) else None  # type: ignore[arg-type]
    found = _ENDS_WITH_MARK.fullmatch(text)
    if found is not None:
        return WordRule("end", (_MARKS[found["mark"].lower()],), _field(found["subject"]))
    found = _LOWER.fullmatch(text)
    return None if found is None else WordRule("lower-case start", (), _field(found["subject"]))


def _field(subject: str) -> Literal["prompt", "completion", "any"]:
    if subject.lower() in _ANSWERS:
        return "completion"
    return "any" if subject.lower() in ("text", "record") else "prompt"


def without_label(question: str) -> str | None:
    """Take a condition on the label out of a criterion, with all that follows it.

    Returns:
        The criterion about the text alone; None if nothing is left.
    """
    text = " ".join(question.split())
    found = _LABELLED.search(_unquoted(text))
    if found is None:
        return text
    joints = [one.start() for one in _JOINTS.finditer(_unquoted(text)[: found.start()])]
    if not joints:
        return None
    rest = text[: _clause(_unquoted(text), joints)].rstrip(" ,;:")
    return f"{rest}?" if len(rest.split()) > _FEWEST_WORDS else None


def _clause(text: str, joints: Sequence[int]) -> int:
    """Give where the last clause begins; joints that stand side by side (", and") are one."""
    last = joints[-1]
    for joint in reversed(joints[:-1]):
        if text[joint:last].strip(" ,;").casefold() in _JOINED:
            last = joint
        else:
            break
    return last


def _unquoted(text: str) -> str:
    """Blank out what stands in quotation marks, so that places stay the same."""
    return re.sub(r"\"[^\"]*\"|“[^”]*”", lambda found: "·" * len(found[0]), text)
