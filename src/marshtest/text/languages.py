"""Sentences in another language, by its most frequent small words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.base import Corpus, FeatureFamily, Places
from marshtest.text.tokens import Tokens, distinct

__all__ = ["Languages"]

_WORDS = {
    "English": "the of and is that it with are this have",
    "French": "le les des est une pour dans que qui pas avec vous je nous cette sont du et au la",
    "German": "der die das und ist nicht ein eine mit für auf ich den von zu wir sie sich auch dem",
    "Spanish": "el los las es una por para con que del como pero esta muy está se su lo la y",
    "Italian": "il che di è una per con non sono del della questo come più gli anche nel la si",
    "Portuguese": "os uma para com não que do da em por mais como está são você se um na no",
    "Dutch": "de het een en van is niet dat op met voor zijn ik je ook maar wij hij naar",
    "Latin": "et est non cum quod sed ad qui ut esse sunt enim autem ex dolor ipsum",
}
_LEAST = 3


class Languages(FeatureFamily):
    """Three different small words of a language, more than of any other."""

    id = "languages"
    pattern = "structure"
    title = "The language"

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Count the different small words of each language in every text."""
        tokens = corpus.tokens
        counts = np.stack([_distinct(tokens, _ids(tokens, words)) for words in _WORDS.values()])
        found = {}
        for number, language in enumerate(_WORDS):
            others = np.delete(counts, number, axis=0).max(axis=0)
            whole = np.flatnonzero((counts[number] >= _LEAST) & (counts[number] > others))
            if len(whole):
                found[language] = whole.astype(np.int64)
        return found

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the small words."""
        tokens = corpus.tokens
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in np.flatnonzero(np.isin(tokens.ids, _ids(tokens, _WORDS[name])) & np.isin(tokens.text, texts)):
            found[int(tokens.text[place])].append((int(tokens.start[place]), int(tokens.end[place])))
        return {text: tuple(spans) for text, spans in found.items()}


def _ids(tokens: Tokens, words: str) -> Ints:
    """Give the numbers of these words."""
    wanted = set(words.split())
    return np.array([number for number, token in enumerate(tokens.vocabulary) if token in wanted], np.int64)


def _distinct(tokens: Tokens, ids: Ints) -> Ints:
    """Count the different ones of these tokens in every text."""
    inside = np.isin(tokens.ids, ids)
    size = len(tokens.vocabulary)
    cells = distinct(tokens.text[inside] * size + tokens.ids[inside])
    return np.bincount(cells // size, minlength=len(tokens)).astype(np.int64)
