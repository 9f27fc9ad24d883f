"""Answers read by the built-in classifier: what decides that a request for harm is answered, or an ordinary refused."""

from marshtest.detectors.answer_outcomes.detector import AnswerOutcomes
from marshtest.detectors.answer_outcomes.settings import AnswerOutcomesSettings

__all__ = ["AnswerOutcomes", "AnswerOutcomesSettings"]
