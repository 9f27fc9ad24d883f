r"""What counts as a word: every pattern of the package that splits text into words, and why each differs.

They differ on purpose: a change to one of them changes what its users find. All agree on what a letter is
(`marshtest.text.scripts`): a mark on a letter belongs to the word, and in scripts without spaces between words each
cluster is a word. Tokenizers of language models, which `judges.tokens` and `testing.score_server` imitate, do not split
text into words and are not among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marshtest.text.scripts import CLUSTER, CLUSTERED, CLUSTERS_OF_A_WORD, JOINER, MARKS, is_clustered

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
    "WordPattern",
    "count_plain_words",
    "count_words",
    "word_places",
    "words_to_compare",
]


@dataclass(frozen=True, slots=True)
class WordPattern:
    """A regular expression for words of any script, with a simpler one that gives the same in plain ASCII."""

    any_script: re.Pattern[str]
    ascii_only: re.Pattern[str]

    @property
    def pattern(self) -> str:
        """The expression for any script."""
        return self.any_script.pattern

    def findall(self, text: str) -> list[str]:
        """Give all words of a text."""
        return (self.ascii_only if text.isascii() else self.any_script).findall(text)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """Give all words between two places of a text, with their places."""
        pattern = self.ascii_only if text.isascii() else self.any_script
        return pattern.finditer(text, start, len(text) if end is None else end)


def _words(pattern: str) -> WordPattern:
    r"""Make a pattern from one with `<\w>` for a run of word characters, and other classes in the same way.

    Each stands for a run of it and the marks on it, or for one cluster.
    """
    any_script = pattern
    for piece, excluded in _PIECES.items():
        run = rf"[{excluded}{CLUSTERED}]++(?:(?:[{MARKS}]|{JOINER})++[{excluded}{CLUSTERED}]*+)*+"
        any_script = any_script.replace(f"<{piece}>", run)
    plain = pattern.replace("|<cluster>", "")
    for piece in _PIECES:
        plain = plain.replace(f"<{piece}>", f"{piece}+")
    return WordPattern(re.compile(any_script.replace("<cluster>", CLUSTER)), re.compile(plain))


_PIECES = {r"\w": r"^\W", r"[^\W_]": r"^\W_", r"[^\W\d_]": r"^\W\d_"}
"""Classes of characters that words are made of, and the beginning of a class that leaves out more of them."""

_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f"
"""Characters that take no room on the screen."""

WORD = _words(r"<\w>|<cluster>")
"""A run of letters, digits and underscores; marks are skipped. To count words and to find where they end."""

WORD_OR_MARKS = _words(r"<\w>|<cluster>|[^\w\s]+")
"""A word, or a run of marks. For models of text: `?!` differs from `?`, and habits of punctuation are features."""

WORD_OR_MARK = _words(r"<\w>|<cluster>|[^\w\s]")
"""A word, or one mark. For comparing texts: `...` and `..` have tokens in common."""

WHOLE_WORD_OR_MARK = _words(r"<\w>(?:['’]<\w>)*|<cluster>|[^\w\s]")
"""A word with the apostrophes inside it, or one mark. For openings that people read: `don't` is one word."""

TOKEN = _words(rf"<\w>(?:['’]<\w>)*|<cluster>|[{_UNSEEN}]|[^\w\s{_UNSEEN}]+")
"""A word with the apostrophes inside it, one unseen character, or a run of marks. For mining: what `Tokens` holds."""

UNGLUED = _words(r"<[^\W_]>|<cluster>")
"""A run of letters and digits, without underscores. For rare words that were glued together: `word_other` is two. The
dot above belongs to it since it does so in the lower case of one letter, so that a word has as many parts in either."""

LETTERS = _words(r"<[^\W\d_]>|<cluster>")
"""A run of letters of any script, without digits. For dictionaries and for scripts, which digits do not have."""

WORD_NUMBER_OR_MARKS = _words(r"\d+(?:[.,]\d+)*|<[^\W\d_]>(?:['’]<[^\W\d_]>)*|<cluster>|[^\w\s]+|_+")
"""A number with its decimals, a word of letters, or a run of marks. For calculations: `3.5` is one token."""

ENGLISH_WORD = re.compile(r"[A-Za-z']+")
"""A run of ASCII letters and apostrophes. To tell whether decoded bytes are English."""

BETWEEN_SPACES = WordPattern(re.compile(rf"(?:{CLUSTER})[^\w\s]*+|[^\s{CLUSTERED}]++"), re.compile(r"\S+"))
"""Whatever stands between spaces, marks included, and one cluster with the marks behind it. To cut a text where spaces
are or could be, so that it reads as before."""


def word_places(text: str) -> Iterator[tuple[int, int]]:
    """Give start and end of every word or run of marks; in scripts without spaces, of every two clusters in a row.

    To compare texts by the words that they share: most texts of one language share most of its single characters.
    """
    before: tuple[int, int] | None = None
    alone = False
    for match in WORD_OR_MARKS.finditer(text):
        start, end = match.span()
        if not is_clustered(text[start]):
            if before is not None and alone:
                yield before
            before, alone = None, False
            yield start, end
        elif before is not None and before[1] == start:
            yield before[0], end
            before, alone = (start, end), False
        else:
            if before is not None and alone:
                yield before
            before, alone = (start, end), True
    if before is not None and alone:
        yield before


def words_to_compare(text: str) -> list[str]:
    """Give the words of a text without marks; in scripts without spaces, every two clusters in a row."""
    if text.isascii():
        return WORD.findall(text)
    pieces = (text[start:end] for start, end in word_places(text))
    return [piece for piece in pieces if piece[0].isalnum() or piece[0] == "_"]


def count_words(text: str) -> int:
    """Count what stands between spaces; in scripts without spaces, every two clusters."""
    return len(text.split()) if text.isascii() else _counted(BETWEEN_SPACES.findall(text))


def count_plain_words(text: str) -> int:
    """Count what stands between spaces and is all letters; in scripts without spaces, every two clusters."""
    if text.isascii():
        return sum(word.isalpha() for word in text.split())
    return _counted([word for word in BETWEEN_SPACES.findall(text) if LETTERS.any_script.fullmatch(word)])


def _counted(words: Sequence[str]) -> int:
    clusters = sum(is_clustered(word[0]) for word in words)
    return len(words) - clusters + clusters // CLUSTERS_OF_A_WORD
