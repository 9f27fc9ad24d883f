"""A judge that answers by rule, in this process: for tests of charters, detectors and pipelines."""

from __future__ import annotations

from marshtest.judges.protocol import Call, Refused, Reply
from marshtest.judges.tokens import estimate_tokens
from marshtest.testing.rules import Decline, Rule, answer_text, read_items

__all__ = ["ScriptedJudge"]


class ScriptedJudge:
    """Answers every item by a rule; it reads the prompt as a model does.

    Args:
        rule: Gives the answer about one item, or raises `Decline`.
        model: The name in reports.

    Example:
        >>> from marshtest.testing import ScriptedJudge
        >>> judge = ScriptedJudge(lambda item: {"label": "spam" if "free" in item.text() else "ham", "sure": 3})
        >>> judge.model
        'scripted'
    """

    def __init__(self, rule: Rule, *, model: str = "scripted") -> None:
        self.rule = rule
        self.calls = 0
        """How many calls were made."""
        self._model = model

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model

    async def complete(self, call: Call) -> Reply:
        """Answer by the rule; see `Judge.complete`."""
        self.calls += 1
        try:
            text = answer_text(self.rule, read_items(call.question, call.system, call.user))
        except Decline as refusal:
            raise Refused(str(refusal)) from refusal
        prompt = estimate_tokens(call.system) + estimate_tokens(call.user)
        return Reply(text=text, input_tokens=prompt, output_tokens=estimate_tokens(text))

    async def close(self) -> None:
        """Nothing to close."""
