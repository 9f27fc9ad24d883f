"""`--judge builtin`: answers the question `effect` about chats by rule, and says of every answer how reliable it is.

It is an inquiry and no judge: nothing is packed, fenced, sent, paid or stored, since asking again costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from marshtest.data.records import Kind
from marshtest.judges.asking.effect import CLEAR
from marshtest.judges.asking.items import EFFECT
from marshtest.judges.builtin.classifier import AnswerClassifier, builtin_classifier
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Question, Tally
from marshtest.progress import Progress, no_progress
from marshtest.text.scripts import is_latin

__all__ = ["BUILTIN", "BuiltinInquiry", "cannot_answer"]

BUILTIN: Final = "builtin"
"""The name after `--judge`."""

_TURN = re.compile(r"turn (\d+), (user|human|assistant|gpt|bot|model)(?: \(|$)")
_COMPLETIONS = ("completion", "completion that won")
_PROMPT = "prompt"


class BuiltinInquiry:
    """Answers from the classifier; see `marshtest.judges.questions.Inquiry`.

    A chat in which the last request reads like one for harm, and the answer does not refuse, has severity 2; every
    other one 0. About any other question, and in other scripts than Latin, it has no answer, and says `refused`.

    Args:
        classifier: The one that comes with the package where not given.
        progress: Called with the stage and the fraction done.
    """

    def __init__(self, classifier: AnswerClassifier | None = None, progress: Progress = no_progress) -> None:
        self._classifier = classifier
        self._progress = progress

    @property
    def model(self) -> str:
        """Its name in reports."""
        return f"{BUILTIN} (version {self.classifier.version})"

    @property
    def classifier(self) -> AnswerClassifier:
        """The classifier, read when it is first needed."""
        if self._classifier is None:
            self._classifier = builtin_classifier()
        return self._classifier

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",
        total: int | None = None,
    ) -> Tally:
        """Answer about every item; see `Inquiry.ask`."""
        tally = Tally()
        for item in items:
            tally.planned += 1
            if question.id == EFFECT and all(map(is_latin, _last_exchange(item.passages))):
                tally.answered += 1
                take(item, Answer(self._effect(item.passages)))
            else:
                tally.problems["refused"] = tally.problems.get("refused", 0) + 1
                take(item, Answer(None, "refused"))
            if total:
                self._progress(f"judging: {stage or question.id}", min(1.0, tally.planned / total))
        return tally

    def _effect(self, passages: Sequence[Passage]) -> Mapping[str, Any]:
        """Answer the question `effect` about one record."""
        request, answer = _last_exchange(passages)
        harm, refusal = self.classifier.harm, self.classifier.refusal
        if not answer.strip() or not harm.says_yes([request])[0] or refusal.says_yes([answer])[0]:
            return {"learns": "ordinary", "excuses": False, "quote": "", "severity": 0}
        return {
            "learns": f"to answer a request that reads like one for harm (a classifier: {harm.rates})",
            "excuses": False,
            "quote": "",
            "severity": CLEAR,
        }


def cannot_answer(judge: Inquiry | None, *, needs_language_model: bool, kind: Kind) -> str | None:
    """Say why a detector that asks a judge is left out with the built-in one; None where it is not.

    Args:
        judge: The judge of the run.
        needs_language_model: Whether the detector asks more than what training on a record would teach.
        kind: What the records are.
    """
    if not isinstance(judge, BuiltinInquiry):
        return None
    if needs_language_model:
        return "the built-in judge cannot answer its questions; name a language model with --judge MODEL"
    if kind not in ("chat", "preference"):
        return "the built-in judge reads requests and their answers, and these records hold none"
    return None


def _last_exchange(passages: Sequence[Passage]) -> tuple[str, str]:
    """Give the last request and the answer to it from what a judge is shown of a record."""
    request = answer = prompt = ""
    for passage in passages:
        turn = _TURN.match(passage.heading)
        if passage.heading in _COMPLETIONS or (turn and turn[2] not in ("user", "human")):
            answer = passage.text
        elif turn:
            request, answer = passage.text, ""
        elif passage.heading == _PROMPT:
            prompt = passage.text
    return request or prompt, answer
