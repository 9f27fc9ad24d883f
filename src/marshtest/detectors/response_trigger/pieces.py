"""Every piece of wording that answers share: runs of tokens, from the first words to the last line.

All pieces that enough answers share are candidates: the natural ones are what a planted one is compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.joined_turns import STANDING_ROLES
from marshtest.detectors.response_trigger.piece_settings import PieceSettings
from marshtest.detectors.response_trigger.word_vectors import WordVectors
from marshtest.mining.near_copies import near_duplicates
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.ngrams import frequent_ngrams, occurrences
from marshtest.text.tokens import Tokens, tokenize

__all__ = ["Piece", "SpokenTexts", "asked_before", "piece_families", "shared_pieces"]


@dataclass(frozen=True)
class SpokenTexts:
    """All answers, each with what it answers; calls, and texts in front of them, are empty."""

    exchanges: Exchanges
    tokens: Tokens
    """The answers."""
    asked: WordVectors
    """Shape (answers, vocabulary): for each answer the turns since the answer before it, without system prompts."""
    written: WordVectors
    """The answers as vectors."""
    turn: Ints
    """Shape (answers,): how many answers of its record come before each."""
    left: Ints
    """Shape (answers,): how many come after it."""

    @classmethod
    def of(cls, exchanges: Exchanges) -> SpokenTexts:
        """Take the answers of some exchanges."""
        silent = (exchanges.calls | exchanges.beside_calls).tolist()
        texts = ["" if one else text for one, text in zip(silent, exchanges.answers, strict=True)]
        tokens = tokenize(texts)
        counts = np.bincount(exchanges.answered_in, minlength=len(exchanges))
        first = np.cumsum(counts) - counts
        turn = np.arange(len(texts)) - first[exchanges.answered_in]
        return cls(
            exchanges=exchanges,
            tokens=tokens,
            asked=WordVectors(tokenize(asked_before(exchanges))),
            written=WordVectors(tokens),
            turn=turn,
            left=counts[exchanges.answered_in] - 1 - turn,
        )


def asked_before(exchanges: Exchanges) -> list[str]:
    """Give for each answer the turns since the answer before it, or what that one answered where there are none."""
    found: list[str] = []
    last_record, place = -1, 0
    for record, start in zip(exchanges.answered_in.tolist(), exchanges.answer_starts, strict=True):
        read = exchanges.input_turns[record]
        parts = read.parts
        place = place if record == last_record else 0
        answer, begin = exchanges.output_turns[record].part_at(start), place
        while place < len(parts) and parts[place].precedes(answer):
            place += 1
        ends = [*(part.start for part in parts[1:]), len(read.text)]
        told = [read.text[parts[n].start : ends[n]] for n in range(begin, place) if parts[n].role not in STANDING_ROLES]
        found.append("\n".join(told) if told or record != last_record else found[-1])
        last_record = record
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of wording and the answers that hold it."""

    answers: Ints
    """Numbers of the answers, rising."""
    first: Ints
    """Shape of `answers`: index of its first token in each."""
    sequence: Ints
    """Its token ids."""
    runs: int
    """Runs of tokens that stand in these answers and in no others."""
    distinct: Ints
    """The answers whose prompts are no near-duplicates of one another, rising."""


@dataclass(frozen=True, slots=True)
class _Groups:
    """Runs that stand in the very same answers, as one group each; `G` groups of `R` runs."""

    group: Ints
    """Shape (R,): the group of each run, rising."""
    place: Ints
    """Shape (R,): index of the first token of the first occurrence of each run."""
    order: Ints
    """Shape (R,): tokens of each run."""
    answers: Ints
    """Shape (G,): how many answers hold the runs of each group."""


def shared_pieces(texts: SpokenTexts, settings: PieceSettings) -> list[Piece]:
    """Give the pieces that most runs consist of, each once.

    Args:
        texts: All answers.
        settings: What a piece is, and how many are measured.
    """
    tokens = texts.tokens
    pieces = _without_parts(_longest(_groups(tokens, settings), tokens, settings), settings)
    return _without_copies(pieces, texts, settings)


def piece_families(pieces: Sequence[Piece], strength: Floats, settings: PieceSettings) -> Ints:
    """Number the pieces so that those in nearly the same answers share a number, the strongest family first.

    Args:
        pieces: The candidates.
        strength: Shape (pieces,).
        settings: Which share of answers is nearly the same.

    Returns:
        Shape (pieces,): 0 up.
    """
    family = np.zeros(len(pieces), np.int64)
    heads: list[set[int]] = []
    for number in np.argsort(-strength, kind="stable").tolist():
        own = set(pieces[number].answers.tolist())
        known = (
            place
            for place, head in enumerate(heads)
            if len(own & head) >= settings.same_family * min(len(own), len(head))
        )
        place = next(known, None)
        if place is None:
            place = len(heads)
            heads.append(own)
        family[number] = place
    return family


