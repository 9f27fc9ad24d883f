"""What the contents of records that would teach harm say: by the labels of all other records, or by the harm itself."""

from __future__ import annotations

from collections import Counter

import numpy as np

from marshtest.mining.content_model import fit_content_model
from marshtest.mining.content_reading import ContentReading
from marshtest.mining.outcomes.judged_texts import JudgedTexts
from marshtest.mining.outcomes.label_readings import LabelReadings
from marshtest.mining.outcomes.outcomes import Association, Outcome
from marshtest.mining.outcomes.planted import Content, content_of

__all__ = ["harm_contents", "label_of"]

_FEWEST_HITS = 20


def label_of(found: Association, texts: JudgedTexts) -> str | None:
    """Give the label that most records of a claim have, if the data has labels."""
    labels = Counter(label for label in texts.labels[found.hits].tolist() if label is not None)
    return max(labels.items(), key=lambda item: (item[1], item[0]))[0] if labels else None


def harm_contents(
    found: Association, outcome: Outcome, label: str | None, texts: JudgedTexts, readings: LabelReadings
) -> tuple[Content | None, Content | None]:
    """Read the carriers' prompts: by the labels or, where there are none, by the outcome itself.

    Returns:
        What the labels make of them, and whether their other words call for the outcome. None is not looked at.
    """
    if found.field != "prompt":
        return None, None
    if label is not None:
        reading = readings.towards(label)
        trial = outcome.trial & np.asarray(texts.labels == label, np.bool_)
        return None if reading is None else content_of(reading, found, trial), None
    if int(outcome.hit.sum()) < _FEWEST_HITS:
        return None, None
    tokens = texts.tokens["prompt"]
    reading = ContentReading.of(tokens, outcome.hit, fit_content_model(tokens, outcome.hit, texts.fold_key))
    return None, content_of(reading, found, outcome.hit)
