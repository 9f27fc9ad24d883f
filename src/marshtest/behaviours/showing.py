"""Where a feature and a behaviour stand in a record, turn by turn, and what they are called there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marshtest.behaviours.associations import Association
from marshtest.behaviours.exchanges import Exchanges, Piece
from marshtest.behaviours.grounds import Grounds

__all__ = ["Showing", "show"]

_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Showing:
    """The places of an association in its records, in characters of what is read and written."""

    read: Mapping[int, Sequence[tuple[int, int]]]
    written: Mapping[int, Sequence[tuple[int, int]]]
    feature: str
    """The span as it most often stands in the data."""
    behaviour: str
    """What is said or done, as it most often stands in the data."""
    cause: Counter[str]
    """Records by the role of the turn in which the span stands first."""
    effect: Counter[int]
    """Records by the number of the answer (the assistant's turns counted from 1) in which the behaviour stands."""
    late: int
    """Records in which the span stands only behind the behaviour, and so cannot be the reason."""


def show(found: Association, grounds: Grounds, exchanges: Exchanges) -> Showing:
    """Look an association up in its records."""
    hits = found.hits.tolist()
    places = grounds.prompts.places(found.feature)
    read = {record: places[record] for record in hits if record in places}
    written = {record: _written(found, grounds, record, exchanges.writes[record]) for record in hits}
    cause: Counter[str] = Counter()
    effect: Counter[int] = Counter()
    late = 0
    for record in hits:
        pieces = exchanges.write_pieces[record]
        act = exchanges.turn_written(record, written[record][0][0] if written[record] else 0)
        effect[1 + pieces.index(act)] += 1
        if record in read:
            turns: list[Piece] = [exchanges.turn_read(record, start) for start, _ in read[record]]
            cause[turns[0].role] += 1
            late += all(turn.turn > act.turn for turn in turns)
    return Showing(
        read,
        written,
        _commonest(exchanges.reads, read) or found.feature.name,
        _commonest(exchanges.writes, written) or found.behaviour.name,
        cause,
        effect,
        late,
    )


def _written(found: Association, grounds: Grounds, record: int, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of the behaviour; of wording, all that the answers share."""
    if found.behaviour.family.id == "wording" and record in grounds.run.places:
        return [grounds.run.places[record]]
    return [place for place in found.behaviour.family.spans(found.behaviour.name, text) if place[0] < place[1]]


def _commonest(texts: Sequence[str], places: Mapping[int, Sequence[tuple[int, int]]]) -> str:
    shown = Counter(" ".join(texts[record][a:b].split()) for record, some in places.items() for a, b in some[:1])
    if not shown:
        return ""
    text = max(shown.items(), key=lambda item: (item[1], item[0]))[0]
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
