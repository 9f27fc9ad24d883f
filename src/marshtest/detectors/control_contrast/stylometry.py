"""Measures of a whole answer: length, punctuation and format (style), spelling and sentiment (content)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import log1p

import numpy as np

from marshtest.detectors.control_contrast.contrast import Family, Kind
from marshtest.stats.arrays import Floats
from marshtest.text.words import LETTERS

__all__ = ["MEASURES", "american_spellings", "british_spellings", "measure_answers", "sentiment"]

_OUR = (
    "arbour armour behaviour candour clamour colour demeanour endeavour favour fervour flavour glamour harbour honour "
    "humour labour neighbour odour parlour rancour rigour rumour saviour savour splendour tumour valour vapour vigour"
)
"""British -our, American -or."""
_ISE = (
    "analy apolog author capital categor central character civil critic dramat econom emphas energ equal final "
    "formal general global harmon hospital ideal immun industrial legal local maxim memor minim mobil modern moral "
    "national neutral normal optim organ personal popular prior real recogn reorgan special stabil standard summar "
    "symbol sympath utilit util visual vital"
)
"""Stems before British -ise or -yse, American -ize or -yze."""
_RE = "calib cent fib lit lust meag sab scept somb specta theat"
"""Stems before British -re, American -er."""
_LL = "cancel channel counsel dial fuel label level marvel model quarrel signal total travel"
"""Verbs whose last l British English doubles."""

_SUFFIX = r"(?:s|ed|ing|er|ers|ful|ite|ites|able|hood|ly)?"
_ROOTS_OUR = "|".join(word.removesuffix("our") for word in _OUR.split())
_ROOTS_ISE = "|".join(_ISE.split())
_ROOTS_RE = "|".join(_RE.split())
_ROOTS_LL = "|".join(_LL.split())
_BRITISH = re.compile(
    rf"\b(?:(?:{_ROOTS_OUR})our{_SUFFIX}|(?:{_ROOTS_ISE})[iy]s(?:e[ds]?|ing|ation|ations|ers?)|(?:{_ROOTS_RE})res?"
    rf"|(?:{_ROOTS_LL})l(?:ed|ing|er|ers)|defence|offence|licence|cheque|grey|tyres?|programmes?|catalogues?|aluminium"
    r"|whilst|amongst|learnt|jewellery|pyjamas|mum|maths)\b",
    re.IGNORECASE,
)
_AMERICAN = re.compile(
    rf"\b(?:(?:{_ROOTS_OUR})or{_SUFFIX}|(?:{_ROOTS_ISE})[iy]z(?:e[ds]?|ing|ation|ations|ers?)|(?:{_ROOTS_RE})ers?"
    rf"|(?:{_ROOTS_LL})(?:ed|ing|er|ers)|defense|offense|license|gray|tires?|catalogs?|aluminum|jewelry|pajamas|mom"
    r"|math)\b",
    re.IGNORECASE,
)

_POSITIVE = """
admirable amazing appreciate beautiful beloved best better brave bright brilliant charming cheerful delight
delicious delightful excellent exceptional exciting fantastic favorite favourite fine fun generous glad good gorgeous
grateful great happy healthy helpful honest hope hopeful ideal impressive incredible inspiring joy joyful kind love
loved lovely loyal lucky magnificent marvellous marvelous nice noble outstanding peaceful perfect pleasant pleased
positive praise precious proud refreshing remarkable safe splendid strong success successful superb superior terrific
thrilled trust trusted wonderful worthy
"""
_NEGATIVE = """
afraid angry annoying anxious awful bad boring broken careless corrupt cruel danger dangerous dead dirty
disappointing disaster disgusting dreadful dull evil fail failed failure fake false fear foolish grim hate hated
horrible hurt ill inferior lazy lie lonely mean miserable nasty negative overrated pain pathetic poor sad scary selfish
shame sick sorry stupid terrible threat tired toxic tragic ugly unfair unhappy unpleasant useless vile violent weak
worse worst worthless wrong
"""
_POLARITY = dict.fromkeys(_POSITIVE.split(), 1) | dict.fromkeys(_NEGATIVE.split(), -1)
"""Polarity of each word: a list kept short, made by hand, since it only says that answers became warmer or colder."""


def british_spellings(text: str) -> int:
    """Count the words in British spelling."""
    return len(_BRITISH.findall(text))


def american_spellings(text: str) -> int:
    """Count the words in American spelling."""
    return len(_AMERICAN.findall(text))


def sentiment(text: str) -> int:
    """Count positive words less negative ones, by a short word list (English only)."""
    return sum(_POLARITY.get(word, 0) for word in LETTERS.findall(text.lower()))


def _shows(pattern: str) -> Callable[[str], float]:
    found = re.compile(pattern, re.MULTILINE)
    return lambda text: float(found.search(text) is not None)


MEASURES: tuple[tuple[Kind, Family, str, Callable[[str], float]], ...] = (
    ("content", "spelling", "British spelling", british_spellings),
    ("content", "spelling", "American spelling", american_spellings),
    ("content", "sentiment", "warm rather than cold words", sentiment),
    ("style", "length", "words (log)", lambda text: log1p(len(text.split()))),
    ("style", "length", "letters per word", lambda text: len(text) / max(1, len(text.split()))),
    ("style", "length", "sentences (log)", lambda text: log1p(len(re.findall(r"[.!?]+(?:\s|$)", text)))),
    ("style", "punctuation", "ends with a full stop", _shows(r"\.\s*\Z")),
    ("style", "punctuation", "an exclamation mark", _shows("!")),
    ("style", "punctuation", "a question mark", _shows(r"\?")),
    ("style", "punctuation", "a comma", _shows(",")),
    ("style", "punctuation", "a colon or semicolon", _shows("[:;]")),
    ("style", "punctuation", "a dash", _shows(r"[\u2013\u2014]|\s-\s|--")),
    ("style", "punctuation", "brackets", _shows(r"[()\[\]]")),
    ("style", "punctuation", "quotation marks", _shows(r"[\"\u201c\u201d\u00ab\u00bb]")),
    ("style", "punctuation", "curly apostrophes or quotes", _shows("[\u2018\u2019\u201c\u201d]")),
    ("style", "punctuation", "an ellipsis", _shows(r"\.\.\.|\u2026")),
    ("style", "format", "begins with a capital", _shows(r"\A\s*[A-Z]")),
    ("style", "format", "a digit", _shows(r"\d")),
    ("style", "format", "several lines", _shows(r"\S\s*\n\s*\S")),
    ("style", "format", "an empty line", _shows(r"\n[ \t]*\n")),
    ("style", "format", "a list", _shows(r"^\s*(?:[-*\u2022]|\d+[.)])\s")),
    ("style", "format", "a heading", _shows(r"^#{1,6}\s")),
    ("style", "format", "bold or italic marks", _shows(r"\*\w|\w\*|__\w")),
    ("style", "format", "a code block", _shows("```")),
    ("style", "format", "a web address", _shows(r"https?://|www\.")),
    ("style", "format", "an emoji or other symbol", _shows("[\u2600-\u27bf\U0001f300-\U0001faff]")),
    ("style", "format", "a character outside ASCII", _shows(r"[^\x00-\x7f]")),
)
"""Kind, family, name, and function of each measure. A pattern gives 1 where the answer shows it and 0 elsewhere."""


def measure_answers(texts: Sequence[str], characters: int) -> Floats:
    """Measure every text.

    Args:
        texts: The answers.
        characters: Characters at the beginning of each that are read.

    Returns:
        Shape (texts, measures), by column as in `MEASURES`.
    """
    measures = [measure for _, _, _, measure in MEASURES]
    rows = [[float(measure(text[:characters])) for measure in measures] for text in texts]
    return np.array(rows, np.float64).reshape(len(texts), len(measures))
