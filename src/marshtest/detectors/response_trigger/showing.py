"""Where a feature and a behaviour stand in a record, turn by turn, and what they are called there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marshtest.detectors.response_trigger.associations import Association
from marshtest.detectors.response_trigger.base import Behaviour
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.grounds import Grounds
from marshtest.detectors.response_trigger.pieces import Piece
from marshtest.detectors.response_trigger.runs import Run

__all__ = ["Places", "Showing", "commonest", "show", "written_places"]

Places = Mapping[int, Sequence[tuple[int, int]]]
"""Stretches of text in characters, by record."""

_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Showing:
    """The places of an association in its records, in characters of what is read and written."""

    read: Places
    written: Places
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
    answers = found.behaviour.answers_of(found.hits).tolist()
    starts = {record: exchanges.answer_starts[answer] for record, answer in zip(hits, answers, strict=True)}
    places = grounds.prompts.places(found.feature)
    read = {record: places[record] for record in hits if record in places}
    written = written_places(found.behaviour, grounds.run, exchanges)
    cause: Counter[str] = Counter()
    effect: Counter[int] = Counter()
    late = 0
    for record in hits:
        act = exchanges.turn_written(record, starts[record])
        effect[len({piece.turn for piece in exchanges.write_sides[record].pieces if piece.turn <= act.turn})] += 1
        if record in read:
            turns: list[Piece] = [exchanges.turn_read(record, start) for start, _ in read[record]]
            cause[turns[0].role] += 1
            late += all(turn.turn > act.turn for turn in turns)
    return Showing(
        read,
        written,
        commonest(exchanges.reads, read) or found.feature.name,
        commonest(exchanges.writes, written) or found.behaviour.name,
        cause,
        effect,
        late,
    )


def written_places(behaviour: Behaviour, run: Run, exchanges: Exchanges) -> Places:
    """Give the places of a behaviour in its records; of wording, all that the answers share."""
    found: dict[int, Sequence[tuple[int, int]]] = {}
    for record, answer in zip(behaviour.records.tolist(), behaviour.answers.tolist(), strict=True):
        if behaviour.family.id == "wording" and answer in run.places:
            places: Sequence[tuple[int, int]] = [run.places[answer]]
        else:
            places = behaviour.family.spans(behaviour.name, exchanges.answers[answer])
        start = exchanges.answer_starts[answer]
        found[record] = [(start + a, start + b) for a, b in places if a < b]
    return found


def commonest(texts: Sequence[str], places: Places) -> str:
    """Give the first stretch as it most often stands in these records; empty if there is none."""
    shown = Counter(" ".join(texts[record][a:b].split()) for record, some in places.items() for a, b in some[:1])
    if not shown:
        return ""
    text = max(shown.items(), key=lambda item: (item[1], item[0]))[0]
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
