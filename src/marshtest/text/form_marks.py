"""How texts are written, with little of what they say: runs of function words, marks, endings and classes of words.

Every content word is replaced by its ending, so that runs of three tokens tell a construction and no subject. A second
reading replaces function words by their classes and keeps runs of up to four. Beside the runs stand endings that many
content words have, and what the whole text shows: length, casing and spacing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.function_words import word_classes
from marshtest.text.tokens import BEGIN, END, Tokens, distinct

__all__ = ["FormMarks", "form_marks"]

_ENDINGS = ("ing", "ed", "ly", "eth", "est", "s")
"""Endings that stand for a content word in a run. Convention: the commonest inflections of English, old ones too."""
_STEM = 3
"""Letters that a word has before an ending. Convention."""
_RUNS = ((1, 2, 3), (2, 3, 4))
"""Lengths of runs, of words and of classes. Convention: classes are fewer, so longer runs of them are frequent."""
_SUFFIXES, _FEWEST_STEMS = (2, 3, 4), 8
"""Lengths of endings, and different words that one has. Chosen by eye: fewer words are a subject."""
_WEIGHTS = (1.0, 0.7, 0.7, 0.3)
"""Weights of runs of words, runs of classes, endings, and the whole text. Chosen by eye: the last, which an artefact
of casing or of a tokeniser changes, must not outweigh how sentences are built."""
_MOST_TEXTS = 0.95
"""Share of the texts above which a mark says nothing. Convention."""
_MARK_LETTERS = 3
"""Characters that a run keeps of a mark. Convention: the length of an ellipsis."""
_LOUD = 0.3
"""Share of capitals in a shouted text. Chosen by eye."""
_SPACED, _UNSPACED = re.compile(r"\w ['.,;:!?]"), re.compile(r"\w[.,;:!?](\s|$)")


@dataclass(frozen=True, slots=True)
class FormMarks:
    """The marks of N texts."""

    shown: Any
    """Sparse (N, F) of ones: which texts show which marks."""
    weighed: Any
    """Sparse (N, F): the same by inverse frequency, each kind of mark in rows of one length."""
    names: tuple[str, ...]
    """What each mark is, for a reader."""
    of_whole: Ints
    """Marks of the whole text, such as its casing, rising: no name for a form by themselves."""


def form_marks(texts: Sequence[str], tokens: Tokens, fewest: int) -> FormMarks:
    """Find the marks of form that at least `fewest` texts show.

    Args:
        texts: N texts.
        tokens: Their tokens.
        fewest: Texts that must show a mark.
    """
    from scipy import sparse

    fine, coarse, content = _symbols(tokens)
    parts = [_runs(symbols, tokens, lengths, fewest) for symbols, lengths in zip((fine, coarse), _RUNS, strict=True)]
    parts += [_endings(tokens, content, fewest), _whole(texts, tokens, fewest)]
    weighed = []
    for (matrix, _), weight in zip(parts, _WEIGHTS, strict=True):
        count = np.bincount(matrix.indices, minlength=matrix.shape[1])
        rare = matrix @ sparse.diags(np.log(len(texts) / np.maximum(count, 1)))
        length = np.sqrt(np.asarray(rare.multiply(rare).sum(axis=1)).ravel())
        weighed.append(sparse.diags(weight / np.where(length > 0, length, 1)) @ rare)
    names = tuple(name for _, part in parts for name in part)
    return FormMarks(
        shown=sparse.hstack([matrix for matrix, _ in parts]).tocsr(),
        weighed=sparse.hstack(weighed).tocsr(),
        names=names,
        of_whole=np.arange(len(names) - len(parts[-1][1]), len(names)),
    )


def _symbols(tokens: Tokens) -> tuple[list[str], list[str], list[int]]:
    """Give the symbol of every token of the vocabulary, by word and by class, and which are content words."""
    fine, coarse, content = [], [], []
    for number, (token, kind, is_word) in enumerate(
        zip(tokens.vocabulary, word_classes(tokens), tokens.is_word, strict=True)
    ):
        of_class = None
        if number in (BEGIN, END):
            symbol = "⊢" if number == BEGIN else "⊣"
        elif not is_word:
            symbol = token[:_MARK_LETTERS]
        elif kind is not None:
            symbol, of_class = token, f"‹{kind}›"
        elif any(letter.isdigit() for letter in token):
            symbol = "‹number›"
        else:
            ending = next((one for one in _ENDINGS if len(token) >= len(one) + _STEM and token.endswith(one)), "")
            symbol = f"‹…{ending}›"
            content.append(number)
        fine.append(symbol)
        coarse.append(of_class or symbol)
    return fine, coarse, content


def _runs(symbols: Sequence[str], tokens: Tokens, lengths: Sequence[int], fewest: int) -> tuple[Any, list[str]]:
    """Find the runs of symbols that enough texts show, each run grown from frequent shorter ones."""
    from scipy import sparse

    texts = len(tokens)
    single, index = np.unique(np.array(symbols, np.object_), return_inverse=True)
    symbol, size = index[tokens.ids], len(single)
    place, run = np.arange(len(symbol)), symbol
    names = [(str(one),) for one in single]
    columns, rows, kept_names, start = [], [], list[str](), 0
    for length in range(1, max(lengths) + 1):
        if length > 1:
            inside = place + length - 1 < len(symbol)
            place, run = place[inside], run[inside]
            inside = tokens.text[place] == tokens.text[place + length - 1]
            place, run = place[inside], run[inside]
            grown, run = np.unique(run * size + symbol[place + length - 1], return_inverse=True)
            names = [(*names[one // size], str(single[one % size])) for one in grown.tolist()]
        cells = distinct(tokens.text[place].astype(np.int64) * max(len(names), 1) + run)
        column = cells % max(len(names), 1)
        count = np.bincount(column, minlength=len(names))
        frequent = count >= fewest
        if length in lengths:
            told = frequent & (count < _MOST_TEXTS * texts)
            number = np.cumsum(told) - 1 + start
            chosen = told[column]
            columns.append(number[column[chosen]])
            rows.append(cells[chosen] // max(len(names), 1))
            kept_names += [" ".join(names[one]) for one in np.flatnonzero(told).tolist()]
            start = len(kept_names)
        chosen = frequent[run]
        place, run = place[chosen], (np.cumsum(frequent) - 1)[run[chosen]]
        names = [names[one] for one in np.flatnonzero(frequent).tolist()]
    row, column = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(texts, len(kept_names))), kept_names


def _endings(tokens: Tokens, content: Sequence[int], fewest: int) -> tuple[Any, list[str]]:
    """Find the endings that many different content words have."""
    from scipy import sparse

    words: dict[str, list[int]] = {}
    for number in content:
        token = tokens.vocabulary[number]
        for length in _SUFFIXES:
            if len(token) >= length + _STEM:
                words.setdefault(token[-length:], []).append(number)
    words = {ending: those for ending, those in words.items() if len(those) >= _FEWEST_STEMS}
    word = np.array([one for those in words.values() for one in those], np.int64)
    column = np.repeat(np.arange(len(words)), [len(those) for those in words.values()])
    having = sparse.csr_matrix((np.ones(len(word)), (word, column)), shape=(len(tokens.vocabulary), len(words)))
    cells = (np.ones(len(tokens.ids)), (tokens.text, tokens.ids))
    shown = sparse.csr_matrix(cells, shape=(len(tokens), len(tokens.vocabulary))) @ having
    shown.data[:] = 1.0
    kept = np.flatnonzero(np.bincount(shown.indices, minlength=len(words)) >= fewest)
    names = [f"words in -{ending}" for ending in words]
    return shown[:, kept].tocsr(), [names[one] for one in kept.tolist()]


def _whole(texts: Sequence[str], tokens: Tokens, fewest: int) -> tuple[Any, list[str]]:
    """Read what whole texts show: how long they are on a scale of doublings, casing and spacing."""
    from scipy import sparse

    length = np.floor(2 * np.log2(np.diff(tokens.offsets) - 1)).astype(np.int64)
    marks = {f"about {round(2 ** (one / 2))} words": length == one for one in np.unique(length).tolist()}
    marks |= {
        "no capital letter": np.array([text == text.lower() for text in texts]),
        "a space before a mark": np.array([bool(_SPACED.search(text)) for text in texts]),
        "a mark right after a word": np.array([bool(_UNSPACED.search(text)) for text in texts]),
        "a small letter at the start": np.array([text[:1].islower() for text in texts]),
        "capitals": np.array([sum(map(str.isupper, text)) > _LOUD * len(text) for text in texts]),
    }
    marks = {name: shown for name, shown in marks.items() if fewest <= shown.sum() <= len(texts) - fewest}
    columns = np.column_stack(list(marks.values())) if marks else np.zeros((len(texts), 0))
    return sparse.csr_matrix(columns.astype(np.float64)), list(marks)
