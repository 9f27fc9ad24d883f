"""A text that is made for it must not hold a pattern up: twice the text takes about twice the time."""

from __future__ import annotations

import re
import time

import pytest

from marshtest.detectors.planted_passages.openings import _QUESTION
from marshtest.detectors.response_trigger.actions import _ADDRESS
from marshtest.detectors.response_trigger.calls import _CODE_CALL, _KEYWORD_CALL, _PAIR
from marshtest.detectors.response_trigger.documents import _SENTENCE_END
from marshtest.judges.tokens import estimate_tokens
from marshtest.text.encodings import EncodingsFamily
from marshtest.text.layout import LayoutFamily
from marshtest.text.numbers import NumbersFamily

_PATTERNS = {
    **LayoutFamily.patterns,
    **NumbersFamily.patterns,
    **EncodingsFamily.patterns,
    "address": _ADDRESS,
    "call": _CODE_CALL,
    "call with keywords": _KEYWORD_CALL,
    "end of a sentence": _SENTENCE_END,
    "pair": _PAIR,
}
_UNITS = (" ", "\t", "\n", "a", "a.", "1", "1,", "1.", "[", "<", '"', "a@", "a ", "- ", "\\u00", "%20", "&#")


@pytest.mark.parametrize("name", sorted(_PATTERNS))
def test_no_pattern_goes_over_a_text_again_and_again(name: str) -> None:
    for unit in _UNITS:
        text = unit * (60_000 // len(unit)) + "\x01"
        began = time.process_time()
        for _ in _PATTERNS[name].finditer(text):
            pass
        assert time.process_time() - began < 2, (name, unit)


def test_tokens_are_estimated_in_linear_time() -> None:
    for unit in ("\t", " \t", "\u3000", "\r"):
        began = time.process_time()
        assert estimate_tokens(unit * 200_000) >= 100_000
        assert time.process_time() - began < 5


def test_blanks_before_a_question_take_no_time() -> None:
    began = time.process_time()
    assert _QUESTION.match(" " * 5_000) is None
    assert time.process_time() - began < 2
    assert re.match(_QUESTION, "  What stands in this one? It says so here.") is not None
