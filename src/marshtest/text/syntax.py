"""Sentence frames: runs of one to six parts of the skeleton of a text, at three levels of detail.

Content is left out, so the same frame around other content is the same feature. `⊢` and `⊣` are the start and the end
of a text, and `…` stands for any content words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus, FeatureFamily, Places
from marshtest.text.function_words import CLASSES, word_class
from marshtest.text.ngrams import frequent_ngrams, occurrences
from marshtest.text.skeleton import FIRST, GAP, LAST, LEVELS, Level
from marshtest.text.tokens import BEGIN, END, Tokens, distinct

__all__ = ["SyntaxFamily"]

_MAX_ORDER: dict[Level, int] = {"clauses": 6, "classes": 5, "words": 4}
"""Longest run at each level. Chosen by eye: the fewer symbols a level has, the longer a run must be to be rare."""
_MIN_TEXTS = 8
"""Texts that must share a frame. Chosen by eye: with fewer there are many more frames, and none of them is proven."""
_MOST_WORDS, _LEAST_SHARE = 6, 0.03
"""Words that the name of a frame lists for one of its places, and the share of its occurrences that each must have."""
_MARKS = frozenset(".,;:?!'’\"-")
"""Ordinary marks: any other symbol belongs to a topic or a source, as a pound sign does."""


class SyntaxFamily(FeatureFamily):
    """Sentence frames."""

    id = "syntax"
    pattern = "structure"
    title = "The sentence frame"

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Give every run that at least eight texts share."""
        found: dict[str, Ints] = {}
        for level in LEVELS:
            found |= _runs(corpus.skeleton(level), level)
        return found

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the words and marks of the frame, without the gaps between them."""
        tokens, sequence = _sequence(corpus, name)
        wanted = set(texts.tolist())
        gap = tokens.vocabulary.index(GAP)
        found: dict[int, set[tuple[int, int]]] = {}
        for place in occurrences(tokens, sequence).tolist():
            text = int(tokens.text[place])
            if text in wanted:
                parts = [p for p in range(place, place + len(sequence)) if tokens.ids[p] not in (BEGIN, END, gap)]
                found.setdefault(text, set()).update((int(tokens.start[p]), int(tokens.end[p])) for p in parts)
        return {text: tuple(sorted(spans)) for text, spans in found.items()}

    def is_content_free(self, name: str) -> bool:
        """Accept frames of function words and ordinary marks: other symbols and numbers belong to a topic or source.

        Nor is a frame that negates, but for a tag such as “isn't it?”: negation turns what the words of a text say, so
        that it decides labels honestly.
        """
        parts = [part for part in _run_of(name) if part not in (GAP, FIRST, LAST)]
        if any(_is(part, "negation") and not _is(after, "pronoun") for part, after in pairwise([*parts, ""])):
            return False
        ordinary = [part for part in parts if part.isalpha() or _MARKS.issuperset(part) or part[0] == "‹"]
        return len(ordinary) == len(parts) and "‹number›" not in parts and not all(map(_MARKS.issuperset, parts))

    def label(self, corpus: Corpus, name: str, texts: Ints) -> str:
        """Give the frame with the most frequent words in each of its places, e.g. `when/if/as … , …`."""
        tokens, sequence = _sequence(corpus, name)
        place = occurrences(tokens, sequence)
        place = place[np.isin(tokens.text[place], texts)]
        parts = []
        for step, part in enumerate(sequence.tolist()):
            symbol = tokens.vocabulary[part]
            known = symbol.strip("‹›").replace("-", " ") in CLASSES
            parts.append((_words(corpus, tokens, place + step) or symbol) if known else symbol.strip("‹›"))
        return " ".join(part for part in parts if part not in (FIRST, LAST))


def _runs(tokens: Tokens, level: Level) -> dict[str, Ints]:
    """Give the texts with each run of one level."""
    found: dict[str, Ints] = {}
    size = len(tokens)
    for grams in frequent_ngrams(tokens, max_order=_MAX_ORDER[level], min_texts=_MIN_TEXTS):
        keys = distinct(grams.ngram * size + tokens.text[grams.place])
        ngram, text = keys // size, keys % size
        count = int(ngram[-1]) + 1
        first = np.zeros(count, np.int64)
        first[grams.ngram[::-1]] = grams.place[::-1]
        ids = tokens.ids[first[:, None] + np.arange(grams.order)]
        names = np.array(tokens.vocabulary, dtype=object)[ids].tolist()
        bounds = np.searchsorted(ngram, np.arange(1, count))
        for symbols, members in zip(names, np.split(text, bounds), strict=True):
            if any(symbol not in (GAP, FIRST, LAST) for symbol in symbols):
                found[f"{level}: {' '.join(symbols)}"] = members
    return found


def _sequence(corpus: Corpus, name: str) -> tuple[Tokens, Ints]:
    """Give the skeleton of the level that a feature is from, and the run as symbols of that skeleton."""
    level = name.partition(": ")[0]
    tokens = corpus.skeleton(next(known for known in LEVELS if known == level))
    number = {symbol: index for index, symbol in enumerate(tokens.vocabulary)}
    return tokens, np.array([number[symbol] for symbol in _run_of(name)], np.int64)


def _run_of(name: str) -> list[str]:
    """Give the parts of a feature."""
    return name.partition(": ")[2].split(" ")


def _words(corpus: Corpus, tokens: Tokens, place: Ints) -> str:
    """Give the most frequent words at these places; empty if no word is frequent enough to name."""
    shown = Counter(
        corpus.texts[text][start:end].lower()
        for text, start, end in zip(tokens.text[place], tokens.start[place], tokens.end[place], strict=True)
    )
    often = [word for word, count in shown.most_common(_MOST_WORDS) if count >= _LEAST_SHARE * len(place)]
    return "/".join(often)


def _is(part: str, name: str) -> bool:
    """Say whether a part of a frame is a class of function words, or a word of it."""
    return part == f"‹{name}›" or word_class(part) == name
