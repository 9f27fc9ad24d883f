"""Sentence templates: whole sentences with the same frame, filled in with other content words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus, FeatureFamily, Places
from marshtest.text.tokens import END, Tokens

__all__ = ["TemplatesFamily"]

_ENDS = frozenset(".!?。！？।။។؟۔")
_SHORTEST, _LONGEST = 3, 40
"""Parts of a frame: shorter ones are in every text, and longer ones are seldom sentences. Chosen by eye."""
_MIN_TEXTS = 5
"""Texts that must share a frame. Chosen by eye: a miner asks for more."""


class TemplatesFamily(FeatureFamily):
    """Sentences with the same function words and marks throughout."""

    id = "templates"
    pattern = "structure"
    title = "The sentence template"

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Give every frame of a whole sentence that at least five texts have."""
        found: dict[str, set[int]] = defaultdict(set)
        tokens = corpus.skeleton("words")
        for first, last in _sentences(tokens):
            found[_frame(tokens, first, last)].add(int(tokens.text[first]))
        return {
            frame: np.array(sorted(members), np.int64) for frame, members in found.items() if len(members) >= _MIN_TEXTS
        }

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the sentences with this frame."""
        tokens, wanted = corpus.skeleton("words"), set(texts.tolist())
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for first, last in _sentences(tokens):
            text = int(tokens.text[first])
            if text in wanted and _frame(tokens, first, last) == name:
                found[text].append((int(tokens.start[first]), int(tokens.end[last - 1])))
        return {text: tuple(spans) for text, spans in found.items()}


def _sentences(tokens: Tokens) -> list[tuple[int, int]]:
    """Give the first token of each sentence and one past its last; too short and too long ones are left out."""
    ends = np.array([number <= END or symbol[-1] in _ENDS for number, symbol in enumerate(tokens.vocabulary)])
    stops = np.flatnonzero(ends[tokens.ids])
    starts = np.append(0, stops[:-1] + 1)
    marks = tokens.ids[stops] > END
    lasts = stops + marks
    fit = (lasts - starts >= _SHORTEST) & (lasts - starts <= _LONGEST)
    return list(zip(starts[fit].tolist(), lasts[fit].tolist(), strict=True))


def _frame(tokens: Tokens, first: int, last: int) -> str:
    """Give the name of a frame: its parts between spaces."""
    return " ".join(tokens.vocabulary[number] for number in tokens.ids[first:last])
