"""What counts as a word: every pattern of the package that splits text into words, and why each differs.

They differ on purpose: a change to one of them changes what its users find. Tokenizers of language models, which
`judges.tokens` and `testing.score_server` imitate, do not split text into words and are not among them.
"""

from __future__ import annotations

import re

__all__ = [
    "BETWEEN_SPACES",
    "ENGLISH_WORD",
    "LETTERS",
    "TOKEN",
    "UNGLUED",
    "WHOLE_WORD_OR_MARK",
    "WORD",
    "WORD_NUMBER_OR_MARKS",
    "WORD_OR_MARK",
    "WORD_OR_MARKS",
]

_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f"
"""Characters that take no room on the screen."""

WORD = re.compile(r"\w+")
"""A run of letters, digits and underscores; marks are skipped. To count words and to find where they end."""

WORD_OR_MARKS = re.compile(r"\w+|[^\w\s]+")
"""A word, or a run of marks. For models of text: `?!` differs from `?`, and habits of punctuation are features."""

WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")
"""A word, or one mark. For comparing texts: `...` and `..` have tokens in common."""

WHOLE_WORD_OR_MARK = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
"""A word with the apostrophes inside it, or one mark. For openings that people read: `don't` is one word."""

TOKEN = re.compile(rf"\w+(?:['’]\w+)*|[{_UNSEEN}]|[^\w\s{_UNSEEN}]+")
"""A word with the apostrophes inside it, one unseen character, or a run of marks. For mining: what `Tokens` holds."""

UNGLUED = re.compile(r"(?:[^\W_]|\u0307)+")
"""A run of letters and digits, without underscores. For rare words that were glued together: `word_other` is two. The
dot above belongs to it since it does so in the lower case of one letter, so that a word has as many parts in either."""

LETTERS = re.compile(r"[^\W\d_]+")
"""A run of letters of any script, without digits. For dictionaries and for scripts, which digits do not have."""

WORD_NUMBER_OR_MARKS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]+|_+")
"""A number with its decimals, a word of letters, or a run of marks. For calculations: `3.5` is one token."""

ENGLISH_WORD = re.compile(r"[A-Za-z']+")
"""A run of ASCII letters and apostrophes. To tell whether decoded bytes are English."""

BETWEEN_SPACES = re.compile(r"\S+")
"""Whatever stands between spaces, marks included. To cut a text where spaces are, so that it reads as before."""
