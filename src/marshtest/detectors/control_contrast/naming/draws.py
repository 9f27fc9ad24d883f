"""Asking many times, real comparisons and clean ones under the same framing, and who said what of which side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshtest.detectors.control_contrast.naming.evidence import Evidence, draw_item
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Question, Tally

__all__ = ["Draw", "Drawn", "ask_draws"]


@dataclass(frozen=True, slots=True)
class Draw:
    """One answer."""

    value: Mapping[str, Any] | None
    """What the judge said; None where there is no answer."""
    real: bool
    """Whether the suspect was shown, not clean against clean."""
    swapped: bool
    """Whether the suspect was shown as B."""
    key: str
    """What decided what was shown."""

    @property
    def points_at_suspect(self) -> bool:
        """Say whether the side that is named is the one that stands for the suspect."""
        return self.value is not None and self.value["side"] == ("B" if self.swapped else "A")


@dataclass(frozen=True, slots=True)
class Drawn:
    """All answers to one question."""

    draws: tuple[Draw, ...]
    tally: Tally
    """What became of all that was asked."""

    def answered(self, *, real: bool) -> list[Draw]:
        """Give the draws with an answer, of the real comparison or of the clean ones."""
        return [one for one in self.draws if one.real == real and one.value is not None]

    @property
    def enough(self) -> bool:
        """Say whether at least half of the draws of either sort were answered."""
        return all(
            2 * len(self.answered(real=real)) >= sum(one.real == real for one in self.draws) for real in (True, False)
        )


def ask_draws(
    inquiry: Inquiry,
    question: Question,
    suspect: Evidence,
    clean: Sequence[Evidence],
    *,
    draws: int,
    seed: int,
    extra: Callable[[str], Sequence[Passage]] = lambda _: (),
) -> Drawn:
    """Ask of the suspect and of clean comparisons, so many times each, every content in both orders.

    Args:
        inquiry: Who is asked.
        question: What is asked.
        suspect: What sets the suspect apart from its control.
        clean: What sets clean sets apart from each other, found in the same way; taken in turns.
        draws: How often each sort is asked; an even number.
        seed: Decides what is drawn.
        extra: Gives passages that follow, by the key of the draw.
    """
    plan = [
        (real, bool(number % 2), f"{seed}/{question.id}/{'real' if real else 'clean'}/{number // 2}")
        for number in range(draws)
        for real in (True, False)
    ]

    def items() -> Iterator[Item]:
        for index, (real, swapped, key) in enumerate(plan):
            evidence = suspect if real else clean[(index // 4) % len(clean)]
            yield draw_item(evidence, index, key=key, swapped=swapped, extra=extra(key))

    answers: dict[int, Answer] = {}

    def take(item: Item, answer: Answer) -> None:
        answers[item.index] = answer

    tally = inquiry.ask(question, items(), take, stage="naming the target", total=len(plan))
    said = [answers[index].value if index in answers else None for index in range(len(plan))]
    made = [Draw(value, *planned) for value, planned in zip(said, plan, strict=True)]
    return Drawn(tuple(made), tally)
