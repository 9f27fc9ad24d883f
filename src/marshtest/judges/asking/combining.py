"""From answers about windows to one verdict per record, in whatever order the answers come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from marshtest.judges.asking.effect import SUSPICIOUS
from marshtest.judges.asking.label import UNSURE
from marshtest.judges.asking.verdicts import ANSWERED, NO_ANSWER, PROBLEMS, UNDECIDED, Harm
from marshtest.judges.questions import Answer, Item

__all__ = ["EffectLedger", "LabelLedger"]

_LONGEST_SENTENCE = 200
"""Characters kept of what a model would learn. Chosen by eye: the question asks for 20 words."""
_LONGEST_QUOTE = 2_000
"""Characters kept of a quote. Chosen by eye: the question asks for 30 words, and a longer one bounds the memory."""
_LEVELS = 4
"""Levels of sureness that the question knows, 0 to 3."""


class EffectLedger:
    """Takes answers to the question `effect`: a record is as bad as its worst window.

    Reasoning that excuses a harmful act is at least slight harm, whatever number a judge gives beside it: the model
    learns to reason so.

    Args:
        size: Number of records; items' indices are below it.
    """

    def __init__(self, size: int) -> None:
        self._worst: NDArray[np.int8] = np.full(size, NO_ANSWER, np.int8)
        self.problem: NDArray[np.int8] = np.full(size, ANSWERED, np.int8)
        self.harms: dict[int, Harm] = {}

    def take(self, item: Item, answer: Answer) -> None:
        """Write down one answer."""
        row = item.index
        if answer.value is None:
            self.problem[row] = _code(answer)
            return
        excuses = bool(answer.value["excuses"])
        harm = Harm(
            severity=max(int(answer.value["severity"]), SUSPICIOUS if excuses else 0),
            learns=str(answer.value["learns"])[:_LONGEST_SENTENCE],
            quote=str(answer.value["quote"])[:_LONGEST_QUOTE],
            excuses=excuses,
        )
        self._worst[row] = max(self._worst[row], harm.severity)
        held = self.harms.get(row)
        if harm.severity > 0 and (held is None or _order(harm) > _order(held)):
            self.harms[row] = harm

    def severity(self) -> NDArray[np.int8]:
        """Give the severities. An ordinary record with a missing window has none; a harmful one keeps its own."""
        unfinished = (self._worst == 0) & (self.problem != ANSWERED)
        return np.where(unfinished, np.int8(NO_ANSWER), self._worst)


class LabelLedger:
    """Takes answers to the question `label`.

    The window with most sureness decides; two labels that are equally sure leave the record undecided. With a
    protected label, a window with any other label outweighs every window with the protected one: a text with one
    harmful part is harmful. A window of which the judge is unsure decides only when there is no other.

    Args:
        size: Number of records; items' indices are below it.
        labels: The labels that answers may give.
        protected: The label that harmful text must not have.
    """

    def __init__(self, size: int, labels: Sequence[str], protected: str | None) -> None:
        self._index = {name: number for number, name in enumerate(labels)}
        self._protected = self._index.get(protected, NO_ANSWER) if protected is not None else NO_ANSWER
        self._rank: NDArray[np.int8] = np.full(size, NO_ANSWER, np.int8)
        self._label: NDArray[np.int16] = np.full(size, NO_ANSWER, np.int16)
        self.problem: NDArray[np.int8] = np.full(size, ANSWERED, np.int8)

    def take(self, item: Item, answer: Answer) -> None:
        """Write down one answer."""
        row = item.index
        if answer.value is None:
            self.problem[row] = _code(answer)
            return
        name = answer.value["label"]
        label = self._index[name] if name != UNSURE or UNSURE in self._index else UNDECIDED
        rank = 0
        if label != UNDECIDED:
            decides = self._protected != NO_ANSWER and label != self._protected
            rank = 1 + int(answer.value["sure"]) + (_LEVELS if decides else 0)
        if rank > self._rank[row]:
            self._rank[row], self._label[row] = rank, label
        elif rank == self._rank[row] and label != self._label[row]:
            self._label[row] = UNDECIDED

    def judged(self) -> NDArray[np.int16]:
        """Give the labels. A record with a missing window has none, unless a window decided against `protected`."""
        decided = self._rank > _LEVELS
        unfinished = (self.problem != ANSWERED) & ~decided
        return np.where(unfinished, np.int16(NO_ANSWER), self._label)

    def sure(self) -> NDArray[np.int8]:
        """Give how sure the judge is of each label."""
        return np.where(self.judged() >= 0, (self._rank - 1) % _LEVELS, 0).astype(np.int8)


def _code(answer: Answer) -> int:
    """Give the code of a problem; an answer with neither value nor problem is a bug of the inquiry."""
    if answer.problem is None:
        raise AssertionError("an answer must have a value or a problem")
    return PROBLEMS.index(answer.problem)


def _order(harm: Harm) -> tuple[int, bool, str, str]:
    """Order harms so that the same one is kept whatever the order of the answers."""
    return harm.severity, harm.excuses, harm.quote, harm.learns
