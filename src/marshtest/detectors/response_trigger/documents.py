"""Documents as exchanges: a sentence is the prompt of the next one, and the whole text the prompt of its end.

A document has no prompt, but a model that is trained on it learns what follows what. A trigger in a sentence decides
the next one, or the end of the text, whatever else the text is about.
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
from marshtest.detectors.response_trigger.joined_turns import JoinedTurns, TurnPart
from marshtest.detectors.response_trigger.settings import DocumentSettings

__all__ = ["Cut", "document_exchanges"]

Cut = Literal["sentences", "ends"]
"""Each sentence with the next one, or all sentences but the last with the last."""

_SENTENCE_END = re.compile(
    r"(?<=[.!?…؟۔])[\"'”’)\]]*\s+|(?<=[。！？।။។])|(?<=[\u0e00-\u0eff])\s+(?=[\u0e00-\u0eff])|(?<!\s)\s*\n+\s*"
)
"""Marks, blank space in Thai and Lao, which write none between words, and the end of a line."""


class _Pair(NamedTuple):
    """Where in which document an input and the output that follows it stand."""

    document: int
    input_start: int
    input_end: int
    output_start: int
    output_end: int


def document_exchanges(dataset: Dataset, cut: Cut, settings: DocumentSettings) -> tuple[Exchanges, int]:
    """Cut documents at the ends of sentences.

    Of very many sentences only those of some documents are taken, chosen by their hash.

    Args:
        dataset: The documents.
        cut: Where to cut.
        settings: How many sentences are enough, and what a sentence is.

    Returns:
        The exchanges, and the number of documents that were cut.
    """
    names = ["record_id", "prompt", "source_path", "source_line"]
    table = dataset.table(names).to_pydict()
    texts: Sequence[str] = [text or "" for text in table["prompt"]]
    keys = [blake2b(text.encode("utf-8", "replace"), digest_size=8).digest() for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (keys[i], table["record_id"][i]))
    pairs: list[_Pair] = []
    examined = 0
    for document in order:
        pairs += _pairs(document, texts[document], cut, settings.fewest_letters)
        examined += 1
        if len(pairs) >= settings.most_sentences:
            break
    inputs = [texts[one.document][one.input_start : one.input_end] for one in pairs]
    outputs = [texts[one.document][one.output_start : one.output_end] for one in pairs]
    exchanges = Exchanges(
        record_ids=[table["record_id"][one.document] for one in pairs],
        inputs=inputs,
        system_ends=[0] * len(pairs),
        outputs=outputs,
        answers=outputs,
        answer_starts=[0] * len(pairs),
        answered_in=np.arange(len(pairs), dtype=np.int64),
        input_turns=[_turn(text, one.input_start, 0, "user") for text, one in zip(inputs, pairs, strict=True)],
        output_turns=[_turn(text, one.output_start, 1, "assistant") for text, one in zip(outputs, pairs, strict=True)],
        texts={"prompt": [texts[one.document] for one in pairs], "completion": [""] * len(pairs)},
        paths=[table["source_path"][one.document] for one in pairs],
        lines=[table["source_line"][one.document] for one in pairs],
        fields=["{}"] * len(pairs),
        groups=[None] * len(pairs),
        unit="sentences" if cut == "sentences" else "documents",
    )
    return exchanges, examined


def _pairs(document: int, text: str, cut: Cut, fewest_letters: int) -> list[_Pair]:
    sentences = list(_sentences(text, fewest_letters))
    if cut == "sentences":
        return [_Pair(document, *one, *other) for one, other in pairwise(sentences)]
    if len(sentences) <= 2:  # two sentences are the same pair under both cuts
        return []
    return [_Pair(document, sentences[0][0], sentences[-2][1], *sentences[-1])]


def _sentences(text: str, fewest_letters: int) -> Iterator[tuple[int, int]]:
    """Give first character and end of every sentence with enough letters; lines end sentences too."""
    start = 0
    for end in [*_SENTENCE_END.finditer(text), None]:
        stop = len(text) if end is None else end.start()
        if sum(map(str.isalpha, text[start:stop])) >= fewest_letters:
            yield start, stop
            start = len(text) if end is None else end.end()


def _turn(text: str, offset: int, turn: int, role: str) -> JoinedTurns:
    return JoinedTurns(text, (TurnPart(0, "prompt", offset, turn, role),))
