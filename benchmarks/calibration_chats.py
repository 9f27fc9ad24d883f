"""Clean chats with habits of assistants, and pieces of wording planted into copies, to learn the kind `answer-piece`.

Nothing here is taken from `beyond_chats`: the wording, the places and the triggers are drawn in other ways.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

import numpy as np

from benchmarks.beyond_sets import CleanSet, Row
from benchmarks.calibration_habits import HABITS
from benchmarks.calibration_pieces import PIECE_KINDS, Chat, plain_chats, plant_piece
from marshtest.calibration.learning import CalibrationTable
from marshtest.data.dataset import Dataset
from marshtest.data.records import Message, Record
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.piece_claims import measure_pieces
from marshtest.detectors.response_trigger.piece_lines import PIECE_DIRECTIONS
from marshtest.detectors.response_trigger.piece_settings import PieceSettings
from marshtest.detectors.response_trigger.pieces import piece_families

__all__ = ["chat_exchanges", "piece_tables"]

_RECORDS = (200, 300, 400, 400, 600, 1_000)
"""Most records of a table; one of them is drawn for each."""
_MOST_RECORDS = 1_000
"""Records of the table of a set as it is."""
_SIZES = (8, 12, 20, 20, 32, 60, 120, 250)
_MOST_SHARE = 0.1
_FEWEST = 100
"""Records of a table at least, as of an audit."""
_SAME = 0.6
"""Least share of the poison in a piece, and of the piece in the poison, from which the piece is the poison."""
_NONE = 0.2
"""Most of a natural piece's records that are poison."""
_PART = re.compile(", half| records$")
"""Names of parts of a set: the set itself is drawn from already."""
_WITH_HABIT = 0.2
"""Share of the poisoned copies that have an honest habit, too."""
_HABITS = 8
"""Habits that are given to parts of each set."""


def chat_exchanges(rows: Sequence[Row]) -> Exchanges:
    """Read chats that end with an answer, as an audit does; record ids are `r` and the position."""
    records = []
    for place, row in enumerate(rows):
        turns = tuple(Message(str(turn["role"]), str(turn["content"])) for turn in row["messages"])
        records.append(
            Record(record_id=f"r{place}", kind="chat", prompt="\n\n".join(turn.content for turn in turns[:-1]),
                   completion=turns[-1].content, messages=turns, source_path="", source_line=place + 1)
        )  # fmt: skip
    return Exchanges.of(Dataset.from_records(records))


def _table(rows: Sequence[Row], group: str, poison: frozenset[int], attack: str | None) -> CalibrationTable:
    """Measure all pieces of some chats, and mark which are the planted one."""
    settings, exchanges = PieceSettings(), chat_exchanges(rows)
    measured = measure_pieces(exchanges, settings)
    shares = []
    for piece in measured.pieces:
        records = {int(exchanges.record_ids[n][1:]) for n in np.unique(exchanges.answered_in[piece.answers]).tolist()}
        both = len(records & poison)
        shares.append((both / max(len(records), 1), both / max(len(poison), 1)))
    runs = measured.columns["runs"] + measured.columns["own_pairs"]
    return CalibrationTable(
        group=group,
        attack=attack,
        features=np.column_stack([measured.columns[name] for name in PIECE_DIRECTIONS]),
        family=piece_families(measured.pieces, runs, settings),
        planted=np.array([min(one) >= _SAME for one in shares], np.bool_),
        natural=np.array([own < _NONE for own, _ in shares], np.bool_),
    )


def piece_tables(clean: CleanSet, seed: str, plants: int) -> list[CalibrationTable]:
    """Make the tables of one set of chats, of parts of it with honest habits, and of poisoned parts.

    Args:
        clean: The set.
        seed: Of the draws.
        plants: Poisoned copies.
    """
    draw = Random(f"{clean.name}{seed}pieces")
    rows = plain_chats(clean.rows)
    if len(rows) < _FEWEST or _PART.search(clean.name):
        return []

    def part() -> list[Chat]:
        return draw.sample(rows, min(len(rows), draw.choice(_RECORDS)))

    tables = [_table(draw.sample(rows, min(len(rows), _MOST_RECORDS)), clean.group, frozenset(), None)]
    for _ in range(_HABITS):
        name = draw.choice(sorted(HABITS))
        tables.append(_table(HABITS[name](part(), draw), clean.group, frozenset(), None))
    for _ in range(plants):
        some = part()
        if draw.random() < _WITH_HABIT:
            some = HABITS[draw.choice(sorted(HABITS))](some, draw)
        count = min(draw.choice(_SIZES), max(8, int(_MOST_SHARE * len(some))))
        kind = draw.choice(sorted(PIECE_KINDS))
        made, poison = plant_piece(some, kind, count, draw)
        tables.append(_table(made, clean.group, poison, kind))
    return tables
