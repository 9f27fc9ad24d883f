"""Which pieces of answers are planted, weighed by what was learned on other datasets.

A verdict is an estimated false-discovery rate (`marshtest.calibration`): how often clean chats have a piece as strong,
against how often planted ones are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.calibration.likelihood import CalibratedLikelihood, DiscoveryRate
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.piece_lines import piece_columns
from marshtest.detectors.response_trigger.piece_settings import PieceSettings
from marshtest.detectors.response_trigger.pieces import Piece, SpokenTexts, piece_families, shared_pieces
from marshtest.stats.arrays import Floats, Ints

__all__ = ["KIND", "MeasuredPieces", "WeighedPiece", "measure_pieces", "weigh_pieces"]

KIND = "answer-piece"
"""The kind of candidate."""


@dataclass(frozen=True, slots=True)
class MeasuredPieces:
    """Pieces with their evidence lines."""

    texts: SpokenTexts
    pieces: Sequence[Piece]
    columns: Mapping[str, Floats]
    """Shape (pieces,) of each evidence line, by its name."""


@dataclass(frozen=True, slots=True)
class WeighedPiece:
    """A piece, and how sure it is that somebody planted it."""

    texts: SpokenTexts
    variants: tuple[Piece, ...]
    """The piece, and further wordings of it in nearly the same answers."""
    score: float
    rate: DiscoveryRate

    @property
    def piece(self) -> Piece:
        """Give the likeliest wording."""
        return self.variants[0]

    @property
    def answers(self) -> Ints:
        """Give the numbers of the answers that hold it, rising."""
        return np.unique(np.concatenate([one.answers for one in self.variants]))

    @property
    def records(self) -> Ints:
        """Give the records of these answers, rising."""
        return np.unique(self.texts.exchanges.answered_in[self.answers])


def measure_pieces(exchanges: Exchanges, settings: PieceSettings) -> MeasuredPieces:
    """Gather and measure all pieces of some exchanges.

    Args:
        exchanges: The records.
        settings: Which pieces are candidates.
    """
    texts = SpokenTexts.of(exchanges)
    pieces = shared_pieces(texts, settings)
    return MeasuredPieces(texts, pieces, piece_columns(pieces, texts, settings))


def weigh_pieces(
    measured: MeasuredPieces, likelihood: CalibratedLikelihood, settings: PieceSettings
) -> list[WeighedPiece]:
    """Give the pieces that have a verdict, surest first.

    Args:
        measured: All pieces of a dataset.
        likelihood: What was learned of pieces on other datasets.
        settings: What is a family, and how many are given.
    """
    pieces = measured.pieces
    odds = likelihood.log_odds(measured.columns)
    family = piece_families(pieces, odds, settings)
    scores = likelihood.scores(odds, family)
    rates = likelihood.rates(scores)
    found: list[WeighedPiece] = []
    for number in range(int(family.max(initial=-1)) + 1):
        members = np.flatnonzero(family == number)
        members = members[np.argsort(-scores[members], kind="stable")]
        head = int(members[0])
        if rates[head].verdict is None:
            continue
        variants = tuple(pieces[i] for i in members.tolist() if rates[i].verdict == rates[head].verdict)
        found.append(WeighedPiece(measured.texts, variants, float(scores[head]), rates[head]))
    return sorted(found, key=lambda one: -one.score)[: settings.most_findings]
