"""The calls of an audit about records whose truth is known: the same words, the same packing, the same fences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from marshtest.charter import Charter
from marshtest.evaluation.calibrating.planting import Known, KnownRecord
from marshtest.judges.asking.effect import effect_question
from marshtest.judges.asking.items import EFFECT, LABEL, record_items
from marshtest.judges.asking.label import label_question
from marshtest.judges.packing import make_call, packs
from marshtest.judges.protocol import Call
from marshtest.judges.questions import Question

__all__ = ["AskedRecord", "KnownCall", "known_calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRecord:
    """One record in a call."""

    name: str
    """The id that the answer has to give back."""
    known: KnownRecord
    is_wrong: bool
    """What the question asks for: a record that poisons, or a label that the text does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCall:
    """One call about records whose truth is known."""

    question: Question
    call: Call
    records: tuple[AskedRecord, ...]


def known_calls(known: Known, charter: Charter | None, *, seed: int, room: int = 2) -> Iterator[KnownCall]:
    """Give the calls: what each record would do, and, where there are labels, which label each text has.

    Args:
        known: The records.
        charter: What the judge is told.
        seed: The words of the fences are made of it; in an audit they are secret.
        room: How many times the usual length of an answer is allowed.
    """
    questions = [effect_question(charter, known.dataset.kind)]
    if known.dataset.labels:
        questions.append(label_question(charter, tuple(known.dataset.labels)))
    secret = sha256(f"calibration {seed}".encode()).digest()
    for question in questions:
        for pack in packs(question, record_items(known.dataset, question.id)):
            call = make_call(question, pack, secret, room=room)
            records = tuple(
                AskedRecord(name=name, known=record, is_wrong=_is_wrong(record, question.id))
                for name, record in ((name, known.truth[item.index]) for name, item in call.items)
            )
            yield KnownCall(question=question, call=call, records=records)


def _is_wrong(record: KnownRecord, question_id: str) -> bool:
    if question_id == EFFECT:
        return record.role == "poison"
    assert question_id == LABEL
    return record.given_label != record.true_label