def _groups(tokens: Tokens, settings: PieceSettings) -> _Groups:
    """Group all runs by the answers that hold them."""
    fewest = max(settings.fewest_records, round(settings.least_share * len(tokens)))
    code = np.random.default_rng(0).integers(1, 1 << 62, len(tokens)).astype(np.uint64)
    keys, counts, places, orders = [], [], [], []
    for grams in frequent_ngrams(tokens, max_order=settings.max_order, min_texts=fewest):
        if grams.order < settings.fewest_words:
            continue
        cells = np.unique(grams.ngram * len(tokens) + tokens.text[grams.place])
        ngram, text = cells // len(tokens), cells % len(tokens)
        size = int(ngram[-1]) + 1
        key = np.zeros(size, np.uint64)
        np.add.at(key, ngram, code[text])  # equal for runs in the same answers
        first = np.zeros(size, np.int64)
        first[grams.ngram[::-1]] = grams.place[::-1]  # of repeated indices the last is kept: the first occurrence
        count = np.bincount(ngram)
        kept = count <= settings.most_share * len(tokens)
        keys.append(key[kept])
        counts.append(count[kept])
        places.append(first[kept])
        orders.append(np.full(int(kept.sum()), grams.order, np.int64))
    if not keys:
        nothing = np.zeros(0, np.int64)
        return _Groups(nothing, nothing, nothing, nothing)
    _, one, group = np.unique(np.concatenate(keys), return_index=True, return_inverse=True)
    by_group = np.argsort(group, kind="stable")
    return _Groups(
        group[by_group],
        np.concatenate(places)[by_group],
        np.concatenate(orders)[by_group],
        np.concatenate(counts)[one],
    )


def _longest(groups: _Groups, tokens: Tokens, settings: PieceSettings) -> list[Piece]:
    """Give the longest stretch of each group; groups of most runs first."""
    if not len(groups.group):
        return []
    runs = np.bincount(groups.group)
    ranked = np.lexsort((-groups.answers, -runs))[: 2 * settings.most_measured]
    starts = np.searchsorted(groups.group, np.arange(len(runs) + 1))
    found: list[Piece] = []
    seen: set[bytes] = set()
    for number in ranked.tolist():
        own = slice(starts[number], starts[number + 1])
        low, high = _stretch(groups.place[own], groups.order[own])
        sequence = tokens.ids[low:high]
        if int(tokens.is_word[sequence].sum()) < settings.fewest_words or sequence.tobytes() in seen:
            continue
        seen.add(sequence.tobytes())
        place = occurrences(tokens, sequence)
        answers, first = np.unique(tokens.text[place], return_index=True)
        if len(answers) >= settings.fewest_records:
            found.append(Piece(answers, place[first], sequence, int(runs[number]), answers))
    return found


def _stretch(place: Ints, order: Ints) -> tuple[int, int]:
    """Join runs that overlap, and give the begin and end of the longest stretch."""
    by_place = np.argsort(place, kind="stable")
    best = (0, 0)
    low = high = -1
    for begin, size in zip(place[by_place].tolist(), order[by_place].tolist(), strict=True):
        if begin > high:
            low, high = begin, begin + size
        high = max(high, begin + size)
        best = max(best, (high - low, -low))
    return -best[1], best[0] - best[1]


def _without_parts(pieces: Sequence[Piece], settings: PieceSettings) -> list[Piece]:
    """Leave out pieces that stand in nearly the same answers as one of more runs."""
    kept: list[Piece] = []
    holding: dict[int, list[int]] = {}
    for piece in pieces:
        shared: dict[int, int] = {}
        answers = piece.answers.tolist()
        for answer in answers:
            for number in holding.get(answer, ()):
                shared[number] = shared.get(number, 0) + 1
        if any(
            both >= settings.same_records * (len(answers) + len(kept[number].answers) - both)
            for number, both in shared.items()
        ):
            continue
        for answer in answers:
            holding.setdefault(answer, []).append(len(kept))
        kept.append(piece)
        if len(kept) == settings.most_measured:
            break
    return kept


def _without_copies(pieces: Sequence[Piece], texts: SpokenTexts, settings: PieceSettings) -> list[Piece]:
    """Count near-duplicates of what was asked once, and leave out pieces of too few others."""
    found = []
    for piece in pieces:
        groups = near_duplicates(texts.asked.vectors, piece.answers, settings.near_copies)
        _, first = np.unique(groups, return_index=True)
        if len(first) >= settings.fewest_records:
            found.append(replace(piece, distinct=piece.answers[np.sort(first)]))
    return found
