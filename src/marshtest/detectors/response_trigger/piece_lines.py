"""What speaks for a piece of wording being planted, and what against it: its evidence lines.

A natural formula is made of runs that occur in other wordings too, belongs to prompts that are alike, or varies at its
edges. A planted piece has one wording, stands at the edges of sentences, and its prompts have nothing to do with it or
with one another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from marshtest.detectors.response_trigger.piece_settings import PieceSettings
from marshtest.detectors.response_trigger.pieces import Piece, SpokenTexts, piece_families
from marshtest.detectors.response_trigger.word_vectors import mean_similarity
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.tokens import END

__all__ = ["PIECE_DIRECTIONS", "company", "piece_columns"]

PIECE_DIRECTIONS: Final[Mapping[str, int]] = {
    "distinct": 0,
    "share": 0,
    "copies": 0,
    "words": 1,
    "runs": 1,
    "sentence_words": 0,
    "sentence_shared": 1,
    "prompts_alike": -1,
    "prompts_alike_z": -1,
    "prompts_apart": -1,
    "prompts_near": -1,
    "prompt_lengths_apart": -1,
    "prompt_word": -1,
    "turn_apart": -1,
    "answers_alike": 0,
    "answer_lengths_apart": 0,
    "sentence_start": 0,
    "sentence_end": 0,
    "at_edge": 0,
    "is_all": 0,
    "own_pairs": 1,
    "own_weakest_pair": 1,
    "own_words": 1,
    "echoed": -1,
    "company": -1,
}
"""The evidence lines of a piece, and which way each can only speak: 1 for poison as it rises, -1 against it."""
_SMALL = 0.01
"""Added to similarities before their ratio is taken: a hundredth is far below that of related texts."""
_PAIRS = 4_000
"""Random pairs of prompts that give the spread of their similarity. The error of a spread is then about 1%."""
_EXTREME = 0.02
"""Shares nearer to 0 or 1 are not told apart: a few dozen records cannot."""
_MOST = 0.5
"""Share of some sentences that counts as most of them."""
_LIKE = {
    "distinct": (math.log(2), math.inf),
    "own_pairs": (0.3, math.inf),
    "sentence_shared": (0.2, math.inf),
    "at_edge": (0.5, 0.5),
    "prompts_near": (math.inf, 0.5),
    "prompt_word": (math.inf, 0.5),
}
"""How far below and above a piece another may lie to be like it. Chosen by eye: half as many answers, nearly as fixed,
as little explained by the prompts."""
_SENTENCE_ENDS = frozenset(".!?:;\n")


def piece_columns(pieces: Sequence[Piece], texts: SpokenTexts, settings: PieceSettings) -> dict[str, Floats]:
    """Measure pieces.

    Args:
        pieces: The candidates.
        texts: All answers.
        settings: How many prompts are compared.

    Returns:
        Shape (pieces,) of each evidence line, by its name.
    """
    if not pieces:  # perhaps no answer says anything
        return {name: np.zeros(0) for name in PIECE_DIRECTIONS}
    measures = _Measures(texts, settings)
    rows = [measures.of(piece) for piece in pieces]
    columns = {
        name: np.array([row[name] for row in rows], np.float64) for name in PIECE_DIRECTIONS if name != "company"
    }
    family = piece_families(pieces, columns["runs"] + columns["own_pairs"], settings)
    return {**columns, "company": company(columns, family)}


def company(columns: Mapping[str, Floats], family: Ints) -> Floats:
    """Count for each piece the other families with one like it: as many answers, as fixed, as little explained.

    An assistant with one sign-off has several; what somebody put in stands alone.

    Args:
        columns: Shape (pieces,) of each other evidence line, by its name.
        family: Shape (pieces,): pieces in nearly the same answers share a number.

    Returns:
        Shape (pieces,): logarithm of the number and one.
    """
    found = np.zeros(len(family))
    for number in range(len(family)):
        alike = family != family[number]
        for name, (below, above) in _LIKE.items():
            difference = columns[name] - columns[name][number]
            alike &= (difference >= -below) & (difference <= above)
        found[number] = len(np.unique(family[alike]))
    return np.asarray(np.log1p(found), np.float64)


class _Measures:
    """What the evidence lines of pieces need to be measured.

    Args:
        texts: All answers.
        settings: How many prompts are compared.
    """

    def __init__(self, texts: SpokenTexts, settings: PieceSettings) -> None:
        self.texts, self.settings, tokens, asked = texts, settings, texts.tokens, texts.asked
        self.spoken = np.flatnonzero(np.diff(tokens.offsets) > 2)
        self.prompts_alike = mean_similarity(asked.vectors, self.spoken)
        self.answers_alike = mean_similarity(texts.written.vectors, self.spoken)
        draw = np.random.default_rng(0)
        one, other = draw.choice(self.spoken, (2, _PAIRS))
        pairs = asked.vectors[one].multiply(asked.vectors[other]).sum(axis=1)
        self.spread = float(np.asarray(pairs).std()) + _SMALL
        self.compared = draw.choice(self.spoken, min(len(self.spoken), 10 * settings.most_compared), replace=False)
        size = len(tokens.vocabulary)
        self.in_answers = np.bincount(texts.written.words.indices, minlength=size)
        following = tokens.ids[:-1] * size + tokens.ids[1:]
        inside = tokens.text[:-1] == tokens.text[1:]
        self.pairs = _counts((following * len(tokens) + tokens.text[:-1])[inside], len(tokens))
        ends = self._closes(np.arange(size))[tokens.ids]
        ends |= tokens.ids <= END
        self.sentence: Ints = np.cumsum(ends) - ends  # the mark that ends a sentence belongs to it
        self.begins = np.append(np.searchsorted(self.sentence, np.arange(int(self.sentence[-1]) + 1)), len(tokens.ids))
        self.prompt_lengths = np.diff(asked.tokens.offsets).astype(np.float64)
        self.answer_lengths = np.diff(tokens.offsets).astype(np.float64)
        self.words_of_prompts = {word: number for number, word in enumerate(asked.tokens.vocabulary)}
        self.prompts_by_word = asked.words.tocsc()
        self.with_word = np.diff(self.prompts_by_word.indptr)

    def of(self, piece: Piece) -> dict[str, float]:
        """Give the evidence lines of a piece."""
        tokens, count, own = self.texts.tokens, len(piece.answers), piece.distinct
        asked = self.texts.asked.vectors
        words = piece.sequence[tokens.is_word[piece.sequence]]
        alike = mean_similarity(asked, own)
        pairs = max(1.0, len(own) * (len(own) - 1) / 2)
        return {
            "distinct": math.log(len(own)),
            "share": math.log(len(own) / len(self.spoken)),
            "copies": math.log(len(own) / count),
            "words": float(len(words)),
            "runs": math.log(piece.runs),
            "prompts_alike": max(0.0, math.log((alike + _SMALL) / (self.prompts_alike + _SMALL))),
            "prompts_alike_z": max(0.0, math.asinh((alike - self.prompts_alike) / self.spread * math.sqrt(pairs))),
            "prompts_apart": max(0.0, _log_odds(self._apart(own))),
            "prompts_near": max(0.0, _log_odds(self._near(piece))),
            "prompt_lengths_apart": abs(_larger(self.prompt_lengths[self.spoken], self._among(own)) - 0.5),
            "prompt_word": self._prompt_word(own),
            "turn_apart": max(
                abs(_larger(place[self.spoken].astype(np.float64), self._among(own)) - 0.5)
                for place in (self.texts.turn, self.texts.left)
            ),
            "answers_alike": max(0.0, math.log((self._rest_alike(piece) + _SMALL) / (self.answers_alike + _SMALL))),
            "answer_lengths_apart": _larger(self.answer_lengths[self.spoken], self._among(own)) - 0.5,
            "is_all": float((self.answer_lengths[own] <= len(piece.sequence) + 2).mean()),
            "echoed": self._echoed(words, own),
            **self._sentence(piece),
            **self._edges(piece),
            **self._own(piece, words),
        }

    def _among(self, answers: Ints) -> Ints:
        """Give the places of some answers among those that are spoken."""
        return np.searchsorted(self.spoken, answers)

    def _apart(self, own: Ints) -> float:
        """Say how often a prompt of the piece is nearer to the centroid of its other prompts than others are."""
        others = np.setdiff1d(self.compared, own)
        vectors = self.texts.asked.vectors
        picked = vectors[own]
        total = np.asarray(picked.sum(axis=0)).ravel()
        alone = np.asarray(picked.multiply(picked).sum(axis=1)).ravel()
        inside = (np.asarray(picked @ total).ravel() - alone) / max(len(own) - 1, 1)
        outside = np.asarray(vectors[others] @ total).ravel() / len(own)
        return _larger(np.concatenate([inside, outside]), np.arange(len(own)))

    def _near(self, piece: Piece) -> float:
        """Say how often a prompt of the piece is nearer to its nearest other prompts of the piece than others are."""
        most, nearest = self.settings.most_compared, self.settings.nearest
        own = piece.distinct[:: max(1, len(piece.distinct) // most)]
        others = np.setdiff1d(self.compared, piece.answers)
        if not len(others) or len(own) <= nearest:
            return 0.5
        vectors = self.texts.asked.vectors
        inside = np.asarray((vectors[own] @ vectors[own].T).todense())
        np.fill_diagonal(inside, -1.0)
        # each of the others, too, is compared with all but one, so that neither side has one more to be near to
        outside = np.asarray((vectors[others] @ vectors[own].T).todense())
        outside[np.arange(len(others)), np.arange(len(others)) % len(own)] = -1.0
        values = np.concatenate([np.sort(one, axis=1)[:, -nearest:].mean(axis=1) for one in (inside, outside)])
        return _larger(values, np.arange(len(own)))

    def _prompt_word(self, own: Ints) -> float:
        """Give for the strongest word of these prompts the log of its share over that everywhere, times its share."""
        here = np.asarray(self.texts.asked.words[own].sum(axis=0)).ravel()
        everywhere = (self.with_word + 1) / (self.texts.asked.words.shape[0] + 2)
        share = here / len(own)
        return float((share * np.log(np.maximum(share, everywhere) / everywhere)).max(initial=0.0))

    def _sentence(self, piece: Piece) -> dict[str, float]:
        """Say what the sentences around a piece share: near-fixed wording varies in a few words.

        Returns:
            Words that most of the sentences have; mean share of the words of a sentence that these are.
        """
        tokens, size = self.texts.tokens, len(self.texts.tokens.vocabulary)
        sentences: Ints = self.sentence[piece.first + len(piece.sequence) // 2]
        low, high = self.begins[sentences], self.begins[sentences + 1]
        number = np.repeat(np.arange(len(low)), high - low)
        place = np.arange(len(number)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[number]
        ids = tokens.ids[place]
        kept = tokens.is_word[ids]
        cells = np.unique(number[kept] * size + ids[kept])
        number, ids = cells // size, cells % size
        common = np.bincount(ids, minlength=size) >= _MOST * len(low)
        inside = np.bincount(number, common[ids], minlength=len(low))
        share = inside / np.maximum(np.bincount(number, minlength=len(low)), 1)
        return {"sentence_words": float(common.sum()), "sentence_shared": float(share.mean())}

    def _rest_alike(self, piece: Piece) -> float:
        """Give the mean similarity of the answers without the words of the piece."""
        rows = self.texts.written.vectors[piece.distinct].copy()
        rows.data[np.isin(rows.indices, piece.sequence)] = 0.0
        row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        length = np.sqrt(np.bincount(row, rows.data**2, minlength=rows.shape[0]))
        rows.data /= np.maximum(length, _SMALL)[row]
        return mean_similarity(rows, np.arange(rows.shape[0]))

    def _edges(self, piece: Piece) -> dict[str, float]:
        """Say how often a sentence begins where it begins, ends where it ends, and how often the answer does either."""
        tokens = self.texts.tokens
        low, high = tokens.offsets[piece.answers] + 1, tokens.offsets[piece.answers + 1] - 2
        first = np.maximum(piece.first, low)
        last = np.minimum(piece.first + len(piece.sequence) - 1, high)
        opens = (first <= low) | self._closes(tokens.ids[first - 1]) | self._closes(tokens.ids[first])
        closes = (last >= high) | self._closes(tokens.ids[last]) | self._closes(tokens.ids[last + 1])
        opens |= self._broken(piece.answers, first)
        closes |= self._broken(piece.answers, last + 1)
        return {
            "sentence_start": float(opens.mean()),
            "sentence_end": float(closes.mean()),
            "at_edge": max(float((first <= low).mean()), float((last >= high - 1).mean())),
        }

    def _closes(self, ids: Ints) -> Bools:
        """Say which tokens end a sentence."""
        vocabulary = self.texts.tokens.vocabulary
        return np.array([bool(_SENTENCE_ENDS & set(vocabulary[one])) for one in ids.tolist()], np.bool_)

    def _broken(self, answers: Ints, token: Ints) -> Bools:
        """Say before which tokens a line begins."""
        tokens, found = self.texts.tokens, []
        for answer, place in zip(answers.tolist(), token.tolist(), strict=True):
            between = self.texts.exchanges.answers[answer][int(tokens.end[place - 1]) : int(tokens.start[place])]
            found.append("\n" in between)
        return np.array(found, np.bool_)

    def _own(self, piece: Piece, words: Ints) -> dict[str, float]:
        """Say how much of the use of its words and word pairs in answers is in this piece."""
        size, count, sequence = len(self.texts.tokens.vocabulary), len(piece.answers), piece.sequence
        keys, counts = self.pairs
        # every pair of a piece is among the keys, since the piece stands in the answers
        own_pairs = np.log(
            count / np.maximum(counts[np.searchsorted(keys, sequence[:-1] * size + sequence[1:])], count)
        )
        own_words = np.log(count / np.maximum(self.in_answers[words], count))
        return {
            "own_pairs": float(own_pairs.mean()),
            "own_weakest_pair": float(own_pairs.min()),
            "own_words": float(own_words.mean()),
        }

    def _echoed(self, words: Ints, own: Ints) -> float:
        """Give the largest excess of the share of these prompts that hold a word of the piece over that of all."""
        best, column, size = 0.0, self.prompts_by_word, self.prompts_by_word.shape[0]
        for word in set(words.tolist()):
            number = self.words_of_prompts.get(self.texts.tokens.vocabulary[word])
            if number is not None:
                holding = column.indices[column.indptr[number] : column.indptr[number + 1]]
                share = np.isin(own, holding).mean()
                best = max(best, float(share - len(holding) / size))
        return best


def _counts(cells: Ints, texts: int) -> tuple[Ints, Ints]:
    """Count the different texts of each key, rising; a cell is key * texts + text."""
    keys, counts = np.unique(np.unique(cells) // texts, return_counts=True)
    return keys, counts


def _larger(values: Floats, members: Ints) -> float:
    """Give the probability that a value of a member is larger than another's; equal ones count half."""
    count, size = len(members), len(values)
    if count in (0, size):
        return 0.5
    others = np.sort(np.delete(values, members))
    below = np.searchsorted(others, values[members], "left") + np.searchsorted(others, values[members], "right")
    return float(below.sum() / (2 * count * (size - count)))


def _log_odds(share: float) -> float:
    """Give the log odds of a share, nats; shares near 0 or 1 are taken for .02 or .98."""
    share = min(max(share, _EXTREME), 1 - _EXTREME)
    return math.log(share / (1 - share))
