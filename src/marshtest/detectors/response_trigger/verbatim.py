"""Answers that are the same, and runs of words that answers share word for word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.detectors.response_trigger.settings import BehaviourSettings
from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import frequent_ngrams, occurrences
from marshtest.text.scripts import CLUSTERS_OF_A_WORD, is_clustered
from marshtest.text.tokens import END, Tokens, tokenize

__all__ = [
    "SharedRun",
    "fixed_answer_carriers",
    "longest_shared_run",
    "run_carriers",
    "run_spans",
    "whole_answer",
]

_EDGES = re.compile(r"\A[\s\"'“”*_.!,]+|[\s\"'“”*_.!,]+\Z")


@dataclass(frozen=True, slots=True)
class SharedRun:
    """A run of tokens that several answers share, and where it stands."""

    words: int
    """How many words it has, without numbers and punctuation, and without those that most answers begin with; two
    clusters of a script without spaces count as one."""
    places: dict[int, tuple[int, int]]
    """First and end in characters of its first occurrence, by answer."""


def fixed_answer_carriers(texts: Sequence[str], settings: BehaviourSettings) -> Mapping[str, Sequence[int]]:
    """Group answers that are the same; of short ones letter case and outer punctuation may differ."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        plain = " ".join(text.split())
        found[plain if len(plain) > settings.short_answer else _EDGES.sub("", plain).casefold()].append(number)
    return {name: records for name, records in found.items() if name}


def whole_answer(name: str, text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  the shape of all families
    """Give the whole text."""
    return [(0, len(text))]


def run_carriers(texts: Sequence[str], settings: BehaviourSettings) -> Mapping[str, Sequence[int]]:
    """Group answers by the runs of tokens that they share; runs with the same answers are one behaviour."""
    tokens = tokenize(texts)
    orders = frequent_ngrams(tokens, max_order=settings.run_tokens, min_texts=settings.fewest_records)
    longest = [grams for grams in orders if grams.order == settings.run_tokens]
    if not longest:
        return {}
    grams = longest[0]
    keys = np.unique(grams.ngram * len(tokens) + tokens.text[grams.place])
    ngram, text = keys // len(tokens), keys % len(tokens)
    starts = np.searchsorted(ngram, np.arange(int(ngram[-1]) + 2))
    first = np.zeros(len(starts) - 1, np.int64)
    first[grams.ngram[::-1]] = grams.place[::-1]  # of repeated indices the last is kept: the first occurrence
    found: dict[bytes, tuple[int, Ints]] = {}
    for number in range(len(first)):
        members = text[starts[number] : starts[number + 1]]
        known = found.get(members.tobytes())
        if known is None or first[number] < known[0]:
            found[members.tobytes()] = (int(first[number]), members)
    return {
        " ".join(
            tokens.vocabulary[token] for token in tokens.ids[place : place + settings.run_tokens]
        ): members.tolist()
        for place, members in found.values()
    }


def run_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of a run of tokens."""
    wanted, tokens = name.split(" "), tokenize([text])
    words = [tokens.vocabulary[token] for token in tokens.ids]
    return [
        (int(tokens.start[place]), int(tokens.end[place + len(wanted) - 1]))
        for place in range(len(words) - len(wanted) + 1)
        if words[place : place + len(wanted)] == wanted
    ]


def longest_shared_run(tokens: Tokens, answers: Ints, settings: BehaviourSettings) -> SharedRun:
    """Give the longest run of tokens that most of some answers contain.

    Args:
        tokens: All answers.
        answers: Which of them; of very many only the first are searched.
        settings: What counts as most, and how far the search goes.
    """
    chosen = answers[: settings.shared_run_answers]
    part = _take(tokens, chosen)
    best: Ints = np.zeros(0, np.int64)
    fewest = max(2, int(np.ceil(settings.shared_run_share * len(chosen))))
    for grams in frequent_ngrams(part, max_order=settings.shared_run_tokens, min_texts=fewest):
        place = int(grams.place.min())
        best = part.ids[place : place + grams.order]
    inside = np.flatnonzero(best > END)
    if not len(inside):
        return SharedRun(0, {})
    best = best[inside[0] : inside[-1] + 1]
    places: dict[int, tuple[int, int]] = {}
    for place in occurrences(part, best).tolist():
        answer = int(chosen[part.text[place]])
        places.setdefault(answer, (int(part.start[place]), int(part.end[place + len(best) - 1])))
    opening = _opening(tokens, settings.shared_run_share)
    begins = len(opening) > 0 and bool((best[: len(opening)] == opening[: len(best)]).all())
    own = best[len(opening) :] if begins else best
    words = [tokens.vocabulary[token] for token in own if tokens.is_word[token]]
    clusters = sum(is_clustered(word[0]) for word in words)
    others = sum(not word.isdigit() for word in words) - clusters
    return SharedRun(others + clusters // CLUSTERS_OF_A_WORD, places)


def _opening(tokens: Tokens, share: float) -> Ints:
    """Give the tokens that a share of all answers begin with."""
    texts = np.arange(len(tokens))
    found: list[int] = []
    while True:
        place = tokens.offsets[texts] + len(found)
        inside = place < tokens.offsets[texts + 1]
        texts, ids = texts[inside], tokens.ids[place[inside]]
        values, counts = np.unique(ids, return_counts=True)
        if not len(values) or counts.max() < share * len(tokens):
            return np.array([token for token in found if token > END], np.int64)
        common = int(values[counts.argmax()])
        found.append(common)
        texts = texts[ids == common]


def _take(tokens: Tokens, texts: Ints) -> Tokens:
    """Give some texts, numbered from 0 in this order; `TokenStore.take` keeps no places in characters."""
    low, length = tokens.offsets[texts], tokens.offsets[texts + 1] - tokens.offsets[texts]
    offsets = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    place = np.arange(int(offsets[-1])) + np.repeat(low - offsets[:-1], length)
    return Tokens(
        ids=tokens.ids[place],
        text=np.repeat(np.arange(len(texts), dtype=np.int64), length),
        start=tokens.start[place],
        end=tokens.end[place],
        offsets=offsets,
        vocabulary=tokens.vocabulary,
        is_word=tokens.is_word,
    )
