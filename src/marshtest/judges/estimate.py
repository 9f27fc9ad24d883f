"""Estimates what judging would cost: the whole audit runs, and nobody is asked.

Every item gets the ordinary answer of its question, so that later stages run as they would on ordinary data. Calls are
counted exactly; tokens are estimated from the texts, or from earlier use of the model if the store knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from marshtest.judges.packing import input_tokens, make_call, packs
from marshtest.judges.questions import Answer, Item, Question, Tally
from marshtest.judges.spending import Price
from marshtest.judges.store import AnswerStore

__all__ = ["EstimatingInquiry", "QuestionCost", "ordinary_answer"]

_LOOKED_UP = 256
"""Items looked up in the store at once: it bounds the memory."""
_ENTRY_TOKENS = 9
"""Tokens that the id adds to an entry of the answer."""
_WRAPPING_TOKENS = 8
"""Tokens around the entries of an answer."""


@dataclass(slots=True)
class QuestionCost:
    """What one question would cost."""

    items: int = 0
    remembered: int = 0
    """Items that the store has an answer to: they cost nothing."""
    calls: int = 0
    input_tokens: float = 0.0
    output_tokens: float = 0.0
    cost_usd: float | None = None
    """None where no price is known."""


class EstimatingInquiry:
    """Counts what an inquiry would cost; see `marshtest.judges.questions.Inquiry`.

    Args:
        model: The model that would be asked.
        store: What it has answered already.
        price: Its price, where known.
    """

    def __init__(self, model: str, store: AnswerStore, *, price: Price | None = None) -> None:
        self.costs: dict[str, QuestionCost] = {}
        """By the question's id."""
        self._model = model
        self._store = store
        self._price = price
        self._seen: set[str] = set()

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",  # noqa: ARG002  as the protocol asks
        total: int | None = None,  # noqa: ARG002
    ) -> Tally:
        """Count the calls and give every item the ordinary answer."""
        cost = self.costs.setdefault(question.id, QuestionCost())
        tally, nothing = Tally(), ordinary_answer(question.answer)
        measured = self._store.measured(self._model, question.id)
        per_token, per_item = measured or (1.0, question.answer_tokens + _ENTRY_TOKENS)

        def unanswered() -> Iterator[Item]:
            source = iter(items)
            while chunk := list(islice(source, _LOOKED_UP)):
                for item, answer in zip(chunk, self._store.recall(self._model, question, chunk), strict=True):
                    tally.planned += 1
                    tally.answered += 1
                    cost.items += 1
                    take(item, answer or Answer(nothing if question.usual is None else question.usual(item)))
                    key = AnswerStore.key(self._model, question, item)
                    if answer is not None or key in self._seen:
                        cost.remembered += 1
                        continue
                    self._seen.add(key)
                    yield item

        for pack in packs(question, unanswered()):
            call = make_call(question, pack, self._store.secret)
            cost.calls += 1
            cost.input_tokens += input_tokens(call) * per_token
            cost.output_tokens += per_item * len(pack) + (0 if measured else _WRAPPING_TOKENS)
        if self._price is not None:
            cost.cost_usd = self._price.of(cost.input_tokens, cost.output_tokens)
        return tally


def ordinary_answer(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Give the answer that a judge gives about an ordinary record: nothing, no, unsure, the empty text."""
    return {name: _ordinary(part) for name, part in schema["properties"].items()}


def _ordinary(schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        values = list(schema["enum"])
        return values[-1] if isinstance(values[0], str) else values[0]
    kinds: dict[str, Any] = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "array": [], "null": None}
    if schema.get("type") == "object":
        return ordinary_answer(schema)
    value = kinds[schema["type"]]
    return max(value, schema["minimum"]) if "minimum" in schema else value
