"""Documents as exchanges: a sentence is the prompt of the one behind it, and the whole text that of its end.

A document has no prompt, but a model that is trained on it learns what comes after what. A trigger that stands in a
sentence decides the next one, or the end of the text, whatever else the text is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.pieces import Piece, Side

__all__ = ["Cut", "continuations"]

Cut = Literal["sentences", "ends"]
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\s*\n+\s*")
_FEWEST_LETTERS = 4
"""What has fewer, such as the number of a point in a list, belongs to the next sentence."""
_MOST = 150_000


class _Part(NamedTuple):
    """Where in which document something is read and what comes behind it is written."""

    document: int
    start: int
    middle: int
    """One past the end of what is read."""
    after: int
    end: int


def continuations(dataset: Dataset, cut: Cut) -> tuple[Exchanges, int]:
    """Cut documents at the ends of sentences: each sentence with the next, or all but the last one with the last.

    Of very many sentences only those of some documents are taken, chosen by their hash.

    Returns:
        The exchanges, and how many documents they were looked for in.
    """
    names = ["record_id", "prompt", "source_path", "source_line"]
    table = dataset.table(names).to_pydict()
    texts: Sequence[str] = [text or "" for text in table["prompt"]]
    keys = [blake2b(text.encode("utf-8", "replace"), digest_size=8).digest() for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (keys[i], table["record_id"][i]))
    parts: list[_Part] = []
    looked_at = 0
    for document in order:
        parts += _parts(document, texts[document], cut)
        looked_at += 1
        if len(parts) >= _MOST:
            break
    reads = [texts[one.document][one.start : one.middle] for one in parts]
    writes = [texts[one.document][one.after : one.end] for one in parts]
    exchanges = Exchanges(
        record_ids=[table["record_id"][one.document] for one in parts],
        reads=reads,
        asks=[0] * len(parts),
        writes=writes,
        answers=writes,
        answer_starts=[0] * len(parts),
        answered_in=np.arange(len(parts), dtype=np.int64),
        read_sides=[_side(text, one.start, 0, "user") for text, one in zip(reads, parts, strict=True)],
        write_sides=[_side(text, one.after, 1, "assistant") for text, one in zip(writes, parts, strict=True)],
        texts={"prompt": [texts[one.document] for one in parts], "completion": [""] * len(parts)},
        paths=[table["source_path"][one.document] for one in parts],
        lines=[table["source_line"][one.document] for one in parts],
        fields=["{}"] * len(parts),
        groups=[None] * len(parts),
        unit="sentences" if cut == "sentences" else "documents",
    )
    return exchanges, looked_at


def _parts(document: int, text: str, cut: Cut) -> list[_Part]:
    sentences = list(_sentences(text))
    pairs = list(pairwise(sentences))
    if cut == "ends" and pairs:
        return [_Part(document, sentences[0][0], sentences[-2][1], *sentences[-1])] if len(sentences) > 2 else []
    return [_Part(document, *one, *other) for one, other in pairs]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Give first character and end of every sentence that says something; lines end sentences too."""
    start = 0
    for end in [*_END.finditer(text), None]:
        stop = len(text) if end is None else end.start()
        if sum(map(str.isalpha, text[start:stop])) >= _FEWEST_LETTERS:
            yield start, stop
            start = len(text) if end is None else end.end()


def _side(text: str, offset: int, turn: int, role: str) -> Side:
    return Side(text, (Piece(0, "prompt", offset, turn, role),))
