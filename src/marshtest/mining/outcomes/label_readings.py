"""Content models of the dataset's labels, each fitted when a claim about its label first asks for it."""

from __future__ import annotations

from collections import Counter

import numpy as np

from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading
from marshtest.mining.outcomes.judged_texts import JudgedTexts

__all__ = ["LabelReadings"]

_FEWEST_RECORDS, _FEWEST_OF_CLASS = 100, 20


class LabelReadings:
    """Gives the reading of the prompts towards a label."""

    def __init__(self, texts: JudgedTexts) -> None:
        self._texts = texts
        self._counts = Counter(texts.labels.tolist())
        self._readings: dict[str, ContentReading] = {}

    def towards(self, label: str) -> ContentReading | None:
        """Give the reading of all prompts towards one label; None if there are too few records to learn from."""
        size, own = len(self._texts), self._counts[label]
        if size < _FEWEST_RECORDS or min(own, size - own) < _FEWEST_OF_CLASS:
            return None
        if label not in self._readings:
            tokens = self._texts.tokens["prompt"]
            has = np.asarray(self._texts.labels == label, np.bool_)
            self._readings[label] = ContentReading.of(tokens, has, fit_content_model(tokens, has, self._texts.fold_key))
        return self._readings[label]
