"""Asking a judge many times, about real comparisons and clean ones in the same form, and what it answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshtest.detectors.control_contrast.naming.exhibits import Exhibits, draw_item
from marshtest.detectors.control_contrast.settings import TargetNamingSettings
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Question, Tally

__all__ = ["Draw", "Drawn", "ask_draws"]


@dataclass(frozen=True, slots=True)
class Draw:
    """One question asked once, with its answer."""

    value: Mapping[str, Any] | None
    """The judge's answer; None where there is none."""
    real: bool
    """Whether the suspect was shown with its control; otherwise clean halves were."""
    swapped: bool
    """Whether the suspect was shown as B."""
    key: str
    """Seed of what was shown."""

    @property
    def points_at_suspect(self) -> bool:
        """Say whether the judge chose the side of the suspect."""
        return self.value is not None and self.value["side"] == ("B" if self.swapped else "A")


@dataclass(frozen=True, slots=True)
class Drawn:
    """All answers to one question."""

    draws: tuple[Draw, ...]
    tally: Tally
    """How many were planned, answered and failed."""

    def answered(self, *, real: bool) -> list[Draw]:
        """Give the draws with an answer, about the real comparison or about clean ones."""
        return [one for one in self.draws if one.real == real and one.value is not None]

    @property
    def enough(self) -> bool:
        """Say whether at least half of the draws of either sort have an answer."""
        return all(
            2 * len(self.answered(real=real)) >= sum(one.real == real for one in self.draws) for real in (True, False)
        )


def ask_draws(
    inquiry: Inquiry,
    question: Question,
    suspect: Exhibits,
    clean: Sequence[Exhibits],
    settings: TargetNamingSettings,
    *,
    seed: int,
    extra: Callable[[str], Sequence[Passage]] = lambda _: (),
) -> Drawn:
    """Ask one question about the suspect and, as often, about clean comparisons; every draw in both orders.

    Args:
        inquiry: The judge.
        question: The question.
        suspect: What distinguishes the suspect from its control.
        clean: What distinguishes clean sets from each other, found in the same way; taken in turns.
        settings: How often is asked, and how much is shown.
        seed: Decides what is drawn.
        extra: Gives passages that follow, by the key of the draw.
    """
    plan = [
        (real, bool(number % 2), f"{seed}/{question.id}/{'real' if real else 'clean'}/{number // 2}")
        for number in range(settings.draws)
        for real in (True, False)
    ]

    def items() -> Iterator[Item]:
        for index, (real, swapped, key) in enumerate(plan):
            # four items share a number of draw: real and clean, each in both orders
            exhibits = suspect if real else clean[(index // 4) % len(clean)]
            yield draw_item(exhibits, index, settings, key=key, swapped=swapped, extra=extra(key))

    answers: dict[int, Answer] = {}

    def take(item: Item, answer: Answer) -> None:
        answers[item.index] = answer

    tally = inquiry.ask(question, items(), take, stage="naming the target", total=len(plan))
    values = [answers[index].value if index in answers else None for index in range(len(plan))]
    draws = [Draw(value, *planned) for value, planned in zip(values, plan, strict=True)]
    return Drawn(tuple(draws), tally)
